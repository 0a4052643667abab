// Does each layer of the service's style find its place?
import type { LayerSpecification } from "maplibre-gl";
import { expect, it } from "vitest";
import { basemap } from "./basemap";
import { palette } from "./palette";

function style(colour: string): Parameters<typeof basemap>[0]["day"] {
  const on = (id: string, type: "fill" | "line" | "symbol", layer: string): LayerSpecification =>
    ({ id, type, source: "wangge", "source-layer": layer, metadata: colour }) as LayerSpecification;
  return {
    version: 8,
    sources: {},
    layers: [
      { id: "outside", type: "background" },
      on("region-ground", "fill", "regions"),
      on("grid", "fill", "grids"),
      on("water", "fill", "water"),
      on("street", "line", "lines"),
      on("region-border", "line", "regions"),
      on("street-name", "symbol", "lines"),
      on("grid-name", "symbol", "labels"),
    ],
  };
}

it("puts the grids where the style has them, outlines over a plan, names over all", () => {
  const found = basemap({ day: style("white"), night: style("black") }, "7/map", palette(false));
  const ids = (layers: LayerSpecification[]): string[] => layers.map(({ id }) => id);
  expect(ids(found.below)).toEqual(["7/map-region-ground"]);
  expect(ids(found.above)).toEqual(["7/map-water", "7/map-street"]);
  expect(ids(found.outlines)).toEqual(["7/map-region-border"]);
  expect(ids(found.names)).toEqual(["7/map-street-name"]);
  expect(found.below[0]).toMatchObject({ source: "7/map", metadata: "white" });
});

it("has the same layers by night", () => {
  const styles = { day: style("white"), night: style("black") };
  expect(basemap(styles, "7/map", palette(true)).above[0]).toMatchObject({ id: "7/map-water", metadata: "black" });
});
