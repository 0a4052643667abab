// How does a plan come onto the planner's desk, stay there, and leave it?
import { owner, Problem } from "../api";
import type { Finding } from "../answers";
import { button, element } from "../element";
import { boundsOf } from "../fault";
import { inEachLanguage, text } from "../language";
import type { DeskMap } from "../map";
import { notice } from "../notice";
import { tokenForm } from "./tokenForm";
import { planPanel, type PlanPanel } from "./panel";
import * as service from "./service";
import { startForm, type Start } from "./start";
import { toolbar } from "./toolbar";
import { openWork, type Work } from "./work";

interface Hooks {
  /** The plan tab is to be seen. */
  opened(): void;
  /** Another plan, or none, is on the desk: the address follows. */
  changed(): void;
  /** Something was published: the map is to follow at once. */
  published(): void;
  /** The region of the grid that was asked about last. */
  regionAtHand(): string | undefined;
  nameOf(region: string): string | undefined;
}

export interface Planning {
  id(): string | undefined;
  /** Goes on with the community's open plan, or starts one. */
  redraw(region: string): Promise<void>;
  open(id: string | undefined, goThere?: boolean): Promise<void>;
  /** A press on the map while the tab is open and no plan is on the desk. */
  point(lon: number, lat: number): Promise<void>;
  /** Somebody changed a plan. */
  heard(id: string, revision: number, who: string | undefined): void;
  /** The tab has come to the front, or is there no more: then the map answers for owners again. */
  front(is: boolean): void;
  /** Another state is published. */
  again(): void;
}

