// How is drawing asked for, followed and ended? One function a question, as in service.ts.
import type { FeatureCollection } from "geojson";
import { get, GEOJSON_FIRST } from "../api";
import type { PlanDocument } from "./answers";
import type { Block, JobDocument, Wish } from "./drawAnswers";
import { path, post } from "./service";

const LATEST = "20"; // jobs among which a drawing of the plan is looked for
const MOST_BLOCKS = "1000"; // in one answer; the others come in the next ones

/** `key`: the same for a request that is sent again because no answer came. */
export function draw({ id, revision }: PlanDocument, wish: Wish, key: string): Promise<JobDocument> {
  return get(`${path(id)}/draw`, { ...post(revision, key), body: wish });
}

/** What would bring grids into the range of households; of some communities, or of all. Nothing is changed. */
export function proposals({ id }: PlanDocument, regions: string[] | undefined): Promise<JobDocument> {
  return get(`${path(id)}/repairs`, { ...post(undefined), body: { sizes: true, ...(regions && { regions }) } });
}

export function job(id: string): Promise<JobDocument> {
  return get(jobPath(id));
}

/** Stops a job, or ends it now with the best so far. */
export function end(id: string, how: "stop" | "best"): Promise<JobDocument | undefined> {
  return get(jobPath(id), { method: "DELETE", ...(how === "best" && { query: { take: "best" } }) });
}

/** The drawing of a plan that is under way, where there is one: it was begun before the page was opened. */
export async function underWay(plan: string): Promise<Pick<JobDocument, "id" | "asked"> | undefined> {
  const { jobs } = await get<{ jobs: JobDocument[] }>("v1/jobs", { query: { limit: LATEST } });
  const lives = ({ state }: JobDocument): boolean => state === "queued" || state === "running";
  return jobs.find((one) => one.kind === "draw" && one.asked.plan === plan && lives(one));
}

/** All blocks that are kept with a plan. */
export async function blocksOf(id: string): Promise<Block[]> {
  const all: Block[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: MOST_BLOCKS, ...(cursor !== undefined && { cursor }) };
    const page = await get<Blocks>(`${path(id)}/blocks`, { query, accept: GEOJSON_FIRST });
    all.push(...(page.features as Block[]));
    const next = page.links.find(({ rel }) => rel === "next")?.href;
    cursor = next === undefined ? undefined : (new URL(next, document.baseURI).searchParams.get("cursor") ?? undefined);
  } while (cursor !== undefined);
  return all;
}

type Blocks = FeatureCollection & { links: { rel: string; href: string }[] };

function jobPath(id: string): string {
  return `v1/jobs/${encodeURIComponent(id)}`;
}
