// How does an open plan look on the map: its ground, the buildings, what is being drawn, what was refused?
import type {
  DataDrivenPropertyValueSpecification as Value,
  ExpressionFilterSpecification,
  LayerSpecification,
} from "maplibre-gl";
import type { Palette } from "../palette";

/** Names of the GeoJSON sources. */
export const GROUND = "plan";
export const BUILDINGS = "plan-buildings";
export const NAMES = "plan-names";
export const DRAWING = "plan-drawing";
export const VEIL = "plan-veil";
export const BLOCKS = "plan-blocks";
export const PLAN_SOURCES = [GROUND, BUILDINGS, BLOCKS, NAMES, DRAWING, VEIL];

/** The lowest layer of a plan, below which published grids lie, and the next one, below which streets and buildings do. */
export const PLAN_FILL = "plan-fill";
export const PLAN_BORDER = "plan-border";

/** From this zoom on buildings are shown, and asked for. */
export const BUILDINGS_FROM = 15;
const NAMES_FROM = 14;
const FIGURES_FROM = 15.5;

/** What a feature of the source `DRAWING` is. */
export type Mark =
  "chosen" | "under" | "line" | "refused" | "fault" | "hit" | "detour" | "node" | "middle" | "held" | "anchor";

interface Ground {
  fill: Value<string>;
  border: Value<number>;
}

/** The plan's grids over the published ones, and the buildings; below the outlines of the communities. */
export function planGround(colours: Palette, { fill, border }: Ground): LayerSpecification[] {
  const moved: Value<boolean> = ["boolean", ["get", "moved"], false];
  const buildings = { source: BUILDINGS, minzoom: BUILDINGS_FROM } as const;
  return [
    { id: PLAN_FILL, type: "fill", source: GROUND, paint: { "fill-color": fill, "fill-antialias": false } },
    {
      id: PLAN_BORDER,
      type: "line",
      source: GROUND,
      layout: { "line-join": "round" },
      paint: { "line-color": colours.border, "line-width": border },
    },
    { id: VEIL, type: "fill", source: VEIL, paint: { "fill-color": colours.ground, "fill-opacity": 0.55 } },
    {
      id: "plan-building",
      type: "fill",
      ...buildings,
      paint: {
        "fill-color": ["case", moved, colours.moved, colours.building],
        "fill-opacity": ["case", moved, 0.75, 0.3],
      },
    },
    {
      id: "plan-building-edge",
      type: "line",
      ...buildings,
      paint: { "line-color": ["case", moved, colours.moved, colours.building], "line-width": ["case", moved, 2, 0.7] },
    },
  ];
}

/** Names and figures, what is drawn, and its handles; above everything else. */
export function drawingLayers(colours: Palette, fonts: string[]): LayerSpecification[] {
  const { chosen, chosenCase, fault, halo, ink } = colours;
  return [
    ...blockLayers(colours, fonts),
    line("plan-under", "under", { "line-color": chosen, "line-width": 1.6 }),
    line("plan-chosen-case", "chosen", { "line-color": chosenCase, "line-width": 7 }),
    line("plan-chosen", "chosen", { "line-color": chosen, "line-width": 3.5 }),
    {
      id: "plan-hit",
      type: "fill",
      source: DRAWING,
      filter: marked("hit"),
      paint: { "fill-color": fault, "fill-opacity": 0.75 },
    },
    line("plan-fault-case", ["fault", "hit"], { "line-color": halo, "line-width": 5 }),
    line("plan-fault-edge", ["fault", "hit"], { "line-color": fault, "line-width": 2.5 }),
    line("plan-detour-case", "detour", { "line-color": chosenCase, "line-width": 7 }),
    line("plan-detour", "detour", { "line-color": chosen, "line-width": 3.5 }),
    line("plan-line-case", ["line", "refused"], { "line-color": chosenCase, "line-width": 6 }),
    line("plan-line", "line", { "line-color": chosen, "line-width": 3 }),
    line("plan-refused", "refused", { "line-color": fault, "line-width": 3, "line-dasharray": [2, 1.4] }),
    {
      id: "plan-name",
      type: "symbol",
      source: NAMES,
      minzoom: NAMES_FROM,
      layout: {
        "text-field": "{text}",
        "text-font": fonts,
        "text-size": ["interpolate", ["linear"], ["zoom"], 14, 11, 17, 15],
        "text-max-width": 9,
        "text-line-height": 1.35,
      },
      paint: { "text-color": ink, "text-halo-color": halo, "text-halo-width": 1.6 },
    },
    dot("plan-fault-dot", "fault", 9, "transparent", fault, 3),
    dot("plan-middle", "middle", 4, chosenCase, chosen, 1.5),
    dot("plan-anchor", "anchor", 3, chosen, chosenCase, 1),
    dot("plan-node", "node", 6, chosenCase, chosen, 2.5),
    dot("plan-held", "held", 8, chosen, chosenCase, 2.5),
  ];
}

/** Blocks, thin, those chosen filled; the households of each where there is room. */
function blockLayers({ chosen, building, ink, halo }: Palette, fonts: string[]): LayerSpecification[] {
  const picked: ExpressionFilterSpecification = ["boolean", ["get", "picked"], false];
  return [
    {
      id: "plan-block-chosen",
      type: "fill",
      source: BLOCKS,
      filter: picked,
      paint: { "fill-color": chosen, "fill-opacity": 0.3 },
    },
    {
      id: BLOCKS,
      type: "line",
      source: BLOCKS,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: {
        "line-color": ["case", picked, chosen, building],
        "line-width": ["case", picked, 2, 0.8],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.4, 16, 0.9],
      },
    },
    {
      id: "plan-block-figure",
      type: "symbol",
      source: BLOCKS,
      minzoom: FIGURES_FROM,
      filter: ["==", ["geometry-type"], "Point"],
      layout: { "text-field": "{text}", "text-font": fonts, "text-size": 11, "text-padding": 1 },
      paint: { "text-color": ink, "text-halo-color": halo, "text-halo-width": 1.4 },
    },
  ];
}

type LinePaint = Extract<LayerSpecification, { type: "line" }>["paint"];

function line(id: string, mark: Mark | Mark[], paint: LinePaint & object): LayerSpecification {
  return {
    id,
    type: "line",
    source: DRAWING,
    filter: marked(mark),
    layout: { "line-join": "round", "line-cap": "round" },
    paint,
  };
}

function dot(id: string, mark: Mark, radius: number, fill: string, edge: string, width: number): LayerSpecification {
  return {
    id,
    type: "circle",
    source: DRAWING,
    filter: ["all", marked(mark), ["==", ["geometry-type"], "Point"]],
    paint: {
      "circle-radius": radius,
      "circle-color": fill,
      "circle-stroke-color": edge,
      "circle-stroke-width": width,
    },
  };
}

function marked(mark: Mark | Mark[]): ExpressionFilterSpecification {
  return ["in", ["get", "mark"], ["literal", [mark].flat()]];
}
