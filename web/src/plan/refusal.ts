// Why can it not be so, and what would make it possible?
import type { Problem } from "../api";
import { button, element, type Child } from "../element";
import { count } from "../figures";
import { text } from "../language";
import { detourOf, places, type Room } from "./room";
import type { Work } from "./work";

const NAMED = 3; // buildings named one by one

/** `rebase` carries the plan over to what is published now. */
export function refusalCard({ refusal, sketch }: Room, work: Work, rebase: () => void): HTMLElement | false {
  if (refusal === undefined) return false;
  const { problem, live } = refusal;
  const passable = sketch !== undefined || refusal.edits.some((edit) => "blocks" in edit);
  const ways = live
    ? []
    : [sketch && detourWay(problem, work), passable && throughWay(problem, work), baseWay(problem, rebase)];
  const said = sentence(problem);
  return element(
    "div",
    { class: "notice refusal", role: live ? "status" : "alert", "data-problem": problem.type },
    element("strong", {}, problem.message),
    said !== "" && element("p", {}, said),
    !live && element("p", { class: "quiet" }, text("plan.refused")),
    ...ways,
  );
}

/** The service's own words, but for what the map shows better. */
function sentence(problem: Problem): string {
  if (problem.type === "/problems/rebase-conflict") return ""; // the form below says what is to be done
  if (!isCut(problem)) return problem.detail;
  const cut = places(problem, (role) => role === "building").map(({ properties }) => calledBy(properties ?? {}));
  if (cut.length === 0) return problem.detail;
  const names = cut.slice(0, NAMED).join("、");
  const buildings = cut.length > NAMED ? text("plan.cut.more", { buildings: names, count: count(cut.length) }) : names;
  return text("plan.cut", { buildings });
}

function calledBy({ name, id, code }: Record<string, unknown>): string {
  return [name, id, code].map((said) => String(said ?? "")).find((said) => said !== "") ?? "";
}

function detourWay(problem: Problem, work: Work): Child {
  if (detourOf(problem) === undefined) return false;
  return way("detour", text("tool.detour"), text("tool.detour.hint"), work.detour);
}

function throughWay(problem: Problem, work: Work): Child {
  return isCut(problem) && way("through", text("plan.cut.through"), text("plan.cut.through.hint"), work.through);
}

function baseWay(problem: Problem, rebase: () => void): Child {
  return problem.type === "/problems/stale-base" && way("rebase", text("publish.rebase"), "", rebase);
}

function way(id: string, label: string, hint: string, pressed: () => void): HTMLElement {
  return element("p", { class: "ways" }, button(label, { class: `way way-${id}`, "data-way": id }, pressed), hint);
}

function isCut({ type }: Problem): boolean {
  return type === "/problems/building-cut";
}
