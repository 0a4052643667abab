// What does the panel say of the plan on the desk?
import type { Geometry } from "geojson";
import type { Finding } from "../answers";
import { button, element, type Child } from "../element";
import { count, instant } from "../figures";
import { groupBox } from "../findings";
import { grouped } from "../groups";
import { text, word } from "../language";
import type { PlanDocument } from "./answers";
import { blocksBox } from "./blocksBox";
import { conflictsForm } from "./conflicts";
import { drawForm } from "./drawForm";
import { drawnCard } from "./drawnCard";
import { healing } from "./healing";
import { namingForm } from "./naming";
import { outcomeCard } from "./outcome";
import { proposalsCard } from "./proposalsCard";
import { publishing } from "./publishing";
import { refusalCard } from "./refusal";
import { canEdit, type Room } from "./room";
import { lostFocus, runningCard } from "./runningCard";
import { differencePage, type Said, type Turn } from "./service";
import type { Work } from "./work";

interface Hooks {
  close(): void;
  shown(finding: Finding): void;
  turn(which: Turn | "withdraw", said: Said): void;
  /** A place is to be seen. */
  looked(shape: Geometry): void;
  nameOf(region: string): string | undefined;
}

export interface PlanPanel {
  show(room: Room, work: Work): void;
  /** A card over everything else, or none. */
  tell(card: HTMLElement | undefined): void;
}

/** The parts in `place`, each written anew only when what it tells of has changed: what has the focus keeps it. */
export function planPanel(place: HTMLElement, hooks: Hooks): PlanPanel {
  const head = element("header", { class: "plan-head" });
  const told = element("div", { class: "told" });
  const refused = element("div", { class: "told" });
  const task = element("div", { class: "plan-task" });
  const result = element("div", { class: "results", "aria-live": "polite" });
  const findings = element("div", { class: "plan-findings" });
  const publish = element("section", { class: "form publishing" });
  const form = publishing(publish, hooks.turn);
  const open = new Set<string>();
  const seen = new Map<HTMLElement, string>();
  const stale = element("div", { class: "told" });
  const rebase = (): void => hooks.turn("rebase", {});
  const wished = element("div", { class: "plan-task", hidden: true });
  const runs = element("div", { hidden: true });
  const proposed = element("div", { class: "results", "aria-live": "polite" });
  const drawing = drawForm(wished);
  let now: Work | undefined;
  const running = runningCard(runs, (how) => now?.auto.end(how));
  place.append(head, stale, told, refused, runs, proposed, result, wished, task, findings, publish);

  function write(part: HTMLElement, key: unknown[], content: () => Child[]): void {
    const now = [text("page.language"), ...key].map(keyOf).join();
    if (seen.get(part) === now) return;
    seen.set(part, now);
    part.replaceChildren(...content().filter((one) => one !== false && one !== null && one !== undefined));
  }

  return {
    show(room, work) {
      const { plan, refusal, preview, outcome, tool, chosen, grids, drawn, proposals } = room;
      now = work;
      write(head, [plan.id, plan.state, plan.title, plan.at, hooks.nameOf(plan.communities[0] ?? "")], () =>
        heading(room),
      );
      write(refused, [refusal, room.sketch === undefined], () => [
        refusalCard(room, work, rebase),
        refusal?.problem.type === "/problems/rebase-conflict" &&
          conflictsForm(refusal.problem, {
            shown: hooks.looked,
            chosen: (choices) => hooks.turn("rebase", { choices }),
          }),
      ]);
      write(stale, [plan.stale?.join(), plan.state], () => [staleCard(plan, hooks.nameOf, rebase)]);
      const named = tool === "name" && chosen[0] !== undefined ? grids.get(chosen[0]) : undefined;
      const picks = tool === "blocks" ? [room.blocks, room.picked, canEdit(room)] : [];
      write(task, [named, ...picks], () => [
        named !== undefined && namingForm(named, work.keep),
        tool === "blocks" && blocksBox(room, work),
      ]);
      drawing.show(room, work);
      const ended = running.show(room.running);
      const answer = preview ?? outcome;
      const title = preview === undefined ? "plan.done" : tool === "merge" ? "plan.merged" : "plan.would";
      write(result, [answer, title, drawn, room.stopped], () => [
        answer !== undefined && outcomeCard(text(title), answer, hooks.shown),
        drawn !== undefined && drawnCard(drawn, { instead: work.auto.instead, nameOf: hooks.nameOf }),
        room.stopped && element("p", { class: "quiet" }, text("draw.stopped")),
      ]);
      write(proposed, [proposals], () => [
        proposals !== undefined &&
          proposalsCard(proposals, { ...work.auto, close: work.auto.leave, nameOf: hooks.nameOf }),
      ]);
      write(findings, [room.findings, plan.state], () => [findingsBox(room, open, hooks.shown, work)]);
      if (ended) goTo(drawn !== undefined ? result : proposals !== undefined ? proposed : undefined);
      form.show(plan);
      place.dataset["revision"] = String(plan.revision);
    },
    tell(card) {
      told.replaceChildren(...(card === undefined ? [] : [card]));
      if (card !== undefined) card.scrollIntoView({ block: "nearest" });
    },
  };

  function heading({ plan }: Room): Child[] {
    const { title, state, communities, at, id } = plan;
    const names = communities.slice(0, 5).map((code) => hooks.nameOf(code) ?? code);
    const more = communities.length > 5 ? ` +${count(communities.length - 5)}` : "";
    return [
      element(
        "p",
        { class: "plan-line" },
        element("span", { class: `state state-${state}` }, word("plan.state", state)),
        button(`← ${text("plan.close")}`, { class: "link close" }, hooks.close),
      ),
      element("h2", {}, title === "" ? text("plan.untitled") : title),
      element("p", { class: "quiet" }, names.join("、") + more),
      state === "scheduled" && at && element("p", {}, text("plan.state.at", { at: instant(at) })),
      element(
        "p",
        {},
        element(
          "a",
          {
            class: "difference",
            href: differencePage(id),
            target: "_blank",
            rel: "noopener",
            title: text("plan.difference.hint"),
          },
          `${text("plan.difference")} ↗`,
        ),
      ),
    ];
  }
}

