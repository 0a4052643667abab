// Who is to be called? The people of an answer: those of the grid first, then those of the regions above it.
import type { InCharge, OwnerAnswer } from "./answers";
import { element, type Child } from "./element";
import { count } from "./figures";
import { text, word } from "./language";
import { part, quiet } from "./parts";

export function people({ people: all, owner, chain }: OwnerAnswer): HTMLElement | false {
  if (all.length === 0) return false;
  const names = new Map(chain.map((place) => [place.code, place.name]));
  if (owner !== null) names.set(owner.code, owner.name);
  const places = [...new Set(all.map((one) => one.code))];
  const missing = owner !== null && !places.includes(owner.code);
  return part(
    text("people.title"),
    missing && element("p", { class: "quiet" }, text("people.none.grid")),
    ...places.map((place) =>
      ofPlace(
        names.get(place) || place,
        all.filter((one) => one.code === place),
      ),
    ),
    all.every(isHidden) && element("p", { class: "quiet" }, text("people.hidden")),
  );
}

/** What is said where nobody at all was named. */
export function nobody(): HTMLElement {
  return part(text("people.title"), element("p", { class: "quiet" }, text("people.none")));
}

function ofPlace(name: string, all: InCharge[]): HTMLElement {
  const known = all.filter((one) => !isHidden(one)).map(person);
  return element(
    "div",
    { class: "in-charge" },
    element("h4", {}, name),
    element("ul", { class: "people" }, ...known, ...registered(all.filter(isHidden))),
  );
}

function person(one: InCharge): HTMLElement {
  const { name, phone, role, post, subject, until } = one;
  const about = [
    word("role", role),
    post === null ? "" : word("post", post),
    subject,
    until === null ? "" : text("people.until", { until }),
  ];
  return element(
    "li",
    { "data-role": role },
    element("span", { class: "name" }, name),
    quiet(about.filter((said) => said !== "").join(" · ")),
    phone !== null && phone !== "" && call(phone, name ?? ""),
  );
}

function call(phone: string, name: string): HTMLElement {
  const href = `tel:${phone.replace(/[^\d+*#]/g, "")}`;
  return element("a", { class: "call", href, title: text("people.call", { name }) }, phone);
}

/** The public profile knows that somebody is there, not who. */
function registered(hidden: InCharge[]): Child[] {
  const roles = [...new Set(hidden.map((one) => one.role))];
  return roles.map((role) => {
    const number = hidden.filter((one) => one.role === role).length;
    const said = text(number === 1 ? "people.registered" : "people.registered.several", {
      role: word("role", role),
      count: count(number),
    });
    return element("li", { class: "registered", "data-role": role }, said);
  });
}

function isHidden({ name, phone }: InCharge): boolean {
  return name === null && phone === null;
}
