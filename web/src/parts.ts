// Of which small pieces are the cards made?
import { button, element, type Child } from "./element";

export type Pressed = (code: string) => void;

export function part(title: string, ...content: Child[]): HTMLElement {
  return element("section", { class: "part" }, element("h3", {}, title), ...content);
}

/** A grid's code that leads to the grid. */
export function codeButton(grid: string, pressed: Pressed): HTMLElement {
  return button(grid, { class: "code" }, () => pressed(grid));
}

export function code(value: string): HTMLElement {
  return element("code", {}, value);
}

export function quiet(value: string): HTMLElement {
  return element("span", { class: "quiet" }, value);
}
