// Are events read whatever way the stream is cut, and is a broken stream taken up again without pressing the service?
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { follow, reader, type Told } from "./eventStream";

const STREAM = 'retry: 3000\nid: 7\n\n: beat\n\nid: 8\r\nevent: plan\r\ndata: {"a":\r\ndata:1}\r\n\r\nevent: x\rdata\r\rdata: cut';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function read(pieces: string[]): Told[] {
  const told: Told[] = [];
  const take = reader((one) => void told.push(one));
  pieces.forEach(take);
  return told;
}

it("reads events, and leaves out one that is not whole", () => {
  const whole = [
    { id: "7", name: "", data: "" },
    { id: "7", name: "", data: "" },
    { id: "8", name: "plan", data: '{"a":\n1}' },
    { id: "8", name: "x", data: "" },
  ];
  expect(read([STREAM])).toEqual(whole);
  for (let at = 0; at <= STREAM.length; at++) expect(read([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(whole);
  expect(read([...STREAM])).toEqual(whole);
});

/** The times at which a stream was asked for, in seconds; `answers` come in turn, the last one ever again. */
function following(answers: (() => Promise<Response>)[]): { asked: number[]; told: Told[]; left: AbortController } {
  const [asked, told, left] = [[] as number[], [] as Told[], new AbortController()];
  const start = performance.now();
  const open = (): Promise<Response> => {
    asked.push(Math.round((performance.now() - start) / 1000));
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer?.() ?? Promise.reject(new Error("nothing to answer"));
  };
  void follow(open, (one) => void told.push(one), left.signal);
  return { asked, told, left };
}

const full = (): Promise<Response> => Promise.resolve(new Response("{}", { status: 503 }));
const away = (): Promise<Response> => Promise.reject(new TypeError("no way there"));
const ended = (): Promise<Response> => Promise.resolve(new Response("id: 1\nevent: published\ndata: 界\n\n"));

it("asks ever more seldom while there is no stream, but never gives up", async () => {
  const { asked } = following([full, away, full]);
  await vi.advanceTimersByTimeAsync(240_000);
  expect(asked).toEqual([0, 3, 9, 21, 45, 93, 153, 213]);
});

it("is soon back where a stream has ended", async () => {
  const { asked, told } = following([full, full, ended, full]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toEqual([0, 3, 9, 12, 18]);
  expect(told).toEqual([{ id: "1", name: "published", data: "界" }]);
});

it("asks no more once the page is left", async () => {
  const { asked, left } = following([full]);
  await vi.advanceTimersByTimeAsync(4_000);
  left.abort();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toEqual([0, 3]);
});
