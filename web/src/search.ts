// Where is the grid with this code?
import { button, element } from "./element";
import { inEachLanguage, text } from "./language";
import { told } from "./notice";

/** A box for a code; `find` shows the grid or fails, and the failure is told under the box. */
export function showSearch(form: HTMLElement, find: (code: string) => Promise<void>): void {
  const box = element("input", {
    type: "search",
    name: "code",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "search",
  });
  const go = button("", { type: "submit" }, () => undefined);
  const answer = element("p", { class: "search-answer", role: "alert" });
  form.append(box, go, answer);
  inEachLanguage(() => {
    box.setAttribute("aria-label", text("search.label"));
    box.placeholder = text("search.hint");
    go.textContent = text("search.go");
    answer.replaceChildren(); // it was said in the other language
  });
  box.addEventListener("input", () => answer.replaceChildren());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void search(box.value, find, answer);
  });
}

async function search(typed: string, find: (code: string) => Promise<void>, answer: HTMLElement): Promise<void> {
  const code = typed.normalize("NFKC").trim(); // Chinese keyboards type full-width digits
  if (code === "") return;
  try {
    answer.replaceChildren();
    await find(code);
  } catch (failure) {
    const [title, detail] = told(failure);
    answer.replaceChildren(element("strong", {}, title), detail);
  }
}
