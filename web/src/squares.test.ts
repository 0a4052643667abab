// Are squares that no publication touched taken from memory, and all others asked for?
import { beforeEach, describe, expect, it } from "vitest";
import type { Bounds, Publication } from "./answers";
import { squares, type Wanted } from "./squares";

const HERE = { layer: "map", z: 14, x: 12929, y: 6722 };
const THERE = { layer: "map", z: 14, x: 12940, y: 6722 };
const BOUNDS: Bounds = [104.1, 30.7, 104.1005, 30.7005];
const left = new AbortController().signal;
let asked: string[] = [];

function ground(number: number): Publication {
  return { number, kind: "ground", bounds: BOUNDS, at: "", actor: null, reason: null };
}

/** The service: each square's bytes tell the state they were asked for. */
async function answer({ number, x }: Wanted, tag: string | undefined): Promise<Response> {
  asked.push(`${number}/${x}${tag === undefined ? "" : ` ${tag}`}`);
  if (tag === '"same"') return new Response(null, { status: 304 });
  return new Response(String(number), { headers: { ETag: x === THERE.x ? '"same"' : `"${number}"` } });
}

async function told(memory: ReturnType<typeof squares>, wanted: Wanted): Promise<string> {
  return new TextDecoder().decode(await memory.bytes(wanted, left));
}

beforeEach(() => {
  asked = [];
});

describe("squares", () => {
  it("asks once for each", async () => {
    const memory = squares(answer);
    expect(await told(memory, { ...HERE, number: 1 })).toBe("1");
    expect(await told(memory, { ...HERE, number: 1 })).toBe("1");
    expect(asked).toEqual(["1/12929"]);
  });

  it("asks again only for those that a publication touched", async () => {
    const memory = squares(answer);
    for (const one of [HERE, THERE]) await told(memory, { ...one, number: 1 });
    memory.learn([ground(3), ground(2)]);
    expect(await told(memory, { ...HERE, number: 3 })).toBe("3");
    expect(await told(memory, { ...THERE, number: 3 })).toBe("1");
    expect(asked).toEqual(["1/12929", "1/12940", '3/12929 "1"']);
  });

  it("asks with the tag where it does not know what changed, and keeps what is the same", async () => {
    const memory = squares(answer);
    await told(memory, { ...THERE, number: 1 });
    memory.learn([ground(3)]);
    expect(await told(memory, { ...THERE, number: 3 })).toBe("1");
    expect(await told(memory, { ...THERE, number: 3 })).toBe("1");
    expect(asked).toEqual(["1/12940", '3/12940 "same"']);
  });

  it("keeps nothing of a failure", async () => {
    let fails = true;
    const memory = squares(async (wanted, tag) => (fails ? new Response("", { status: 503 }) : answer(wanted, tag)));
    await expect(memory.bytes({ ...HERE, number: 1 }, left)).rejects.toThrow("503");
    fails = false;
    expect(await told(memory, { ...HERE, number: 1 })).toBe("1");
  });

  it("gives copies: who takes one may give it away", async () => {
    const memory = squares(answer);
    const first = await memory.bytes({ ...HERE, number: 1 }, left);
    structuredClone(first, { transfer: [first] });
    expect(await told(memory, { ...HERE, number: 1 })).toBe("1");
  });
});
