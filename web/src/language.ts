// Which language does the reader want, and what is a text in it?
import { fill, texts, type Language, type TextId, type Values } from "./texts";

const KEPT = "wangge.language";
const listeners = new Set<() => void>();
let chosen: Language | undefined;

/** The reader's choice, else the browser's first language. */
export function language(): Language {
  chosen ??= kept() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  return chosen;
}

/** `zh-CN` or `en`: for `lang`, `Accept-Language` and number formats. */
export function languageTag(): string {
  return language() === "zh" ? "zh-CN" : "en";
}

export function chooseLanguage(next: Language): void {
  chosen = next;
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // Storage may be forbidden: then the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Calls `listener` now and after every change of language. */
export function inEachLanguage(listener: () => void): void {
  listeners.add(listener);
  listener();
}

export function text<Id extends TextId>(id: Id, ...values: Values<Id>): string {
  return fill(language(), id, ...values);
}

type Topic =
  | "kind"
  | "layer"
  | "standing"
  | "level"
  | "severity"
  | "rule"
  | "verdict"
  | "role"
  | "post"
  | "ruling"
  | "plan.state"
  | "tool"
  | "draw.phase";

/** The word for an id that the service sent; the id itself where the catalogue has no word for it. */
export function word(topic: Topic, id: string): string {
  const said: Record<string, Record<Language, string>> = texts;
  return said[`${topic}.${id}`]?.[language()] ?? id;
}

function kept(): Language | undefined {
  try {
    const value = localStorage.getItem(KEPT);
    return value === "zh" || value === "en" ? value : undefined;
  } catch {
    return undefined;
  }
}
