// How is a fault shown? Its own shape in red, circled where it would be too small to see.
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import type { Bounds } from "./answers";

/** Degrees; a fault smaller than about 60 m across gets a ring round it. */
const EASILY_SEEN = 6e-4;

export function faultFeatures(shape: Geometry): FeatureCollection {
  const around = boundsOf(shape);
  const features: Feature[] = [
    { type: "Feature", geometry: shape, properties: { mark: isPoint(shape) ? "dot" : "shape" } },
  ];
  if (around === undefined) return { type: "FeatureCollection", features: [] };
  const [west, south, east, north] = around;
  if (isPoint(shape)) {
    for (const at of positions(shape)) features.push(ring(at));
  } else if (east - west < EASILY_SEEN && north - south < EASILY_SEEN) {
    features.push(ring([(west + east) / 2, (south + north) / 2]));
  }
  return { type: "FeatureCollection", features };
}

/** West, south, east, north; undefined for an empty shape. */
export function boundsOf(shape: Geometry): Bounds | undefined {
  let around: Bounds | undefined;
  for (const [x = 0, y = 0] of positions(shape)) {
    const [west, south, east, north] = around ?? [x, y, x, y];
    around = [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)];
  }
  return around;
}

function* positions(shape: Geometry): Generator<Position> {
  if (shape.type === "GeometryCollection") {
    for (const part of shape.geometries) yield* positions(part);
  } else {
    yield* flat(shape.coordinates);
  }
}

type Nested = Position | Nested[];

function* flat(nested: Nested): Generator<Position> {
  if (nested.length === 0) return;
  if (typeof nested[0] === "number") yield nested as Position;
  else for (const inner of nested as Nested[]) yield* flat(inner);
}

function isPoint(shape: Geometry): boolean {
  return shape.type === "Point" || shape.type === "MultiPoint";
}

function ring(at: Position): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { mark: "ring" } };
}
