// What happens at the service just now? Told as it happens; the page looks by itself as well where nothing is told.
import { follow, type Told } from "./eventStream";
import { bearer, onToken } from "./token";

interface Hooks {
  published(): void;
  plan(id: string, revision: number, who: string | undefined): void;
}

/** Listens until the page is left, and anew with each token: who has none hears of publications only. */
export function listen(hooks: Hooks): void {
  let left = new AbortController();
  let last = ""; // the event that was heard last

  function begin(): void {
    left.abort();
    left = new AbortController();
    const { signal } = left;
    void follow(
      () => opened(last, signal),
      (told) => {
        last = told.id;
        take(told, hooks);
      },
      signal,
    );
  }

  window.addEventListener("pagehide", () => left.abort());
  window.addEventListener("pageshow", ({ persisted }) => persisted && begin()); // come back to, as it was left
  onToken(begin);
  begin();
}

/** `EventSource` can send no token, and gives up for good when an answer is refused once. */
function opened(last: string, signal: AbortSignal): Promise<Response> {
  const after: Record<string, string> = last === "" ? {} : { "Last-Event-ID": last };
  const headers = { Accept: "text/event-stream", ...after, ...bearer() };
  return fetch(new URL("v1/events", document.baseURI), { headers, cache: "no-store", signal });
}

function take({ name, data }: Told, { published, plan }: Hooks): void {
  if (name === "published") published();
  if (name !== "plan") return;
  const told = JSON.parse(data) as Record<"id" | "revision" | "actor", unknown>;
  if (typeof told.id === "string" && typeof told.revision === "number")
    plan(told.id, told.revision, typeof told.actor === "string" ? told.actor : undefined);
}
