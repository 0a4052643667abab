// Which state is drawn, and how does the next state come without a tear?
import { addProtocol, type ErrorEvent, type LayerSpecification, type Map as MapView } from "maplibre-gl";
import { square } from "./api";
import type { Publication, State } from "./answers";
import { GRIDS_FROM } from "./basemap";
import { CHOSEN } from "./gridStyle";
import type { Palette } from "./palette";
import { squares } from "./squares";
import { GROUND, GROUPS, PLACES, stateLayers, type Drawn } from "./style";

/** The published map: one state shown, at most one being read behind the ground. */
export interface Published {
  /** The sources whose tiles are shown. */
  drawn(): Drawn | undefined;
  /** Shows a state; `changes` are the publications since the one before, as far as they are known. */
  show(state: State, changes: Publication[]): void;
  choose(code: string | undefined): void;
  /** Leaves out the borders of grids in these regions: an open plan draws its own. */
  leaveOut(regions: ReadonlySet<string>): void;
  /** Reads the tiles again that could not be read. */
  readAgain(): void;
  /** Called whenever another state is shown. */
  onShown(listener: () => void): void;
  repaint(colours: Palette): void;
}

const PROTOCOL = "square";
const ADDRESS = /^square:\/\/(?<number>\d+)\/(?<layer>[\w-]+)\/(?<z>\d+)\/(?<x>\d+)\/(?<y>\d+)$/;

export function published(map: MapView, colours: Palette): Published {
  let shown: Drawn | undefined;
  let coming: Drawn | undefined;
  let chosen: string | undefined;
  let left: ReadonlySet<string> = new Set();
  const listeners: (() => void)[] = [];
  const missing: MissingTile[] = [];
  const memory = squares(square);
  addProtocol(PROTOCOL, async ({ url }, { signal }) => ({ data: await memory.bytes(wanted(url), signal) }));

  function show(state: State, changes: Publication[]): void {
    memory.learn(changes);
    const next = drawnOf(state);
    if (next.grids === shown?.grids || next.grids === coming?.grids) return;
    if (coming !== undefined) drop(map, coming);
    coming = next;
    for (const source of sourcesOf(next)) addSource(map, source, source === next.base ? state : nearBy(state));
    // Layers below the opaque ground are read and built, but not seen: the old state stays whole until the new one is.
    for (const layer of layersOf(next, colours, left)) map.addLayer(layer, GROUND);
    mark(true);
  }

  function arrived(): void {
    if (coming === undefined || !sourcesOf(coming).every((source) => map.isSourceLoaded(source))) return;
    const sources = sourcesOf(coming);
    if (missing.some(({ sourceId }) => sources.includes(sourceId))) return; // with holes it would be no better
    const layers = stateLayers(coming, colours, left);
    for (const place of GROUPS) for (const { id } of layers[place]) map.moveLayer(id, PLACES[place]);
    if (shown !== undefined) drop(map, shown);
    shown = coming;
    coming = undefined;
    for (const listener of listeners) listener();
  }

  function mark(on: boolean): void {
    if (chosen === undefined) return;
    for (const state of [shown, coming]) {
      if (state !== undefined)
        map.setFeatureState({ source: state.grids, sourceLayer: state.gridLayer, id: chosen }, { [CHOSEN]: on });
    }
  }

  map.on("sourcedata", ({ sourceId }) => {
    if (coming !== undefined && sourcesOf(coming).includes(sourceId)) arrived();
  });
  map.on("error", (event: ErrorEvent & Partial<MissingTile>) => {
    const { sourceId, tile } = event;
    if (sourceId !== undefined && tile !== undefined) missing.push({ sourceId, tile });
  });
  return {
    drawn: () => shown,
    show,
    choose(code) {
      mark(false);
      chosen = code;
      mark(true);
    },
    leaveOut(regions) {
      left = regions;
      for (const state of [shown, coming]) {
        for (const layer of state === undefined ? [] : stateLayers(state, colours, left).above)
          if ("filter" in layer) map.setFilter(layer.id, layer.filter);
      }
    },
    readAgain: () => readMissing(map, missing.splice(0)),
    onShown: (listener) => void listeners.push(listener),
    repaint(next) {
      colours = next;
      for (const state of [shown, coming]) if (state !== undefined) paint(map, layersOf(state, colours, left));
    },
  };
}

/** What the map's error event tells of a tile. */
interface MissingTile {
  sourceId: string;
  tile: { tileID: { canonical: { x: number; y: number; z: number } } };
}

/** Named one by one: told to read a whole source again, MapLibre waits for ever for tiles that once failed. */
function readMissing(map: MapView, missing: MissingTile[]): void {
  for (const { sourceId, tile } of missing) {
    if (map.getSource(sourceId) !== undefined) map.refreshTiles(sourceId, [tile.tileID.canonical]);
  }
}

/** Gives layers that are on the map the paint of these specifications. */
export function paint(map: MapView, layers: LayerSpecification[]): void {
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer.paint ?? {}))
      map.setPaintProperty(layer.id, name as never, value as never);
  }
}

/** The public map in one; of the inner profile only the grids, with their exact figures. */
function drawnOf({ publication, inner, styles }: State): Drawn {
  const base = `${publication}/map`;
  return inner
    ? { publication, base, grids: `${publication}/inner-grids`, gridLayer: "inner-grids", styles }
    : { publication, base, grids: base, gridLayer: "grids", styles };
}

function sourcesOf({ base, grids }: Drawn): string[] {
  return base === grids ? [base] : [base, grids];
}

/** A source is named by what its tiles' addresses begin with. */
function addSource(map: MapView, name: string, { minzoom, maxzoom, bounds }: State): void {
  const promoteId = { grids: "code", "inner-grids": "code" };
  const tiles = [`${PROTOCOL}://${name}/{z}/{x}/{y}`];
  map.addSource(name, { type: "vector", tiles, minzoom, maxzoom, bounds, promoteId });
}

/** What has nothing but grids is not asked for where there are none. */
function nearBy(state: State): State {
  return { ...state, minzoom: GRIDS_FROM };
}

function wanted(url: string): Parameters<typeof square>[0] {
  const { number, layer, z, x, y } = ADDRESS.exec(url)?.groups ?? {};
  return { number: Number(number), layer: layer ?? "", z: Number(z), x: Number(x), y: Number(y) };
}

function layersOf(state: Drawn, colours: Palette, left: ReadonlySet<string>): LayerSpecification[] {
  const layers = stateLayers(state, colours, left);
  return GROUPS.flatMap((place) => layers[place]);
}

function drop(map: MapView, state: Drawn): void {
  const sources = sourcesOf(state);
  for (const id of map.getLayersOrder()) if (sources.includes(map.getLayer(id)?.source ?? "")) map.removeLayer(id);
  for (const source of sources) map.removeSource(source);
}
