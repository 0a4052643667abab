// How far is what runs by itself, and how is it ended?
import { button, element } from "../element";
import { percent } from "../figures";
import { inEachLanguage, text, word } from "../language";
import type { Running } from "./room";

export interface RunningCard {
  /** True where what was running is not running any more. */
  show(running: Running | undefined): boolean;
}

/** The card in `place`: written in place, so that a reader hears of each phase once and the focus stays. */
export function runningCard(place: HTMLElement, end: (how: "stop" | "best") => void): RunningCard {
  const phase = element("p", { class: "phase", role: "status" });
  const bar = element("progress", {});
  const best = element("p", { class: "quiet best" });
  const stop = button("", { "data-end": "stop" }, () => end("stop"));
  const enough = button("", { "data-end": "best" }, () => end("best"));
  const card = element("section", { class: "running" }, phase, bar, best);
  card.append(element("div", { class: "actions" }, enough, stop));
  let running: Running | undefined;
  place.append(card);

  function write(): void {
    place.hidden = running === undefined;
    if (running === undefined) return;
    const { what, done, total } = running;
    const now = word("draw.phase", running.phase);
    if (phase.textContent !== now) phase.textContent = now; // told again, it would be read out again
    bar.setAttribute("aria-label", now);
    if (total > 0) {
      bar.max = total;
      bar.value = done;
    } else bar.removeAttribute("value");
    best.hidden = enough.hidden = what !== "draw";
    best.textContent =
      running.best === undefined ? text("draw.best.none") : text("draw.best", { score: percent(running.best) });
    enough.disabled = running.best === undefined || running.phase === "ending";
    stop.disabled = running.phase === "ending";
    stop.textContent = text("draw.stop");
    enough.textContent = text("draw.enough");
  }

  inEachLanguage(write);
  return {
    show(next) {
      const before = running;
      running = next;
      write();
      if (before === undefined && next !== undefined) {
        place.scrollIntoView({ block: "nearest" });
        if (lostFocus()) stop.focus();
      }
      return before !== undefined && next === undefined;
    },
  };
}

/** What had the focus is not shown any more. */
export function lostFocus(): boolean {
  const { activeElement: has } = document;
  return has === null || has === document.body || (has instanceof HTMLElement && has.offsetParent === null);
}
