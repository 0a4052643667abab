// How is the map moved without a wheel or a finger?
import { button } from "./element";
import { inEachLanguage, text } from "./language";

interface Moves {
  zoomBy(steps: number): void;
  home(): void;
}

export function showControls(place: HTMLElement, moves: Moves): void {
  inEachLanguage(() =>
    place.replaceChildren(
      control("+", text("control.in"), () => moves.zoomBy(1)),
      control("−", text("control.out"), () => moves.zoomBy(-1)),
      control("⤢", text("control.home"), () => moves.home()),
    ),
  );
}

function control(sign: string, name: string, pressed: () => void): HTMLButtonElement {
  return button(sign, { "aria-label": name, title: name }, pressed);
}
