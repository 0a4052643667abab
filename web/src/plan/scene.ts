// What of the desk is drawn on the map? Features for the layers of style.ts.
import type { Feature } from "geojson";
import { count } from "../figures";
import { label, labelSpot, shortName } from "../labels";
import { text } from "../language";
import type { EditAnswer, Place, PlanGrid, PlanRegion } from "./answers";
import { nodesOf } from "./borders";
import { afterEdit, detourOf, places, type Room } from "./room";
import { handles, middles, strokes } from "./sketch";
import type { Mark } from "./style";

type NameOf = (region: string) => string | undefined;

/** The ground as it is, or as it would be while something is tried. */
export function ground({ grids, preview }: Room): PlanGrid[] {
  return [...(preview === undefined ? grids : afterEdit(grids, preview)).values()];
}

const EVERYWHERE: Place[] = [
  [-180, -85],
  [180, -85],
  [180, 85],
  [-180, 85],
  [-180, -85],
];

/** Everything that the plan has no part in. */
export function veil(regions: PlanRegion[]): Feature[] {
  const shapes = regions.map(({ geometry }) => geometry);
  const parts = shapes.flatMap((shape) => (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates));
  const holes = parts.flatMap(([outer]) => (outer === undefined ? [] : [outer]));
  return [{ type: "Feature", geometry: { type: "Polygon", coordinates: [EVERYWHERE, ...holes] }, properties: {} }];
}

/** Each grid's name with its households: before and after where something is tried. */
export function names(room: Room, nameOf: NameOf): Feature[] {
  const before = new Map(room.preview?.grids.features.map(({ properties: one }) => [one.code, one.households_before]));
  return ground(room).flatMap(({ geometry, properties: { code, name, region, households } }) => {
    const spot = labelSpot(geometry);
    if (spot === undefined) return [];
    const was = before.get(code);
    const now = households === null ? "" : text("map.households", { count: count(households) });
    const said = was === undefined || was === null || was === households ? now : `${count(was)} → ${now}`;
    return [label("grid", spot.at, [shortName(code, name, nameOf(region)), said].filter(Boolean).join("\n"))];
  });
}

/** Footprints, with those that have another owner by what was tried or done last. */
export function buildings({ buildings: all, preview, outcome }: Room): Feature[] {
  const moved = movedBy(preview ?? outcome);
  return all.map(({ geometry, properties: { id } }) => ({
    type: "Feature",
    geometry,
    properties: { moved: moved.has(id) },
  }));
}

/** The lines, handles and marks over the ground. */
export function drawing(room: Room): Feature[] {
  const { grids, chosen, under, sketch, refusal, drawing: going, next } = room;
  const chosenOnes = chosen.flatMap((code) => marked(grids.get(code), "chosen"));
  const underOne = under === undefined || chosen.includes(under) ? [] : marked(grids.get(under), "under");
  const refused = refusal !== undefined;
  return [
    ...underOne,
    ...chosenOnes,
    ...(refusal === undefined ? [] : faults(refusal.problem)),
    ...(sketch === undefined
      ? []
      : strokes(sketch, going ? next : undefined).flatMap((one) => marked(one, refused ? "refused" : "line"))),
    ...dots(room),
  ];
}

function faults(problem: Parameters<typeof places>[0]): Feature[] {
  const detour = detourOf(problem);
  const buildings = places(problem, (role) => role === "building");
  const others = places(problem, (role) => role !== "building" && role !== "detour");
  return [
    ...buildings.flatMap((one) => marked(one, "hit")),
    ...others.flatMap((one) => marked(one, "fault")),
    ...(detour === undefined ? [] : marked(detour, "detour")),
  ];
}

function dots(room: Room): Feature[] {
  const { tool, sketch, under, grids, hold, held, drawing: going } = room;
  if (sketch !== undefined) {
    const ends = handles(sketch);
    const nodes = sketch.nodes.map((at, number) =>
      dot(at, number === held ? "held" : ends.includes(number) ? "node" : "anchor"),
    );
    return [...(going || held !== undefined ? [] : middles(sketch).map(({ at }) => dot(at, "middle"))), ...nodes];
  }
  if (tool !== "move" || room.plan.state !== "draft") return [];
  const border = under === undefined ? undefined : grids.get(under)?.geometry;
  return [
    ...(border === undefined ? [] : nodesOf(border).map((at) => dot(at, "anchor"))),
    ...(hold === undefined ? [] : [dot(hold.at, hold.of === "node" ? "held" : "node")]),
  ];
}

function movedBy(answer: EditAnswer | undefined): Set<string> {
  return new Set(answer?.moved.map(({ id }) => id));
}

function marked(one: Feature | undefined, mark: Mark): Feature[] {
  return one === undefined ? [] : [{ type: "Feature", geometry: one.geometry, properties: { mark } }];
}

function dot(at: Place, mark: Mark): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { mark } };
}
