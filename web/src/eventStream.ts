// How is a stream of server-sent events (WHATWG HTML, section 9.2) read, and taken up again when it breaks?

const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;

/** One event; one without data tells only from where to go on. */
export interface Told {
  /** Goes back as `Last-Event-ID`. */
  id: string;
  name: string;
  data: string;
}

/** Takes the stream's text in pieces, wherever they were cut, and tells each event once it is whole. */
export function reader(tell: (told: Told) => void): (piece: string) => void {
  let rest = "";
  let id = "";
  let name = "";
  let data: string[] = [];

  function take(line: string): void {
    if (line === "") {
      tell({ id, name, data: data.join("\n") });
      [name, data] = ["", []];
      return;
    }
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }

  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/); // a last CR may be half an end of line
    rest = lines.pop() ?? "";
    lines.forEach(take);
  };
}

/**
 * Reads what `open` gives for as long as `left` is not aborted. After each failure in a row the wait is twice as long,
 * up to a minute: a full or absent service is not pressed.
 */
export async function follow(
  open: () => Promise<Response>,
  tell: (told: Told) => void,
  left: AbortSignal,
): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!left.aborted) {
    try {
      const answer = await open();
      if (answer.ok) {
        wait = FIRST_WAIT_MS;
        await read(answer, tell);
      }
    } catch {
      // No answer, or one that broke off: it is asked for again, and the page looks by itself meanwhile.
    }
    await pause(wait, left);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}

async function read({ body }: Response, tell: (told: Told) => void): Promise<void> {
  const parts = body?.getReader();
  const take = reader(tell);
  const decoder = new TextDecoder();
  for (let part = await parts?.read(); part?.value !== undefined; part = await parts?.read())
    take(decoder.decode(part.value, { stream: true }));
}

/** Ends at once when `left` is aborted. */
function pause(ms: number, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      left.removeEventListener("abort", done);
      resolve();
    }
    left.addEventListener("abort", done);
    if (left.aborted) done();
  });
}
