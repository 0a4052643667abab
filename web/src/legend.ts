// What do the colours and lines of the map mean?
import { element } from "./element";
import { inEachLanguage, text } from "./language";
import { inEachLight, palette, type Palette } from "./palette";
import type { TextId } from "./texts";

type Entry = "far" | "good" | "low" | "high" | "special" | "rural" | "none" | "provisional" | "community" | "upper";
const ENTRIES: Entry[] = ["far", "good", "low", "high", "special", "rural", "none", "provisional", "community", "upper"];
const NARROW = "(max-width: 760px)"; // as in page.css

/** Pixels on the map's left that the open legend covers; 0 where the map is too narrow to spare them. */
export function coveredByLegend(place: HTMLElement): number {
  const box = place.getBoundingClientRect();
  const room = place.parentElement?.clientWidth ?? 0;
  const open = place.querySelector("details")?.open ?? false;
  return open && room > 3 * box.width ? box.width : 0;
}

/** Fills `place` with the legend; on a narrow window it starts closed. */
export function showLegend(place: HTMLElement): void {
  const title = element("summary");
  const list = element("ul");
  const box = element("details", { open: !window.matchMedia(NARROW).matches }, title, list);
  place.append(box);
  inEachLight(() => colour(document.documentElement, palette()));
  inEachLanguage(() => {
    title.textContent = text("legend.title");
    list.replaceChildren(...ENTRIES.map(entry));
  });
}

/** Whether the map is near enough for tiles with grids: further out the legend says so instead of their colours. */
export function legendHasGrids(place: HTMLElement, drawn: boolean): void {
  place.dataset["grids"] = String(drawn);
}

/** Whether outlines above the communities are drawn: only then the legend speaks of them. */
export function legendHasUpper(place: HTMLElement, drawn: boolean): void {
  place.dataset["upper"] = String(drawn);
}

function entry(name: Entry): HTMLElement {
  const id: TextId = `legend.${name}`;
  return element(
    "li",
    { class: `of-${name}` },
    element("span", { class: `swatch swatch-${name}`, "aria-hidden": "true" }),
    text(id),
  );
}

/** The map's colours for the style sheets too, so that legend and map cannot differ. */
function colour(root: HTMLElement, colours: Palette): void {
  for (const [name, value] of Object.entries(colours)) root.style.setProperty(`--map-${name}`, String(value));
}
