// Are squares asked for again where something changed, and only there?
import { describe, expect, it } from "vitest";
import type { Bounds } from "./answers";
import { touches } from "./touched";

const CHENGDU: Bounds = [104.1, 30.7, 104.1005, 30.7005];
const ground = { bounds: CHENGDU };

describe("touches", () => {
  it("the square that holds the change, and no other", () => {
    const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => ({ z: 14, x: 12929 + dx, y: 6722 + dy })));
    const touched = near.filter((square) => touches(ground, square));
    expect(touched).toEqual([{ z: 14, x: 12929, y: 6722 }]);
  });

  it("its neighbours too where the change is near the edge", () => {
    const west: Bounds = [(12929 / 2 ** 14) * 360 - 180 + 0.0001, 30.7, 104.1, 30.7001];
    expect(touches({ bounds: west }, { z: 14, x: 12928, y: 6722 })).toBe(true);
    expect(touches({ bounds: west }, { z: 14, x: 12927, y: 6722 })).toBe(false);
  });

  it.each([5, 14])("nothing at zoom %d, by what tiles do not show", (z) =>
    expect(touches({ bounds: null }, { z, x: 0, y: 0 })).toBe(false));

  it("everything at zooms where borders are coarse", () => {
    expect(touches(ground, { z: 10, x: 0, y: 0 })).toBe(true);
    expect(touches(ground, { z: 11, x: 0, y: 0 })).toBe(false);
  });
});
