// How do one finding and the coverage figures look?
import type { CoverageFigures, Finding } from "./answers";
import { button, element } from "./element";
import { areaOf, count, metres, portion, squareMetres } from "./figures";
import { text } from "./language";

/** A row that shows the fault on the map when pressed. */
export function findingRow(finding: Finding, shown: (finding: Finding) => void): HTMLElement {
  const row = button(
    "",
    { class: "finding", "aria-pressed": "false" },
    () => {
      for (const other of document.querySelectorAll('.finding[aria-pressed="true"]'))
        other.setAttribute("aria-pressed", "false");
      row.setAttribute("aria-pressed", "true");
      shown(finding);
    },
    element("span", { class: "message" }, finding.message),
    element("span", { class: "amounts" }, ...amounts(finding).map((amount) => element("span", {}, amount))),
  );
  row.disabled = finding.geometry === null && finding.codes.length === 0;
  return row;
}

function amounts(finding: Finding): string[] {
  const { codes, area_m2: area, width_m: width, length_m: length, households, healable, accepted } = finding;
  return [
    codes.join(" · "),
    area === null ? "" : squareMetres(area),
    width === null ? "" : text("findings.width", { width: metres(width) }),
    length === null ? "" : text("findings.length", { length: metres(length) }),
    households === null ? "" : text("findings.households", { count: count(households) }),
    healable ? text("findings.healable") : "",
    accepted ? text("findings.accepted", { reason: accepted.reason, actor: accepted.actor }) : "",
  ].filter((amount) => amount !== "");
}

/** Coverage in figures, a line each: what is covered, of how much, and the share. */
export function figuresTable(figures: CoverageFigures): HTMLElement {
  const { units, units_covered, area_m2, area_covered_m2, households, households_covered } = figures;
  const rows = [
    line(text("coverage.units"), `${count(units_covered)} / ${count(units)}`, portion(units_covered, units)),
    line(text("coverage.area"), areaOf(area_covered_m2, area_m2), portion(area_covered_m2, area_m2)),
    line(
      text("coverage.households"),
      `${count(households_covered)} / ${count(households)}`,
      portion(households_covered, households),
    ),
    line(text("coverage.gap"), squareMetres(figures.gap_m2), ""),
    line(text("coverage.overlap"), squareMetres(figures.overlap_m2), ""),
  ];
  return element("div", { class: "figures" }, element("h3", {}, text("coverage.title")), element("table", {}, ...rows));
}

function line(name: string, figure: string, share: string): HTMLElement {
  return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, figure), element("td", {}, share));
}
