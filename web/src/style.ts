// What does each layer of the map look like, and which stands above which?
import type {
  DataDrivenPropertyValueSpecification as Value,
  FilterSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import type { Palette } from "./palette";
import { drawingLayers, planGround, PLAN_SOURCES, PLAN_UNDER } from "./plan/style";

/** Names of the GeoJSON sources; the tiles' source carries its publication's number. */
export const OUTLINES = "outlines";
export const LABELS = "labels";
export const FAULT = "fault";
export const POINT = "point";
export const HATCH = "hatch";

/** The feature state of the grid that the panel tells of. */
export const CHOSEN = "chosen";

/** The layer name inside every tile of grids. */
export const SOURCE_LAYER = "grids";
export const GROUND = "ground";

/** From this zoom on each grid is labelled. */
export const GRID_LABELS_FROM = 14;

/** Drawn from the fonts of the reader's machine: the style has no `glyphs`, so nothing is requested. */
export const FONTS = ["Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];

/** The style before anything is published: ground, and the layers above the tiles, without data yet. */
export function emptyStyle(colours: Palette): StyleSpecification {
  return {
    version: 8,
    sources: Object.fromEntries([OUTLINES, LABELS, FAULT, POINT, ...PLAN_SOURCES].map((name) => [name, emptySource()])),
    layers: fixedLayers(colours),
  };
}

/** The layers that stay when a new state is published, bottom first. */
export function fixedLayers(colours: Palette): LayerSpecification[] {
  return [
    { id: GROUND, type: "background", paint: { "background-color": colours.ground } },
    ...planGround(colours, { fill: fillColour(colours), border: byZoom(10, 0.3, 13, 0.9, 16, 1.8, 19, 3) }),
    outline("outline-community", true, colours.community, byZoom(9, 0.4, 12, 1, 15, 2, 18, 3)),
    outline("outline-upper", false, colours.upper, byZoom(8, 0.8, 12, 1.8, 15, 3, 18, 4)),
    ...faultLayers(colours),
    ...labelLayers(colours),
    ...drawingLayers(colours, FONTS),
    ...pointLayers(colours),
  ];
}

/** Where the two groups of a state's grid layers belong: each below the fixed layer named here. */
export const UNDER = PLAN_UNDER;
export const OVER = "fault-fill";

/** One state's grids: what lies under the outlines, and the chosen grid's border, which lies above them. */
export function gridLayers(
  source: string,
  colours: Palette,
): { under: LayerSpecification[]; over: LayerSpecification[] } {
  const part = { source, "source-layer": SOURCE_LAYER };
  return { under: groundLayers(source, part, colours), over: chosenLayers(source, part, colours) };
}

interface Part {
  source: string;
  "source-layer": string;
}

function groundLayers(source: string, part: Part, colours: Palette): LayerSpecification[] {
  const provisional: FilterSpecification = ["==", ["get", "standing"], "provisional"];
  const proven: FilterSpecification = ["!=", ["get", "standing"], "provisional"];
  return [
    {
      id: `${source}-fill`,
      type: "fill",
      ...part,
      // No antialiasing: its soft edges would let the ground shine through between grids.
      paint: { "fill-color": fillColour(colours), "fill-antialias": false },
    },
    {
      id: `${source}-hatch`,
      type: "fill",
      ...part,
      minzoom: 11,
      filter: provisional,
      paint: { "fill-pattern": HATCH },
    },
    {
      id: `${source}-border`,
      type: "line",
      ...part,
      filter: proven,
      layout: { "line-join": "round" },
      paint: { "line-color": colours.border, "line-width": byZoom(10, 0.3, 13, 0.9, 16, 1.8, 19, 3) },
    },
    {
      id: `${source}-dashes`,
      type: "line",
      ...part,
      filter: provisional,
      paint: { "line-color": colours.upper, "line-width": byZoom(10, 0.3, 13, 0.8, 17, 1.6), "line-dasharray": [3, 2] },
    },
  ];
}

/**
 * Drawn for every grid and seen for the chosen one: a feature's state changes at once, a filter only when its
 * tiles have been built anew.
 */
function chosenLayers(source: string, part: Part, colours: Palette): LayerSpecification[] {
  const line = { ...part, type: "line", layout: { "line-join": "round" } } as const;
  return [
    {
      id: `${source}-chosen-fill`,
      type: "fill",
      ...part,
      paint: { "fill-color": colours.chosen, "fill-opacity": ifChosen(0.14) },
    },
    {
      id: `${source}-chosen-case`,
      ...line,
      paint: { "line-color": colours.chosenCase, "line-width": byZoom(10, 3.5, 16, 8), "line-opacity": ifChosen(1) },
    },
    {
      id: `${source}-chosen`,
      ...line,
      paint: { "line-color": colours.chosen, "line-width": byZoom(10, 2, 16, 4), "line-opacity": ifChosen(1) },
    },
  ];
}

function ifChosen(opacity: number): Value<number> {
  return ["case", ["boolean", ["feature-state", CHOSEN], false], opacity, 0];
}

function fillColour(colours: Palette): Value<string> {
  const { good, full, low, high, special, rural, none } = colours;
  const byKind: Value<string> = ["match", ["get", "kind"], "special", special, "rural", rural, none];
  // Within the right size, the nearer to 500 the deeper; a rural grid of any good size keeps its own colour.
  const bySize: Value<string> = ["interpolate", ["linear"], ["get", "households"], 300, good, 500, full];
  const fit: Value<string> = ["case", ["==", ["get", "kind"], "rural"], rural, bySize];
  return ["match", ["get", "verdict"], "good", fit, "low", low, "high", high, byKind];
}

function outline(id: string, divided: boolean, colour: string, width: Value<number>): LayerSpecification {
  return {
    id,
    type: "line",
    source: OUTLINES,
    filter: ["==", ["get", "divided"], divided],
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour, "line-width": width },
  };
}

function faultLayers(colours: Palette): LayerSpecification[] {
  const { fault, halo } = colours;
  const ring = {
    "circle-radius": 22,
    "circle-color": "transparent",
    "circle-stroke-width": 3,
    "circle-stroke-color": fault,
  };
  return [
    {
      id: OVER,
      type: "fill",
      source: FAULT,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": fault, "fill-opacity": 0.45 },
    },
    { id: "fault-case", type: "line", source: FAULT, paint: { "line-color": halo, "line-width": 6 } },
    { id: "fault-line", type: "line", source: FAULT, paint: { "line-color": fault, "line-width": 2.5 } },
    {
      id: "fault-dot",
      type: "circle",
      source: FAULT,
      filter: marked("dot"),
      paint: { "circle-radius": 4, "circle-color": fault },
    },
    { id: "fault-ring", type: "circle", source: FAULT, filter: marked("ring"), paint: ring },
  ];
}

function marked(mark: string): FilterSpecification {
  return ["==", ["get", "mark"], mark];
}

function labelLayers(colours: Palette): LayerSpecification[] {
  const paint = { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.6 };
  const layout = { "text-field": "{text}", "text-font": FONTS, "text-max-width": 9, "text-line-height": 1.35 } as const;
  const label = { type: "symbol", source: LABELS, paint } as const;
  return [
    {
      ...label,
      id: "label-community",
      filter: ["==", ["get", "of"], "community"],
      minzoom: 11.5,
      maxzoom: GRID_LABELS_FROM,
      layout: { ...layout, "text-size": byZoom(11.5, 11, 14, 15), "text-padding": 4 },
    },
    {
      ...label,
      id: "label-grid",
      filter: ["==", ["get", "of"], "grid"],
      minzoom: GRID_LABELS_FROM,
      layout: { ...layout, "text-size": byZoom(14, 11, 17, 15) },
    },
  ];
}

function pointLayers(colours: Palette): LayerSpecification[] {
  return [
    {
      id: "point-case",
      type: "circle",
      source: POINT,
      paint: { "circle-radius": 8, "circle-color": colours.chosenCase },
    },
    { id: "point-dot", type: "circle", source: POINT, paint: { "circle-radius": 5, "circle-color": colours.chosen } },
  ];
}

function emptySource(): GeoJSONSourceSpecification {
  return { type: "geojson", data: { type: "FeatureCollection", features: [] } };
}

/** A width or size that grows with the zoom: pairs of zoom and value. */
function byZoom(...stops: number[]): Value<number> {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as Value<number>;
}
