// What is asked of a drawing? Plain values, made of what is on the desk and in the form.
import type { JobDocument, Wish } from "./drawAnswers";
import type { Room } from "./room";

export const MOST_ALTERNATIVES = 5;
export const MOST_GRIDS = 2000;

/** What the form says; `number` is undefined where it is left to the households. */
export interface Said {
  keep: boolean;
  number: number | undefined;
  alternatives: number;
  alternative: number;
}

/** Several ways are compared from blocks made anew: those kept are the chosen way's, and another start is another end. */
export function wishOf(room: Pick<Room, "chosen" | "plan" | "grids">, said: Said): Wish {
  const { keep, number, alternatives, alternative } = said;
  return {
    keep,
    ...(room.chosen.length > 0 && { grids: room.chosen }),
    ...(number !== undefined && isOfOne(room) && { number }),
    ...(alternatives > 1 && { alternatives, alternative: Math.min(alternative, alternatives), blocks: "anew" as const }),
  };
}

/** Whether a number of grids can be wished for: it is that of one community's ground. */
export function isOfOne({ chosen, plan, grids }: Pick<Room, "chosen" | "plan" | "grids">): boolean {
  if (chosen.length === 0) return plan.communities.length === 1;
  return new Set(chosen.map((code) => grids.get(code)?.properties.region)).size === 1;
}

/** The same again, but that the plan gets another of the alternatives. */
export function instead(wish: Wish, rank: number): Wish {
  return { ...wish, alternative: rank };
}

const NAMES = ["communities", "grids", "number", "keep", "seed", "alternatives", "alternative", "blocks"] as const;

/** What was asked of a drawing that another page began. */
export function wishOfJob({ asked }: Pick<JobDocument, "asked">): Wish {
  return Object.fromEntries(
    NAMES.flatMap((name) => (asked[name] === null || asked[name] === undefined ? [] : [[name, asked[name]]])),
  );
}
