// Which names does the map carry now? Communities from their outlines, grids from the tiles in view.
import type { GeoJSONSource, Map as MapView } from "maplibre-gl";
import type { GridProperties, Ground } from "./answers";
import { count } from "./figures";
import { label, labelCollection, labelSpot, largestPieces, shortName, type Label } from "./labels";
import { inEachLanguage, text } from "./language";
import type { Published } from "./published";
import type { Regions } from "./regions";
import { GRID_LABELS_FROM, LABELS, SOURCE_LAYER } from "./style";

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
    const labels = [...communities, ...gridLabels(map, grids.source(), nameOf, left)];
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

function gridLabels(
  map: MapView,
  source: string | undefined,
  nameOf: Regions["nameOf"],
  left: ReadonlySet<string>,
): Label[] {
  if (source === undefined || map.getZoom() < GRID_LABELS_FROM) return [];
  const pieces = map.querySourceFeatures(source, { sourceLayer: SOURCE_LAYER }).map(({ properties, geometry }) => {
    const grid = properties as GridProperties;
    return { code: grid.code, grid, shape: geometry as Ground };
  });
  return largestPieces(pieces.filter(({ grid }) => !left.has(grid.region))).map(({ piece: { grid }, at }) =>
    label("grid", at, gridText(grid, nameOf)),
  );
}

function gridText({ code, name, region, households }: GridProperties, nameOf: Regions["nameOf"]): string {
  const said = shortName(code, name, nameOf(region));
  const counted = typeof households === "number" && households > 0;
  return counted ? `${said}\n${text("map.households", { count: count(households) })}` : said;
}

function communityLabel(shape: Ground | null, name: string): Label[] {
  const spot = shape === null ? undefined : labelSpot(shape);
  return spot === undefined ? [] : [label("community", spot.at, name)];
}
