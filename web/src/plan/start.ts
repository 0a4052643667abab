// Which plan is worked on: one that is open, or a new one of these communities?
import { button, element, type Child } from "../element";
import { count } from "../figures";
import { inEachLanguage, text, word } from "../language";
import type { PlanDocument } from "./answers";
import { field } from "./naming";

interface Hooks {
  begin(communities: string[], title: string, reason: string): void;
  open(id: string): void;
  nameOf(region: string): string | undefined;
}

export interface Start {
  /** Puts a community on the list, or takes it off. */
  toggle(community: string): void;
  /** Puts only this community on the list. */
  choose(community: string): void;
  isEmpty(): boolean;
  /** A plan is being started: no other one meanwhile. */
  busy(is: boolean): void;
  offer(drafts: PlanDocument[]): void;
}

/** The form for a new plan, and the list of the open ones. */
export function startForm(place: HTMLElement, hooks: Hooks): Start {
  const title = element("input", { name: "title", maxlength: 200, autocomplete: "off" });
  const reason = element("input", { name: "reason", maxlength: 1000, autocomplete: "off" });
  const chosen = element("div", { class: "chosen" });
  const go = button("", { type: "submit", class: "go" }, () => undefined);
  const form = element("form", { class: "form starting" });
  const list = element("div", { class: "drafts" });
  let communities: string[] = [];
  let drafts: PlanDocument[] | undefined;
  let isBusy = false;
  place.append(list, form);

  const called = (code: string): string => hooks.nameOf(code) ?? code;

  function write(): void {
    go.textContent = text("plan.start.go");
    go.disabled = isBusy || communities.length === 0;
    title.placeholder = usualTitle();
    chosen.replaceChildren(...(communities.length === 0 ? [text("plan.start.none")] : communities.map(chip)));
    form.replaceChildren(
      element("h3", {}, text("plan.start.title")),
      element("p", { class: "quiet" }, text("plan.start.hint")),
      element("div", { class: "field" }, element("span", {}, text("plan.start.communities")), chosen),
      field(text("plan.start.name"), title),
      field(text("plan.start.reason"), reason),
      go,
    );
    list.replaceChildren(...listed());
  }

  function usualTitle(): string {
    return communities.length === 0 ? "" : text("plan.start.name.usual", { name: communities.map(called).join(" + ") });
  }

  function chip(code: string): HTMLElement {
    const name = called(code);
    const press = button(
      text("plan.start.leave-out", { name }),
      { class: "chip-off", "data-community": code },
      () => toggle(code),
      name,
      " ×",
    );
    return press;
  }

  function listed(): Child[] & (Node | string)[] {
    const all = drafts ?? [];
    if (drafts === undefined) return [];
    const same = all.filter((one) => one.communities.some((code) => communities.includes(code)));
    const others = all.filter((one) => !same.includes(one));
    return [
      element("h3", {}, text("plan.drafts")),
      all.length === 0 && element("p", { class: "quiet" }, text("plan.drafts.none")),
      same.length > 0 && element("p", { class: "same" }, text("plan.drafts.same")),
      element("ul", { class: "plans" }, ...[...same, ...others].map((one) => element("li", {}, row(one)))),
    ].filter((one) => one !== false);
  }

  function row(plan: PlanDocument): HTMLElement {
    const names = plan.communities.slice(0, 3).map(called).join("、");
    const more = plan.communities.length > 3 ? ` +${count(plan.communities.length - 3)}` : "";
    return button(
      "",
      { class: "plan-row", "data-plan": plan.id },
      () => hooks.open(plan.id),
      element("strong", {}, plan.title === "" ? text("plan.untitled") : plan.title),
      element("span", { class: "quiet" }, `${word("plan.state", plan.state)} · ${names}${more}`),
    );
  }

  function toggle(code: string): void {
    communities = communities.includes(code) ? communities.filter((one) => one !== code) : [...communities, code];
    write();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (communities.length > 0) hooks.begin(communities, title.value.trim() || usualTitle(), reason.value.trim());
  });
  inEachLanguage(write);
  return {
    toggle,
    choose(code) {
      communities = [code];
      write();
    },
    isEmpty: () => communities.length === 0,
    busy(is) {
      isBusy = is;
      go.disabled = isBusy || communities.length === 0;
    },
    offer(next) {
      drafts = next;
      write();
    },
  };
}
