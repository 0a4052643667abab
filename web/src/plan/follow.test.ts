// Is a job followed until it has ended, through times without an answer, and no longer than it is wanted?
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../api";
import type { JobDocument } from "./drawAnswers";
import { ASKED_EVERY_MS, follow } from "./follow";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Said = JobDocument["state"] | Error;

function job(state: JobDocument["state"]): JobDocument {
  const progress = { phase: "grids", done: 1, total: 2 };
  return { id: "j", kind: "draw", state, progress, asked: {}, result: null, problem: null };
}

function followed(...answers: Said[]): { heard: string[]; leave: () => void } {
  const heard: string[] = [];
  const leave = follow(
    () => {
      const next = answers.shift() ?? "running";
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(job(next));
    },
    {
      told: ({ state }) => void heard.push(state),
      away: () => void heard.push("away"),
      ended: ({ state }) => void heard.push(`ended ${state}`),
      lost: (failure) => void heard.push(`lost ${String(failure)}`),
    },
  );
  return { heard, leave };
}

it("asks until it has ended", async () => {
  const { heard } = followed("queued", "running", "done", "running");
  await vi.advanceTimersByTimeAsync(10 * ASKED_EVERY_MS);
  expect(heard).toEqual(["queued", "running", "ended done"]);
});

it("goes on when the service was away for a while", async () => {
  const { heard } = followed("running", new Unreachable("away"), new Problem(503, "busy", ""), "stopped");
  await vi.advanceTimersByTimeAsync(30 * ASKED_EVERY_MS);
  expect(heard).toEqual(["running", "away", "away", "ended stopped"]);
});

it("gives up a job that nobody knows", async () => {
  const { heard } = followed("running", new Problem(404, "no such job", ""));
  await vi.advanceTimersByTimeAsync(30 * ASKED_EVERY_MS);
  expect(heard).toEqual(["running", "lost Error: no such job"]);
});

it("hears nothing more once it is left", async () => {
  const { heard, leave } = followed("running");
  await vi.advanceTimersByTimeAsync(0);
  leave();
  await vi.advanceTimersByTimeAsync(30 * ASKED_EVERY_MS);
  expect(heard).toEqual(["running"]);
});
