// What has the planner drawn, and which edit does it mean? Plain values: a change gives a new sketch.
import type { Feature, Geometry, LineString, Polygon } from "geojson";
import type { Intent, Place } from "./answers";

/** A line or ground as drawn. `ties` are the nodes that the moved one is joined to. */
export type Sketch =
  | { op: "move_node"; from: Place; ties: Place[]; nodes: Place[] }
  | { op: "move_edge"; from: Place[]; nodes: Place[] }
  | { op: "split"; grid: string; nodes: Place[] }
  | { op: "reshape"; nodes: Place[] }
  | { op: "assign"; grid: string; nodes: Place[] };

const LATTICE = 1e7; // steps a degree: finer places mean nothing to the service

/** The edit, once enough is drawn. */
export function intentOf(sketch: Sketch): Intent | undefined {
  const nodes = sketch.nodes.map(onLattice);
  switch (sketch.op) {
    case "move_node":
      return nodes[0] && { op: "move_node", from: sketch.from, to: nodes[0] };
    case "move_edge":
      return nodes.length < 2 ? undefined : { op: "move_edge", from: line(sketch.from), to: line(nodes) };
    case "split":
      return nodes.length < 2 ? undefined : { op: "split", grid: sketch.grid, line: line(nodes) };
    case "reshape":
      return nodes.length < 2 ? undefined : { op: "reshape", line: line(nodes) };
    case "assign":
      return nodes.length < 3 ? undefined : { op: "assign", ground: ground(nodes), grid: sketch.grid };
  }
}

/** Numbers of the nodes that can be dragged: the ends of a border's stretch stay where the border is. */
export function handles({ op, nodes }: Sketch): number[] {
  const all = nodes.map((_, number) => number);
  return op === "move_edge" ? all.slice(1, -1) : all;
}

/** Where a new node can be pulled out, each before the node with its number. */
export function middles(sketch: Sketch): { before: number; at: Place }[] {
  const { op, nodes } = sketch;
  if (op === "move_node") return [];
  const round = op === "assign" ? [...nodes, ...nodes.slice(0, 1)] : nodes;
  return round.slice(1).flatMap((end, number) => {
    const start = round[number];
    return start === undefined ? [] : [{ before: number + 1, at: middle(start, end) }];
  });
}

export function withMoved<Drawn extends Sketch>(sketch: Drawn, number: number, at: Place): Drawn {
  return { ...sketch, nodes: sketch.nodes.with(number, at) };
}

export function withInserted<Drawn extends Sketch>(sketch: Drawn, before: number, at: Place): Drawn {
  return { ...sketch, nodes: sketch.nodes.toSpliced(before, 0, at) };
}

/** The sketch led along what the service proposes instead; undefined where the proposal does not fit it. */
export function withDetour(sketch: Sketch, detour: Geometry): Sketch | undefined {
  if (detour.type === "Point")
    return sketch.op === "move_node" ? { ...sketch, nodes: places([detour.coordinates]) } : undefined;
  if (detour.type === "LineString" && sketch.op !== "move_node")
    return { ...sketch, nodes: opened(places(detour.coordinates), sketch.op === "assign") };
  if (detour.type === "Polygon" && sketch.op === "assign")
    return { ...sketch, nodes: opened(places(detour.coordinates[0] ?? []), true) };
  return undefined;
}

/** The lines to draw, with the place of the pointer as the next node while drawing goes on. */
export function strokes(sketch: Sketch, next?: Place): Feature[] {
  const nodes = next === undefined ? sketch.nodes : [...sketch.nodes, next];
  const { op } = sketch;
  if (op === "move_node") {
    const [at] = nodes;
    return at === undefined ? [] : sketch.ties.map((tie) => feature(line([tie, at])));
  }
  if (op === "assign" && nodes.length > 2) return [feature(ground(nodes))];
  return nodes.length > 1 ? [feature(line(nodes))] : [];
}

export function onLattice([lon, lat]: Place): Place {
  return [Math.round(lon * LATTICE) / LATTICE, Math.round(lat * LATTICE) / LATTICE];
}

function opened(nodes: Place[], ring: boolean): Place[] {
  const [first, last] = [nodes[0], nodes.at(-1)];
  const closed = first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1];
  return ring && closed && nodes.length > 1 ? nodes.slice(0, -1) : nodes;
}

function places(coordinates: number[][]): Place[] {
  return coordinates.map(([lon = 0, lat = 0]) => [lon, lat]);
}

function middle([x1, y1]: Place, [x2, y2]: Place): Place {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}

function line(nodes: Place[]): LineString {
  return { type: "LineString", coordinates: nodes };
}

function ground(nodes: Place[]): Polygon {
  return { type: "Polygon", coordinates: [[...nodes, ...nodes.slice(0, 1)]] };
}

function feature(geometry: Geometry): Feature {
  return { type: "Feature", geometry, properties: {} };
}
