// What does the planner's hand do on the map: point, press, drag, let go? With a mouse, a finger or the keyboard alike.
import type { LngLat, Map as MapView } from "maplibre-gl";
import type { Place } from "./answers";

/** How something is taken hold of. */
export interface Grip {
  /** Pixels within which it is meant. */
  reach: number;
  /** Only what belongs to a grid that was pressed before: else a finger could not move the map. */
  pressed: boolean;
}

const BY_MOUSE: Grip = { reach: 9, pressed: false };
const BY_FINGER: Grip = { reach: 24, pressed: true };
const BY_KEYS: Grip = { reach: 20, pressed: false };

/** What a tool does with the hand. */
export interface Hand {
  /** Whether something is taken hold of: then it is dragged, and the map stays where it is. */
  grab(at: Place, grip: Grip): boolean;
  drag(at: Place): void;
  /** Let go; `moved` is false where the hand never moved. */
  drop(at: Place, moved: boolean): void;
  /** A press where nothing was taken hold of. */
  tap(at: Place): void;
  /** The hand points somewhere, or nowhere any more. */
  hover(at: Place | undefined): void;
  /** What was begun is not wanted. */
  cancel(): void;
}

export interface Pointer {
  /** Every press goes to this hand from now on; without one, presses ask for the owner. */
  take(hand: Hand | undefined): void;
  taken(): boolean;
}

export function pointer(map: MapView): Pointer {
  let hand: Hand | undefined;
  let letGo: (() => void) | undefined; // while something is held: ends it

  let grabbed = false; // by the last press of the mouse: the click that may follow it means nothing more

  function hold(start: Place, events: Held, follow: (event: Event) => Place | undefined): void {
    let at: Place | undefined;
    const moved = (event: Event): void => {
      at = follow(event) ?? at;
      if (at !== undefined) hand?.drag(at);
    };
    const dropped = (event: Event): void => {
      event.preventDefault(); // a finger's press would be told once more as that of a mouse
      finish();
      hand?.drop(at ?? start, at !== undefined);
    };
    const finish = (): void => {
      letGo = undefined;
      window.removeEventListener(events.move, moved);
      for (const end of events.ends) window.removeEventListener(end, dropped);
    };
    letGo = finish;
    window.addEventListener(events.move, moved);
    for (const end of events.ends) window.addEventListener(end, dropped);
  }

  function under({ clientX, clientY }: { clientX: number; clientY: number }): Place {
    const box = map.getCanvas().getBoundingClientRect();
    return place(map.unproject([clientX - box.left, clientY - box.top]));
  }

  map.on("mousedown", (event) => {
    const at = place(event.lngLat);
    grabbed = event.originalEvent.button === 0 && hand?.grab(at, BY_MOUSE) === true;
    if (!grabbed) return;
    event.preventDefault(); // else the map would be dragged
    hold(at, MOUSE, (moved) => under(moved as MouseEvent));
  });
  map.on("touchstart", (event) => {
    const at = place(event.lngLat);
    if (event.points.length !== 1 || !hand?.grab(at, BY_FINGER)) return;
    event.preventDefault();
    hold(at, FINGER, (moved) => {
      const finger = (moved as TouchEvent).touches[0];
      return finger && under(finger);
    });
  });
  map.on("mousemove", ({ lngLat }) => letGo === undefined && hand?.hover(place(lngLat)));
  map.on("mouseout", () => letGo === undefined && hand?.hover(undefined));
  map.on("click", ({ lngLat }) => letGo === undefined && !grabbed && hand?.tap(place(lngLat)));
  keys(
    map,
    () => hand,
    () => letGo?.(),
  );
  return {
    take(next) {
      letGo?.();
      hand = next;
      if (hand === undefined) map.doubleClickZoom.enable();
      else map.doubleClickZoom.disable(); // a second press on the last node ends a line
    },
    taken: () => hand !== undefined,
  };
}

interface Held {
  move: "mousemove" | "touchmove";
  ends: string[];
}

const MOUSE: Held = { move: "mousemove", ends: ["mouseup"] };
const FINGER: Held = { move: "touchmove", ends: ["touchend", "touchcancel"] };

/** Enter takes hold of what is at the map's centre; the arrows move the map under it; Enter lets go. */
function keys(map: MapView, hand: () => Hand | undefined, letGo: () => void): void {
  let held = false;
  let moved = false;
  const centre = (): Place => place(map.getCenter());

  map.getCanvas().addEventListener("keydown", ({ key }) => {
    const one = hand();
    if (one === undefined) return;
    if (key === "Enter") {
      if (held) {
        held = false;
        one.drop(centre(), moved);
      } else if (one.grab(centre(), BY_KEYS)) {
        held = true;
        moved = false;
      } else one.tap(centre());
    }
  });
  map.on("move", () => {
    if (!held) return;
    moved = true;
    hand()?.drag(centre());
  });
  window.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || hand() === undefined) return;
    held = false;
    letGo();
    hand()?.cancel();
  });
}

function place({ lng, lat }: LngLat): Place {
  return [lng, lat];
}
