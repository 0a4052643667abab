// Is the service asked a few times a second only, one question at a time, and the last one always?
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { live, type Live } from "./live";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function asked(): { asks: number[]; come: number[]; answer: (value: number) => void; to: Live<number> } {
  const asks: number[] = [];
  const come: number[] = [];
  let settle: (value: number) => void = () => undefined;
  const to = live<number, number>(
    250,
    (question) => {
      asks.push(question);
      return new Promise((resolve) => (settle = resolve));
    },
    (_, answer) => void come.push(answer),
    () => void come.push(-1),
  );
  return { asks, come, answer: (value) => settle(value), to };
}

it("asks at once, and then not before the answer has come and the pause is over", async () => {
  const { asks, come, answer, to } = asked();
  for (let number = 1; number <= 50; number++) to.ask(number);
  expect(asks).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asks).toEqual([1]);
  answer(10);
  await vi.advanceTimersByTimeAsync(0);
  expect(asks).toEqual([1, 50]);
  answer(500);
  await vi.advanceTimersByTimeAsync(0);
  expect(come).toEqual([10, 500]);
});

it("asks at most four times a second", async () => {
  const { asks, answer, to } = asked();
  for (let number = 0; number < 100; number++) {
    to.ask(number);
    answer(number);
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(asks.length).toBeGreaterThan(2);
  expect(asks.length).toBeLessThanOrEqual(5);
});

it("takes no answer to what is not wanted any more", async () => {
  const { asks, come, answer, to } = asked();
  to.ask(1);
  to.ask(2);
  to.hush();
  answer(10);
  await vi.advanceTimersByTimeAsync(1000);
  expect([asks, come]).toEqual([[1], []]);
});
