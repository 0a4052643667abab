// Which part of the panel is open?
import { button, found } from "./element";
import { inEachLanguage, text } from "./language";

export type Tab = "owner" | "findings" | "plan";
const TABS: Tab[] = ["owner", "findings", "plan"];

export interface Tabs {
  open(tab: Tab): void;
  opened(): Tab;
  countFindings(count: string | undefined): void;
}

/** Tabs over the panel's sections; arrow keys move between them. `front` is called with each that comes to the front. */
export function tabs(place: HTMLElement, front: (tab: Tab) => void): Tabs {
  let opened: Tab = "owner";
  let findings: string | undefined;
  const handles = new Map(TABS.map((tab) => [tab, handle(tab)]));

  function handle(tab: Tab): HTMLButtonElement {
    return button("", { role: "tab", id: `tab-${tab}`, "aria-controls": tab }, () => open(tab));
  }

  function open(tab: Tab): void {
    const changed = tab !== opened;
    opened = tab;
    for (const [name, made] of handles) {
      made.setAttribute("aria-selected", String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
      found(name).hidden = name !== tab;
    }
    if (changed) front(tab);
  }

  function write(): void {
    handles.get("owner")?.replaceChildren(text("tab.owner"));
    handles.get("plan")?.replaceChildren(text("tab.plan"));
    handles
      .get("findings")
      ?.replaceChildren(
        findings === undefined ? text("tab.findings") : text("tab.findings.count", { count: findings }),
      );
  }

  place.append(...handles.values());
  place.addEventListener("keydown", ({ key }) => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    const step = key === "ArrowRight" ? 1 : TABS.length - 1;
    const next = TABS[(TABS.indexOf(opened) + step) % TABS.length] ?? opened;
    open(next);
    handles.get(next)?.focus();
  });
  inEachLanguage(write);
  open("owner");
  return {
    open,
    opened: () => opened,
    countFindings(count) {
      findings = count;
      write();
    },
  };
}