/** What came of a job is to be seen, and has the focus where it would be lost. */
function goTo(part: HTMLElement | undefined): void {
  part?.scrollIntoView({ block: "nearest" });
  if (lostFocus()) part?.querySelector<HTMLElement>("h3[tabindex]")?.focus();
}

/** What others published since, and what is to be done about it. */
function staleCard({ stale = [], state }: PlanDocument, nameOf: Hooks["nameOf"], rebase: () => void): Child {
  if (stale.length === 0 || state !== "draft") return false;
  const names = stale.map((code) => nameOf(code) ?? code).join("、");
  return element(
    "div",
    { class: "warnings stale", role: "status" },
    element("p", {}, text("publish.stale", { names })),
    element("p", { class: "ways" }, button(text("publish.rebase"), { class: "way", "data-way": "rebase" }, rebase)),
  );
}

function findingsBox(
  room: Room,
  open: Set<string>,
  shown: (finding: Finding) => void,
  work: Work,
): HTMLElement {
  const { findings } = room;
  const title =
    findings === undefined ? text("plan.findings.all") : text("plan.findings", { count: count(findings.length) });
  const groups = (findings === undefined ? [] : grouped(findings)).map((group) =>
    groupBox(group, open, shown, healing(room, work)),
  );
  return element(
    "section",
    {},
    element("h3", {}, title),
    findings?.length === 0 && element("p", { class: "all-good" }, text("findings.none")),
    ...groups,
  );
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** A text that differs for every other object. */
function keyOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  let number = numbers.get(value);
  if (number === undefined) numbers.set(value, (number = ++last));
  return `#${number}`;
}
