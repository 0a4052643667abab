// Which published state is there now, and does the service answer?
import { publications } from "./api";
import type { Publication } from "./answers";
import { element } from "./element";
import { instant } from "./figures";
import { inEachLanguage, text } from "./language";

const EVERY_MS = 5_000;
const SOON_MS = 500; // where more is known to come

interface Hooks {
  /**
   * Called for the first state and each later one; tells whether it is there to be read: the service lists a
   * publication a moment before it shows it. If not, and after a failure, it is called again at the next look.
   */
  changed(number: number): Promise<boolean>;
  /** A look went wrong; called at each such look. */
  failed(failure: unknown): void;
  /** The first good look after bad ones. */
  recovered(): void;
}

export interface Watch {
  /** Looks now: something has been published. */
  look(): void;
  /** Something else could not be read; counts as a bad look. */
  trouble(failure: unknown): void;
}

/** Looks every five seconds, while the page is visible, and shows the state as a chip in `place`. */
export function watchPublication(place: HTMLElement, hooks: Hooks): Watch {
  // `taken` is set last: a state that could not be read whole is read again.
  let newest: Publication | undefined;
  let known = false; // the service has answered once
  let taken: number | undefined; // the number whose tiles and lists the page has
  let timer: number | undefined;
  let looking = false;
  let again = false; // there was a reason to look while looking
  let away = false;

  async function look(): Promise<void> {
    if (document.hidden) return;
    if (looking) return void (again = true);
    window.clearTimeout(timer);
    looking = true;
    again = false;
    try {
      [newest] = await publications(1);
      known = true;
      if (newest !== undefined && newest.number !== taken) {
        if (await hooks.changed(newest.number)) taken = newest.number;
        else again = true;
      }
      if (away) hooks.recovered();
      away = false;
    } catch (failure) {
      trouble(failure);
    } finally {
      looking = false;
      write();
      timer = window.setTimeout(() => void look(), again ? SOON_MS : EVERY_MS);
    }
  }

  function trouble(failure: unknown): void {
    away = true;
    hooks.failed(failure);
  }

  function write(): void {
    place.replaceChildren(...chip(newest, known));
  }

  document.addEventListener("visibilitychange", () => void look());
  inEachLanguage(write);
  void look();
  return { trouble, look: () => void look() };
}

function chip(newest: Publication | undefined, known: boolean): HTMLElement[] {
  if (newest === undefined) {
    if (!known) return [element("span", { class: "chip" }, text("page.waiting"))];
    return [
      element("span", { class: "chip" }, text("publication.none")),
      element("p", {}, text("publication.none.detail")),
    ];
  }
  const { number, at, actor, reason } = newest;
  const why = actor !== null && reason !== null ? text("publication.by", { actor, reason }) : (reason ?? actor ?? "");
  return [
    element("span", { class: "chip", title: why, "data-publication": number }, text("publication.chip", { number })),
    element("time", { datetime: at }, instant(at)),
  ];
}
