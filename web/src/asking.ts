// How is a click asked about: how good is its position, and as of when?
import { button, element } from "./element";
import { instant } from "./figures";
import { inEachLanguage, text } from "./language";

const ACCURACIES = [5, 15, 50]; // metres: a good receiver, a phone, an address

export interface Manner {
  /** Radius, metres, that holds 68 % of the error; undefined where nothing is known of it. */
  accuracy?: number;
  /** The instant asked about, ISO 8601 with its offset; undefined for now. */
  asOf?: string;
}

export interface Asking {
  manner(): Manner;
}

/** The two controls in `place`, and in `past` a line on the map for as long as answers are not of now. */
export function showAsking(place: HTMLElement, past: HTMLElement, changed: () => void): Asking {
  let manner: Manner = {};
  const when = element("input", { type: "datetime-local", id: "as-of", name: "as-of" });

  function take(next: Manner): void {
    manner = next;
    write();
    changed();
  }

  function withAccuracy(accuracy: number | undefined): void {
    const { asOf } = manner;
    take({ ...(accuracy === undefined ? {} : { accuracy }), ...(asOf === undefined ? {} : { asOf }) });
  }

  function withInstant(): void {
    const { accuracy } = manner;
    const asOf = instantOf(when.value);
    if (asOf === manner.asOf) return;
    take({ ...(accuracy === undefined ? {} : { accuracy }), ...(asOf === undefined ? {} : { asOf }) });
  }

  function now(): void {
    when.value = "";
    withInstant();
    when.focus();
  }

  function write(): void {
    const { asOf } = manner;
    label.textContent = text("asking.as-of");
    toNow.textContent = text("asking.now");
    toNow.title = text("asking.now.hint");
    toNow.hidden = asOf === undefined;
    past.hidden = asOf === undefined;
    past.replaceChildren(
      ...(asOf === undefined
        ? []
        : [text("asking.past", { at: instant(asOf) }), button(text("asking.now.hint"), {}, now)]),
    );
  }

  const label = element("label", { for: "as-of" });
  const toNow = button("", { class: "to-now", hidden: true }, now);
  const choice = element("fieldset", { class: "accuracy" });
  inEachLanguage(() => {
    choice.replaceChildren(...accuracies(manner.accuracy, withAccuracy));
    write();
  });
  when.addEventListener("change", withInstant);
  place.append(choice, element("div", { class: "when" }, label, when, toNow));
  place.addEventListener("submit", (event) => event.preventDefault());
  return { manner: () => manner };
}

function accuracies(chosen: number | undefined, take: (accuracy: number | undefined) => void): HTMLElement[] {
  const offered = [undefined, ...ACCURACIES].map((metres) => {
    const box = element("input", { type: "radio", name: "accuracy", value: metres ?? "", checked: metres === chosen });
    box.addEventListener("change", () => take(metres));
    const said = metres === undefined ? text("asking.unknown") : text("unit.metres", { value: metres });
    return element("label", {}, box, element("span", {}, said));
  });
  return [element("legend", { title: text("asking.accuracy.hint") }, text("asking.accuracy")), ...offered];
}

/** A time of the reader's own clock, with the offset that it has there at that time. */
export function instantOf(local: string): string | undefined {
  const at = new Date(local);
  if (local === "" || Number.isNaN(at.getTime())) return undefined;
  const minutes = -at.getTimezoneOffset();
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
