// What does each tool do with the hand? It changes what is on the desk, and says what is to be tried or kept.
import type { Intent, Place } from "./answers";
import { blockAt } from "./blocks";
import { gridAt, gridUnder, holdAt, tiesOf, type Hold, type Pixels } from "./borders";
import type { Grip, Hand } from "./pointer";
import { canEdit, cleared, type Room, type Tool } from "./room";
import { handles, intentOf, middles, withInserted, withMoved, type Sketch } from "./sketch";

/** What a tool may do beside changing the room. */
export interface Bench {
  room(): Room;
  /** Changes the room and draws it anew. */
  set(changes: Partial<Room>): void;
  /** Asks what would come of it, without keeping anything. */
  attempt(edits: Intent[]): void;
  /** Forgets what was asked so. */
  hush(): void;
  keep(edits: Intent[]): void;
  pixels: Pixels;
}

const SAME_PLACE = 8; // pixels within which a press is on the node drawn before
const POINTED: Grip = { reach: 9, pressed: false }; // as a mouse takes hold
const SKETCH_REACH = 4; // pixels more than for a border: the line under the hand comes first

export function handOf(tool: Tool, bench: Bench): Hand {
  return { ...HANDS[tool](bench), cancel: () => giveUp(bench) };
}

function giveUp(bench: Bench): void {
  bench.hush();
  bench.set({ ...cleared(), chosen: [], picked: [], giving: false });
}

type Gestures = Omit<Hand, "cancel">;

const HANDS: Record<Tool, (bench: Bench) => Gestures> = {
  move: moving,
  split: (bench) =>
    drawing(bench, (nodes) => ({ op: "split", grid: gridUnder(bench.room().grids, nodes) ?? "", nodes })),
  reshape: (bench) => drawing(bench, (nodes) => ({ op: "reshape", nodes })),
  assign: assigning,
  merge: (bench) => choosing(bench, true, (grids) => bench.attempt([{ op: "merge", grids }])),
  name: (bench) => choosing(bench, false),
  draw: (bench) => choosing(bench, true),
  blocks: picking,
};

/** Takes hold of a node or an edge and drags it along. */
function moving(bench: Bench): Gestures {
  const lines = draggingSketch(bench);
  let isNew = false; // what is in the hand was not drawn before
  return {
    ...lines,
    grab(at, grip) {
      isNew = false;
      if (lines.grab(at, grip)) return true;
      const room = bench.room();
      if (!canEdit(room)) return false;
      const hold = holdNear(bench, at, grip);
      if (hold === undefined) return false;
      const sketch = sketchOf(bench, hold);
      bench.set({ ...cleared(), sketch, held: sketch.op === "move_edge" ? 1 : 0, hold });
      isNew = true;
      return true;
    },
    drop(at, moved) {
      if (moved || !isNew) lines.drop(at, moved);
      else bench.set({ ...cleared(), under: gridAt(bench.room().grids, at) }); // not pulled: the grid was meant
    },
    tap: (at) => bench.set({ under: gridAt(bench.room().grids, at) }),
    hover(at) {
      // Pointing away from the map leaves the border shown: a finger points away whenever it is lifted.
      if (at === undefined) bench.set({ hold: undefined });
      else bench.set({ under: gridAt(bench.room().grids, at), hold: holdNear(bench, at, POINTED) });
    },
  };
}

function holdNear(bench: Bench, at: Place, { reach, pressed }: Grip): Hold | undefined {
  const { grids, under } = bench.room();
  const one = under === undefined ? undefined : grids.get(under);
  return holdAt(pressed ? (one === undefined ? [] : [one]) : grids.values(), at, bench.pixels, reach);
}

function sketchOf(bench: Bench, hold: Hold): Sketch {
  if (hold.of === "node") {
    return { op: "move_node", from: hold.at, ties: tiesOf(bench.room().grids, hold.at), nodes: [hold.at] };
  }
  const [start, end] = hold.from;
  return { op: "move_edge", from: hold.from, nodes: [start, hold.at, end] };
}

/** What was drawn can be dragged on by its nodes; between them new nodes are pulled out. */
function draggingSketch(bench: Bench): Pick<Gestures, "grab" | "drag" | "drop"> {
  return {
    grab(at, { reach }) {
      const room = bench.room();
      const { sketch } = room;
      if (sketch === undefined || room.drawing || !canEdit(room)) return false;
      const node = nearest(handles(sketch), (number) => sketch.nodes[number], at, reach + SKETCH_REACH, bench.pixels);
      const between = nearest(middles(sketch), (one) => one.at, at, reach, bench.pixels);
      if (node !== undefined) bench.set({ held: node });
      else if (between === undefined) return false;
      else bench.set({ sketch: withInserted(sketch, between.before, at), held: between.before });
      return true;
    },
    drag(at) {
      const { sketch, held } = bench.room();
      if (sketch === undefined || held === undefined) return;
      const next = withMoved(sketch, held, at);
      bench.set({ sketch: next });
      const intent = intentOf(next);
      if (intent !== undefined) bench.attempt([intent]);
    },
    drop(_, moved) {
      bench.set({ held: undefined });
      if (moved) keepSketch(bench);
    },
  };
}

