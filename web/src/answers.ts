// What does the service answer? The shapes of `/v1` and `/tiles` that the page reads.
import type { Feature, FeatureCollection, Geometry, MultiPolygon, Polygon } from "geojson";
import type { Styles } from "./basemap";

export type Kind = "residential" | "special" | "rural";
export type Verdict = "low" | "good" | "high" | "none";
export type Standing = "proven" | "provisional";
export type Status = "owned" | "near_boundary" | "shared" | "ambiguous" | "gap" | "outside";
export type Severity = "blocking" | "warning" | "note";
export type Bounds = [west: number, south: number, east: number, north: number];
export type Ground = Polygon | MultiPolygon;

/** `GET /tiles/current/tilejson.json`. */
export interface TileJson {
  minzoom: number;
  maxzoom: number;
  bounds: Bounds;
  publication: number;
}

/** A published state whose tiles can be read; with `inner`, those of the inner profile too. */
export interface State extends TileJson {
  inner: boolean;
  styles: Styles;
}

/** What a grid tells of itself, in a tile and in `GET /v1/grids/{code}`. */
export interface GridProperties {
  code: string;
  name: string;
  kind: Kind;
  /** In tiles of the public profile a band: `300-399`. */
  households?: number | string | null;
  verdict?: Verdict;
  region: string;
  standing?: Standing;
  edition?: number;
}

export type GridFeature = Feature<Ground, GridProperties>;

export interface Place {
  code: string;
  name: string;
  level: string;
}

/** Somebody bound to a grid or region; who that is (`id`, `name`, `phone`) is null in the public profile. */
export interface InCharge {
  id: string | null;
  name: string | null;
  phone: string | null;
  code: string;
  of: "grid" | "region";
  role: "responsible" | "member" | "part-time" | "organisation";
  post: "A" | "B" | null;
  subject: string;
  from: string | null;
  until: string | null;
}

/** A grid that may have the point; without a code, ground that nobody owns. */
export interface Candidate {
  code: string | null;
  distance_m: number | null;
  share: number | null;
}

/** `GET /v1/owner`. Distances in metres, `share` from 0 to 1, `point` in WGS-84. */
export interface OwnerAnswer {
  status: Status;
  owner: { code: string; name: string; kind: Kind; households: number | null; region: string } | null;
  chain: Place[];
  people: InCharge[];
  border_distance_m: number | null;
  neighbour: string | null;
  candidates: Candidate[];
  nearest: { code: string; distance_m: number } | null;
  fallback: Place | null;
  rule: string | null;
  datum: string;
  point: { lon: number; lat: number };
  warnings: string[];
  edition: number | null;
  standing: Standing | null;
  publication: number;
  as_of: string | null;
  stale: boolean;
  age_s: number | null;
}

export interface RegionProperties extends Place {
  parent: string | null;
  standing?: Standing | null;
  households?: number | null;
  grids?: number | null;
}

export type RegionFeature = Feature<Ground | null, RegionProperties>;
export type RegionList = FeatureCollection<Ground | null, RegionProperties>;

/** What has an owner of its own. */
export interface Thing {
  layer: "building" | "facility";
  code: string;
}

/** One entry of `GET /v1/search`, best first. */
export interface Hit {
  layer: "region" | "grid" | Thing["layer"];
  code: string;
  name: string;
  address: string;
  owner: string | null;
  place: { lon: number; lat: number } | null;
}

export interface SearchAnswer {
  results: Hit[];
  publication: number;
  stale: boolean;
}

/** One broken rule, with the fault's own geometry; `message` comes in the language asked for. */
export interface Finding {
  rule: string;
  severity: Severity;
  codes: string[];
  area_m2: number | null;
  width_m: number | null;
  length_m: number | null;
  households: number | null;
  message: string;
  healable: boolean;
  /** Who let it stand, and why: then it hinders nothing. */
  accepted?: { reason: string; actor: string; at: string };
  geometry: Geometry | null;
}

export interface CoverageFigures {
  units: number;
  units_covered: number;
  area_m2: number;
  area_covered_m2: number;
  gap_m2: number;
  overlap_m2: number;
  households: number;
  households_covered: number;
}

/** `GET /v1/regions/{code}/coverage`. */
export interface CoverageAnswer {
  publication: number;
  findings: Finding[];
  coverage: CoverageFigures;
}

/** One entry of `GET /v1/publications`, newest first. */
export interface Publication {
  number: number;
  kind: string;
  at: string;
  actor: string | null;
  reason: string | null;
  /** Of the ground that changed. */
  bounds: Bounds | null;
}
