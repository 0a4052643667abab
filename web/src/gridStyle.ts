// How are grids drawn?
import type {
  DataDrivenPropertyValueSpecification as Value,
  ExpressionFilterSpecification,
  ExpressionSpecification,
  LayerSpecification,
} from "maplibre-gl";
import type { Palette } from "./palette";

/** The image of the hatching. */
export const HATCH = "hatch";

/** The feature state of the grid that the panel tells of. */
export const CHOSEN = "chosen";

export const BORDER_WIDTH = byZoom(13, 0.6, 15, 1.3, 18, 2.2);
const PROVISIONAL: ExpressionFilterSpecification = ["==", ["get", "standing"], "provisional"];

/** The grids of a source's tiles. */
interface Part {
  source: string;
  "source-layer": string;
}

export function gridFills(part: Part, colours: Palette): LayerSpecification[] {
  return [
    {
      id: `${part.source}-fill`,
      type: "fill",
      ...part,
      // No antialiasing: its soft edges would let the ground shine through between grids.
      paint: { "fill-color": fillColour(colours), "fill-antialias": false },
    },
    {
      id: `${part.source}-hatch`,
      type: "fill",
      ...part,
      filter: PROVISIONAL,
      paint: { "fill-pattern": HATCH },
    },
  ];
}

/** Borders of all grids but those of the regions that are `left` out. */
export function gridBorders(part: Part, colours: Palette, left: ReadonlySet<string>): LayerSpecification[] {
  const shown: ExpressionFilterSpecification = ["!", ["in", ["get", "region"], ["literal", [...left]]]];
  return [
    {
      id: `${part.source}-border`,
      type: "line",
      ...part,
      filter: ["all", shown, ["!", PROVISIONAL]],
      layout: { "line-join": "round" },
      paint: { "line-color": colours.border, "line-width": BORDER_WIDTH },
    },
    {
      id: `${part.source}-dashes`,
      type: "line",
      ...part,
      filter: ["all", shown, PROVISIONAL],
      paint: { "line-color": colours.upper, "line-width": byZoom(10, 0.3, 13, 0.8, 17, 1.6), "line-dasharray": [3, 2] },
    },
  ];
}

/**
 * Drawn for every grid and seen for the chosen one: a feature's state changes at once, a filter only when its
 * tiles have been built anew.
 */
export function chosenLayers(part: Part, colours: Palette): LayerSpecification[] {
  const line = { ...part, type: "line", layout: { "line-join": "round" } } as const;
  return [
    {
      id: `${part.source}-chosen-fill`,
      type: "fill",
      ...part,
      paint: { "fill-color": colours.chosen, "fill-opacity": ifChosen(0.14) },
    },
    {
      id: `${part.source}-chosen-case`,
      ...line,
      paint: { "line-color": colours.chosenCase, "line-width": byZoom(10, 3.5, 16, 8), "line-opacity": ifChosen(1) },
    },
    {
      id: `${part.source}-chosen`,
      ...line,
      paint: { "line-color": colours.chosen, "line-width": byZoom(10, 2, 16, 4), "line-opacity": ifChosen(1) },
    },
  ];
}

function ifChosen(opacity: number): Value<number> {
  return ["case", ["boolean", ["feature-state", CHOSEN], false], opacity, 0];
}

export function fillColour(colours: Palette): Value<string> {
  const { good, full, low, high, special, rural, none } = colours;
  const byKind: Value<string> = ["match", ["get", "kind"], "special", special, "rural", rural, none];
  // Within the right size, the nearer to 500 the deeper; a rural grid of any good size keeps its own colour.
  const bySize: Value<string> = ["interpolate", ["linear"], households(), 300, good, 500, full];
  const fit: Value<string> = ["case", ["==", ["get", "kind"], "rural"], rural, bySize];
  return ["match", ["get", "verdict"], "good", fit, "low", low, "high", high, byKind];
}

/** The figure, or the middle of a band: `300-399` is 349. */
function households(): ExpressionSpecification {
  const told: ExpressionSpecification = ["get", "households"];
  const end: ExpressionSpecification = ["index-of", "-", told];
  const least: ExpressionSpecification = ["to-number", ["slice", told, 0, ["max", end, 0]], 0];
  return ["case", ["==", ["typeof", told], "number"], ["to-number", told], ["+", least, 49]];
}

/** A width or size that grows with the zoom: pairs of zoom and value. */
export function byZoom(...stops: number[]): Value<number> {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as Value<number>;
}
