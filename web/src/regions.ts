// What does the page know of the regions: the roots, their names, and whose outlines are drawn?
import { regions } from "./api";
import type { RegionList, RegionProperties } from "./answers";

const DIVIDED = "community"; // the level that grids usually divide

export interface Regions {
  roots: RegionProperties[];
  /** Outlines drawn thin: the regions that grids divide. */
  divided: RegionList;
  /** Outlines drawn strong: regions above those, where they have an outline. */
  upper: RegionList["features"];
  nameOf(code: string): string | undefined;
}

export async function readRegions(): Promise<Regions> {
  const tree = await regions();
  const hasCommunities = tree.features.some(({ properties }) => properties.level === DIVIDED);
  const divided = hasCommunities ? await regions(DIVIDED) : tree;
  const names = new Map(
    [...tree.features, ...divided.features].map(({ properties }) => [properties.code, properties.name]),
  );
  return {
    roots: tree.features.map(({ properties }) => properties).filter(({ parent }) => parent === null),
    divided,
    upper: hasCommunities ? above(tree.features, divided.features) : [],
    nameOf: (code) => names.get(code),
  };
}

/** The ancestors of the divided regions. */
function above(tree: RegionList["features"], divided: RegionList["features"]): RegionList["features"] {
  const parentOf = new Map(tree.map(({ properties }) => [properties.code, properties.parent]));
  const ancestors = new Set<string>();
  for (const { properties } of divided) {
    let parent = properties.parent;
    while (parent !== null && parent !== undefined && !ancestors.has(parent)) {
      ancestors.add(parent);
      parent = parentOf.get(parent) ?? null;
    }
  }
  return tree.filter(({ properties }) => ancestors.has(properties.code));
}
