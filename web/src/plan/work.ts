// How is the open plan worked on? Every change goes through here: tried, kept, undone, read anew, never lost.
import { Problem } from "../api";
import type { Bounds } from "../answers";
import type { EditAnswer, Intent, PlanDocument } from "./answers";
import { automatic, type Automatic } from "./automatic";
import { blockReader } from "./blockReader";
import { blockFeatures } from "./blocks";
import type { Canvas } from "./canvas";
import { live } from "./live";
import { afterEdit, boundsOfGrids, cleared, detourOf, emptyRoom, held, outdated, type Room, type Tool } from "./room";
import { buildings, drawing, ground, names, veil } from "./scene";
import * as service from "./service";
import { withDetour } from "./sketch";
import { finish, handOf, keepSketch, type Bench } from "./tools";

const TRIES_EVERY_MS = 250;
const REFUSED = [409, 422]; // with words, and often places, that tell what would make it possible

interface Hooks {
  /** Something is other than it was: the panel follows. */
  changed(room: Room): void;
  /** It could not be done, for a reason that the map cannot show. `again` sends the same once more. */
  failed(failure: unknown, again?: () => void): void;
  /** Somebody else changed the plan. */
  surprised(who: string | undefined): void;
  nameOf(region: string): string | undefined;
}

export interface Work {
  room(): Room;
  /** Drawing by itself. */
  auto: Automatic;
  bounds(): Bounds | undefined;
  take(tool: Tool): void;
  keep(edits: Intent[]): void;
  finish(): void;
  /** Asks for what was drawn once more: it is still there because somebody else was quicker. */
  again(): void;
  cancel(): void;
  /** The next press says which grid gets the chosen blocks. */
  give(): void;
  showBlocks(on: boolean): void;
  /** Keeps what was refused although it passes through buildings. */
  through(): void;
  /** Draws along the way round that the service proposed. */
  detour(): void;
  step(which: "undo" | "redo"): void;
  /** Carries the plan to its next state; resolves with the plan as it is then, or undefined where that failed. */
  turn(which: service.Turn | "withdraw", said?: service.Said): Promise<PlanDocument | undefined>;
  /** The plan is now at this revision, as an event tells. */
  heard(revision: number, who: string | undefined): void;
  /** Lets the map go, or takes it again: the plan stays drawn. */
  rest(on: boolean): void;
  /** Everything is written anew: the language or the names are others. */
  redraw(): void;
  /** Another state is published: the plan may have to be carried over to it. */
  refresh(): Promise<void>;
  close(): void;
}

/** Reads a plan and lays it on the desk. */
export async function openWork(id: string, canvas: Canvas, hooks: Hooks): Promise<Work> {
  const [plan, { grids, regions }] = await Promise.all([service.plan(id), service.content(id)]);
  return work(emptyRoom(plan, grids, regions), canvas, hooks);
}

