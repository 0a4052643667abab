// Which colours does the map have, by day and by night? Told apart without red against green.

export interface Palette {
  isNight: boolean;
  ground: string;
  good: string;
  full: string;
  low: string;
  high: string;
  special: string;
  rural: string;
  none: string;
  border: string;
  community: string;
  upper: string;
  ink: string;
  halo: string;
  chosen: string;
  chosenCase: string;
  fault: string;
  /** Footprints, and those whose owner a plan changes. */
  building: string;
  moved: string;
}

const DAY: Palette = {
  isNight: false,
  ground: "#f4f2ee",
  good: "#c3e2d5",
  full: "#74b5a0",
  low: "#f3dc97",
  high: "#e39678",
  special: "#c6d2bd",
  rural: "#ebe7d0",
  none: "#dddfe0",
  border: "#53696f",
  community: "#55707a",
  upper: "#263d47",
  ink: "#1d2b31",
  halo: "rgba(255, 255, 255, 0.85)",
  chosen: "#0f4fa8",
  chosenCase: "#ffffff",
  fault: "#c4001f",
  building: "#5d6b72",
  moved: "#6d2fa0",
};

const NIGHT: Palette = {
  isNight: true,
  ground: "#14191c",
  good: "#28574c",
  full: "#3f8a78",
  low: "#8d742b",
  high: "#9b4d33",
  special: "#3d4a39",
  rural: "#47442f",
  none: "#3c4346",
  border: "#14191c",
  community: "#8fa7b0",
  upper: "#d5e2e7",
  ink: "#f0f5f6",
  halo: "rgba(16, 21, 24, 0.85)",
  chosen: "#8ec1ff",
  chosenCase: "#0b0f12",
  fault: "#ff5a6e",
  building: "#aebbc1",
  moved: "#c9a2ff",
};

/** The colours for the reader's light. */
export function palette(isNight = night().matches): Palette {
  return isNight ? NIGHT : DAY;
}

/** Calls `listener` now and whenever day turns to night or back. */
export function inEachLight(listener: () => void): void {
  night().addEventListener("change", listener);
  listener();
}

function night(): MediaQueryList {
  return window.matchMedia("(prefers-color-scheme: dark)");
}
