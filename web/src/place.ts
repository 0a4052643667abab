// Where does the reader stand? The address's hash: `#zoom/lat/lon&grid=code&plan=id`.

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Standpoint {
  view?: View;
  grid?: string;
  /** The open plan's id. */
  plan?: string;
}

export function readPlace(hash: string): Standpoint {
  const place: Standpoint = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const view = readView(part);
    if (view !== undefined) place.view = view;
    if (part.startsWith("grid=") && part.length > 5) place.grid = decoded(part.slice(5));
    if (part.startsWith("plan=") && part.length > 5) place.plan = decoded(part.slice(5));
  }
  return place;
}

export function writePlace({ view, grid, plan }: Standpoint): string {
  const parts: string[] = [];
  if (view !== undefined) parts.push(`${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`);
  if (grid !== undefined) parts.push(`grid=${encodeURIComponent(grid)}`);
  if (plan !== undefined) parts.push(`plan=${encodeURIComponent(plan)}`);
  return `#${parts.join("&")}`;
}

function readView(part: string): View | undefined {
  const match = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(part);
  if (match === null) return undefined;
  const [zoom, lat, lon] = match.slice(1).map(Number) as [number, number, number];
  return zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
