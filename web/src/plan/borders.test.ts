// Is the grid under the pointer found, and what of its border is in reach?
import { describe, expect, it } from "vitest";
import type { Ground } from "../answers";
import type { Place, PlanGrid } from "./answers";
import { covers, gridAt, gridUnder, holdAt, nodesOf, tiesOf, type Pixels } from "./borders";
import { held } from "./room";

const pixels: Pixels = ([lon, lat]) => ({ x: lon * 100, y: -lat * 100 });

function box(code: string, west: number, south: number, east: number, north: number): PlanGrid {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return grid(code, { type: "Polygon", coordinates: [ring] });
}

function grid(code: string, geometry: Ground): PlanGrid {
  const properties = { code, name: "", kind: "residential", region: "R", households: 1, verdict: "good" } as const;
  return { type: "Feature", geometry, properties };
}

const grids = held([box("A", 0, 0, 1, 1), box("B", 1, 0, 2, 1)]);

describe("the grid under a place", () => {
  it("is the one that has it", () => {
    expect(gridAt(grids, [0.5, 0.5])).toBe("A");
    expect(gridAt(grids, [1.5, 0.5])).toBe("B");
    expect(gridAt(grids, [2.5, 0.5])).toBeUndefined();
  });

  it("has holes and parts", () => {
    const hole: Place[] = [
      [0.4, 0.4],
      [0.6, 0.4],
      [0.6, 0.6],
      [0.4, 0.6],
      [0.4, 0.4],
    ];
    const outer: Place[] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ];
    const far: Place[] = [
      [5, 0],
      [6, 0],
      [6, 1],
      [5, 1],
      [5, 0],
    ];
    const shape: Ground = { type: "MultiPolygon", coordinates: [[outer, hole], [far]] };
    expect(covers(shape, [0.5, 0.5])).toBe(false);
    expect(covers(shape, [0.1, 0.5])).toBe(true);
    expect(covers(shape, [5.5, 0.5])).toBe(true);
    expect(nodesOf(shape)).toHaveLength(12);
  });

  it("of a line is the one with most of it", () => {
    expect(
      gridUnder(grids, [
        [-1, 0.5],
        [0.9, 0.5],
      ]),
    ).toBe("A");
    expect(
      gridUnder(grids, [
        [0.8, 0.5],
        [2.2, 0.5],
      ]),
    ).toBe("B");
    expect(
      gridUnder(grids, [
        [3, 3],
        [4, 4],
      ]),
    ).toBeUndefined();
  });
});

describe("what can be taken hold of", () => {
  it("is a node before an edge", () => {
    const hold = holdAt(grids.values(), [1.03, 0.97], pixels, 9);
    expect(hold).toMatchObject({ of: "node", at: [1, 1] });
  });

  it("is the nearest place of an edge", () => {
    const hold = holdAt(grids.values(), [1.05, 0.5], pixels, 9);
    expect(hold).toMatchObject({ of: "edge", at: [1, 0.5] });
    expect(hold?.of === "edge" && hold.from.map((node) => node[0])).toEqual([1, 1]);
  });

  it("is nothing out of reach", () => {
    expect(holdAt(grids.values(), [0.5, 0.5], pixels, 9)).toBeUndefined();
  });

  it("knows what a node is joined to, on every side of it", () => {
    const ties = tiesOf(grids, [1, 1]).map((tie) => tie.join());
    expect(ties.sort()).toEqual(["0,1", "1,0", "2,1"]);
  });
});
