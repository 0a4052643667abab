// What is a grid called, of which kind is it, and which code does it have?
import type { Kind } from "../answers";
import { button, element } from "../element";
import { text, word } from "../language";
import type { Intent, PlanGrid } from "./answers";

const KINDS: Kind[] = ["residential", "special", "rural"];

/** A form with the grid's present values; `keep` gets what was changed. */
export function namingForm(
  { properties: { code, name, kind } }: PlanGrid,
  keep: (edits: Intent[]) => void,
): HTMLElement {
  const called = element("input", { name: "name", value: name, maxlength: 200, autocomplete: "off" });
  const kinds = element(
    "select",
    { name: "kind" },
    ...KINDS.map((one) => element("option", { value: one, selected: one === kind }, word("kind", one))),
  );
  const coded = element("input", {
    name: "code",
    value: code,
    maxlength: 100,
    autocomplete: "off",
    spellcheck: "false",
  });
  const form = element(
    "form",
    { class: "form naming" },
    field(text("name.name"), called),
    field(text("name.kind"), kinds),
    field(text("name.code"), coded),
    button(text("name.keep"), { type: "submit", class: "go" }, () => undefined),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const edits = changes(
      code,
      { name, kind },
      { name: called.value.trim(), kind: kinds.value as Kind },
      coded.value.trim(),
    );
    if (edits.length > 0) keep(edits);
  });
  return form;
}

/** The edits that make the one of the other. */
export function changes(
  code: string,
  before: { name: string; kind: Kind },
  after: { name: string; kind: Kind },
  next: string,
): Intent[] {
  const set: Intent = {
    op: "set",
    grid: code,
    ...(after.name !== before.name && { name: after.name }),
    ...(after.kind !== before.kind && { kind: after.kind }),
  };
  return [
    ...(set.name !== undefined || set.kind !== undefined ? [set] : []),
    ...(next !== code && next !== "" ? [{ op: "recode", from: code, to: next } as const] : []),
  ];
}

export function field(name: string, input: HTMLElement): HTMLElement {
  return element("label", { class: "field" }, element("span", {}, name), input);
}
