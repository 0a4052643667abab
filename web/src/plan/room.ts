// What is on the planner's desk at the moment: the plan, its ground, the tool in hand, what was drawn and answered?
import type { Feature } from "geojson";
import type { Finding } from "../answers";
import type { Problem } from "../api";
import type { Grids, Hold } from "./borders";
import type { BuildingFeature, EditAnswer, Intent, PlanDocument, Place, PlanGrid, PlanRegion } from "./answers";
import type { Sketch } from "./sketch";

export type Tool = "move" | "split" | "reshape" | "merge" | "assign" | "name";
export const TOOLS: Tool[] = ["move", "split", "reshape", "merge", "assign", "name"];

export interface Room {
  plan: PlanDocument;
  grids: Grids;
  regions: PlanRegion[];
  buildings: BuildingFeature[];
  tool: Tool;
  /** Codes of grids pressed: to be merged, to be given ground, to be named; the one whose border is at hand. */
  chosen: string[];
  /** The grid under the pointer, and what of its border is in reach. */
  under: string | undefined;
  hold: Hold | undefined;
  sketch: Sketch | undefined;
  /** Whether nodes are still being added to the sketch; `next` is where the pointer is then. */
  drawing: boolean;
  next: Place | undefined;
  /** The number of the sketch's node in the hand. */
  held: number | undefined;
  /** What the service would make of the sketch as it is. */
  preview: EditAnswer | undefined;
  /** Why the sketch, or what was asked last, cannot be. */
  refusal: Refusal | undefined;
  /** What the last edit, undo or redo did. */
  outcome: EditAnswer | undefined;
  findings: Finding[] | undefined;
  /** Something is being kept: nothing else is begun meanwhile. */
  busy: boolean;
}

export interface Refusal {
  problem: Problem;
  edits: Intent[];
  /** Told while the hand still moves. */
  live: boolean;
}

/** The part of a problem's places with one role, or with any other than these. */
export function places(problem: Problem, which: (role: string) => boolean): Feature[] {
  return problem.features.filter(({ properties }) => which(String(properties?.["role"] ?? "")));
}

/** The service's own line round what hinders, where it has one. */
export function detourOf(problem: Problem): Feature | undefined {
  return places(problem, (role) => role === "detour")[0];
}

export function emptyRoom(plan: PlanDocument, grids: PlanGrid[], regions: PlanRegion[] = []): Room {
  return {
    plan,
    grids: held(grids),
    regions,
    buildings: [],
    tool: "move",
    chosen: [],
    under: undefined,
    hold: undefined,
    sketch: undefined,
    drawing: false,
    next: undefined,
    held: undefined,
    preview: undefined,
    refusal: undefined,
    outcome: undefined,
    findings: undefined,
    busy: false,
  };
}

export function held(grids: PlanGrid[]): Grids {
  return new Map(grids.map((grid) => [grid.properties.code, grid]));
}

/** The grids as an edit leaves them; what it did not touch is the same object. */
export function afterEdit(grids: Grids, { grids: changed, gone }: EditAnswer): Grids {
  const next = new Map(grids);
  for (const code of gone) next.delete(code);
  for (const grid of changed.features) next.set(grid.properties.code, grid);
  return next;
}

/** Nothing drawn, nothing chosen, nothing refused. */
export function cleared(): Partial<Room> {
  return {
    sketch: undefined,
    drawing: false,
    next: undefined,
    held: undefined,
    preview: undefined,
    refusal: undefined,
    hold: undefined,
  };
}

export function canEdit({ plan, busy }: Room): boolean {
  return plan.state === "draft" && !busy;
}
