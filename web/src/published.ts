// Which state's grids are drawn, and how does the next state come without a tear?
import type { ErrorEvent, LayerSpecification, Map as MapView, MapSourceDataEvent } from "maplibre-gl";
import type { TileJson } from "./answers";
import type { Palette } from "./palette";
import { CHOSEN, GROUND, gridLayers, OVER, SOURCE_LAYER, UNDER } from "./style";

/** The grids on the map: one state shown, at most one being read behind the ground. */
export interface Published {
  /** The source whose tiles are shown. */
  source(): string | undefined;
  show(state: TileJson): void;
  choose(code: string | undefined): void;
  /** Reads the tiles again that could not be read. */
  readAgain(): void;
  /** Called whenever another state is shown. */
  onShown(listener: () => void): void;
  repaint(colours: Palette): void;
}

export function published(map: MapView, colours: Palette): Published {
  let shown: string | undefined;
  let coming: string | undefined;
  let chosen: string | undefined;
  const listeners: (() => void)[] = [];
  const missing: MissingTile[] = [];

  function show(state: TileJson): void {
    const source = sourceName(state.publication);
    if (source === shown || source === coming) return;
    if (coming !== undefined) drop(map, coming, colours);
    coming = source;
    const { tiles, minzoom, maxzoom, bounds } = state;
    map.addSource(source, { type: "vector", tiles, minzoom, maxzoom, bounds, promoteId: "code" });
    // Layers below the opaque ground are read and built, but not seen: the old state stays whole until the new one is.
    for (const layer of layersOf(source, colours)) map.addLayer(layer, GROUND);
    mark(true);
  }

  function arrived(event: MapSourceDataEvent): void {
    if (coming === undefined || event.sourceId !== coming || !map.isSourceLoaded(coming)) return;
    if (missing.some(({ sourceId }) => sourceId === coming)) return; // with holes it would be no better than the old
    const { under, over } = gridLayers(coming, colours);
    for (const { id } of under) map.moveLayer(id, UNDER);
    for (const { id } of over) map.moveLayer(id, OVER);
    if (shown !== undefined) drop(map, shown, colours);
    shown = coming;
    coming = undefined;
    for (const listener of listeners) listener();
  }

  function mark(on: boolean): void {
    if (chosen === undefined) return;
    for (const source of [shown, coming]) {
      if (source !== undefined)
        map.setFeatureState({ source, sourceLayer: SOURCE_LAYER, id: chosen }, { [CHOSEN]: on });
    }
  }

  map.on("sourcedata", arrived);
  map.on("error", (event: ErrorEvent & Partial<MissingTile>) => {
    const { sourceId, tile } = event;
    if (sourceId !== undefined && tile !== undefined) missing.push({ sourceId, tile });
  });
  return {
    source: () => shown,
    show,
    choose(code) {
      mark(false);
      chosen = code;
      mark(true);
    },
    readAgain: () => readMissing(map, missing.splice(0)),
    onShown: (listener) => void listeners.push(listener),
    repaint(next) {
      colours = next;
      for (const source of [shown, coming]) if (source !== undefined) paint(map, layersOf(source, colours));
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

function sourceName(publication: number): string {
  return `grids-${publication}`;
}

function layersOf(source: string, colours: Palette): LayerSpecification[] {
  const { under, over } = gridLayers(source, colours);
  return [...under, ...over];
}

function drop(map: MapView, source: string, colours: Palette): void {
  for (const { id } of layersOf(source, colours)) if (map.getLayer(id) !== undefined) map.removeLayer(id);
  map.removeSource(source);
}
