// What does a plan ask of the map?
import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapView } from "maplibre-gl";
import type { Bounds } from "../answers";
import type { Place } from "./answers";
import { pointer, type Pointer } from "./pointer";
import { BLOCKS, BUILDINGS, BUILDINGS_FROM, DRAWING, GROUND, NAMES, PLAN_SOURCES, VEIL } from "./style";

export interface Canvas extends Pointer {
  showGround(grids: Feature[], names: Feature[]): void;
  showVeil(veil: Feature[]): void;
  showBuildings(buildings: Feature[]): void;
  showBlocks(blocks: Feature[]): void;
  showDrawing(drawing: Feature[]): void;
  /** Nothing of a plan is drawn any more. */
  clear(): void;
  /** Leaves out the published names in these regions. */
  hideNames(regions: ReadonlySet<string>): void;
  pixels(place: Place): { x: number; y: number };
  /** Whether something can be taken hold of under the pointer. */
  point(holdable: boolean): void;
  /** What is seen, once it is near enough to tell buildings apart. */
  near(): Bounds | undefined;
  /** Calls `moved` whenever the map has come to rest elsewhere, until the function that is returned is called. */
  onMoved(moved: () => void): () => void;
}

export function canvas(map: MapView, hideNames: Canvas["hideNames"]): Canvas {
  const put = (source: string, features: Feature[]): void => {
    const data: FeatureCollection = { type: "FeatureCollection", features };
    void map.getSource<GeoJSONSource>(source)?.setData(data);
  };
  return {
    ...pointer(map),
    showGround(grids, names) {
      put(GROUND, grids);
      put(NAMES, names);
    },
    showVeil: (veil) => put(VEIL, veil),
    showBuildings: (buildings) => put(BUILDINGS, buildings),
    showBlocks: (blocks) => put(BLOCKS, blocks),
    showDrawing: (drawing) => put(DRAWING, drawing),
    clear: () => PLAN_SOURCES.forEach((source) => put(source, [])),
    hideNames,
    pixels: (place) => map.project(place),
    point: (holdable) => void (map.getCanvas().style.cursor = holdable ? "grab" : ""),
    near() {
      if (map.getZoom() < BUILDINGS_FROM) return undefined;
      const bounds = map.getBounds();
      return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    },
    onMoved(moved) {
      const { unsubscribe } = map.on("moveend", moved);
      return unsubscribe;
    },
  };
}