function work(first: Room, canvas: Canvas, hooks: Hooks): Work {
  let room = first;
  let closed = false;
  let drawn: Room | undefined; // what is on the map
  let frame: number | undefined;
  const bench: Bench = {
    room: () => room,
    set,
    attempt: (edits) => trying.ask(edits),
    hush,
    keep: (edits) => void keep(edits),
    pixels: canvas.pixels,
  };
  const blocks = blockReader(() => room, set, hooks.failed);
  const auto = automatic({
    ...bench,
    keep: (edits) => keep(edits),
    undo: () => step("undo"),
    changing,
    reread,
    surprised: async () => surprised(await lastActor()),
    blocksMade: () => (blocks.forget(), set({})),
    failed: hooks.failed,
  });
  const trying = live<Intent[], EditAnswer>(
    TRIES_EVERY_MS,
    (edits) => service.tried(room.plan, edits),
    (_, preview) => set({ preview, refusal: undefined }),
    (edits, failure) => {
      if (failure instanceof Problem && failure.status === 422)
        set({ preview: undefined, refusal: { problem: failure, edits, live: true } });
    },
  );

  function set(changes: Partial<Room>): void {
    if (closed) return;
    room = { ...room, ...changes };
    frame ??= requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = undefined;
    if (closed) return;
    const before = drawn;
    drawn = room;
    const differs = (...parts: (keyof Room)[]): boolean => parts.some((part) => before?.[part] !== room[part]);
    if (differs("grids", "preview")) canvas.showGround(ground(room), names(room, hooks.nameOf));
    if (differs("regions")) canvas.showVeil(veil(room.regions));
    if (differs("buildings", "preview", "outcome")) canvas.showBuildings(buildings(room));
    if (differs("blocks", "picked", "tool", "showsBlocks")) canvas.showBlocks(blockFeatures(room));
    canvas.showDrawing(drawing(room));
    canvas.point(room.hold !== undefined && room.sketch === undefined);
    hooks.changed(room);
    blocks.follow();
  }

  function hush(): void {
    trying.hush();
    if (room.preview !== undefined) set({ preview: undefined });
  }

  async function keep(edits: Intent[], key = service.newKey()): Promise<boolean> {
    if (room.running !== undefined) return false;
    trying.hush(); // what was tried last stays drawn until the answer comes
    return changing(
      () => service.edit(room.plan, edits, key),
      (answer) => take(answer, { can_undo: true, can_redo: false }),
      (problem) => set({ refusal: { problem, edits, live: false } }),
      () => void keep(edits, key),
    );
  }

  async function step(which: "undo" | "redo"): Promise<boolean> {
    if (room.running !== undefined || !(which === "undo" ? room.plan.can_undo : room.plan.can_redo)) return false;
    trying.hush();
    return changing(
      () => service.step(room.plan, which),
      async (answer) => {
        take(answer, { can_undo: true, can_redo: true }); // one of them is sure; the plan itself tells of the other
        await refresh();
      },
      (problem) => hooks.failed(problem),
    );
  }

  /** One change at a time. A revision that is not the present one is read anew, with what was drawn left as it is. */
  async function changing<Answer>(
    ask: () => Promise<Answer>,
    done: (answer: Answer) => void | Promise<void>,
    refused: (problem: Problem) => void,
    again?: () => void,
  ): Promise<boolean> {
    if (room.busy) return false;
    set({ busy: true });
    try {
      await done(await ask());
      return true;
    } catch (failure) {
      set({ preview: undefined });
      if (failure instanceof Problem && failure.status === 412) await surprised(await lastActor());
      else if (failure instanceof Problem && REFUSED.includes(failure.status)) refused(failure);
      else hooks.failed(failure, failure instanceof Problem ? undefined : again);
      return false;
    } finally {
      set({ busy: false });
    }
  }

  function take(answer: EditAnswer, can: Pick<PlanDocument, "can_undo" | "can_redo">): void {
    const grids = afterEdit(room.grids, answer);
    const chosen = room.tool === "move" ? [] : room.chosen.filter((code) => grids.has(code) && room.tool === "name");
    const plan = { ...room.plan, ...can, revision: answer.revision };
    set({ ...cleared(), ...outdated(), grids, chosen, outcome: answer, plan });
    void findings();
  }

  async function surprised(who: string | undefined): Promise<void> {
    await reread();
    hooks.surprised(who);
  }

  async function lastActor(): Promise<string | undefined> {
    try {
      return await service.lastActor(room.plan.id);
    } catch {
      return undefined; // then it was somebody
    }
  }

  async function reread(): Promise<void> {
    try {
      const [plan, { grids, regions }] = await Promise.all([service.plan(room.plan.id), service.content(room.plan.id)]);
      set({ ...outdated(), plan, grids: held(grids), regions, outcome: undefined, preview: undefined });
      void findings();
    } catch (failure) {
      hooks.failed(failure);
    }
  }

  async function findings(): Promise<void> {
    const { revision, id } = room.plan;
    try {
      const { findings: found } = await service.findingsOf(id);
      if (revision === room.plan.revision) set({ findings: found });
    } catch {
      if (revision === room.plan.revision) set({ findings: undefined }); // the list says that it is not known
    }
  }

  async function look(): Promise<void> {
    const near = canvas.near();
    if (near === undefined || closed) return;
    try {
      set({ buildings: await service.buildingsIn(near) });
    } catch (failure) {
      hooks.failed(failure);
    }
  }

  async function turn(which: service.Turn | "withdraw", said: service.Said = {}): Promise<PlanDocument | undefined> {
    hush();
    const { plan } = room;
    const done = await changing(
      () => (which === "withdraw" ? service.withdraw(plan) : service.turn(plan, which, said)),
      () => (set({ refusal: undefined }), reread()),
      (problem) => set({ refusal: { problem, edits: [], live: false } }),
    );
    return done ? room.plan : undefined;
  }

  async function refresh(): Promise<void> {
    try {
      const plan = await service.plan(room.plan.id);
      if (plan.revision === room.plan.revision) set({ plan });
    } catch {
      // The next change will tell what is wrong: nothing was asked for here.
    }
  }

  const unmoved = canvas.onMoved(() => void look());
  canvas.take(handOf(room.tool, bench));
  canvas.hideNames(new Set(room.plan.communities));
  set({});
  void look();
  void findings();
  void auto.resume(room.plan);
  return {
    room: () => room,
    auto,
    bounds: () => boundsOfGrids(room.grids),
    take(tool) {
      trying.hush();
      set({ ...cleared(), tool, chosen: [], picked: [], giving: false });
      canvas.take(handOf(tool, bench));
    },
    keep: (edits) => void keep(edits),
    finish: () => finish(bench),
    again: () => keepSketch(bench),
    cancel: () => handOf(room.tool, bench).cancel(),
    give: () => set({ giving: true }),
    showBlocks: (on) => set({ showsBlocks: on }),
    through: () => void keep((room.refusal?.edits ?? []).map((edit) => ({ ...edit, cut: true }))),
    detour() {
      const way = room.refusal && detourOf(room.refusal.problem);
      const sketch = way && room.sketch && withDetour(room.sketch, way.geometry);
      if (sketch === undefined) return;
      set({ sketch, refusal: undefined, drawing: true });
      finish(bench);
    },
    step: (which) => void step(which),
    turn,
    heard(revision, who) {
      if (!room.busy && room.running === undefined && revision > room.plan.revision) void surprised(who);
    },
    rest(on) {
      canvas.take(on ? undefined : handOf(room.tool, bench));
      set({ hold: undefined, under: undefined });
    },
    refresh,
    redraw: () => (set({ grids: new Map(room.grids) }), hooks.changed(room)),
    close() {
      closed = true;
      trying.hush();
      auto.close();
      unmoved();
      canvas.take(undefined);
      canvas.hideNames(new Set());
      canvas.point(false);
      canvas.clear();
    },
  };
}
