// How is the service asked? One function a question; a failure is a Problem or Unreachable, never silence.
import type { Feature, FeatureCollection } from "geojson";
import type {
  CoverageAnswer,
  GridFeature,
  OwnerAnswer,
  Publication,
  RegionFeature,
  RegionList,
  SearchAnswer,
  State,
  Thing,
  TileJson,
} from "./answers";
import type { Manner } from "./asking";
import type { Styles } from "./basemap";
import { languageTag, text } from "./language";
import type { Wanted } from "./squares";
import { bearer } from "./token";

const PATIENCE_MS = 10_000;
const CHECK_PATIENCE_MS = 120_000; // a check of a whole city is long work
const JSON_FIRST = "application/json, application/problem+json;q=0.5";
export const GEOJSON_FIRST = "application/geo+json, application/json;q=0.8, application/problem+json;q=0.5";
const MOST_REGIONS = 1000;
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;
const REFUSED = new Set([401, 403]);
let drawn: Styles | undefined; // once they are read

/** What a problem document tells beside its title, where it does. */
interface Told {
  type?: string;
  features?: FeatureCollection;
}

/** An error the service explained (RFC 9457), or an answer that could not be read. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string;
  /** `/problems/building-cut` and the like; empty where the answer could not be read. */
  readonly type: string;
  /** The places it speaks of. */
  readonly features: Feature[];

  constructor(status: number, title: string, detail: string, { type, features }: Told = {}) {
    super(title);
    this.status = status;
    this.detail = detail;
    this.type = type ?? "";
    this.features = features?.features ?? [];
  }
}

/** No answer came at all. */
export class Unreachable extends Error {}

export function owner(lon: number, lat: number, { accuracy, asOf }: Manner): Promise<OwnerAnswer> {
  const point = { lon: lon.toFixed(7), lat: lat.toFixed(7), datum: "wgs84" };
  const how = {
    ...(accuracy === undefined ? {} : { accuracy_m: String(accuracy) }),
    ...(asOf === undefined ? {} : { as_of: asOf }),
  };
  return get("v1/owner", { query: { ...point, ...how } });
}

export function grid(code: string): Promise<GridFeature> {
  return get(`v1/grids/${encodeURIComponent(code)}`, { accept: GEOJSON_FIRST });
}

export function region(code: string): Promise<RegionFeature> {
  return get(`v1/regions/${encodeURIComponent(code)}`, { accept: GEOJSON_FIRST });
}

/** Who owns a building or a facility: by its own rule, which may differ from that of its point. */
export function ownerOfThing({ layer, code }: Thing): Promise<OwnerAnswer> {
  return get(`v1/${layer === "building" ? "buildings" : "facilities"}/${encodeURIComponent(code)}/owner`);
}

export function search(q: string): Promise<SearchAnswer> {
  return get("v1/search", { query: { q } });
}

export function regions(level?: string): Promise<RegionList> {
  const query = { ...(level === undefined ? {} : { level }), limit: String(MOST_REGIONS) };
  return get("v1/regions", { query, accept: GEOJSON_FIRST });
}

export function coverage(region: string): Promise<CoverageAnswer> {
  return get(`v1/regions/${encodeURIComponent(region)}/coverage`, { patience: CHECK_PATIENCE_MS });
}

/** The newest ones, newest first. */
export async function publications(limit: number): Promise<Publication[]> {
  const answer = await get<{ publications: Publication[] }>("v1/publications", { query: { limit: String(limit) } });
  return answer.publications;
}

/** The published state, in the inner profile where this reader may see it. */
export async function state(): Promise<State> {
  const path = "tiles/current/tilejson.json";
  drawn ??= { day: await get("styles/verdict.json"), night: await get("styles/night.json") };
  if (mayBeInner()) {
    try {
      return { ...(await get<TileJson>(path, { query: { profile: "inner" } })), inner: true, styles: drawn };
    } catch (failure) {
      if (!(failure instanceof Problem && REFUSED.has(failure.status))) throw failure;
    }
  }
  return { ...(await get<TileJson>(path)), inner: false, styles: drawn };
}

/** A square of the map; with a tag, 304 where it is still the same. */
export function square(wanted: Wanted, tag: string | undefined, signal: AbortSignal): Promise<Response> {
  const { number, layer, z, x, y } = wanted;
  const headers = { ...bearer(), ...(tag === undefined ? {} : { "If-None-Match": tag }) };
  return fetch(new URL(`tiles/${number}/${layer}/${z}/${x}/${y}`, document.baseURI), { headers, signal });
}

/** On this machine, or with a token: others are not refused at each look, which browsers complain of. */
function mayBeInner(): boolean {
  return LOOPBACK.test(location.hostname) || "Authorization" in bearer();
}

export interface Asking {
  query?: Record<string, string> | [name: string, value: string][];
  accept?: string;
  /** Milliseconds until the service counts as unreachable. */
  patience?: number;
  method?: "POST" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Asks; rejects with Problem or Unreachable. Undefined where the service answers with nothing. */
export async function get<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const url = new URL(path, document.baseURI);
  url.search = new URLSearchParams(asking.query ?? {}).toString();
  const response = await send(url, asking);
  if (!response.ok) throw await problem(response);
  if (response.status === 204) return undefined as Answer;
  try {
    return (await response.json()) as Answer;
  } catch {
    throw unreadable(response);
  }
}

async function send(url: URL, asking: Asking): Promise<Response> {
  const { method, body, accept = JSON_FIRST, patience = PATIENCE_MS } = asking;
  const content = body === undefined ? {} : { "Content-Type": "application/json" };
  const headers = { Accept: accept, "Accept-Language": languageTag(), ...content, ...bearer(), ...asking.headers };
  const sent = { ...(method && { method }), ...(body !== undefined && { body: JSON.stringify(body) }) };
  try {
    return await fetch(url, { ...sent, headers, cache: "no-cache", signal: AbortSignal.timeout(patience) });
  } catch {
    throw new Unreachable(text("page.unreachable.short"));
  }
}

async function problem(response: Response): Promise<Problem> {
  try {
    const told = (await response.json()) as Told & { title?: unknown; detail?: unknown };
    if (typeof told.title !== "string") return unreadable(response);
    return new Problem(response.status, told.title, typeof told.detail === "string" ? told.detail : "", told);
  } catch {
    return unreadable(response);
  }
}

function unreadable(response: Response): Problem {
  return new Problem(response.status, text("page.unreadable", { status: response.status }), "");
}
