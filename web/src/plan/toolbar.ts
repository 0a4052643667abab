// Which tool is in hand, what is to be done with it, and what can be done next? A bar over the map.
import { button, element, type Child } from "../element";
import { inEachLanguage, text } from "../language";
import { splitOff } from "./blocks";
import { icon } from "./icons";
import { canEdit, detourOf, TOOLS, type Room, type Tool } from "./room";
import { intentOf } from "./sketch";
import type { Work } from "./work";

export interface Toolbar {
  /** Shows the bar for a plan on the desk, and hides it without one. */
  show(room: Room | undefined): void;
}

export function toolbar(place: HTMLElement, work: () => Work | undefined): Toolbar {
  const tools = new Map(
    TOOLS.map((tool) => [tool, button("", { class: "tool", "data-tool": tool }, () => work()?.take(tool))]),
  );
  const steps = new Map(
    (["undo", "redo"] as const).map((which) => [
      which,
      button("", { class: "tool", "data-step": which }, () => work()?.step(which)),
    ]),
  );
  const bar = element("div", { class: "tools", role: "toolbar" }, ...tools.values(), ...steps.values());
  const hint = element("p", { class: "hint", role: "status" });
  const next = element("div", { class: "next" });
  const task = element("div", { class: "task" }, hint, next);
  let room: Room | undefined;
  let written = "";
  place.append(bar, task);

  function write(): void {
    place.hidden = room === undefined;
    if (room === undefined) return;
    const { plan, busy, running } = room;
    const may = canEdit(room) || busy || running !== undefined; // a bar that blinks with each edit would lose the focus
    for (const [tool, made] of tools) {
      made.disabled = !may;
      made.setAttribute("aria-pressed", String(tool === room.tool && may));
    }
    const back = may && running === undefined;
    steps.get("undo")?.toggleAttribute("disabled", !plan.can_undo || !back);
    steps.get("redo")?.toggleAttribute("disabled", !plan.can_redo || !back);
    place.setAttribute("aria-busy", String(busy || running !== undefined));
    const what = text(hintOf(room));
    if (hint.textContent !== what) hint.textContent = what; // told again, it would be read out again
    const offered = offers(room, work);
    const now = offered.map(({ id, label }) => `${id} ${label}`).join();
    if (now === written) return;
    written = now;
    next.replaceChildren(...offered.map(({ id, label, pressed }) => button(label, { "data-next": id }, pressed)));
  }

  inEachLanguage(() => {
    written = "";
    bar.setAttribute("aria-label", text("tool.bar"));
    for (const [name, made] of [...tools, ...steps]) made.replaceChildren(...face(name));
    write();
  });
  window.addEventListener("keydown", (event) => {
    const which = stepOf(event);
    if (which === undefined || room === undefined || isTyping(event.target)) return;
    event.preventDefault();
    work()?.step(which);
  });
  return {
    show(next) {
      room = next;
      write();
    },
  };
}

function face(name: Tool | "undo" | "redo"): Child[] & (Node | string)[] {
  return [icon(name), element("span", {}, text(`tool.${name}`))];
}

type Hint =
  | `tool.${Tool | "refused" | "closed" | "done"}.hint`
  | "tool.move.held"
  | "tool.move.touch"
  | "tool.assign.draw"
  | "tool.draw.chosen"
  | "tool.draw.running"
  | "tool.blocks.give"
  | "plan.busy";

function hintOf(room: Room): Hint {
  const { plan, tool, drawing, held, refusal, chosen, sketch, busy } = room;
  if (busy) return "plan.busy";
  if (room.running !== undefined) return "tool.draw.running";
  if (plan.state !== "draft") return "tool.closed.hint";
  if (held !== undefined) return "tool.move.held";
  if (refusal !== undefined && sketch !== undefined) return "tool.refused.hint";
  if (drawing && sketch !== undefined && intentOf(sketch) !== undefined) return "tool.done.hint";
  if (tool === "assign" && chosen.length > 0) return "tool.assign.draw";
  if (tool === "draw" && chosen.length > 0) return "tool.draw.chosen";
  if (tool === "blocks" && room.giving) return "tool.blocks.give";
  if (tool === "move" && room.under === undefined && window.matchMedia("(pointer: coarse)").matches)
    return "tool.move.touch";
  return `tool.${tool}.hint`;
}

interface Offer {
  id: string;
  label: string;
  pressed(): void;
}

/** What can be pressed now, beside the map. */
function offers(room: Room, work: () => Work | undefined): Offer[] {
  const { sketch, drawing, refusal, chosen, tool, busy, held, running, picked } = room;
  if (busy || held !== undefined || running !== undefined) return [];
  const detour = refusal && sketch && detourOf(refusal.problem);
  const all: (Offer | false | undefined)[] = [
    detour && { id: "detour", label: text("tool.detour"), pressed: () => work()?.detour() },
    drawing &&
      sketch !== undefined &&
      intentOf(sketch) !== undefined && { id: "done", label: text("tool.done"), pressed: () => work()?.finish() },
    sketch !== undefined &&
      !drawing &&
      refusal === undefined && { id: "again", label: text("tool.again"), pressed: () => work()?.again() },
    tool === "merge" &&
      chosen.length > 1 && {
        id: "merge",
        label: text("tool.merge.go", { count: chosen.length }),
        pressed: () => work()?.keep([{ op: "merge", grids: work()?.room().chosen ?? [] }]),
      },
    ...(tool === "blocks" && canEdit(room) ? ofBlocks(room, work) : []),
    (sketch !== undefined || chosen.length > 0 || picked.length > 0) && {
      id: "cancel",
      label: text("tool.cancel"),
      pressed: () => work()?.cancel(),
    },
  ];
  return all.filter((offer) => offer !== undefined && offer !== false);
}

function ofBlocks(room: Room, work: () => Work | undefined): (Offer | false)[] {
  const alone = splitOff(room);
  if (room.picked.length === 0 || room.giving) return [];
  return [
    alone !== undefined && {
      id: "blocks-split",
      label: text("tool.blocks.split.go"),
      pressed: () => work()?.keep([splitOff(work()?.room() ?? room) ?? alone]),
    },
    { id: "blocks-give", label: text("tool.blocks.give.go"), pressed: () => work()?.give() },
  ];
}

function stepOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): "undo" | "redo" | undefined {
  if (!(ctrlKey || metaKey) || altKey) return undefined;
  const letter = key.toLowerCase();
  if (letter === "z") return shiftKey ? "redo" : "undo";
  return letter === "y" ? "redo" : undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, select, textarea");
}
