// Whose ground may the point be on, and how likely is each?
import type { Candidate, OwnerAnswer } from "./answers";
import { element, type Child } from "./element";
import { metres, percent } from "./figures";
import { text } from "./language";
import { code, codeButton, part, quiet, type Pressed } from "./parts";

const LEAST_SHARE = 0.001; // of nobody's ground: less is what the service rounds away

export function candidates({ candidates: named, owner, neighbour }: OwnerAnswer, pressed: Pressed): HTMLElement | false {
  const all = named.filter(({ code: grid, share }) => grid !== null || (share ?? 0) >= LEAST_SHARE);
  const known = [owner?.code, neighbour]; // told already
  if (all.every(({ code: grid, share }) => known.includes(grid) && (share === null || share === 1))) return false;
  const rows = all.map((one) => row(one, owner?.code, pressed));
  return part(text("owner.candidates"), element("ul", { class: "candidates" }, ...rows));
}

function row({ code: grid, distance_m: distance, share }: Candidate, owner: string | undefined, pressed: Pressed): Child {
  return element(
    "li",
    { "data-owner": grid !== null && grid === owner },
    name(grid, owner, pressed),
    distance !== null && distance > 0 && quiet(metres(distance)),
    share !== null && element("span", { class: "share" }, percent(share)),
    share !== null && bar(share),
  );
}

function name(grid: string | null, owner: string | undefined, pressed: Pressed): Child {
  if (grid === null) return element("span", {}, text("owner.candidates.nobody"));
  return grid === owner ? code(grid) : codeButton(grid, pressed);
}

/** The figure beside it says the same. */
function bar(share: number): HTMLElement {
  return element("span", { class: "bar", style: `--share: ${share}`, "aria-hidden": "true" }, element("span"));
}
