// How are plans asked for and changed? One function a question; every change names the revision that was read.
import { get, GEOJSON_FIRST } from "../api";
import type { Bounds, CoverageAnswer } from "../answers";
import type { FeatureCollection } from "geojson";
import type { BuildingFeature, EditAnswer, Intent, PlanDocument, PlanGrid, PlanRegion, State } from "./answers";

const EDIT_PATIENCE_MS = 60_000; // publishing a whole district is the longest
const MOST_BUILDINGS = 10_000; // what one list gives
const MOST_PLANS = 1000;

/** The plans in these states, the newest first; of one community, or of all. */
export async function plansIn(states: State[], community?: string): Promise<PlanDocument[]> {
  const query = [["limit", String(MOST_PLANS)], ...states.map((state) => ["state", state])] as [string, string][];
  if (community !== undefined) query.push(["community", community]);
  const { plans } = await get<{ plans: PlanDocument[] }>("v1/plans", { query });
  return plans.reverse();
}

/** `key`: the same for a request that is sent again because no answer came. */
export function draft(communities: string[], title: string, reason: string, key: string): Promise<PlanDocument> {
  return get("v1/plans", { ...post(undefined, key), body: { communities, title, reason } });
}

export function plan(id: string): Promise<PlanDocument> {
  return get(path(id));
}

/** The plan's ground as it is now. */
export async function content(id: string): Promise<{ grids: PlanGrid[]; regions: PlanRegion[] }> {
  const asked = { query: { f: "geojson" }, accept: GEOJSON_FIRST, patience: EDIT_PATIENCE_MS };
  const { features } = await get<FeatureCollection>(path(id), asked);
  const isGrid = ({ properties }: { properties: unknown }): boolean =>
    (properties as { layer?: string }).layer === "grid";
  return {
    grids: features.filter(isGrid) as PlanGrid[],
    regions: features.filter((one) => !isGrid(one)) as PlanRegion[],
  };
}

/** What the edits would do, and nothing is kept. */
export function tried({ id, revision }: PlanDocument, edits: Intent[]): Promise<EditAnswer> {
  return get(`${path(id)}/edits`, { ...post(revision), query: { dry_run: "true" }, body: { edits } });
}

/** `key` as for `draft`. */
export function edit({ id, revision }: PlanDocument, edits: Intent[], key: string): Promise<EditAnswer> {
  return get(`${path(id)}/edits`, { ...post(revision, key), body: { edits } });
}

/** Undo or redo. */
export function step({ id, revision }: PlanDocument, which: "undo" | "redo"): Promise<EditAnswer> {
  return get(`${path(id)}/${which}`, { ...post(revision), body: {} });
}

/** What is said with a change of state. */
export type Said = Record<string, unknown>;

export type Turn = "submit" | "approve" | "publish" | "reopen" | "rebase";

/** Carries the plan to its next state. */
export function turn({ id, revision }: PlanDocument, which: Turn, said: Said = {}): Promise<unknown> {
  return get(`${path(id)}/${which}`, { ...post(revision), body: said });
}

export function withdraw({ id, revision }: PlanDocument): Promise<unknown> {
  return get(path(id), { method: "DELETE", headers: { "If-Match": tag(revision) } });
}

export function findingsOf(id: string): Promise<Pick<CoverageAnswer, "findings">> {
  return get(`${path(id)}/findings`, { patience: EDIT_PATIENCE_MS });
}

export async function buildingsIn(bounds: Bounds): Promise<BuildingFeature[]> {
  const query = { bbox: bounds.map((edge) => edge.toFixed(6)).join(","), limit: String(MOST_BUILDINGS) };
  const { features } = await get<FeatureCollection>("v1/buildings", { query, accept: GEOJSON_FIRST });
  return features as BuildingFeature[];
}

/** Who changed the plan last. */
export async function lastActor(id: string): Promise<string | undefined> {
  const { entries } = await get<{ entries: { actor: string }[] }>(`${path(id)}/log`, { query: { limit: "1" } });
  return entries[0]?.actor;
}

/** The page that shows what the plan changes. */
export function differencePage(id: string): string {
  return new URL(`${path(id)}/diff?f=html`, document.baseURI).href;
}

/** A key that no other request has; `randomUUID` is missing on pages that came without TLS. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function post(
  revision: number | undefined,
  key = newKey(),
): Pick<Parameters<typeof get>[1] & object, "method" | "headers" | "patience"> {
  const match: Record<string, string> = revision === undefined ? {} : { "If-Match": tag(revision) };
  return { method: "POST", patience: EDIT_PATIENCE_MS, headers: { "Idempotency-Key": key, ...match } };
}

function tag(revision: number): string {
  return `"${revision}"`;
}

export function path(id: string): string {
  return `v1/plans/${encodeURIComponent(id)}`;
}
