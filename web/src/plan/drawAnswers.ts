// What does the service answer about drawing by itself: jobs, alternatives, blocks, proposals?
import type { Feature, Polygon } from "geojson";
import type { Finding, Verdict } from "../answers";
import type { Intent } from "./answers";

/** The body of `POST /v1/plans/{id}/draw`. */
export interface Wish {
  /** All of the plan, where none are named. */
  communities?: string[];
  /** Only their ground changes. */
  grids?: string[];
  /** How many grids that ground is to have. */
  number?: number;
  /** The least change; else drawn anew. */
  keep?: boolean;
  seed?: number;
  /** How many ways are compared, and which of them the plan gets, from 1. */
  alternatives?: number;
  alternative?: number;
  blocks?: "kept" | "anew" | "only";
}

/** `GET /v1/jobs/{id}`. While a drawing runs `result` has the score so far. */
export interface JobDocument {
  id: string;
  kind: string;
  state: "queued" | "running" | "done" | "failed" | "stopped";
  progress: { phase: string | null; done: number; total: number };
  asked: { plan?: string } & { [Name in keyof Wish]?: Wish[Name] | null };
  result: unknown;
  problem: { status: number; title: string; detail?: string; type?: string } | null;
}

export interface Left {
  code: string;
  why: string;
}

export interface Alternative {
  rank: number;
  /** 0 to 1. */
  score: number;
  violation: number;
  /** Households with another grid; null where there was none before. */
  moved: number | null;
  communities: {
    code: string;
    grids: { code: string; households: number; verdict: Verdict }[];
    reasons: string[];
  }[];
  left: Left[];
}

/** The result of a job of the kind `draw`. */
export interface DrawAnswer {
  revision: number;
  /** Null where nothing changed. */
  step: number | null;
  chosen: number | null;
  /** Ended before it was done, with the best so far. */
  early: boolean;
  alternatives: Alternative[];
  left: Left[];
}

/** The least change that brings the grids of a community into range. */
export interface Proposal {
  id: string;
  region: string;
  moved: number;
  heals: Finding[];
  edits: Intent[];
  reasons: string[];
}

/** The result of a job that was asked for repairs of sizes. */
export interface ProposalsAnswer {
  revision: number;
  proposals: Proposal[];
  left: Left[];
}

/** A piece of ground between streets and walls that no grid needs to cut. */
export type Block = Feature<Polygon, BlockProperties> & { id: string };

interface BlockProperties {
  community: string;
  households: number;
  buildings: number;
  /** The grid that has it now; null where several have it, or none. */
  grid: string | null;
}
