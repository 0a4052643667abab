// How is a failure told? With the service's own words, never swallowed.
import { Problem, Unreachable } from "./api";
import { element } from "./element";
import { text } from "./language";

/** A card that tells what went wrong, for the place where the answer would have stood. */
export function notice(failure: unknown): HTMLElement {
  const [title, detail] = told(failure);
  return element(
    "div",
    { class: "notice", role: "alert" },
    element("strong", {}, title),
    detail !== "" && element("p", {}, detail),
  );
}

/** Title and detail of a failure. */
export function told(failure: unknown): [title: string, detail: string] {
  if (failure instanceof Problem) return [failure.message, failure.detail];
  if (failure instanceof Unreachable) return [failure.message, text("page.unreachable.detail")];
  return [text("page.fault"), failure instanceof Error ? failure.message : String(failure)];
}
