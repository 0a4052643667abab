// Do labels stand inside their shapes?
import { describe, expect, it } from "vitest";
import type { Ground } from "./answers";
import { labelSpot, shortName } from "./labels";

function box(west: number, south: number, east: number, north: number): [number, number][] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

describe("labelSpot", () => {
  it("is the middle of a box", () => {
    expect(labelSpot({ type: "Polygon", coordinates: [box(0, 0, 4, 2)] })).toEqual({ at: [2, 1], size: 8 });
  });

  it("stands in the foot of an L, not in its empty corner", () => {
    const ell: Ground = {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [10, 0],
          [10, 3],
          [2, 3],
          [2, 10],
          [0, 10],
          [0, 0],
        ],
      ],
    };
    const [x = 0, y = 0] = labelSpot(ell)?.at ?? [];
    expect(x).toBeCloseTo(5);
    expect(y).toBeLessThan(3);
  });

  it("keeps out of a hole", () => {
    const ring: Ground = { type: "Polygon", coordinates: [box(0, 0, 9, 9), box(1, 1, 8, 8)] };
    const [x = 0, y = 0] = labelSpot(ring)?.at ?? [];
    expect(x > 1 && x < 8 && y > 1 && y < 8).toBe(false);
  });

  it("takes the largest part", () => {
    const parts: Ground = { type: "MultiPolygon", coordinates: [[box(0, 0, 1, 1)], [box(5, 5, 9, 9)]] };
    expect(labelSpot(parts)?.at).toEqual([7, 7]);
  });
});

describe("shortName", () => {
  it.each([
    ["1", "锦苑社区第一网格", "锦苑社区", "第一网格"],
    ["1", "锦苑社区", "锦苑社区", "锦苑社区"],
    ["1", "公园", "锦苑社区", "公园"],
    ["1", "公园", undefined, "公园"],
    ["A7", "", "锦苑社区", "A7"],
  ])("of %s %s in %s is %s", (code, name, region, short) => {
    expect(shortName(code, name, region)).toBe(short);
  });
});
