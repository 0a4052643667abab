// Where both sides changed the same thing: whose side counts?
import type { Geometry } from "geojson";
import { button, element } from "../element";
import { squareMetres } from "../figures";
import { text } from "../language";
import type { Problem } from "../api";

type Side = "mine" | "theirs";

interface Conflict {
  conflict: string;
  /** The grid whose name or kind it is about; null where it is about ground. */
  code: string | null;
  base: unknown[];
  mine: unknown[];
  theirs: unknown[];
  area_m2?: number;
}

interface Hooks {
  shown(shape: Geometry): void;
  chosen(choices: Record<string, Side>): void;
}

/** A choice for each conflict; `chosen` is called once all are made. */
export function conflictsForm(problem: Problem, { shown, chosen }: Hooks): HTMLElement {
  const all = problem.features.map(({ geometry, properties }) => ({
    geometry,
    told: properties as unknown as Conflict,
  }));
  const choices = new Map<string, Side>();
  const go = button(text("conflict.go"), { type: "submit", class: "go", disabled: true }, () => undefined);

  function choose(conflict: string, side: Side): void {
    choices.set(conflict, side);
    go.disabled = choices.size < all.length;
  }

  const rows = all.map(({ geometry, told }) =>
    element(
      "li",
      { class: "conflict" },
      button(told.code ?? text("conflict.ground"), { class: "link" }, () => shown(geometry)),
      told.area_m2 !== undefined && told.area_m2 > 0 && ` ${squareMetres(told.area_m2)}`,
      ...(["mine", "theirs"] as const).map((side) => sideOf(told, side, choose)),
    ),
  );
  const form = element(
    "form",
    { class: "form conflicts" },
    element("p", {}, text("conflict.hint")),
    element("ul", {}, ...rows),
    go,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    chosen(Object.fromEntries(choices));
  });
  return form;
}

function sideOf(told: Conflict, side: Side, choose: (conflict: string, side: Side) => void): HTMLElement {
  const box = element("input", { type: "radio", name: told.conflict, value: side });
  box.addEventListener("change", () => choose(told.conflict, side));
  const said = told[side].length === 0 ? text("conflict.none") : told[side].map(String).join("、");
  return element("label", {}, box, `${text(`conflict.${side}`)} ${said}`);
}
