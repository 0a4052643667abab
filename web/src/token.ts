// With which token does the page act, where the service asks for one? Kept for as long as the tab is open.
const KEPT = "wangge.token";
const listeners: (() => void)[] = [];
let token: string | undefined;

/** The header of a request, empty where there is no token. */
export function bearer(): Record<string, string> {
  token ??= kept();
  return token === "" ? {} : { Authorization: `Bearer ${token}` };
}

export function keepToken(next: string): void {
  token = next.trim();
  try {
    sessionStorage.setItem(KEPT, token);
  } catch {
    // Storage may be forbidden: then the token lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever another token is given. */
export function onToken(listener: () => void): void {
  listeners.push(listener);
}

function kept(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}
