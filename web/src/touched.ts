// May a publication have changed what a square of the map shows?
import type { Bounds } from "./answers";

/** A square of Web Mercator. */
export interface Square {
  z: number;
  x: number;
  y: number;
}

/** What a publication changed: `bounds` hold all that squares show otherwise since, none where that is nothing. */
export interface Change {
  bounds: Bounds | null;
}

/** Below this zoom a border is drawn so coarsely that it may move far from where the ground changed. */
const COARSE_BELOW = 11;
/** So far beyond its edge, in parts of its side, a square shows something that the change moved. */
const NEAR = 1 / 4;

export function touches({ bounds }: Change, { z, x, y }: Square): boolean {
  if (bounds === null) return false;
  if (z < COARSE_BELOW) return true;
  const [west, south, east, north] = bounds;
  const meets = (low: number, high: number, at: number): boolean => high >= at - NEAR && low <= at + 1 + NEAR;
  return meets(column(west, z), column(east, z), x) && meets(row(north, z), row(south, z), y);
}

function column(lon: number, zoom: number): number {
  return ((lon + 180) / 360) * 2 ** zoom;
}

function row(lat: number, zoom: number): number {
  return ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** zoom;
}