export function planning(place: HTMLElement, bar: HTMLElement, map: DeskMap, hooks: Hooks): Planning {
  const troubles = element("div", { class: "told" });
  const starting = element("div", { class: "start" });
  const working = element("div", { class: "working", hidden: true });
  place.append(troubles, starting, working);
  let work: Work | undefined;
  const tools = toolbar(bar, () => work);
  const start: Start = startForm(starting, {
    begin: (...asked) => void once(() => begin(...asked)),
    open: (id) => void open(id),
    nameOf: hooks.nameOf,
  });
  const panel: PlanPanel = planPanel(working, {
    close: () => void open(undefined),
    shown,
    looked: (shape) => map.showFault(shape),
    turn: (which, said) => void turn(which, said),
    nameOf: hooks.nameOf,
  });

  /** Flies to the fault; one without a place of its own is shown by its first grid. */
  function shown({ geometry, codes: [code] }: Finding): void {
    map.showFault(geometry ?? undefined);
    const grid = geometry === null && code !== undefined ? work?.room().grids.get(code) : undefined;
    const bounds = grid && boundsOf(grid.geometry);
    if (bounds !== undefined) map.goTo(bounds, true);
  }

  function tell(failure: unknown, again?: () => void): void {
    if (failure === undefined) {
      troubles.replaceChildren();
      panel.tell(undefined);
      return;
    }
    const card =
      failure instanceof Problem && failure.status === 401
        ? tokenForm(() => (tell(undefined), again?.()))
        : notice(failure);
    if (again !== undefined && !(failure instanceof Problem))
      card.append(
        element("p", {}, text("plan.lost")),
        button(text("tool.again"), { class: "way", "data-way": "again" }, () => (tell(undefined), again())),
      );
    troubles.replaceChildren(card);
    hooks.opened();
    card.scrollIntoView({ block: "nearest" });
  }

  async function list(): Promise<void> {
    try {
      start.offer(await service.plansIn(["draft", "submitted", "approved", "scheduled"]));
    } catch (failure) {
      tell(failure, () => void list());
    }
  }

  let beginning = false;

  /** Pressed again while a plan is being started, nothing more is started. */
  async function once(begun: () => Promise<void>): Promise<void> {
    if (beginning) return;
    start.busy((beginning = true));
    try {
      await begun();
    } finally {
      start.busy((beginning = false));
    }
  }

  async function begin(communities: string[], title: string, reason: string, key = service.newKey()): Promise<void> {
    tell(undefined);
    try {
      const { id } = await service.draft(communities, title, reason, key);
      await open(id, false);
    } catch (failure) {
      tell(failure, () => void once(() => begin(communities, title, reason, key)));
    }
  }

  async function redraw(region: string): Promise<void> {
    await open(undefined);
    start.choose(region);
    try {
      const drafts = await service.plansIn(["draft"], region);
      if (drafts.length === 0)
        await begin([region], text("plan.start.name.usual", { name: hooks.nameOf(region) ?? region }), "");
    } catch (failure) {
      tell(failure, () => void once(() => redraw(region)));
    }
  }

  let asked = 0;
  let wanted: string | undefined; // the plan that is being opened, or waits for a token

  async function open(id: string | undefined, goThere = true): Promise<void> {
    const mine = ++asked;
    wanted = id;
    tell(undefined);
    hooks.opened();
    if (id === undefined) return leave();
    if (work?.room().plan.id === id) return void (wanted = undefined);
    try {
      place.setAttribute("aria-busy", "true");
      const next = await openWork(id, map.canvas, { changed, failed: tell, surprised, nameOf: hooks.nameOf });
      if (mine !== asked) return next.close();
      work?.close();
      work = next;
      wanted = undefined;
      place.scrollTop = 0;
      starting.hidden = true;
      working.hidden = false;
      map.chooseGrid(undefined);
      map.showPoint(undefined);
      const bounds = next.bounds();
      if (goThere && bounds !== undefined) map.showAll(bounds, true);
      changed();
      hooks.changed();
    } catch (failure) {
      if (mine !== asked) return;
      if (!(failure instanceof Problem && failure.status === 401)) leave();
      tell(failure, () => void open(id, goThere));
    } finally {
      place.setAttribute("aria-busy", "false");
    }
  }

  function leave(): void {
    work?.close();
    work = wanted = undefined;
    map.showFault(undefined);
    starting.hidden = false;
    working.hidden = true;
    tools.show(undefined);
    void list();
    hooks.changed();
  }

  function changed(): void {
    if (work === undefined) return;
    const room = work.room();
    if (!place.hidden) tools.show(room);
    panel.show(room, work);
    if (room.refusal !== undefined || room.busy) troubles.replaceChildren();
  }

  function surprised(who: string | undefined): void {
    const actor = who ?? text("plan.changed.somebody");
    panel.tell(element("div", { class: "warnings", role: "alert" }, text("plan.changed", { actor })));
  }

  async function turn(which: service.Turn | "withdraw", said: service.Said): Promise<void> {
    panel.tell(undefined);
    const plan = await work?.turn(which, said);
    if (plan?.state === "withdrawn") return open(undefined);
    if (plan?.state !== "published" || plan.publication === null) return;
    await open(undefined);
    hooks.published();
    troubles.replaceChildren(
      element(
        "div",
        { class: "published", role: "status", "data-published": plan.publication },
        element("strong", {}, text("publish.done", { number: plan.publication })),
        element("p", {}, text("publish.done.detail")),
        element(
          "a",
          { href: service.differencePage(plan.id), target: "_blank", rel: "noopener" },
          `${text("plan.difference")} ↗`,
        ),
      ),
    );
  }

  inEachLanguage(() => work?.redraw());
  return {
    id: () => work?.room().plan.id,
    open,
    redraw: (region) => once(() => redraw(region)),
    async point(lon, lat) {
      try {
        const { owner: found } = await owner(lon, lat, {});
        if (found !== null) start.toggle(found.region);
      } catch (failure) {
        tell(failure);
      }
    },
    heard(id, revision, who) {
      if (work?.room().plan.id === id) work.heard(revision, who);
    },
    front(is) {
      work?.rest(!is);
      tools.show(is ? work?.room() : undefined);
      if (work !== undefined || wanted !== undefined || !is) return;
      const region = hooks.regionAtHand();
      if (region !== undefined && start.isEmpty()) start.choose(region);
      void list();
    },
    again() {
      work?.redraw();
      void work?.refresh();
    },
  };
}
