// Which blocks are chosen, and what are they together?
import { button, element } from "../element";
import { count } from "../figures";
import { text } from "../language";
import { pickedBlocks, splitOff } from "./blocks";
import { canEdit, type Room } from "./room";
import type { Work } from "./work";

/** What is told of the blocks while their tool is in hand. */
export function blocksBox(room: Room, work: Work): HTMLElement {
  return element("section", { class: "form blocks" }, element("h3", {}, text("blocks.title")), ...told(room, work));
}

function told(room: Room, work: Work): HTMLElement[] {
  const { blocks, picked } = room;
  if (blocks === undefined) return [element("p", { class: "quiet" }, text("blocks.reading"))];
  if (blocks.length === 0) {
    const make = button(text("blocks.make"), { class: "go", "data-blocks": "make" }, () =>
      work.auto.draw({ blocks: "only" }),
    );
    make.disabled = !canEdit(room);
    return [element("p", { class: "quiet" }, text("blocks.none")), make];
  }
  const all = pickedBlocks(room);
  const households = all.reduce((sum, { properties }) => sum + properties.households, 0);
  const chosen = { count: count(all.length), households: count(households) };
  return [
    element("p", { class: "quiet" }, text("blocks.count", { count: count(blocks.length) })),
    element(
      "p",
      { class: "picked", role: "status" },
      picked.length === 0 ? text("blocks.chosen.none") : text("blocks.chosen", chosen),
    ),
    ...(picked.length > 0 && splitOff(room) === undefined
      ? [element("p", { class: "quiet" }, text("blocks.several"))]
      : []),
  ];
}
