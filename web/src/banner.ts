// Is the page cut off from the service, and what is said then?
import { Unreachable } from "./api";
import { inEachLanguage, text } from "./language";
import { told } from "./notice";

/** A part of the map could not be read. */
export class TilesMissing extends Error {}

/** A calm line over the map; it goes when `show` is called without a failure. */
export function banner(place: HTMLElement): { show(failure: unknown): void } {
  let shown: unknown;

  function write(): void {
    place.hidden = shown === undefined;
    place.textContent = shown === undefined ? "" : words(shown);
  }

  inEachLanguage(write);
  return {
    show(failure) {
      shown = failure;
      write();
    },
  };
}

function words(failure: unknown): string {
  if (failure instanceof Unreachable) return text("page.unreachable");
  return failure instanceof TilesMissing ? text("page.tiles") : told(failure).join(" ");
}
