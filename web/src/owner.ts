// Who answers for this point, or what is this grid? Asks, and keeps the panel's answer fresh.
import { grid, owner, ownerOfThing } from "./api";
import type { GridFeature, OwnerAnswer, Thing } from "./answers";
import type { Manner } from "./asking";
import { element } from "./element";
import { inEachLanguage, text } from "./language";
import { notice } from "./notice";
import { gridCard, ownerCard } from "./ownerCard";

type Question =
  | { of: "nothing" }
  | { of: "point"; lon: number; lat: number }
  | { of: "thing"; thing: Thing }
  | { of: "grid"; code: string };
type Answer =
  | { of: "nothing" }
  | { of: "point"; answer: OwnerAnswer; manner?: Manner }
  | { of: "grid"; grid: GridFeature }
  | { of: "failure"; failure: unknown };

interface Hooks {
  /** How a point is to be asked about. */
  manner(): Manner;
  /** A grid's code was pressed in the panel. */
  pressed(code: string): void;
  /** This region's grids are to be drawn anew. */
  redraw(region: string): void;
  /** The panel now tells of this grid (or of none) and of this point (or of none). */
  shown(code: string | undefined, point: [lon: number, lat: number] | undefined): void;
  nameOfRegion(code: string): string | undefined;
}

export interface OwnerPanel {
  askPoint(lon: number, lat: number): Promise<void>;
  /** Tells who owns a building or a facility. */
  askThing(thing: Thing): Promise<void>;
  /** Shows the grid and returns it; rejects, with the panel as it was, where there is no such grid. */
  askGrid(code: string): Promise<GridFeature>;
  /** Tells of nothing: what was told is of another place. */
  clear(): void;
  /** The region of the grid that the panel tells of. */
  region(): string | undefined;
  /** Asks the last question again: the published state has changed. */
  again(): Promise<void>;
  /** Tells that something asked of the panel could not be done. */
  fail(failure: unknown): void;
}

export function ownerPanel(place: HTMLElement, hooks: Hooks): OwnerPanel {
  let question: Question = { of: "nothing" };
  let answer: Answer = { of: "nothing" };

  function write(): void {
    place.setAttribute("aria-busy", "false");
    place.replaceChildren(card(answer));
  }

  function show(next: Answer): void {
    answer = next;
    write();
    hooks.shown(codeOf(next), question.of === "point" ? [question.lon, question.lat] : pointOf(next));
  }

  function card(shown: Answer): HTMLElement {
    switch (shown.of) {
      case "nothing":
        return element("p", { class: "empty" }, text("owner.empty"));
      case "point":
        return ownerCard(shown.answer, hooks, shown.manner);
      case "grid":
        return gridCard(shown.grid, hooks);
      case "failure":
        return notice(shown.failure);
    }
  }

  async function answerTo(asked: Question): Promise<Answer> {
    if (asked.of === "point") {
      const manner = hooks.manner();
      return { of: "point", answer: await owner(asked.lon, asked.lat, manner), manner };
    }
    if (asked.of === "thing") return { of: "point", answer: await ownerOfThing(asked.thing) };
    if (asked.of === "grid") return { of: "grid", grid: await grid(asked.code) };
    return { of: "nothing" };
  }

  /** The last question asked wins, whichever answer comes first. */
  async function ask(next: Question): Promise<void> {
    question = next;
    place.setAttribute("aria-busy", "true");
    let came: Answer;
    try {
      came = await answerTo(next);
    } catch (failure) {
      came = { of: "failure", failure };
    }
    if (question === next) show(came);
  }

  inEachLanguage(() => {
    if (question.of === "point" || question.of === "thing")
      void ask({ ...question }); // its warnings come in a language
    else write();
  });
  return {
    askPoint: (lon, lat) => ask({ of: "point", lon, lat }),
    askThing: (thing) => ask({ of: "thing", thing }),
    async askGrid(code) {
      const found = await grid(code);
      question = { of: "grid", code };
      show({ of: "grid", grid: found });
      return found;
    },
    clear() {
      question = { of: "nothing" };
      show({ of: "nothing" });
    },
    region: () => regionOf(answer),
    fail: (failure) => show({ of: "failure", failure }),
    again: () => (question.of === "nothing" ? Promise.resolve() : ask({ ...question })),
  };
}

function codeOf(answer: Answer): string | undefined {
  if (answer.of === "grid") return answer.grid.properties.code;
  return answer.of === "point" ? answer.answer.owner?.code : undefined;
}

function regionOf(answer: Answer): string | undefined {
  if (answer.of === "grid") return answer.grid.properties.region;
  return answer.of === "point" ? answer.answer.owner?.region : undefined;
}

function pointOf(answer: Answer): [lon: number, lat: number] | undefined {
  return answer.of === "point" ? [answer.answer.point.lon, answer.answer.point.lat] : undefined;
}
