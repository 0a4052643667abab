// Which part of the panel is open?
import { button, found } from "./element";
import { inEachLanguage, text } from "./language";

export type Tab = "owner" | "findings";
const TABS: Tab[] = ["owner", "findings"];

export interface Tabs {
  open(tab: Tab): void;
  countFindings(count: string | undefined): void;
}

/** Two tabs over the panel's two sections; arrow keys move between them. */
export function tabs(place: HTMLElement): Tabs {
  let opened: Tab = "owner";
  let findings: string | undefined;
  const handles = new Map(TABS.map((tab) => [tab, handle(tab)]));

  function handle(tab: Tab): HTMLButtonElement {
    return button("", { role: "tab", id: `tab-${tab}`, "aria-controls": tab }, () => open(tab));
  }

  function open(tab: Tab): void {
    opened = tab;
    for (const [name, made] of handles) {
      made.setAttribute("aria-selected", String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
      found(name).hidden = name !== tab;
    }
  }

  function write(): void {
    handles.get("owner")?.replaceChildren(text("tab.owner"));
    handles
      .get("findings")
      ?.replaceChildren(
        findings === undefined ? text("tab.findings") : text("tab.findings.count", { count: findings }),
      );
  }

  place.append(...handles.values());
  place.addEventListener("keydown", ({ key }) => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    open(opened === "owner" ? "findings" : "owner");
    handles.get(opened)?.focus();
  });
  inEachLanguage(write);
  open("owner");
  return {
    open,
    countFindings(count) {
      findings = count;
      write();
    },
  };
}
