// What of a border lies under the pointer: a node, an edge, and which grid is it?
import type { Ground } from "../answers";
import { boundsOf } from "../fault";
import type { PlanGrid, Place } from "./answers";

export type Grids = ReadonlyMap<string, PlanGrid>;

/** What can be taken hold of, in degrees; `away` is how far off it is, in pixels. */
export type Hold =
  | { of: "node"; at: Place; ties: Place[]; away: number }
  | { of: "edge"; at: Place; from: [Place, Place]; away: number };

/** Pixels on the map of a place; only differences matter. */
export type Pixels = (place: Place) => { x: number; y: number };

/** The grid whose ground has the place; of several (provisional ground may overlap) the first by code. */
export function gridAt(grids: Grids, place: Place): string | undefined {
  const codes = [...grids.values()].filter(({ geometry }) => covers(geometry, place)).map((one) => one.properties.code);
  return codes.sort()[0];
}

/** The grid that has most of a line, told by places along it: the one the planner means to cut. */
export function gridUnder(grids: Grids, nodes: Place[]): string | undefined {
  const counts = new Map<string, number>();
  for (const place of along(nodes)) {
    const code = gridAt(grids, place);
    if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The node within reach, else the edge within reach, of some grids' borders. */
export function holdAt(grids: Iterable<PlanGrid>, place: Place, pixels: Pixels, reach: number): Hold | undefined {
  const at = pixels(place);
  let node: Hold | undefined;
  let edge: Hold | undefined;
  for (const { geometry } of grids) {
    if (!isNear(geometry, place, pixels, reach)) continue;
    for (const [a, b] of edges(geometry)) {
      const [start, end] = [pixels(a), pixels(b)];
      const off = Math.hypot(start.x - at.x, start.y - at.y);
      if (off <= reach && off < (node?.away ?? Infinity)) node = { of: "node", at: a, ties: [], away: off };
      const share = shareAlong(at, start, end);
      const beside = Math.hypot(start.x + share * (end.x - start.x) - at.x, start.y + share * (end.y - start.y) - at.y);
      if (beside <= reach && beside < (edge?.away ?? Infinity))
        edge = { of: "edge", at: between(a, b, share), from: [a, b], away: beside };
    }
  }
  return node ?? edge;
}

/** The nodes that a node is joined to by the borders of any grid. */
export function tiesOf(grids: Grids, node: Place): Place[] {
  const ties = new Map<string, Place>();
  for (const { geometry } of grids.values()) {
    for (const [a, b] of edges(geometry)) {
      if (same(a, node)) ties.set(b.join(), b);
      if (same(b, node)) ties.set(a.join(), a);
    }
  }
  return [...ties.values()];
}

export function nodesOf(geometry: Ground): Place[] {
  return [...edges(geometry)].map(([start]) => start);
}

/** Whether the ground has the place: rings are counted where a line to the east crosses them. */
export function covers(geometry: Ground, [lon, lat]: Place): boolean {
  let inside = false;
  for (const [[x1, y1], [x2, y2]] of edges(geometry)) {
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function* edges(geometry: Ground): Generator<[Place, Place]> {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  for (const rings of parts) {
    for (const ring of rings) {
      for (let number = 1; number < ring.length; number++) yield [ring[number - 1] as Place, ring[number] as Place];
    }
  }
}

function isNear(geometry: Ground, place: Place, pixels: Pixels, reach: number): boolean {
  const around = boundsOf(geometry);
  if (around === undefined) return false;
  const [west, south, east, north] = around;
  const at = pixels(place);
  const [low, high] = [pixels([west, south]), pixels([east, north])];
  return at.x > low.x - reach && at.x < high.x + reach && at.y < low.y + reach && at.y > high.y - reach;
}

/** Where on the way from start to end the foot of a place is, from 0 to 1. */
function shareAlong(
  at: { x: number; y: number },
  start: { x: number; y: number },
  end: { x: number; y: number },
): number {
  const [x, y] = [end.x - start.x, end.y - start.y];
  const square = x * x + y * y;
  if (square === 0) return 0;
  return Math.min(1, Math.max(0, ((at.x - start.x) * x + (at.y - start.y) * y) / square));
}

const PLACES_ALONG = 16; // of each stretch between two nodes

function* along(nodes: Place[]): Generator<Place> {
  for (let number = 1; number < nodes.length; number++) {
    const [start, end] = [nodes[number - 1], nodes[number]];
    if (start === undefined || end === undefined) return;
    for (let step = 0; step < PLACES_ALONG; step++) yield between(start, end, (step + 0.5) / PLACES_ALONG);
  }
}

function between([x1, y1]: Place, [x2, y2]: Place, share: number): Place {
  return [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
}

function same(a: Place, b: Place): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
