// What did an edit change: households before and after, findings that came or went, buildings with another grid?
import type { Finding } from "../answers";
import { element, type Child } from "../element";
import { count } from "../figures";
import { findingRow } from "../findingRow";
import { text, word } from "../language";
import { code } from "../parts";
import type { EditAnswer } from "./answers";

const MOST_ROWS = 60;

/** `title` says whether it was kept or only tried. */
export function outcomeCard(title: string, answer: EditAnswer, shown: (finding: Finding) => void): HTMLElement {
  return element(
    "section",
    { class: "outcome" },
    element("h3", {}, title),
    figures(answer),
    answer.moved.length > 0 && element("p", { class: "moved" }, movedSaid(answer.moved.length)),
    findings("appeared", answer.appeared, shown),
    findings("vanished", answer.vanished, shown),
  );
}

function movedSaid(number: number): string {
  return number === 1 ? text("plan.moved.one") : text("plan.moved", { count: count(number) });
}

function figures({ grids, gone, households }: EditAnswer): HTMLElement {
  const changed = grids.features.map(({ properties }) => properties);
  const counted = changed.filter(({ households, households_before: before }) => households !== before);
  if (counted.length === 0 && gone.length === 0) return element("p", { class: "quiet" }, text("plan.nothing"));
  const before = new Map(households.map((one) => [one.code, one.before]));
  const rows = counted
    .slice(0, MOST_ROWS)
    .map((grid) =>
      row(
        [element("span", {}, grid.name === "" ? grid.code : grid.name), grid.name !== "" && code(grid.code)],
        grid.households_before === null ? text("plan.new") : number(grid.households_before),
        element(
          "span",
          { class: `verdict verdict-${grid.verdict}`, title: word("verdict", grid.verdict) },
          number(grid.households),
        ),
      ),
    );
  return element(
    "table",
    { class: "changes" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...[text("plan.grid"), text("plan.before"), text("plan.after")].map((name) =>
          element("th", { scope: "col" }, name),
        ),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows,
      ...gone.map((one) => row([code(one)], number(before.get(one) ?? null), text("plan.gone"))),
    ),
  );
}

function row(name: Child[], before: Child, after: Child): HTMLElement {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, ...name),
    element("td", {}, before),
    element("td", {}, after),
  );
}

function number(value: number | null): string {
  return value === null ? "–" : count(value);
}

function findings(
  which: "appeared" | "vanished",
  all: Finding[],
  shown: (finding: Finding) => void,
): HTMLElement | false {
  if (all.length === 0) return false;
  const rows = all.slice(0, MOST_ROWS).map((finding) => element("li", {}, findingRow(finding, shown)));
  return element(
    "div",
    { class: which },
    element("h4", {}, `${text(`plan.${which}`)} ${count(all.length)}`),
    element("ul", { class: "rows" }, ...rows),
  );
}
