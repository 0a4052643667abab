// How is a piece of the page made?

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with attributes and children; `true` sets an empty attribute, `false` and `undefined` leave it out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter(isShown));
  return made;
}

export function button(
  label: string,
  attributes: Attributes,
  pressed: () => void,
  ...children: Child[]
): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, ...(children.length > 0 ? children : [label]));
  if (children.length > 0 && label !== "") made.setAttribute("aria-label", label);
  made.addEventListener("click", pressed);
  return made;
}

/** A list of name and value; a pair whose value is null is left out. */
export function facts(...pairs: [name: string, value: Child][]): HTMLElement {
  const list = element("dl", { class: "facts" });
  for (const [name, value] of pairs) {
    if (isShown(value)) list.append(element("dt", {}, name), element("dd", {}, value));
  }
  return list;
}

/** The element of the page with this id, which index.html must have. */
export function found(id: string): HTMLElement {
  const there = document.getElementById(id);
  if (there === null) throw new Error(`index.html has no #${id}`);
  return there;
}

function isShown(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false;
}
