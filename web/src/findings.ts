// Which rules are broken in a region, and where? Asks for the coverage and lists the findings.
import { coverage } from "./api";
import type { CoverageAnswer, Finding, RegionProperties } from "./answers";
import { button, element, type Child } from "./element";
import { count } from "./figures";
import { figuresTable, findingRow } from "./findingRow";
import { grouped, type Group } from "./groups";
import { inEachLanguage, text, word } from "./language";
import { notice } from "./notice";

const AT_ONCE = 20; // rows shown of a group, and added by "show more"

interface Hooks {
  shown(finding: Finding): void;
  counted(findings: string | undefined): void;
}

export interface FindingsPanel {
  /** The regions that can be checked: the roots of the tree. Asks anew for the chosen one. */
  offer(roots: RegionProperties[]): Promise<void>;
}

export function findingsPanel(place: HTMLElement, hooks: Hooks): FindingsPanel {
  let roots: RegionProperties[] | undefined;
  let chosen: string | undefined;
  let asked = 0;
  const open = new Set<string>(); // the rules whose findings are listed, kept when the list is read anew

  async function ask(): Promise<void> {
    if (roots === undefined) return show(element("p", { class: "empty" }, text("page.waiting")));
    if (chosen === undefined) return show(element("p", { class: "empty" }, text("findings.no-region")));
    const mine = ++asked;
    place.setAttribute("aria-busy", "true");
    if (place.querySelector(".figures") === null) show(element("p", { class: "empty" }, text("findings.checking")));
    let content: HTMLElement[];
    try {
      content = report(await coverage(chosen));
    } catch (failure) {
      hooks.counted(undefined);
      content = [notice(failure)];
    }
    if (mine === asked) show(...content);
  }

  function report(answer: CoverageAnswer): HTMLElement[] {
    hooks.counted(count(answer.findings.length));
    const groups = grouped(answer.findings).map((group) => groupBox(group, open, hooks.shown));
    const none = element("p", { class: "all-good" }, text("findings.none"));
    return [figuresTable(answer.coverage), ...(groups.length > 0 ? groups : [none])];
  }

  function show(...content: HTMLElement[]): void {
    place.setAttribute("aria-busy", "false");
    place.replaceChildren(...picker(), ...content);
  }

  function picker(): HTMLElement[] {
    if (roots === undefined || roots.length === 0) return [];
    const options = roots.map(({ code, name }) =>
      element("option", { value: code, selected: code === chosen }, name === "" ? code : name),
    );
    const select = element("select", {}, ...options);
    select.addEventListener("change", () => {
      chosen = select.value;
      void ask();
    });
    return [
      element(
        "label",
        { class: "picker" },
        element("span", {}, text("findings.region")),
        roots.length > 1 ? select : element("strong", {}, roots[0]?.name ?? ""),
      ),
    ];
  }

  inEachLanguage(() => void ask());
  return {
    offer(next) {
      roots = next;
      if (!next.some(({ code }) => code === chosen)) chosen = next[0]?.code;
      return ask();
    },
  };
}

/** `remedy`: what is offered with some of its findings, or with all of them together. */
export function groupBox(
  group: Group,
  open: Set<string>,
  shown: (finding: Finding) => void,
  remedy: (findings: Finding[]) => Child = () => false,
): HTMLElement {
  const rows = element("ul", { class: "rows" });
  const more = button("", { class: "more" }, () => add());
  let listed = 0;

  function add(): void {
    for (const finding of group.findings.slice(listed, listed + AT_ONCE))
      rows.append(element("li", {}, findingRow(finding, shown), remedy([finding])));
    listed = Math.min(listed + AT_ONCE, group.findings.length);
    const left = group.findings.length - listed;
    more.hidden = left === 0;
    more.textContent = text("findings.more", { count: Math.min(AT_ONCE, left) });
  }

  const title = element(
    "summary",
    {},
    element("span", { class: `severity severity-${group.severity}` }, word("severity", group.severity)),
    element("span", { class: "rule" }, word("rule", group.rule)),
    element("span", { class: "count" }, count(group.findings.length)),
  );
  const box = element(
    "details",
    { class: "group", "data-rule": group.rule, open: open.has(group.rule) },
    title,
    group.findings.length > 1 && remedy(group.findings),
    rows,
    more,
  );
  box.addEventListener("toggle", () => {
    if (box.open) open.add(group.rule);
    else open.delete(group.rule);
    if (listed === 0) add();
  });
  return box;
}
