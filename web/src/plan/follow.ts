// How does a page follow a job? It asks again and again until the job has ended, and waits while the service is away.
import { Problem, Unreachable } from "../api";
import type { JobDocument } from "./drawAnswers";

export const ASKED_EVERY_MS = 600;
const AWAY_MS = 2000;

interface Hooks {
  /** How far it is. */
  told(job: JobDocument): void;
  /** No answer came; it is asked for again. */
  away(): void;
  /** Done, failed or stopped. */
  ended(job: JobDocument): void;
  /** It cannot be followed any longer. */
  lost(failure: unknown): void;
}

/** `ask` gives the job as it is now. Calling what is returned ends the asking; the job goes on. */
export function follow(ask: () => Promise<JobDocument>, { told, away, ended, lost }: Hooks): () => void {
  let left = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    try {
      const job = await ask();
      if (left) return;
      if (isEnded(job)) return ended(job);
      told(job);
      timer = setTimeout(() => void look(), ASKED_EVERY_MS);
    } catch (failure) {
      if (left) return;
      if (!isPassing(failure)) return lost(failure);
      away();
      timer = setTimeout(() => void look(), AWAY_MS);
    }
  }

  void look();
  return () => {
    left = true;
    clearTimeout(timer);
  };
}

export function isEnded({ state }: JobDocument): boolean {
  return state === "done" || state === "failed" || state === "stopped";
}

/** The service is away or busy: the job goes on without it being seen. */
function isPassing(failure: unknown): boolean {
  return failure instanceof Unreachable || (failure instanceof Problem && failure.status === 503);
}
