// Where does the name of a grid or a community stand, and what does it say?
import type { Feature, FeatureCollection, Point, Position } from "geojson";
import type { Ground } from "./answers";

const SCANS = 11; // horizontal lines tried across the shape

export type LabelOf = "grid" | "community" | "region";
export type Label = Feature<Point, { of: LabelOf; text: string }>;

/** A point inside the shape with room for a horizontal text, and how much ground the shape covers (square degrees). */
export interface Spot {
  at: Position;
  size: number;
}

/** The middle of the widest horizontal chord of the largest part; chords near the shape's middle are preferred. */
export function labelSpot(shape: Ground): Spot | undefined {
  const parts = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const sized = parts.map((rings) => ({ rings, size: Math.abs(doubleArea(rings[0] ?? [])) / 2 }));
  const largest = sized.sort((a, b) => b.size - a.size)[0];
  if (largest === undefined) return undefined;
  const at = middleOfWidest(largest.rings);
  return at === undefined ? undefined : { at, size: largest.size };
}

/** A grid's name without its community's, which is told by the region: `锦苑社区第一网格` is `第一网格`. */
export function shortName(code: string, name: string, regionName: string | undefined): string {
  const rest = regionName !== undefined && name.startsWith(regionName) ? name.slice(regionName.length).trim() : name;
  return rest !== "" ? rest : name !== "" ? name : code;
}

export function label(of: LabelOf, at: Position, text: string): Label {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { of, text } };
}

export function labelCollection(labels: Label[]): FeatureCollection<Point> {
  return { type: "FeatureCollection", features: labels };
}

function middleOfWidest(rings: Position[][]): Position | undefined {
  const heights = (rings[0] ?? []).map((node) => node[1] ?? 0);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  let best: { at: Position; worth: number } | undefined;
  for (let scan = 0; scan < SCANS; scan++) {
    const share = (scan + 0.5) / SCANS;
    const y = low + (high - low) * share;
    const nearMiddle = 1 - Math.abs(share - 0.5);
    for (const [from, to] of chords(rings, y)) {
      const worth = (to - from) * nearMiddle;
      if (best === undefined || worth > best.worth) best = { at: [(from + to) / 2, y], worth };
    }
  }
  return best?.at;
}

/** The stretches of a horizontal line that lie inside the rings (even-odd, so holes are left out). */
function chords(rings: Position[][], y: number): [from: number, to: number][] {
  const crossings = rings
    .flatMap((ring) => ring.flatMap((node, at) => crossing(node, ring[at + 1], y)))
    .sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (let at = 0; at + 1 < crossings.length; at += 2) found.push([crossings[at] ?? 0, crossings[at + 1] ?? 0]);
  return found;
}

function crossing(from: Position, to: Position | undefined, y: number): number[] {
  if (to === undefined) return [];
  const [x1 = 0, y1 = 0] = from;
  const [x2 = 0, y2 = 0] = to;
  return y1 > y === y2 > y ? [] : [x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)];
}

function doubleArea(ring: Position[]): number {
  return ring.reduce((sum, [x1 = 0, y1 = 0], at) => {
    const [x2 = 0, y2 = 0] = ring[at + 1] ?? ring[0] ?? [];
    return sum + x1 * y2 - x2 * y1;
  }, 0);
}
