// How are the parts of the page put together?
import "./page.css";
import "./panel.css";
import "./answer.css";
import "./asking.css";
import "./findings.css";
import "./plan/plan.css";
import "./plan/draw.css";
import "./plan/publishing.css";
import "./plan/tools.css";
import { showAsking } from "./asking";
import { banner, TilesMissing } from "./banner";
import { GRIDS_FROM } from "./basemap";
import { showControls } from "./controls";
import {
  askPoint,
  followAddress,
  markAnswer,
  recover,
  showFinding,
  showGrid,
  showHit,
  takeState,
  writeAddress,
  type Desk,
} from "./desk";
import { found } from "./element";
import { listen } from "./events";
import { findingsPanel } from "./findings";
import { chooseLanguage, inEachLanguage, language, languageTag, text } from "./language";
import { coveredByLegend, legendHasGrids, showLegend } from "./legend";
import { openMap, type DeskMap } from "./map";
import { notice } from "./notice";
import { ownerPanel } from "./owner";
import { readPlace, type Standpoint } from "./place";
import { planning } from "./plan/planning";
import { watchPublication } from "./publication";
import { showSearch } from "./search";
import { tabs } from "./tabs";

async function start(): Promise<void> {
  const place = readPlace(location.hash);
  let look = (): void => undefined; // until there is a watch
  const map = await openMap(found("map"), place.view, () => coveredByLegend(found("legend")));
  const desk = furnish(map, () => look());
  desk.map.onAsk((lon, lat) => askPoint(desk, lon, lat));
  const judge = (): void => legendHasGrids(found("legend"), desk.map.view().zoom >= GRIDS_FROM);
  judge();
  desk.map.onMoved(() => {
    judge();
    writeAddress(desk);
  });
  window.addEventListener("hashchange", () => void followAddress(desk).catch(desk.owner.fail));
  showSearch(found("search"), (hit) => showHit(desk, hit));
  showControls(found("controls"), {
    zoomBy: desk.map.zoomBy,
    home: () => desk.everything !== undefined && desk.map.showAll(desk.everything, true),
  });
  look = watch(desk, place);
  listen({ published: look, plan: desk.planning.heard });
}

/**
 * Follows what is published, and opens the grid and the plan of the address once there is something to see.
 * Calling what is returned looks at once.
 */
function watch(desk: Desk, { view, grid, plan }: Standpoint): () => void {
  const line = banner(found("banner"));
  let asked = grid;
  let drawn = plan;
  let troubles = 0;
  const watching = watchPublication(found("publication"), {
    async changed(number) {
      if (!(await takeState(desk, number, view !== undefined))) return false;
      if (asked !== undefined) await showGrid(desk, asked, view === undefined ? "jump" : "stay").catch(desk.owner.fail);
      asked = undefined;
      if (drawn !== undefined) void desk.planning.open(drawn, view === undefined);
      drawn = undefined;
      return true;
    },
    failed(failure) {
      troubles += 1;
      line.show(failure);
    },
    recovered() {
      const before = troubles;
      recover(desk, () => troubles === before && line.show(undefined));
    },
  });
  desk.map.onTrouble(() => watching.trouble(new TilesMissing()));
  return watching.look;
}

function furnish(map: DeskMap, look: () => void): Desk {
  const handles = tabs(found("tabs"), (tab) => desk.planning.front(tab === "plan"));
  const asking = showAsking(found("asking"), found("past"), () => void desk.owner.again());
  const desk: Desk = {
    map,
    tabs: handles,
    owner: ownerPanel(found("answer"), {
      manner: asking.manner,
      pressed: (code) => void showGrid(desk, code).catch((failure: unknown) => desk.owner.fail(failure)),
      redraw: (region) => void desk.planning.redraw(region),
      nameOfRegion: (code) => desk.regions?.nameOf(code),
      shown: (code, point) => markAnswer(desk, code, point),
    }),
    findings: findingsPanel(found("findings"), {
      shown: (finding) => void showFinding(desk, finding).catch((failure: unknown) => desk.owner.fail(failure)),
      counted: handles.countFindings,
    }),
    planning: planning(found("plan"), found("planning"), map, {
      opened: () => handles.open("plan"),
      changed: () => writeAddress(desk),
      published: look,
      regionAtHand: () => desk.owner.region(),
      nameOf: (code) => desk.regions?.nameOf(code),
    }),
    regions: undefined,
    everything: undefined,
    chosen: undefined,
  };
  return desk;
}

function showLanguage(): void {
  const toggle = found("language");
  toggle.addEventListener("click", () => chooseLanguage(language() === "zh" ? "en" : "zh"));
  inEachLanguage(() => {
    document.documentElement.lang = languageTag();
    document.title = text("page.title");
    toggle.textContent = text("page.language");
    toggle.title = text("page.language.hint");
  });
}

showLanguage();
showLegend(found("legend"));
start().catch((failure: unknown) => found("answer").replaceChildren(notice(failure)));
