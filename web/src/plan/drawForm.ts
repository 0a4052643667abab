// What does the planner say before grids are drawn by themselves?
import { button, element } from "../element";
import { count } from "../figures";
import { inEachLanguage, text } from "../language";
import { field } from "./naming";
import { canEdit, type Room } from "./room";
import type { Work } from "./work";
import { isOfOne, MOST_ALTERNATIVES, MOST_GRIDS, wishOf, type Said } from "./wish";

export interface DrawForm {
  show(room: Room, work: Work): void;
}

/** The form in `place`, there while the tool is in hand; what was said stays while the plan is worked on. */
export function drawForm(place: HTMLElement): DrawForm {
  const ground = element("strong", { class: "ground" });
  const keep = element("input", { type: "radio", name: "how", value: "keep", checked: true });
  const anew = element("input", { type: "radio", name: "how", value: "anew" });
  const number = element("input", { type: "number", name: "number", min: 1, max: MOST_GRIDS, inputmode: "numeric" });
  const alternatives = element("select", { name: "alternatives" });
  const take = element("select", { name: "alternative" });
  const taken = element("label", { class: "field" });
  const shows = element("input", { type: "checkbox", name: "blocks" });
  const go = button("", { type: "submit", class: "go", "data-draw": "go" }, () => undefined);
  const form = element("form", { class: "form drawing" });
  let work: Work | undefined;
  let chosen = 0;
  place.append(form);

  function write(): void {
    fill(alternatives, (rank) =>
      rank === 1 ? text("draw.alternatives.one") : text("draw.alternatives.some", { count: rank }),
    );
    fill(take, (rank) => (rank === 1 ? text("draw.take.best") : text("draw.take.rank", { rank })));
    number.placeholder = text("draw.number.any");
    go.textContent = text("draw.go");
    taken.replaceChildren(element("span", {}, text("draw.take")), take);
    form.replaceChildren(
      element("h3", {}, text("draw.title")),
      element("p", { class: "field" }, element("span", {}, text("draw.ground")), ground),
      choice(text("draw.how"), [keep, text("draw.how.keep")], [anew, text("draw.how.anew")]),
      field(text("draw.number"), number),
      field(text("draw.alternatives"), alternatives),
      taken,
      element("p", { class: "ends" }, go, element("label", {}, shows, text("draw.blocks"))),
    );
    update();
  }

  function update(): void {
    const room = work?.room();
    taken.hidden = alternatives.value === "1";
    for (const [rank, option] of [...take.options].entries()) option.hidden = rank >= Number(alternatives.value);
    if (Number(take.value) > Number(alternatives.value)) take.value = "1";
    if (room === undefined) return;
    ground.textContent = groundOf(room);
    number.disabled = !isOfOne(room);
    shows.checked = room.showsBlocks;
    go.disabled = !canEdit(room);
  }

  const said = (): Said => ({
    keep: keep.checked,
    number: number.value === "" ? undefined : number.valueAsNumber,
    alternatives: Number(alternatives.value),
    alternative: Number(take.value),
  });

  alternatives.addEventListener("change", update);
  shows.addEventListener("change", () => work?.showBlocks(shows.checked));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (work !== undefined && canEdit(work.room())) work.auto.draw(wishOf(work.room(), said()));
  });
  inEachLanguage(write);
  return {
    show(room, now) {
      if (work !== undefined && work !== now) form.reset();
      if (chosen > 0 && room.chosen.length === 0) number.value = ""; // it was that of the chosen ground
      chosen = room.chosen.length;
      work = now;
      place.hidden = room.tool !== "draw" || room.running !== undefined || room.plan.state !== "draft";
      update();
    },
  };
}

function groundOf({ chosen, plan }: Room): string {
  if (chosen.length === 1) return text("draw.ground.grid");
  if (chosen.length > 1) return text("draw.ground.grids", { count: count(chosen.length) });
  const { length } = plan.communities;
  return length === 1 ? text("draw.ground.one") : text("draw.ground.all", { count: count(length) });
}

/** Options from 1 on; what was chosen stays chosen. */
function fill(select: HTMLSelectElement, called: (rank: number) => string): void {
  const before = select.value;
  const ranks = Array.from({ length: MOST_ALTERNATIVES }, (_, at) => at + 1);
  select.replaceChildren(...ranks.map((rank) => element("option", { value: rank }, called(rank))));
  select.value = before === "" ? "1" : before;
}

function choice(name: string, ...ways: [HTMLInputElement, string][]): HTMLElement {
  const labels = ways.map(([input, label]) => element("label", {}, input, label));
  return element("fieldset", { class: "choice" }, element("legend", {}, name), ...labels);
}
