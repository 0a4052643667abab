// What happens at the service just now? Told as it happens; the page looks by itself as well where nothing is told.

interface Hooks {
  published(): void;
  plan(id: string, revision: number, who: string | undefined): void;
}

/** Listens for as long as the page is open; a broken stream is taken up again by the browser. */
export function listen({ published, plan }: Hooks): void {
  const events = new EventSource(new URL("v1/events", document.baseURI));
  events.addEventListener("published", published);
  events.addEventListener("plan", (event: MessageEvent<string>) => {
    const told = JSON.parse(event.data) as Record<"id" | "revision" | "actor", unknown>;
    if (typeof told.id === "string" && typeof told.revision === "number")
      plan(told.id, told.revision, typeof told.actor === "string" ? told.actor : undefined);
  });
}
