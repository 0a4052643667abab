// What would bring grids into the range of households, and which of it does the planner take?
import { button, element } from "../element";
import { count } from "../figures";
import { text } from "../language";
import type { Proposal, ProposalsAnswer } from "./drawAnswers";
import { leftOf, lines } from "./drawnCard";

interface Hooks {
  look(proposal: Proposal): void;
  accept(proposal: Proposal): void;
  close(): void;
  nameOf(region: string): string | undefined;
}

export function proposalsCard({ proposals, left }: ProposalsAnswer, hooks: Hooks): HTMLElement {
  const said = (code: string): string => hooks.nameOf(code) ?? code;
  return element(
    "section",
    { class: "outcome proposals" },
    element(
      "div",
      { class: "plan-line" },
      element("h3", { tabindex: -1 }, text("heal.title")),
      button(text("heal.close"), { class: "link" }, hooks.close),
    ),
    proposals.length === 0 && element("p", {}, text("heal.none")),
    element("ul", {}, ...proposals.map((one) => row(one, said(one.region), hooks))),
    lines(text("draw.left"), leftOf(left, said)),
  );
}

function row(proposal: Proposal, name: string, { look, accept }: Hooks): HTMLElement {
  const { moved, heals, reasons, id } = proposal;
  const healed = heals.length === 1 ? text("heal.heals.one") : text("heal.heals", { count: count(heals.length) });
  return element(
    "li",
    { "data-proposal": id },
    element("strong", {}, name),
    element("p", {}, `${text("heal.moved", { moved: count(moved) })} · ${healed}`),
    ...reasons.map((reason) => element("p", { class: "quiet" }, reason)),
    element(
      "div",
      { class: "actions" },
      button(text("heal.accept"), { class: "go", "data-heal": "accept" }, () => accept(proposal)),
      button(text("heal.look"), { "data-heal": "look" }, () => look(proposal)),
    ),
  );
}
