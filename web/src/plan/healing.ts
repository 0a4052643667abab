// Which findings can be healed by drawing their community again, and with what is that asked for?
import type { Finding } from "../answers";
import { button, type Child } from "../element";
import { text } from "../language";
import { canEdit, type Room } from "./room";
import type { Work } from "./work";

const SIZES = new Set(["households-low", "households-high"]);

/** The communities whose grids have too few or too many households by these findings. */
export function communitiesOf(findings: Finding[], { grids }: Pick<Room, "grids">): string[] {
  const sizes = findings.filter(({ rule, accepted }) => SIZES.has(rule) && accepted === undefined);
  const regions = sizes.flatMap(({ codes }) => codes.map((code) => grids.get(code)?.properties.region));
  return [...new Set(regions.filter((region) => region !== undefined))].sort();
}

/** The button for findings that are about sizes, and nothing for others. */
export function healing(room: Room, work: Work): (findings: Finding[]) => Child {
  return (findings) => {
    const regions = communitiesOf(findings, room);
    if (regions.length === 0 || room.plan.state !== "draft") return false;
    const label = text(findings.length === 1 ? "heal.go" : "heal.all");
    return button(label, { class: "heal", title: text("heal.hint") }, () => {
      if (canEdit(work.room())) work.auto.heal(regions);
    });
  };
}
