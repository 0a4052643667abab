// Which names does the map carry now? Communities from their outlines, grids from the tiles in view.
import type { GeoJSONSource, Map as MapView } from "maplibre-gl";
import type { Position } from "geojson";
import type { GridProperties, Ground } from "./answers";
import { count } from "./figures";
import { label, labelCollection, labelSpot, shortName, type Label, type LabelOf } from "./labels";
import { inEachLanguage, text } from "./language";
import type { Published } from "./published";
import type { Regions } from "./regions";
import { GRID_LABELS_FROM, LABELS, REGION_LABELS_BELOW, type Drawn } from "./style";

interface Labelling {
  take(regions: Regions): void;
  /** Leaves out the grids of these regions: an open plan labels its own. */
  leaveOut(regions: ReadonlySet<string>): void;
}

/** Keeps the labels true to the state that is shown. */
export function labelling(map: MapView, grids: Published): Labelling {
  let communities: Label[] = [];
  let left: ReadonlySet<string> = new Set();
  let nameOf: Regions["nameOf"] = () => undefined;
  let written = "";

  function write(): void {
    const labels = [...communities, ...tileLabels(map, grids.drawn(), nameOf, left)];
    const now = JSON.stringify(labels);
    if (now === written) return; // new data makes the map idle once more: without this, for ever
    written = now;
    void map.getSource<GeoJSONSource>(LABELS)?.setData(labelCollection(labels));
  }

  map.on("idle", write);
  grids.onShown(write);
  inEachLanguage(write);
  return {
    take(regions) {
      nameOf = regions.nameOf;
      communities = regions.divided.features.flatMap(({ geometry, properties }) =>
        communityLabel(geometry, properties.name),
      );
      write();
    },
    leaveOut(regions) {
      left = regions;
      write();
    },
  };
}

/** Points of the tiles in view: of grids near by, of regions far off; in between the communities have their names. */
function tileLabels(
  map: MapView,
  drawn: Drawn | undefined,
  nameOf: Regions["nameOf"],
  left: ReadonlySet<string>,
): Label[] {
  if (drawn === undefined) return [];
  if (map.getZoom() < REGION_LABELS_BELOW)
    return spots(map, drawn, "region").map(({ at, properties: { name } }) => label("region", at, name));
  if (map.getZoom() < GRID_LABELS_FROM) return [];
  const households = householdsOf(map, drawn);
  return spots(map, drawn, "grid")
    .filter(({ properties: { region } }) => !left.has(region))
    .map(({ at, properties: grid }) => label("grid", at, gridText(grid, households.get(grid.code), nameOf)));
}

type Named = Pick<GridProperties, "code" | "name" | "region">;

/** A point that lies in the rim of two tiles is in both. */
function spots(map: MapView, { base }: Drawn, of: LabelOf): { at: Position; properties: Named }[] {
  const found = new Map<string, { at: Position; properties: Named }>();
  for (const { geometry, properties } of map.querySourceFeatures(base, { sourceLayer: "labels" })) {
    if (geometry.type !== "Point" || "level" in properties !== (of === "region")) continue;
    found.set(String(properties["code"]), { at: geometry.coordinates, properties: properties as Named });
  }
  return [...found.values()];
}

function householdsOf(map: MapView, { grids, gridLayer }: Drawn): Map<string, GridProperties["households"]> {
  const features = map.querySourceFeatures(grids, { sourceLayer: gridLayer });
  const figures = features.map(({ properties }) => properties as GridProperties);
  return new Map(figures.map(({ code, households }) => [code, households]));
}

function gridText(
  { code, name, region }: Named,
  households: GridProperties["households"],
  nameOf: Regions["nameOf"],
): string {
  const said = shortName(code, name, nameOf(region));
  const counted = typeof households === "number" ? count(households) : (households ?? "0").replace("-", "–");
  return counted === "0" ? said : `${said}\n${text("map.households", { count: counted })}`;
}

function communityLabel(shape: Ground | null, name: string): Label[] {
  const spot = shape === null ? undefined : labelSpot(shape);
  return spot === undefined ? [] : [label("community", spot.at, name)];
}
