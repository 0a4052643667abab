// Is the ground after an edit what the service told, and nothing else?
import { expect, it } from "vitest";
import type { EditAnswer, PlanGrid } from "./answers";
import { changes } from "./naming";
import { afterEdit, held } from "./room";

function grid(code: string, households: number): PlanGrid {
  const properties = { code, name: "", kind: "residential", region: "R", households, verdict: "good" } as const;
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [] }, properties };
}

it("replaces what changed, drops what is gone, and leaves the rest as the same objects", () => {
  const [a, b, c] = [grid("A", 1), grid("B", 2), grid("C", 3)];
  const { properties, ...shape } = grid("B", 20);
  const changed = { ...shape, properties: { ...properties, households_before: 2 } };
  const answer: EditAnswer = {
    revision: 2,
    gone: ["C"],
    households: [],
    appeared: [],
    vanished: [],
    moved: [],
    grids: { type: "FeatureCollection", features: [changed] },
  };
  const after = afterEdit(held([a, b, c]), answer);
  expect([...after.keys()]).toEqual(["A", "B"]);
  expect(after.get("A")).toBe(a);
  expect(after.get("B")?.properties.households).toBe(20);
});

it("names only what was changed", () => {
  const before = { name: "一", kind: "residential" } as const;
  expect(changes("A1", before, before, "A1")).toEqual([]);
  expect(changes("A1", before, { ...before, name: "二" }, "A1")).toEqual([{ op: "set", grid: "A1", name: "二" }]);
  expect(changes("A1", before, { ...before, kind: "special" }, "A2")).toEqual([
    { op: "set", grid: "A1", kind: "special" },
    { op: "recode", from: "A1", to: "A2" },
  ]);
});
