// Does each tool ask for the edit that the hand means, from the desk as it is?
import type { Polygon } from "geojson";
import { expect, it } from "vitest";
import type { Intent, Place, PlanDocument, PlanGrid } from "./answers";
import { emptyRoom, type Room, type Tool } from "./room";
import { finish, handOf, type Bench } from "./tools";

const plan: PlanDocument = {
  id: "p",
  title: "",
  reason: "",
  state: "draft",
  communities: ["R"],
  revision: 1,
  can_undo: false,
  can_redo: false,
  publication: null,
};

function box(code: string, west: number): PlanGrid {
  const ring = [
    [west, 0],
    [west + 1, 0],
    [west + 1, 1],
    [west, 1],
    [west, 0],
  ];
  const properties = { code, name: "", kind: "residential", region: "R", households: 1, verdict: "good" } as const;
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties };
}

function desk(tool: Tool): { hand: ReturnType<typeof handOf>; bench: Bench; tried: Intent[][]; kept: Intent[][] } {
  let room: Room = { ...emptyRoom(plan, [box("A", 0), box("B", 1)]), tool };
  const [tried, kept]: [Intent[][], Intent[][]] = [[], []];
  const bench: Bench = {
    room: () => room,
    set: (changes) => void (room = { ...room, ...changes }),
    attempt: (edits) => void tried.push(edits),
    hush: () => undefined,
    keep: (edits) => void kept.push(edits),
    pixels: ([lon, lat]) => ({ x: lon * 100, y: -lat * 100 }),
  };
  return { hand: handOf(tool, bench), bench, tried, kept };
}

const mouse = { reach: 9, pressed: false };
const finger = { reach: 24, pressed: true };
const middle: Place = [1, 0.5]; // of the border between A and B

it("drags an edge: tried on the way, kept when let go", () => {
  const { hand, tried, kept } = desk("move");
  expect(hand.grab([0.5, 0.5], mouse)).toBe(false);
  expect(hand.grab(middle, mouse)).toBe(true);
  hand.drag([1.1, 0.5]);
  hand.drag([1.2, 0.5]);
  hand.drop([1.2, 0.5], true);
  expect(tried).toHaveLength(2);
  const [edge] = kept[0] ?? [];
  expect(edge?.op === "move_edge" && edge.to.coordinates[1]).toEqual([1.2, 0.5]);
});

it("drags a node", () => {
  const { hand, kept } = desk("move");
  expect(hand.grab([1, 1], mouse)).toBe(true);
  hand.drag([1.2, 1]);
  hand.drop([1.2, 1], true);
  expect(kept).toEqual([[{ op: "move_node", from: [1, 1], to: [1.2, 1] }]]);
});

it("means nothing when it only presses, or gives up", () => {
  const { hand, bench, kept } = desk("move");
  hand.grab(middle, mouse);
  hand.drop([0, 0], false);
  expect([kept, bench.room().sketch]).toEqual([[], undefined]);
  hand.grab(middle, mouse);
  hand.drag([1.2, 0.5]);
  hand.cancel();
  expect([kept, bench.room().sketch]).toEqual([[], undefined]);
});

it("goes on with a line that was refused", () => {
  const { hand, bench, kept } = desk("move");
  hand.grab(middle, mouse);
  hand.drag([1.2, 0.5]);
  hand.drop([1.2, 0.5], true);
  expect(hand.grab([1.2, 0.5], mouse)).toBe(true); // the sketch is still there: nobody took it away
  hand.drag([1.05, 0.5]);
  hand.drop([1.05, 0.5], true);
  expect(bench.room().sketch?.nodes).toHaveLength(3);
  const [edge] = kept[1] ?? [];
  expect(edge?.op === "move_edge" && edge.to.coordinates[1]).toEqual([1.05, 0.5]);
});

it("needs the grid pressed first where a finger is meant", () => {
  const { hand } = desk("move");
  expect(hand.grab(middle, finger)).toBe(false);
  hand.tap([0.5, 0.5]);
  expect(hand.grab(middle, finger)).toBe(true);
});

