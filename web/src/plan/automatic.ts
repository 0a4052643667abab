// How are grids drawn by themselves in the open plan? Begun, followed, ended, and what came of it laid on the desk.
import { Problem } from "../api";
import type { Intent, PlanDocument } from "./answers";
import type { DrawAnswer, JobDocument, Proposal, ProposalsAnswer, Wish } from "./drawAnswers";
import * as service from "./drawService";
import { follow } from "./follow";
import type { Room, Running } from "./room";
import { newKey } from "./service";
import { instead, wishOfJob } from "./wish";

const STALE = "/problems/stale-state";

/** What of the work on a plan a drawing needs. */
export interface Shop {
  room(): Room;
  set(changes: Partial<Room>): void;
  attempt(edits: Intent[]): void;
  hush(): void;
  keep(edits: Intent[]): Promise<boolean>;
  undo(): Promise<boolean>;
  /** Begins something unless something else is being kept. */
  changing<Answer>(
    ask: () => Promise<Answer>,
    done: (answer: Answer) => void,
    refused: (problem: Problem) => void,
    again?: () => void,
  ): Promise<boolean>;
  reread(): Promise<void>;
  surprised(): Promise<void>;
  blocksMade(): void;
  failed(failure: unknown): void;
}

export interface Automatic {
  draw(wish: Wish): void;
  /** Takes the last drawing back and draws the same with another of its alternatives. */
  instead(rank: number): void;
  /** Stops what is running, or ends it with the best so far. */
  end(how: "stop" | "best"): void;
  /** Asks what would bring grids into range, in some communities or in all. */
  heal(regions?: string[]): void;
  look(proposal: Proposal): void;
  accept(proposal: Proposal): void;
  /** The proposals are put away. */
  leave(): void;
  /** Goes on following a drawing that was begun before. */
  resume(plan: PlanDocument): Promise<void>;
  close(): void;
}

export function automatic(shop: Shop): Automatic {
  let unfollow: (() => void) | undefined;
  const { room, set } = shop;
  const refused = (problem: Problem): void => set({ refusal: { problem, edits: [], live: false } });

  function draw(wish: Wish, key = newKey()): void {
    set({ drawn: undefined, stopped: false, refusal: undefined });
    void shop.changing(
      () => service.draw(room().plan, wish, key),
      (job) => watch(job.id, wish.blocks === "only" ? "blocks" : "draw", (answer) => drawn(wish, answer as DrawAnswer)),
      refused,
      () => draw(wish, key),
    );
  }

  function heal(regions: string[] | undefined): void {
    set({ proposals: undefined, stopped: false, refusal: undefined });
    void shop.changing(
      () => service.proposals(room().plan, regions),
      (job) => watch(job.id, "heal", (answer) => proposed(answer as ProposalsAnswer)),
      refused,
    );
  }

  function watch(id: string, what: Running["what"], done: (answer: unknown) => Promise<void>): void {
    unfollow?.();
    set({ running: { id, what, phase: "queued", done: 0, total: 0, best: undefined } });
    unfollow = follow(() => service.job(id), {
      told: (job) => tell(job),
      away: () => tell({ phase: "away" }),
      ended: (job) => void ended(job, done).finally(() => set({ running: undefined })),
      lost: (failure) => void lost(failure).finally(() => set({ running: undefined })),
    });
  }

  function tell(how: JobDocument | { phase: string }): void {
    const { running } = room();
    if (running === undefined) return;
    const phase = "phase" in how ? how.phase : how.state === "queued" ? "queued" : how.progress.phase || "reading";
    const far = "phase" in how ? {} : { done: how.progress.done, total: how.progress.total, ...best(how) };
    set({ running: { ...running, ...far, phase: running.phase === "ending" ? "ending" : phase } });
  }

  async function ended(
    { state, result, problem }: JobDocument,
    done: (answer: unknown) => Promise<void>,
  ): Promise<void> {
    if (state === "done") return done(result);
    if (problem?.type === STALE) return shop.surprised();
    await shop.reread();
    if (problem !== null) refused(new Problem(problem.status, problem.title, problem.detail ?? "", problem));
    else set({ stopped: true });
  }

  /** Who stops what has just ended takes it away: the plan tells what came of it. */
  async function lost(failure: unknown): Promise<void> {
    await shop.reread();
    if (!(failure instanceof Problem && failure.status === 404)) shop.failed(failure);
  }

  async function drawn(wish: Wish, answer: DrawAnswer): Promise<void> {
    const before = new Set(room().grids.keys());
    if (answer.step !== null) await shop.reread();
    shop.blocksMade();
    const tells = answer.chosen !== null || answer.left.length > 0;
    set({ chosen: [], ...(tells && { drawn: { wish, answer, before } }) });
  }

  async function proposed(answer: ProposalsAnswer): Promise<void> {
    if (answer.revision !== room().plan.revision) return shop.surprised();
    set({ proposals: answer });
  }

  async function takeInstead(rank: number): Promise<void> {
    const { drawn: last, plan } = room();
    if (last === undefined || last.answer.revision !== plan.revision) return;
    if (last.answer.step === null || (await shop.undo())) draw(instead(last.wish, rank));
  }

  async function accept(proposal: Proposal): Promise<void> {
    const { proposals } = room();
    if (!(await shop.keep(proposal.edits)) || proposals === undefined) return;
    const others = proposals.proposals.filter(({ id }) => id !== proposal.id);
    if (others.length > 0) set({ proposals: { ...proposals, proposals: others } });
  }

  return {
    draw: (wish) => draw(wish),
    instead: (rank) => void takeInstead(rank),
    end(how) {
      const { running } = room();
      if (running === undefined) return;
      set({ running: { ...running, phase: "ending" } });
      service.end(running.id, how).catch((failure: unknown) => {
        const { running: still } = room();
        if (still !== undefined) set({ running: { ...still, phase: running.phase } });
        shop.failed(failure);
      });
    },
    heal,
    look: ({ edits }) => shop.attempt(edits),
    accept: (proposal) => void accept(proposal),
    leave: () => (shop.hush(), set({ proposals: undefined })),
    async resume({ id, state }) {
      if (state !== "draft") return;
      try {
        const job = await service.underWay(id);
        if (job === undefined || room().running !== undefined || room().busy) return;
        const wish = wishOfJob(job);
        watch(job.id, wish.blocks === "only" ? "blocks" : "draw", (answer) => drawn(wish, answer as DrawAnswer));
      } catch {
        // Then the plan is as it is read; whatever ends later is told as a change.
      }
    },
    close: () => unfollow?.(),
  };
}

/** The score so far, where there is one. */
function best({ result }: JobDocument): Pick<Running, "best"> {
  return { best: (result as { best?: number | null } | null)?.best ?? undefined };
}