/** Nodes are pressed one by one; a press on the last one, or on the first one of a ring, ends it. */
function drawing(bench: Bench, begun: (nodes: Place[]) => Sketch, ring = false): Gestures {
  return {
    ...draggingSketch(bench),
    tap(at) {
      const room = bench.room();
      if (!canEdit(room)) return;
      const nodes = room.drawing ? (room.sketch?.nodes ?? []) : [];
      const ends = [nodes.at(-1), ring && nodes.length > 2 ? nodes[0] : undefined];
      if (ends.some((end) => end !== undefined && distance(bench.pixels, end, at) <= SAME_PLACE)) finish(bench);
      else bench.set({ ...cleared(), sketch: begun([...nodes, at]), drawing: true });
    },
    hover: (at) => bench.set(bench.room().drawing ? { next: at } : { under: at && gridAt(bench.room().grids, at) }),
  };
}

/** Ends what is being drawn, and asks the service for it. */
export function finish(bench: Bench): void {
  const { sketch, drawing: going } = bench.room();
  if (sketch === undefined || !going || intentOf(sketch) === undefined) return;
  bench.set({ drawing: false, next: undefined });
  keepSketch(bench);
}

/** Asks the service for the sketch as it is. */
export function keepSketch(bench: Bench): void {
  const { sketch } = bench.room();
  const intent = sketch && intentOf(sketch);
  if (intent !== undefined) bench.keep([intent]);
}

/** First the grid that gets the ground, then the ground. */
function assigning(bench: Bench): Gestures {
  const lines = drawing(bench, (nodes) => ({ op: "assign", grid: bench.room().chosen[0] ?? "", nodes }), true);
  return {
    ...lines,
    tap(at) {
      const { chosen, grids } = bench.room();
      if (chosen.length > 0) return lines.tap(at);
      const code = gridAt(grids, at);
      if (code !== undefined) bench.set({ chosen: [code] });
    },
  };
}

/** Grids are pressed; pressed again they are left out. `together` is told of two and more. */
function choosing(bench: Bench, several: boolean, together?: (grids: string[]) => void): Gestures {
  return {
    ...pressing(bench),
    tap(at) {
      const { chosen, grids } = bench.room();
      const code = gridAt(grids, at);
      if (code === undefined) return;
      const others = several ? chosen.filter((one) => one !== code) : [];
      const next = chosen.includes(code) ? others : [...others, code];
      bench.hush();
      bench.set({ chosen: next, preview: undefined, refusal: undefined });
      if (next.length > 1) together?.(next);
    },
  };
}

/** Blocks are pressed; then the grid that gets them, where that is wanted. */
function picking(bench: Bench): Gestures {
  return {
    ...pressing(bench),
    tap(at) {
      const { giving, picked, grids, blocks = [] } = bench.room();
      if (giving) {
        const grid = gridAt(grids, at);
        if (grid !== undefined) bench.keep([{ op: "assign", blocks: picked, grid }]);
        return;
      }
      const id = blockAt(blocks, at);
      if (id === undefined) return;
      const next = picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id];
      bench.set({ picked: next, refusal: undefined });
    },
  };
}

/** Nothing is dragged. */
function pressing(bench: Bench): Omit<Gestures, "tap"> {
  return {
    grab: () => false,
    drag: () => undefined,
    drop: () => undefined,
    hover: (at) => bench.set({ under: at && gridAt(bench.room().grids, at) }),
  };
}

function nearest<One>(
  all: One[],
  place: (one: One) => Place | undefined,
  at: Place,
  reach: number,
  pixels: Pixels,
): One | undefined {
  const measured = all.flatMap((one) => {
    const there = place(one);
    return there === undefined ? [] : [{ one, away: distance(pixels, there, at) }];
  });
  return measured.filter(({ away }) => away <= reach).sort((a, b) => a.away - b.away)[0]?.one;
}

function distance(pixels: Pixels, a: Place, b: Place): number {
  const [from, to] = [pixels(a), pixels(b)];
  return Math.hypot(from.x - to.x, from.y - to.y);
}
