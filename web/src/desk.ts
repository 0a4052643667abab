// What happens on the page when something is asked, found or published?
import { publications, region, state as published } from "./api";
import type { Bounds, Finding, Hit } from "./answers";
import { found } from "./element";
import { boundsOf } from "./fault";
import type { FindingsPanel } from "./findings";
import { legendHasUpper } from "./legend";
import type { DeskMap } from "./map";
import type { OwnerPanel } from "./owner";
import { readPlace, writePlace } from "./place";
import { readRegions, type Regions } from "./regions";
import type { Planning } from "./plan/planning";
import type { Tabs } from "./tabs";

const MOST_CHANGES = 100; // publications asked for; of a page that missed more, all tiles are asked for again
const AROUND_DEG = 0.0008; // some 80 m around a building: enough to see whose ground it stands on

/** The parts of the page, and what it knows at the moment. */
export interface Desk {
  readonly map: DeskMap;
  readonly tabs: Tabs;
  readonly owner: OwnerPanel;
  readonly findings: FindingsPanel;
  readonly planning: Planning;
  regions: Regions | undefined;
  /** All that is published; unknown until the first state is read. */
  everything: Bounds | undefined;
  /** The chosen grid's code, as the address has it. */
  chosen: string | undefined;
}

export function askPoint(desk: Desk, lon: number, lat: number): void {
  if (desk.tabs.opened() === "plan") return void desk.planning.point(lon, lat);
  desk.tabs.open("owner");
  desk.map.showFault(undefined);
  void desk.owner.askPoint(lon, lat);
}

/** Goes to a grid and tells of it; rejects where there is none. */
export async function showGrid(desk: Desk, code: string, how: "fly" | "jump" | "stay" = "fly"): Promise<void> {
  const { geometry } = await desk.owner.askGrid(code);
  desk.tabs.open("owner");
  const around = boundsOf(geometry);
  if (around !== undefined && how !== "stay") desk.map.goTo(around, how === "fly");
}

/** Goes to what a search found and tells whose it is; rejects where it is no longer there. */
export async function showHit(desk: Desk, { layer, code, place }: Hit): Promise<void> {
  desk.map.showFault(undefined);
  if (layer === "grid") return showGrid(desk, code);
  if (layer === "region") {
    const { geometry } = await region(code);
    const bounds = geometry === null ? undefined : boundsOf(geometry);
    if (bounds !== undefined) desk.map.showAll(bounds, true);
    desk.owner.clear();
    return;
  }
  desk.tabs.open("owner");
  if (place !== null) desk.map.goTo(around(place), true);
  await desk.owner.askThing({ layer, code });
}

function around({ lon, lat }: { lon: number; lat: number }): Bounds {
  return [lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG];
}

/** Flies to the fault; one without a place of its own is shown by its first grid. */
export async function showFinding(desk: Desk, { geometry, codes: [code] }: Finding): Promise<void> {
  desk.map.showFault(geometry ?? undefined);
  if (geometry === null && code !== undefined) await showGrid(desk, code);
}

/** The panel's answer has changed: the map and the address follow. */
export function markAnswer(desk: Desk, code: string | undefined, point: [number, number] | undefined): void {
  const planned = desk.planning.id() !== undefined; // its ground is not that of the answer
  desk.map.chooseGrid(planned ? undefined : code);
  desk.map.showPoint(planned ? undefined : point);
  desk.chosen = code;
  writeAddress(desk);
}

/** A new state is in force: its tiles, its regions, and every answer on the page anew. False: not to be read yet. */
export async function takeState(desk: Desk, number: number, keepView: boolean): Promise<boolean> {
  const state = await published();
  if (state.publication < number) return false;
  const first = desk.everything === undefined;
  desk.everything = state.bounds;
  desk.map.showState(state, first ? [] : await publications(MOST_CHANGES));
  if (first && !keepView) desk.map.showAll(state.bounds, false);
  const regions = await readRegions();
  desk.regions = regions;
  desk.map.showRegions(regions);
  desk.map.showFault(undefined); // it may be healed now
  legendHasUpper(
    found("legend"),
    regions.upper.some(({ geometry }) => geometry !== null),
  );
  void desk.findings.offer(regions.roots);
  desk.planning.again(); // names of regions are known now
  await desk.owner.again();
  return true;
}

/** The service answers again after an outage: what failed meanwhile is asked once more, then `done` is called. */
export function recover(desk: Desk, done: () => void): void {
  desk.map.readAgain(done);
  void desk.owner.again();
}

export function writeAddress(desk: Desk): void {
  const plan = desk.planning.id();
  const address = writePlace({
    view: desk.map.view(),
    ...(desk.chosen === undefined ? {} : { grid: desk.chosen }),
    ...(plan === undefined ? {} : { plan }),
  });
  if (desk.everything !== undefined) history.replaceState(null, "", address);
}

/** The address was edited, or a bookmark of this page opened: go where it says. */
export async function followAddress(desk: Desk): Promise<void> {
  const { view, grid, plan } = readPlace(location.hash);
  if (plan !== desk.planning.id()) await desk.planning.open(plan, view === undefined);
  if (grid !== undefined && grid !== desk.chosen) await showGrid(desk, grid, view === undefined ? "fly" : "stay");
  if (view !== undefined) desk.map.jumpTo(view);
}
