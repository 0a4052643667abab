// Does what is drawn mean the edit that the planner sees?
import { describe, expect, it } from "vitest";
import type { Place } from "./answers";
import { handles, intentOf, middles, strokes, withDetour, withInserted, withMoved, type Sketch } from "./sketch";

const pulled: Sketch = {
  op: "move_edge",
  from: [
    [0, 0],
    [0, 2],
  ],
  nodes: [
    [0, 0],
    [1, 1],
    [0, 2],
  ],
};
const ring: Sketch = {
  op: "assign",
  grid: "A",
  nodes: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
};

describe("an edit", () => {
  it("of an edge that was pulled out goes from the edge to the bent line", () => {
    expect(intentOf(pulled)).toEqual({
      op: "move_edge",
      from: {
        type: "LineString",
        coordinates: [
          [0, 0],
          [0, 2],
        ],
      },
      to: {
        type: "LineString",
        coordinates: [
          [0, 0],
          [1, 1],
          [0, 2],
        ],
      },
    });
  });

  it("of ground is a closed ring", () => {
    const intent = intentOf(ring);
    expect(intent?.op === "assign" && "ground" in intent && intent.ground.coordinates).toEqual([
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ]);
  });

  it("is there only once enough is drawn", () => {
    expect(intentOf({ op: "split", grid: "A", nodes: [[0, 0]] })).toBeUndefined();
    expect(
      intentOf({
        op: "assign",
        grid: "A",
        nodes: [
          [0, 0],
          [1, 0],
        ],
      }),
    ).toBeUndefined();
    expect(intentOf({ op: "reshape", nodes: [] })).toBeUndefined();
  });

  it("is told on the lattice", () => {
    const moved: Sketch = { op: "move_node", from: [104, 30], ties: [], nodes: [[104.123456789, 30.00000004]] };
    expect(intentOf(moved)).toMatchObject({ to: [104.1234568, 30] });
  });
});

describe("a sketch", () => {
  it("keeps the ends of a pulled edge", () => {
    expect(handles(pulled)).toEqual([1]);
    expect(handles(ring)).toEqual([0, 1, 2]);
  });

  it("can be pulled out between any two nodes", () => {
    expect(middles(pulled)).toEqual([
      { before: 1, at: [0.5, 0.5] },
      { before: 2, at: [0.5, 1.5] },
    ]);
    expect(middles(ring)).toHaveLength(3);
    expect(withInserted(pulled, 1, [5, 5]).nodes).toEqual([
      [0, 0],
      [5, 5],
      [1, 1],
      [0, 2],
    ]);
  });

  it("is not changed by a change", () => {
    const next = withMoved(pulled, 1, [3, 3]);
    expect(next.nodes[1]).toEqual([3, 3]);
    expect(pulled.nodes[1]).toEqual([1, 1]);
  });

  it("takes the way round that fits it, and no other", () => {
    const line = {
      type: "LineString" as const,
      coordinates: [
        [0, 0],
        [2, 1],
        [0, 2],
      ],
    };
    expect(withDetour(pulled, line)?.nodes).toEqual(line.coordinates);
    expect(
      withDetour(ring, {
        type: "Polygon",
        coordinates: [
          [
            [0, 0],
            [2, 0],
            [2, 2],
            [0, 0],
          ],
        ],
      })?.nodes,
    ).toHaveLength(3);
    expect(withDetour(ring, { type: "Point", coordinates: [0, 0] })).toBeUndefined();
    const node: Sketch = { op: "move_node", from: [0, 0], ties: [], nodes: [[1, 1]] };
    expect(withDetour(node, line)).toBeUndefined();
    expect(withDetour(node, { type: "Point", coordinates: [2, 2] })?.nodes).toEqual([[2, 2]]);
  });

  it("is drawn to the pointer while it grows, and from each tie of a node", () => {
    const going: Sketch = { op: "reshape", nodes: [[0, 0]] };
    expect(strokes(going)).toEqual([]);
    expect(strokes(going, [1, 1])).toHaveLength(1);
    const ties: Place[] = [
      [0, 0],
      [1, 0],
      [2, 0],
    ];
    expect(strokes({ op: "move_node", from: [1, 1], ties, nodes: [[1, 2]] })).toHaveLength(3);
  });
});
