// Which block lies at a place, what do the chosen ones make together, and how do they look on the map?
import type { Feature } from "geojson";
import { count } from "../figures";
import { labelSpot } from "../labels";
import type { Intent, Place } from "./answers";
import { covers } from "./borders";
import type { Block } from "./drawAnswers";
import type { Room } from "./room";

/** The id of the block that has the place. */
export function blockAt(blocks: Block[], place: Place): string | undefined {
  return blocks.find(({ geometry }) => covers(geometry, place))?.id;
}

/** Whether the blocks are to be seen, and so to be read. */
export function seesBlocks({ tool, showsBlocks }: Pick<Room, "tool" | "showsBlocks">): boolean {
  return tool === "blocks" || showsBlocks;
}

export function pickedBlocks({ blocks = [], picked }: Pick<Room, "blocks" | "picked">): Block[] {
  return blocks.filter(({ id }) => picked.includes(id));
}

/** The edit that makes one grid of the chosen blocks; undefined where they are not all of one grid. */
export function splitOff(room: Pick<Room, "blocks" | "picked">): Intent | undefined {
  const [first, ...others] = pickedBlocks(room).map(({ properties }) => properties.grid);
  if (first === undefined || first === null || others.some((grid) => grid !== first)) return undefined;
  return { op: "split", grid: first, blocks: room.picked };
}

/** Outlines, those chosen marked, and the households of each where it has room for the figure. */
export function blockFeatures(room: Pick<Room, "tool" | "showsBlocks" | "blocks" | "picked">): Feature[] {
  const { blocks = [], picked } = room;
  if (!seesBlocks(room)) return [];
  return blocks.flatMap(({ id, geometry, properties: { households } }) => {
    const spot = labelSpot(geometry);
    const ground: Feature = { type: "Feature", geometry, properties: { picked: picked.includes(id) } };
    if (spot === undefined) return [ground];
    const figure: Feature = {
      type: "Feature",
      geometry: { type: "Point", coordinates: spot.at },
      properties: { text: count(households) },
    };
    return [ground, figure];
  });
}
