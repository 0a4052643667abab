// How does an answer about a point or a grid look?
import type { GridFeature, GridProperties, OwnerAnswer, Place } from "./answers";
import type { Manner } from "./asking";
import { candidates } from "./candidates";
import { button, element, facts } from "./element";
import { count, duration, instant, metres } from "./figures";
import { text, word } from "./language";
import { code, codeButton, part, quiet, type Pressed } from "./parts";
import { nobody, people } from "./people";
import { truth, truthOf } from "./truth";

interface Ways {
  pressed: Pressed;
  redraw: Pressed;
  nameOfRegion(code: string): string | undefined;
}

/** `manner`: how a point was asked about; none for an answer about a building or a facility. */
export function ownerCard(answer: OwnerAnswer, ways: Ways, manner?: Manner): HTMLElement {
  const { pressed } = ways;
  const asOf = manner?.asOf;
  return element(
    "article",
    { class: "answer", "data-status": answer.status, "data-as-of": asOf },
    element(
      "div",
      { class: `status status-${answer.status}` },
      asOf !== undefined && element("p", { class: "then" }, text("owner.then", { at: instant(asOf) })),
      element("h2", {}, text(`owner.status.${answer.status}`)),
      element("p", {}, text(`owner.status.${answer.status}.detail`)),
    ),
    warnings(answer),
    answer.owner !== null && gridFacts(answer.owner, ways, asOf === undefined),
    hints(answer, pressed),
    candidates(answer, pressed),
    people(answer) || (manner !== undefined && answer.status !== "outside" && nobody()),
    chain(answer.chain),
    truth(answer, asOf),
  );
}

export function gridCard({ properties }: GridFeature, ways: Ways): HTMLElement {
  const heading = element("div", { class: "status" }, element("h2", {}, text("owner.grid")));
  return element(
    "article",
    { class: "answer" },
    heading,
    gridFacts(properties, ways, true),
    truthOf(properties.standing ?? null, properties.edition ?? null),
  );
}

type Told = Pick<GridProperties, "code" | "name" | "kind" | "region" | "households" | "verdict">;

function gridFacts(grid: Told, { nameOfRegion, redraw }: Ways, isNow: boolean): HTMLElement {
  const region = nameOfRegion(grid.region);
  return element(
    "div",
    { class: "grid-facts" },
    element("h3", {}, grid.name === "" ? grid.code : grid.name),
    code(grid.code),
    facts(
      [text("owner.kind"), word("kind", grid.kind)],
      [text("owner.households"), households(grid)],
      [
        text("owner.region"),
        region === undefined ? code(grid.region) : element("span", {}, region, " ", code(grid.region)),
      ],
    ),
    isNow &&
      button(text("plan.redraw"), { class: "redraw", title: text("plan.redraw.hint") }, () => redraw(grid.region)),
  );
}

function households({ households: counted, verdict }: Told): HTMLElement {
  if (typeof counted !== "number") return quiet(text("owner.households.none"));
  const judged =
    verdict === undefined || verdict === "none"
      ? null
      : element("span", { class: `verdict verdict-${verdict}` }, word("verdict", verdict));
  return element("span", {}, element("strong", {}, text("owner.households.value", { count: count(counted) })), judged);
}

function hints(answer: OwnerAnswer, pressed: Pressed): HTMLElement | false {
  const { border_distance_m: border, neighbour, nearest, fallback } = answer;
  if (border === null && neighbour === null && nearest === null && fallback === null) return false;
  return facts(
    [
      text("owner.fallback"),
      fallback === null
        ? null
        : element("span", {}, `${word("level", fallback.level)} ${fallback.name} `, code(fallback.code)),
    ],
    [
      text("owner.nearest"),
      nearest === null
        ? null
        : element(
            "span",
            {},
            codeButton(nearest.code, pressed),
            ` ${metres(nearest.distance_m)} `,
            quiet(text("owner.nearest.hint")),
          ),
    ],
    [text("owner.border"), border === null ? null : metres(border)],
    [text("owner.neighbour"), neighbour === null ? null : codeButton(neighbour, pressed)],
  );
}

function chain(places: Place[]): HTMLElement | false {
  if (places.length === 0) return false;
  const rows = places.map(({ code: region, name, level }) =>
    element(
      "li",
      {},
      element("span", { class: "level" }, word("level", level)),
      element("span", {}, name === "" ? region : name),
      code(region),
    ),
  );
  return part(text("owner.chain"), element("ol", { class: "chain" }, ...rows));
}

function warnings(answer: OwnerAnswer): HTMLElement | false {
  const stale = answer.stale ? [text("owner.stale", { age: duration(answer.age_s ?? 0) })] : [];
  const lines = [...answer.warnings, ...stale];
  if (lines.length === 0) return false;
  return element(
    "div",
    { class: "warnings" },
    element("strong", {}, text("owner.warnings")),
    element("ul", {}, ...lines.map((line) => element("li", {}, line))),
  );
}