it("splits the grid that the line crosses most, ended by pressing the last node again", () => {
  const { hand, kept } = desk("split");
  for (const at of [
    [0.5, -0.2],
    [0.5, 1.2],
    [0.5, 1.2],
  ] as Place[])
    hand.tap(at);
  expect(kept).toEqual([
    [
      {
        op: "split",
        grid: "A",
        line: {
          type: "LineString",
          coordinates: [
            [0.5, -0.2],
            [0.5, 1.2],
          ],
        },
      },
    ],
  ]);
});

it("does not end a line of one node", () => {
  const { hand, bench, kept } = desk("reshape");
  hand.tap([0.5, 0.5]);
  hand.tap([0.5, 0.5]);
  finish(bench);
  expect([kept, bench.room().drawing]).toEqual([[], true]);
});

it("gives ground to the grid that was pressed first, ended on the first node", () => {
  const { hand, kept } = desk("assign");
  for (const at of [
    [0.5, 0.5],
    [1.1, 0.1],
    [1.5, 0.1],
    [1.5, 0.5],
    [1.1, 0.1],
  ] as Place[])
    hand.tap(at);
  const [edit] = kept[0] ?? [];
  expect(edit?.op === "assign" && "ground" in edit && [edit.grid, edit.ground.coordinates[0]?.length]).toEqual(["A", 4]);
});

it("chooses grids to merge and leaves them out again", () => {
  const { hand, bench, tried } = desk("merge");
  for (const at of [
    [0.5, 0.5],
    [1.5, 0.5],
    [0.5, 0.5],
  ] as Place[])
    hand.tap(at);
  expect(bench.room().chosen).toEqual(["B"]);
  expect(tried).toEqual([[{ op: "merge", grids: ["A", "B"] }]]);
});

it("takes hold of nothing while something is being kept, or in a plan that is no draft", () => {
  const { hand, bench } = desk("move");
  bench.set({ busy: true });
  expect(hand.grab(middle, mouse)).toBe(false);
  bench.set({ busy: false, plan: { ...plan, state: "approved" } });
  expect(hand.grab(middle, mouse)).toBe(false);
});

it("leaves a refused line as it was when a node of it is only pressed", () => {
  for (const tool of ["move", "reshape"] as const) {
    const { hand, bench, kept } = desk(tool);
    const nodes: Place[] = [
      [0.9, 0.2],
      [1.2, 0.5],
      [0.9, 0.8],
    ];
    const sketch = tool === "move" ? ({ op: "move_edge", from: nodes, nodes } as const) : ({ op: tool, nodes } as const);
    bench.set({ sketch, drawing: false });
    expect(hand.grab([1.2, 0.5], mouse)).toBe(true);
    hand.drop([1.2, 0.5], false);
    expect(bench.room()).toMatchObject({ sketch, drawing: false, held: undefined });
    expect(kept).toEqual([]);
  }
});

it("takes a border that is only pressed for the grid there", () => {
  const { hand, bench } = desk("move");
  hand.tap([0.5, 0.5]);
  expect(hand.grab([1.1, 0.5], finger)).toBe(true);
  hand.drop([1.1, 0.5], false);
  expect(bench.room()).toMatchObject({ sketch: undefined, under: "B" });
});

it("chooses grids to be drawn by themselves, and tries nothing", () => {
  const { hand, bench, tried } = desk("draw");
  hand.tap([0.5, 0.5]);
  hand.tap([1.5, 0.5]);
  expect(bench.room().chosen).toEqual(["A", "B"]);
  hand.tap([0.5, 0.5]);
  expect([bench.room().chosen, tried]).toEqual([["B"], []]);
});

it("chooses blocks, and gives them to the grid that is pressed next", () => {
  const { hand, bench, kept } = desk("blocks");
  const properties = { community: "R", households: 1, buildings: 1, grid: "A" };
  bench.set({ blocks: [{ id: "R-1", type: "Feature", geometry: box("A", 0).geometry as Polygon, properties }] });
  hand.tap([0.5, 0.5]);
  hand.tap([1.5, 0.5]);
  expect(bench.room().picked).toEqual(["R-1"]);
  bench.set({ giving: true });
  hand.tap([9, 9]);
  hand.tap([1.5, 0.5]);
  expect(kept).toEqual([[{ op: "assign", blocks: ["R-1"], grid: "B" }]]);
  hand.cancel();
  expect([bench.room().picked, bench.room().giving]).toEqual([[], false]);
});
