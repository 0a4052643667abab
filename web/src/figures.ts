// How are numbers, lengths, areas and times written for the reader?
import { languageTag, text } from "./language";

export function count(value: number): string {
  return new Intl.NumberFormat(languageTag(), { maximumFractionDigits: 0 }).format(value);
}

/** A length in metres: finer when short, kilometres from 1,000 m. */
export function metres(value: number): string {
  if (value >= 1000) return text("unit.kilometres", { value: short(value / 1000, 2) });
  return text("unit.metres", { value: short(value, value < 1 ? 3 : value < 100 ? 1 : 0) });
}

/** An area in square metres: hectares from 10,000, square kilometres from a million. */
export function squareMetres(value: number): string {
  return inUnit(short(value / unitOf(value).size, digitsOf(value)), value);
}

/** A part of an area and the whole, both in the whole's unit: `82.09 / 82.10 km²`. */
export function areaOf(part: number, whole: number): string {
  const { size } = unitOf(whole);
  const digits = digitsOf(whole);
  return inUnit(`${short(part / size, digits)} / ${short(whole / size, digits)}`, whole);
}

interface AreaUnit {
  size: number;
  id: "unit.square-kilometres" | "unit.hectares" | "unit.square-metres";
}

function unitOf(area: number): AreaUnit {
  if (area >= 1e6) return { size: 1e6, id: "unit.square-kilometres" };
  return area >= 1e4 ? { size: 1e4, id: "unit.hectares" } : { size: 1, id: "unit.square-metres" };
}

function digitsOf(area: number): number {
  return area >= 1e4 ? 2 : area >= 100 ? 0 : area >= 1 ? 1 : 4;
}

function inUnit(value: string, area: number): string {
  return text(unitOf(area).id, { value });
}

export function percent(share: number): string {
  return new Intl.NumberFormat(languageTag(), { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** `part` of `whole` in per cent, cut off and not rounded: only the whole is 100 %. */
export function portion(part: number, whole: number): string {
  if (whole <= 0) return percent(1);
  return percent(part >= whole ? 1 : Math.floor((part / whole) * 1000) / 1000);
}

/** A length of time, from seconds: minutes from two of them, hours from two of these. */
export function duration(seconds: number): string {
  if (seconds < 120) return text("unit.seconds", { value: count(seconds) });
  if (seconds < 7200) return text("unit.minutes", { value: count(seconds / 60) });
  return text("unit.hours", { value: count(seconds / 3600) });
}

/** An instant in the reader's own time zone, as `2026-05-01 14:30`. */
export function instant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function lonLat(lon: number, lat: number): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

function short(value: number, digits: number): string {
  return new Intl.NumberFormat(languageTag(), { maximumFractionDigits: digits }).format(value);
}
