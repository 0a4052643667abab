// How does an answer about a point or a grid look?
import type { GridFeature, GridProperties, OwnerAnswer, Place, Standing } from "./answers";
import { button, element, facts, type Child } from "./element";
import { count, instant, lonLat, metres, percent } from "./figures";
import { text, word } from "./language";

type Pressed = (code: string) => void;
type NameOf = (code: string) => string | undefined;

export function ownerCard(answer: OwnerAnswer, pressed: Pressed, nameOf: NameOf): HTMLElement {
  return element(
    "article",
    { class: "answer", "data-status": answer.status },
    element(
      "div",
      { class: `status status-${answer.status}` },
      element("h2", {}, text(`owner.status.${answer.status}`)),
      element("p", {}, text(`owner.status.${answer.status}.detail`)),
    ),
    warnings(answer),
    answer.owner !== null && gridFacts(answer.owner, nameOf),
    hints(answer, pressed),
    candidates(answer, pressed),
    chain(answer.chain),
    truth(answer),
  );
}

export function gridCard({ properties }: GridFeature, nameOf: NameOf): HTMLElement {
  const heading = element("div", { class: "status" }, element("h2", {}, text("owner.grid")));
  return element(
    "article",
    { class: "answer" },
    heading,
    gridFacts(properties, nameOf),
    truthOf(properties.standing ?? null, properties.edition ?? null),
  );
}

type Told = Pick<GridProperties, "code" | "name" | "kind" | "region" | "households" | "verdict">;

function gridFacts(grid: Told, nameOf: NameOf): HTMLElement {
  const region = nameOf(grid.region);
  return element(
    "div",
    { class: "grid-facts" },
    element("h3", {}, grid.name === "" ? grid.code : grid.name),
    element("code", {}, grid.code),
    facts(
      [text("owner.kind"), word("kind", grid.kind)],
      [text("owner.households"), households(grid)],
      [
        text("owner.region"),
        region === undefined ? code(grid.region) : element("span", {}, region, " ", code(grid.region)),
      ],
    ),
  );
}

function households({ households: counted, verdict }: Told): HTMLElement {
  if (typeof counted !== "number") return element("span", { class: "quiet" }, text("owner.households.none"));
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
    [text("owner.border"), border === null ? null : metres(border)],
    [text("owner.neighbour"), neighbour === null ? null : codeButton(neighbour, pressed)],
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
    [
      text("owner.fallback"),
      fallback === null
        ? null
        : element("span", {}, `${word("level", fallback.level)} ${fallback.name} `, code(fallback.code)),
    ],
  );
}

function candidates(answer: OwnerAnswer, pressed: Pressed): HTMLElement | false {
  if (answer.candidates.length < 2) return false;
  const rows = answer.candidates.map(({ code: grid, distance_m: distance, share }) =>
    element(
      "li",
      {},
      codeButton(grid, pressed),
      distance !== null && quiet(metres(distance)),
      share !== null && quiet(text("owner.share", { share: percent(share) })),
    ),
  );
  return part(text("owner.candidates"), element("ul", { class: "candidates" }, ...rows));
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
  const stale = answer.stale
    ? [text("owner.stale", { age: text("unit.seconds", { value: count(answer.age_s ?? 0) }) })]
    : [];
  const lines = [...answer.warnings, ...stale];
  if (lines.length === 0) return false;
  return element(
    "div",
    { class: "warnings" },
    element("strong", {}, text("owner.warnings")),
    element("ul", {}, ...lines.map((line) => element("li", {}, line))),
  );
}

function truth({ publication, standing, edition, as_of: at, point, rule }: OwnerAnswer): HTMLElement {
  return truthOf(standing, edition, [
    [text("owner.publication"), text("owner.publication.value", { number: publication })],
    [text("owner.as-of"), instant(at)],
    [text("owner.point"), lonLat(point.lon, point.lat)],
    [text("owner.rule"), rule],
  ]);
}

function truthOf(standing: Standing | null, edition: number | null, more: [string, Child][] = []): HTMLElement {
  const known: [string, Child][] = [
    [
      text("owner.standing"),
      standing === null
        ? null
        : element("span", { class: `standing standing-${standing}` }, word("standing", standing)),
    ],
    [text("owner.edition"), edition === null ? null : String(edition)],
  ];
  return part(text("owner.truth"), facts(...known, ...more));
}

function part(title: string, ...content: Child[]): HTMLElement {
  return element("section", { class: "part" }, element("h3", {}, title), ...content);
}

function codeButton(grid: string, pressed: Pressed): HTMLElement {
  return button(grid, { class: "code" }, () => pressed(grid));
}

function code(value: string): HTMLElement {
  return element("code", {}, value);
}

function quiet(value: string): HTMLElement {
  return element("span", { class: "quiet" }, value);
}
