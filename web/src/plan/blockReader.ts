// When are the blocks of the plan read? While they are to be seen, and again whenever the plan is another one.
import { seesBlocks } from "./blocks";
import { blocksOf } from "./drawService";
import type { Room } from "./room";

export interface BlockReader {
  /** The desk is another one: reads what is missing. */
  follow(): void;
  /** Others were made. */
  forget(): void;
}

export function blockReader(
  room: () => Room,
  set: (changes: Partial<Room>) => void,
  failed: (failure: unknown) => void,
): BlockReader {
  let read: number | undefined; // the revision that they were read of

  async function ask(id: string, revision: number): Promise<void> {
    try {
      const blocks = await blocksOf(id);
      if (read !== revision) return;
      const there = new Set(blocks.map((one) => one.id));
      set({ blocks, picked: room().picked.filter((one) => there.has(one)) });
    } catch (failure) {
      if (read === revision) failed(failure);
    }
  }

  return {
    follow() {
      const { plan } = room();
      if (!seesBlocks(room()) || plan.revision === read) return;
      read = plan.revision;
      void ask(plan.id, plan.revision);
    },
    forget() {
      read = undefined;
    },
  };
}
