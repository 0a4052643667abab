// How does a plan come into force: who said yes, when, and why?
import { button, element, type Child } from "../element";
import { inEachLanguage, text } from "../language";
import type { PlanDocument } from "./answers";
import { field } from "./naming";
import type { Said, Turn } from "./service";

export interface Publishing {
  show(plan: PlanDocument): void;
}

/** The form in `place`; what was typed stays while the plan is worked on. */
export function publishing(place: HTMLElement, turn: (which: Turn | "withdraw", said: Said) => void): Publishing {
  const reason = element("input", { name: "reason", maxlength: 1000, autocomplete: "off" });
  const number = element("input", { name: "approval", maxlength: 200, autocomplete: "off" });
  const at = element("input", { name: "at", type: "date" });
  const now = element("input", { type: "radio", name: "when", value: "now", checked: true });
  const later = element("input", { type: "radio", name: "when", value: "later" });
  let plan: PlanDocument | undefined;
  let sure = false;
  let written = "";

  function write(): void {
    if (plan === undefined) return;
    const key = [plan.id, plan.state, later.checked, sure, text("publish.title")].join();
    if (key === written) return; // what has the focus keeps it
    written = key;
    place.replaceChildren(element("h3", {}, text("publish.title")), ...content(plan));
  }

  function content({ state }: PlanDocument): Child[] & (Node | string)[] {
    switch (state) {
      case "draft":
        return [why(), when(), actions(publish(), press("submit", text("publish.submit"))), withdraw()];
      case "submitted":
        return [
          approval(),
          actions(press("approve", text("publish.approve"), approvalSaid), press("reopen", text("publish.reopen"))),
          withdraw(),
        ];
      case "approved":
        return [why(), when(), actions(publish(), press("reopen", text("publish.reopen"))), withdraw()];
      case "scheduled":
        return [withdraw()];
      case "withdrawn":
        return [actions(press("reopen", text("publish.reopen")))];
      case "published":
        return [];
    }
  }

  function why(): HTMLElement {
    return field(text("publish.reason"), reason);
  }

  function approval(): HTMLElement {
    return field(text("publish.number"), number);
  }

  function when(): HTMLElement {
    at.setAttribute("aria-label", text("publish.at"));
    at.hidden = !later.checked;
    return element(
      "fieldset",
      { class: "when-in-force" },
      element("legend", {}, text("publish.when")),
      element("label", {}, now, text("publish.now")),
      element("label", {}, later, text("publish.later")),
      at,
    );
  }

  function publish(): HTMLElement {
    const label = later.checked ? text("publish.schedule") : text("publish.go");
    return button(label, { class: "go", "data-turn": "publish" }, () => {
      if (later.checked && at.value === "") return at.focus();
      const because = reason.value.trim();
      turn("publish", { ...(because && { reason: because }), ...(later.checked && { at: at.value }) });
    });
  }

  const approvalSaid = (): Said => ({ ...(number.value.trim() && { approval: number.value.trim() }) });

  function press(which: Turn, label: string, said: () => Said = () => ({})): HTMLElement {
    return button(label, { "data-turn": which }, () => turn(which, said()));
  }

  /** Pressed twice: a plan is not to be put away by a slip. */
  function withdraw(): HTMLElement {
    const label = sure ? text("publish.withdraw.sure") : text("publish.withdraw");
    return element(
      "p",
      { class: "away" },
      button(label, { "data-turn": "withdraw" }, () => {
        if (sure) turn("withdraw", {});
        sure = !sure;
        write();
        place.querySelector<HTMLElement>('[data-turn="withdraw"]')?.focus();
      }),
    );
  }

  for (const one of [now, later]) one.addEventListener("change", write);
  inEachLanguage(write);
  return {
    show(next) {
      if (next.id !== plan?.id) {
        reason.value = next.reason;
        number.value = next.approval ?? "";
        sure = false;
      }
      plan = next;
      write();
    },
  };
}

function actions(...all: HTMLElement[]): HTMLElement {
  return element("div", { class: "actions" }, ...all);
}
