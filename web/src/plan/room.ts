// What is on the planner's desk at the moment: the plan, its ground, the tool in hand, what was drawn and answered?
import type { Feature } from "geojson";
import type { Bounds, Finding } from "../answers";
import type { Problem } from "../api";
import { boundsOf } from "../fault";
import type { Grids, Hold } from "./borders";
import type { BuildingFeature, EditAnswer, Intent, PlanDocument, Place, PlanGrid, PlanRegion } from "./answers";
import type { Block, DrawAnswer, ProposalsAnswer, Wish } from "./drawAnswers";
import type { Sketch } from "./sketch";

export type Tool = "move" | "split" | "reshape" | "merge" | "assign" | "name" | "draw" | "blocks";
export const TOOLS: Tool[] = ["move", "split", "reshape", "merge", "assign", "name", "draw", "blocks"];

export interface Room {
  plan: PlanDocument;
  grids: Grids;
  regions: PlanRegion[];
  buildings: BuildingFeature[];
  tool: Tool;
  /** Codes of grids pressed: to be merged, given ground, named, drawn anew; the one whose border is at hand. */
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
  /** A job that works on the plan: nothing is drawn by hand meanwhile. */
  running: Running | undefined;
  /** What the last drawing was asked, and did; until the plan is another one. */
  drawn: Drawn | undefined;
  /** The last job was stopped. */
  stopped: boolean;
  proposals: ProposalsAnswer | undefined;
  /** Undefined until they are read. */
  blocks: Block[] | undefined;
  /** They are to be seen whatever tool is in hand. */
  showsBlocks: boolean;
  /** Ids of blocks pressed; `giving`: the next press says which grid gets them. */
  picked: string[];
  giving: boolean;
}

/** `before`: the codes of the plan's grids until then. */
export interface Drawn {
  wish: Wish;
  answer: DrawAnswer;
  before: ReadonlySet<string>;
}

/** How far a job is. */
export interface Running {
  id: string;
  what: "draw" | "blocks" | "heal";
  /** What it does; `away` while the service does not answer, `ending` once it was told to. */
  phase: string;
  done: number;
  total: number;
  /** The score so far, 0 to 1. */
  best: number | undefined;
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
    running: undefined,
    drawn: undefined,
    stopped: false,
    proposals: undefined,
    blocks: undefined,
    showsBlocks: false,
    picked: [],
    giving: false,
  };
}

export function held(grids: PlanGrid[]): Grids {
  return new Map(grids.map((grid) => [grid.properties.code, grid]));
}

/** What all of them lie in. */
export function boundsOfGrids(grids: Grids): Bounds | undefined {
  return [...grids.values()].reduce<Bounds | undefined>((sum, { geometry }) => {
    const one = boundsOf(geometry);
    if (one === undefined || sum === undefined) return one ?? sum;
    return [Math.min(sum[0], one[0]), Math.min(sum[1], one[1]), Math.max(sum[2], one[2]), Math.max(sum[3], one[3])];
  }, undefined);
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

/** The plan is another one: what was told of it before means nothing any more. */
export function outdated(): Partial<Room> {
  return { drawn: undefined, proposals: undefined, stopped: false, picked: [], giving: false };
}

export function canEdit({ plan, busy, running }: Room): boolean {
  return plan.state === "draft" && !busy && running === undefined;
}
