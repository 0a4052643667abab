// Does a drawing ask for what the form says and the map shows?
import { expect, it } from "vitest";
import type { PlanDocument, PlanGrid } from "./answers";
import { held, type Room } from "./room";
import { instead, isOfOne, wishOf, wishOfJob, type Said } from "./wish";

const plain: Said = { keep: true, number: undefined, alternatives: 1, alternative: 1 };

function desk(chosen: string[], communities = ["R", "S"]): Pick<Room, "chosen" | "plan" | "grids"> {
  const grid = (code: string, region: string): PlanGrid => ({
    type: "Feature",
    geometry: { type: "Polygon", coordinates: [] },
    properties: { code, name: "", kind: "residential", region, households: 1, verdict: "good" },
  });
  const plan = { communities } as PlanDocument;
  return { chosen, plan, grids: held([grid("R1", "R"), grid("R2", "R"), grid("S1", "S")]) };
}

it("draws all of the plan where nothing is chosen", () => {
  expect(wishOf(desk([]), plain)).toEqual({ keep: true });
  expect(wishOf(desk([]), { ...plain, keep: false })).toEqual({ keep: false });
});

it("draws the chosen grids alone, as many as are wished for", () => {
  expect(wishOf(desk(["R1", "R2"]), { ...plain, number: 1 })).toEqual({ keep: true, grids: ["R1", "R2"], number: 1 });
});

it("knows of no number for the ground of several communities", () => {
  expect(wishOf(desk(["R1", "S1"]), { ...plain, number: 1 })).toEqual({ keep: true, grids: ["R1", "S1"] });
  expect([isOfOne(desk([])), isOfOne(desk([], ["R"])), isOfOne(desk(["S1"]))]).toEqual([false, true, true]);
});

it("compares ways from blocks made anew, so that another one can be taken later", () => {
  const wish = wishOf(desk([]), { ...plain, alternatives: 3, alternative: 5 });
  expect(wish).toEqual({ keep: true, alternatives: 3, alternative: 3, blocks: "anew" });
  expect(instead(wish, 2)).toEqual({ ...wish, alternative: 2 });
});

it("knows again what was asked of a job", () => {
  const asked = { plan: "p", grids: null, number: null, keep: false, seed: 1, alternatives: 2, alternative: 1 };
  expect(wishOfJob({ asked })).toEqual({ keep: false, seed: 1, alternatives: 2, alternative: 1 });
});
