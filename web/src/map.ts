// What is the map, and what can the rest of the page ask of it?
import { Map as MapView, ScaleControl, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { FeatureCollection, Geometry, Position } from "geojson";
import type { Bounds, Publication, State } from "./answers";
import { boundsOf, faultFeatures } from "./fault";
import { HATCH } from "./gridStyle";
import { hatch, HATCH_OPTIONS } from "./hatch";
import { labelling } from "./labelling";
import { inEachLanguage, text } from "./language";
import { inEachLight, palette } from "./palette";
import type { View } from "./place";
import { canvas, type Canvas } from "./plan/canvas";
import { paint, published, type Published } from "./published";
import type { Regions } from "./regions";
import { emptyStyle, FAULT, fixedLayers, POINT } from "./style";

const CLOSEST_FLIGHT = 18.5; // zoom; closer, a fault of centimetres has no surroundings to be known by
const MARGIN = 40; // pixels left free round the whole state
const SURROUNDINGS = 0.2; // share of the window left free on each side of what is flown to
const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

/** The map as the page uses it. Longitudes and latitudes in degrees, WGS-84. */
export interface DeskMap {
  /** Where an open plan is drawn. */
  readonly canvas: Canvas;
  /** Shows a state; `changes` are the publications since the one before, as far as they are known. */
  showState(state: State, changes: Publication[]): void;
  showRegions(regions: Regions): void;
  chooseGrid(code: string | undefined): void;
  /** Reads the tiles again that could not be read; `done` is called when all have come or failed. */
  readAgain(done: () => void): void;
  showPoint(at: Position | undefined): void;
  /** Shows the fault and flies to it. */
  showFault(shape: Geometry | undefined): void;
  /** Goes to something small, with its surroundings. */
  goTo(bounds: Bounds, animate: boolean): void;
  showAll(bounds: Bounds, animate: boolean): void;
  jumpTo(view: View): void;
  view(): View;
  zoomBy(steps: number): void;
  /** A click, or Enter for the map's centre. */
  onAsk(asked: (lon: number, lat: number) => void): void;
  onMoved(moved: () => void): void;
  /** A tile could not be read. */
  onTrouble(told: () => void): void;
}

/** Opens the map; resolved when it can be drawn on. `covered` tells how many pixels at its left the legend hides. */
export async function openMap(container: HTMLElement, view: View | undefined, covered: () => number): Promise<DeskMap> {
  setWorkerUrl(new URL(workerUrl, document.baseURI).href);
  const map = newMap(container, view);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  await map.once("load");
  return desk(map, covered);
}

function newMap(container: HTMLElement, view: View | undefined): MapView {
  try {
    return new MapView({
      container,
      style: emptyStyle(palette()),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: 22,
      ...(view === undefined ? {} : { center: [view.lon, view.lat], zoom: view.zoom }),
    });
  } catch (cause) {
    throw new Error(text("page.no-webgl"), { cause });
  }
}

function desk(map: MapView, covered: () => number): DeskMap {
  const grids = published(map, palette());
  const labels = labelling(map, grids);
  grids.onShown(() => (map.getContainer().dataset["shown"] = String(grids.drawn()?.publication)));
  const plans = canvas(map, (regions) => {
    labels.leaveOut(regions);
    grids.leaveOut(regions);
  });
  inEachLight(() => repaint(map, grids));
  inEachLanguage(() => map.getCanvas().setAttribute("aria-label", text("page.map")));
  return {
    canvas: plans,
    showState: grids.show,
    showRegions: labels.take,
    chooseGrid: grids.choose,
    readAgain(done) {
      grids.readAgain();
      map.triggerRepaint(); // nothing may have changed, and only a drawn map becomes idle
      void map.once("idle", done);
    },
    showPoint: (at) => put(map, POINT, at === undefined ? NOTHING : pointAt(at)),
    showFault(shape) {
      put(map, FAULT, shape === undefined ? NOTHING : faultFeatures(shape));
      const around = shape === undefined ? undefined : boundsOf(shape);
      if (around !== undefined) fit(map, around, covered(), surroundings(map));
    },
    goTo: (bounds, animate) => fit(map, bounds, covered(), surroundings(map), animate),
    showAll: (bounds, animate) => fit(map, bounds, covered(), MARGIN, animate),
    jumpTo: ({ lon, lat, zoom }) => void map.jumpTo({ center: [lon, lat], zoom }),
    view: () => ({ zoom: map.getZoom(), lat: map.getCenter().lat, lon: map.getCenter().lng }),
    zoomBy: (steps) => void map.zoomTo(map.getZoom() + steps),
    onAsk: (asked) => listen(map, (lon, lat) => plans.taken() || asked(lon, lat)),
    onMoved: (moved) => void map.on("moveend", moved),
    onTrouble(told) {
      map.on("error", ({ error }) => {
        console.error(error.message); // MapLibre says nothing itself once somebody listens
        told();
      });
    },
  };
}

function repaint(map: MapView, grids: Published): void {
  const colours = palette();
  const image = hatch(colours.upper);
  if (map.hasImage(HATCH)) map.updateImage(HATCH, image);
  else map.addImage(HATCH, image, HATCH_OPTIONS);
  paint(map, fixedLayers(colours));
  grids.repaint(colours);
}

function listen(map: MapView, asked: (lon: number, lat: number) => unknown): void {
  map.on("click", ({ lngLat }) => asked(lngLat.lng, lngLat.lat));
  map.getCanvas().addEventListener("keydown", ({ key }) => {
    if (key === "Enter") asked(map.getCenter().lng, map.getCenter().lat);
  });
}

function fit(map: MapView, bounds: Bounds, covered: number, margin: number, animate = true): void {
  const padding = { top: margin, right: margin, bottom: margin, left: margin + covered };
  map.fitBounds(bounds, { padding, maxZoom: CLOSEST_FLIGHT, animate });
}

function surroundings(map: MapView): number {
  const { clientWidth, clientHeight } = map.getContainer();
  return SURROUNDINGS * Math.min(clientWidth, clientHeight);
}

function pointAt(at: Position): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: [{ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: {} }],
  };
}

function put(map: MapView, source: string, data: FeatureCollection): void {
  void map.getSource<GeoJSONSource>(source)?.setData(data);
}
