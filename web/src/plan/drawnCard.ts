// What came of drawing by itself: how large are the grids, who moved, why is it not better, and what else could it be?
import { button, element, facts, type Child } from "../element";
import { count, percent } from "../figures";
import { text } from "../language";
import type { Alternative, Left } from "./drawAnswers";
import type { Drawn } from "./room";

const MOST_LINES = 6;

interface Hooks {
  instead(rank: number): void;
  nameOf(region: string): string | undefined;
}

export function drawnCard(drawn: Drawn, { instead, nameOf }: Hooks): HTMLElement {
  const { answer } = drawn;
  const mine = answer.alternatives.find(({ rank }) => rank === answer.chosen);
  const said = (code: string): string => nameOf(code) ?? code;
  return element(
    "section",
    { class: "outcome drawn", "data-chosen": answer.chosen ?? "" },
    element("h3", { tabindex: -1 }, text(answer.chosen === null ? "blocks.title" : "draw.done")),
    answer.step === null && answer.chosen !== null && element("p", {}, text("draw.done.nothing")),
    answer.early && element("p", { class: "quiet" }, text("draw.done.early")),
    mine !== undefined && mine.communities.length > 0 && figures(mine, drawn),
    mine !== undefined && lines(text("draw.reasons"), reasonsOf(mine, said)),
    lines(text("draw.left"), leftOf(answer.left, said)),
    answer.alternatives.length > 1 && others(drawn, instead),
  );
}

function figures(way: Alternative, drawn: Drawn): HTMLElement {
  return facts(
    [text("draw.grids"), count(gridsOf(way, drawn).length)],
    [text("draw.households"), rangeOf(way, drawn)],
    [text("draw.moved"), movedOf(way)],
    [text("draw.score"), percent(way.score)],
  );
}

/** The grids that were drawn; the others of their communities stay. */
function gridsOf({ communities }: Alternative, { wish, before }: Drawn): Alternative["communities"][0]["grids"] {
  const all = communities.flatMap(({ grids }) => grids);
  return wish.grids === undefined ? all : all.filter(({ code }) => wish.grids?.includes(code) || !before.has(code));
}

/** Of the grids that households are counted for; special ones have no limits. */
function rangeOf(way: Alternative, drawn: Drawn): string | null {
  const all = gridsOf(way, drawn).filter(({ verdict }) => verdict !== "none");
  if (all.length === 0) return null;
  const households = all.map((one) => one.households);
  const [least, most] = [Math.min(...households), Math.max(...households)];
  return least === most ? count(least) : text("draw.households.range", { least: count(least), most: count(most) });
}

function movedOf({ moved }: Alternative): string | null {
  return moved === null ? null : text("draw.moved.households", { count: count(moved) });
}

/** Each with its community where there are several. */
function reasonsOf({ communities }: Alternative, said: (code: string) => string): string[] {
  return communities.flatMap(({ code, reasons }) =>
    reasons.map((reason) => (communities.length > 1 ? `${said(code)}: ${reason}` : reason)),
  );
}

export function leftOf(left: Left[], said: (code: string) => string): string[] {
  return left.map(({ code, why }) => `${said(code)}: ${why}`);
}

export function lines(title: string, all: string[]): Child {
  if (all.length === 0) return false;
  const rows = all.slice(0, MOST_LINES).map((one) => element("li", {}, one));
  const more = all.length - rows.length;
  return element(
    "div",
    { class: "why" },
    element("h4", {}, title),
    element("ul", {}, ...rows),
    more > 0 && element("p", { class: "quiet" }, text("draw.more", { count: count(more) })),
  );
}

/** What ended early would not come out the same again: its others are only told. */
function others(drawn: Drawn, instead: (rank: number) => void): HTMLElement {
  const { alternatives, chosen, early } = drawn.answer;
  const rows = alternatives.map((way) => {
    const moved = way.moved === null ? null : text("draw.moved.short", { count: count(way.moved) });
    const about = [percent(way.score), rangeOf(way, drawn), moved].filter((one) => one !== null).join(" · ");
    const taken = way.rank === chosen;
    const label = element("span", { "aria-hidden": "true" }, text("draw.instead"));
    return element(
      "li",
      { "data-rank": way.rank },
      element("strong", {}, String(way.rank)),
      element("span", { class: "about" }, about),
      taken && element("span", { class: "quiet" }, text("draw.in-plan")),
      !taken &&
        !early &&
        button(text("draw.instead.of", { rank: way.rank }), { class: "instead" }, () => instead(way.rank), label),
    );
  });
  return element("div", { class: "others" }, element("h4", {}, text("draw.others")), element("ol", {}, ...rows));
}
