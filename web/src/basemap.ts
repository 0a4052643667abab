// Which layers of the service's own style does the desk take, and where do they stand among its own?
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Palette } from "./palette";

/** From this zoom on tiles have the grids; further out the outlines of regions stand for them. */
export const GRIDS_FROM = 13;

/** The style by day and by night; both have the same layers. */
export interface Styles {
  day: StyleSpecification;
  night: StyleSpecification;
}

/** The layers between which the desk draws the grids, a plan, and its own names; each bottom first. */
export interface Basemap {
  below: LayerSpecification[];
  above: LayerSpecification[];
  outlines: LayerSpecification[];
  names: LayerSpecification[];
}

/** Grids and their names are the desk's own: it shows their households, and leaves out those of an open plan. */
const OWN = new Set(["grids", "labels"]);

export function basemap({ day, night }: Styles, source: string, { isNight }: Palette): Basemap {
  const found: Basemap = { below: [], above: [], outlines: [], names: [] };
  let place: "below" | "above" = "below";
  for (const layer of (isNight ? night : day).layers) {
    if (layer.type === "background") continue;
    const from = layer["source-layer"] ?? "";
    if (from === "grids") place = "above";
    if (OWN.has(from)) continue;
    const own: LayerSpecification = { ...layer, id: `${source}-${layer.id}`, source };
    if (layer.type === "symbol") found.names.push(own);
    else if (layer.type === "line" && from === "regions") found.outlines.push(own);
    else found[place].push(own);
  }
  return found;
}
