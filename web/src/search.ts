// What did the reader mean: which region, grid, building or facility?
import { search } from "./api";
import type { Hit } from "./answers";
import { button, element } from "./element";
import { inEachLanguage, text, word } from "./language";
import { told } from "./notice";

const PAUSE_MS = 150; // a reader who types on is not asked about yet

/** A box with the hits of what is typed; `go` shows the chosen one or fails, and the failure is told under the box. */
export function showSearch(form: HTMLElement, go: (hit: Hit) => Promise<void>): void {
  const box = element("input", {
    type: "search",
    name: "q",
    maxlength: 200,
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "hits",
  });
  const press = button("", { type: "submit" }, () => undefined);
  const list = element("ul", { id: "hits", class: "hits", role: "listbox", hidden: true });
  const answer = element("p", { class: "search-answer", role: "status" });
  form.append(box, press, list, answer);
  let hits: Hit[] = [];
  let active = -1;
  let asked = ""; // what the hits are for, or will be
  let timer: number | undefined;

  function show(next: Hit[]): void {
    hits = next;
    list.replaceChildren(...hits.map((hit, number) => option(hit, number, () => choose(hit))));
    open(hits.length > 0);
  }

  function open(on: boolean): void {
    list.hidden = !on;
    box.setAttribute("aria-expanded", String(on));
    point(on ? 0 : -1);
  }

  function point(at: number): void {
    active = at;
    for (const [number, one] of [...list.children].entries()) {
      one.setAttribute("aria-selected", String(number === at));
      if (number === at) one.scrollIntoView({ block: "nearest" });
    }
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `hit-${at}`);
  }

  function fail(failure: unknown): void {
    const [title, detail] = told(failure);
    answer.setAttribute("data-trouble", "");
    answer.replaceChildren(element("strong", {}, title), detail);
  }

  function hush(): void {
    window.clearTimeout(timer);
    answer.removeAttribute("data-trouble");
    answer.replaceChildren();
  }

  /** The last words typed win, whichever answer comes first. */
  async function ask(): Promise<void> {
    hush();
    const typed = box.value.trim();
    asked = typed;
    if (typed === "") return show([]);
    try {
      const { results } = await search(typed);
      if (asked !== typed) return;
      show(results);
      if (results.length === 0) answer.replaceChildren(text("search.none"));
    } catch (failure) {
      if (asked === typed) (show([]), fail(failure));
    }
  }

  function choose(hit: Hit): void {
    hush();
    asked = box.value = hit.name === "" ? hit.code : hit.name;
    open(false);
    go(hit).catch(fail);
  }

  function typing(): void {
    hush();
    timer = window.setTimeout(() => void ask(), PAUSE_MS);
  }

  inEachLanguage(() => {
    box.setAttribute("aria-label", text("search.label"));
    list.setAttribute("aria-label", text("search.hits"));
    box.placeholder = text("search.hint");
    press.textContent = text("search.go");
    hush(); // it was said in the other language
    show([]);
  });
  // Chinese is typed as letters first: they are nothing to look for
  box.addEventListener("input", (event) => (event as InputEvent).isComposing || typing());
  box.addEventListener("compositionend", typing);
  box.addEventListener("focus", () => hits.length > 0 && asked === box.value.trim() && open(true));
  box.addEventListener("blur", () => open(false));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1 + hits.length };
    const next = steps[event.key];
    if (next !== undefined) point(next % hits.length);
    else if (event.key === "Escape") open(false);
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const hit = hits[active];
    if (hit !== undefined && asked === box.value.trim()) choose(hit);
    else void ask();
  });
}

function option(hit: Hit, number: number, chosen: () => void): HTMLElement {
  const title = hit.name === "" ? hit.code : hit.name;
  const about = [hit.name === "" ? "" : hit.code, hit.address].filter((part) => part !== "");
  const made = element(
    "li",
    { id: `hit-${number}`, role: "option", "aria-selected": "false", "data-code": hit.code },
    element("span", { class: `hit-layer hit-${hit.layer}` }, word("layer", hit.layer)),
    element("span", { class: "hit-title" }, title),
    about.length > 0 && element("span", { class: "hit-about" }, about.join(" · ")),
  );
  made.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus, the list stays
  made.addEventListener("click", chosen);
  return made;
}
