// Which bytes does a square of the map have in a state, and are they here already?
import type { Publication } from "./answers";
import { touches, type Square } from "./touched";

const MOST = 400; // squares kept: some twenty windows full

/** A square of one layer in the state of a publication. */
export interface Wanted extends Square {
  layer: string;
  number: number;
}

export interface Squares {
  /** Learns what publications changed; of a square that none of them touched the bytes stay good. */
  learn(publications: Publication[]): void;
  /** The bytes, empty where nothing is shown; rejects where they cannot be had. */
  bytes(wanted: Wanted, signal: AbortSignal): Promise<ArrayBuffer>;
}

/** `ask` requests one from the service; with a tag, it may answer 304: as it was. */
export type Ask = (wanted: Wanted, tag: string | undefined, signal: AbortSignal) => Promise<Response>;

interface Kept {
  number: number;
  tag: string | undefined;
  data: ArrayBuffer;
}

export function squares(ask: Ask): Squares {
  const changes = new Map<number, Publication>();
  const kept = new Map<string, Kept>(); // the first was used longest ago

  function isGood({ number: from }: Kept, { number: upto, ...square }: Wanted): boolean {
    if (from > upto) return false;
    for (let number = from + 1; number <= upto; number++) {
      const change = changes.get(number);
      if (change === undefined || touches(change, square)) return false;
    }
    return true;
  }

  function keep(name: string, one: Kept): void {
    kept.delete(name);
    kept.set(name, one);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST) break;
      kept.delete(oldest);
    }
  }

  async function read(wanted: Wanted, before: Kept | undefined, signal: AbortSignal): Promise<Kept> {
    const answer = await ask(wanted, before?.tag, signal);
    if (answer.status === 304 && before !== undefined) return { ...before, number: wanted.number };
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    return { number: wanted.number, tag: answer.headers.get("ETag") ?? undefined, data: await answer.arrayBuffer() };
  }

  return {
    learn: (publications) => publications.forEach((one) => changes.set(one.number, one)),
    async bytes(wanted, signal) {
      const name = `${wanted.layer}/${wanted.z}/${wanted.x}/${wanted.y}`;
      const before = kept.get(name);
      const good = before !== undefined && isGood(before, wanted);
      const one = good ? { ...before, number: wanted.number } : await read(wanted, before, signal);
      keep(name, one);
      return one.data.slice(0); // the map gives its copy away to a worker
    },
  };
}
