// Which published state says so, of when is it, and by which rule?
import type { OwnerAnswer, Standing } from "./answers";
import { element, facts, type Child } from "./element";
import { duration, instant, lonLat } from "./figures";
import { text, word } from "./language";
import { part } from "./parts";

/** `asOf`: the instant that was asked about; none for an answer of now. */
export function truth(answer: OwnerAnswer, asOf: string | undefined): HTMLElement {
  const { publication, standing, edition, as_of: at, point, rule, age_s: age } = answer;
  return truthOf(standing, edition, [
    [text("owner.publication"), text("owner.publication.value", { number: publication })],
    [text(asOf === undefined ? "owner.since" : "owner.as-of"), at === null ? null : instant(at)],
    [text("owner.age"), age === null ? null : text("owner.age.value", { age: duration(age) })],
    [text("owner.point"), lonLat(point.lon, point.lat)],
    [text("owner.rule"), rule === null ? null : word("ruling", rule)],
  ]);
}

export function truthOf(standing: Standing | null, edition: number | null, more: [string, Child][] = []): HTMLElement {
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
