// What does the service answer about plans, and what may it be asked to change?
import type { Feature, FeatureCollection, LineString, Polygon } from "geojson";
import type { Finding, Ground, Kind, RegionProperties, Verdict } from "../answers";

/** lon, lat in degrees, WGS-84. */
export type Place = [lon: number, lat: number];

export type State = "draft" | "submitted" | "approved" | "scheduled" | "published" | "withdrawn";

/** `GET /v1/plans/{id}`. */
export interface PlanDocument {
  id: string;
  title: string;
  reason: string;
  state: State;
  communities: string[];
  revision: number;
  can_undo: boolean;
  can_redo: boolean;
  publication: number | null;
  /** The number under which it was approved. */
  approval?: string | null;
  /** When it is published by itself. */
  at?: string | null;
  /** Its regions that others published since: it has to be carried over. */
  stale?: string[];
}

export interface PlanGridProperties {
  code: string;
  name: string;
  kind: Kind;
  region: string;
  households: number | null;
  verdict: Verdict;
}

export type PlanGrid = Feature<Ground, PlanGridProperties>;
export type PlanRegion = Feature<Ground, RegionProperties>;

/** A grid that an edit changed, with what it was; null where it was not there before. */
export type ChangedGrid = Feature<Ground, PlanGridProperties & { households_before: number | null }>;

/** A building that has another owner now. */
export interface MovedBuilding {
  id: string;
  households: number | null;
  from: string | null;
  to: string | null;
}

/** `POST /v1/plans/{id}/edits`. */
export interface EditAnswer {
  revision: number;
  grids: FeatureCollection<Ground, ChangedGrid["properties"]>;
  gone: string[];
  households: { code: string; before: number | null; after: number | null }[];
  appeared: Finding[];
  vanished: Finding[];
  moved: MovedBuilding[];
}

/** `cut`: it may pass through buildings. */
export type Intent = Edit & { cut?: true };

type Edit =
  | { op: "move_node"; from: Place; to: Place }
  | { op: "move_edge"; from: LineString; to: LineString }
  | { op: "split"; grid: string; line: LineString }
  | { op: "split"; grid: string; blocks: string[] }
  | { op: "reshape"; line: LineString }
  | { op: "merge"; grids: string[] }
  | { op: "assign"; ground: Polygon; grid: string }
  | { op: "assign"; blocks: string[]; grid: string }
  | { op: "replace"; community: string; grids: FeatureCollection }
  | { op: "set"; grid: string; name?: string; kind?: Kind }
  | { op: "recode"; from: string; to: string };

export type BuildingFeature = Feature<Ground, { id: string; households: number | null }>;
