// What does each layer of the map look like, and which stands above which?
import type {
  FilterSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import { basemap, type Styles } from "./basemap";
import { BORDER_WIDTH, byZoom, chosenLayers, fillColour, gridBorders, gridFills } from "./gridStyle";
import type { Palette } from "./palette";
import { drawingLayers, planGround, PLAN_BORDER, PLAN_FILL, PLAN_SOURCES } from "./plan/style";

/** Names of the GeoJSON sources; those of tiles begin with their publication's number. */
export const LABELS = "labels";
export const FAULT = "fault";
export const POINT = "point";

export const GROUND = "ground";

/** From this zoom on each grid is labelled; below the other one, regions above the communities. */
export const GRID_LABELS_FROM = 14;
export const REGION_LABELS_BELOW = 11;

/** Drawn from the fonts of the reader's machine: the style has no `glyphs`, so nothing is requested. */
export const FONTS = ["Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];

/** The style before anything is published: ground, and the layers above the tiles, without data yet. */
export function emptyStyle(colours: Palette): StyleSpecification {
  return {
    version: 8,
    sources: Object.fromEntries([LABELS, FAULT, POINT, ...PLAN_SOURCES].map((name) => [name, emptySource()])),
    layers: fixedLayers(colours),
  };
}

/** The layers that stay when a new state is published, bottom first. */
export function fixedLayers(colours: Palette): LayerSpecification[] {
  return [
    { id: GROUND, type: "background", paint: { "background-color": colours.ground } },
    ...planGround(colours, { fill: fillColour(colours), border: BORDER_WIDTH }),
    ...faultLayers(colours),
    ...labelLayers(colours),
    ...drawingLayers(colours, FONTS),
    ...pointLayers(colours),
  ];
}

/** Where these belong: each group below the fixed layer named here. */
export const PLACES = { under: PLAN_FILL, above: PLAN_BORDER, over: "fault-fill", names: "label-region" } as const;
export const GROUPS = ["under", "above", "over", "names"] as const;

/** The sources of one state, which layer in their tiles has the grids, and how all else is drawn. */
export interface Drawn {
  publication: number;
  base: string;
  grids: string;
  gridLayer: string;
  styles: Styles;
}

/** The layers of a state by where they belong. */
interface StateLayers {
  /** Below an open plan. */
  under: LayerSpecification[];
  /** Over its grids, and below their borders: streets, buildings, borders of published grids. */
  above: LayerSpecification[];
  /** Over the plan: outlines, and the chosen grid's border. */
  over: LayerSpecification[];
  names: LayerSpecification[];
}

/** All layers of one state, group by group, bottom first; in regions that are `left` out, grids have no borders. */
export function stateLayers(
  { base, grids, gridLayer, styles }: Drawn,
  colours: Palette,
  left: ReadonlySet<string>,
): StateLayers {
  const part = { source: grids, "source-layer": gridLayer };
  const { below, above, outlines, names } = basemap(styles, base, colours);
  return {
    under: [...below, ...gridFills(part, colours)],
    above: [...above, ...gridBorders(part, colours, left)],
    over: [...outlines, ...chosenLayers(part, colours)],
    names: [unseen(base), ...names],
  };
}

/** MapLibre reads a layer's features for nobody unless it draws it: names are taken from these points. */
function unseen(source: string): LayerSpecification {
  const paint = { "circle-radius": 0, "circle-opacity": 0 };
  return { id: `${source}-spots`, type: "circle", source, "source-layer": "labels", paint };
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
      id: PLACES.over,
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
      id: PLACES.names,
      filter: ["==", ["get", "of"], "region"],
      maxzoom: REGION_LABELS_BELOW,
      layout: { ...layout, "text-size": byZoom(6, 11, 11, 16), "text-padding": 4 },
    },
    {
      ...label,
      id: "label-community",
      filter: ["==", ["get", "of"], "community"],
      minzoom: REGION_LABELS_BELOW,
      maxzoom: GRID_LABELS_FROM,
      layout: { ...layout, "text-size": byZoom(11, 10.5, 14, 15), "text-padding": 4 },
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
