// Does the address keep the reader's place?
import { describe, expect, it } from "vitest";
import { readPlace, writePlace } from "./place";

describe("the hash", () => {
  it("is read back as written", () => {
    const place = { view: { zoom: 14.25, lat: 30.69, lon: 104.095 }, grid: "51990100100101" };
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it("keeps the open plan", () => {
    expect(readPlace("#16.00/30.7/104.1&grid=A1&plan=5f0c").plan).toBe("5f0c");
    expect(writePlace({ plan: "5f0c" })).toBe("#plan=5f0c");
  });

  it("keeps codes with any sign", () => {
    expect(readPlace(writePlace({ grid: "a&b=c #里" }))).toEqual({ grid: "a&b=c #里" });
  });

  it("is written plainly", () => {
    expect(writePlace({ view: { zoom: 13, lat: 30.7, lon: 104.1 }, grid: "A1" })).toBe(
      "#13.00/30.70000/104.10000&grid=A1",
    );
  });

  it.each(["", "#", "#x/y/z", "#99/1/2", "#3/95/2", "#3/5/200", "#3/5", "#grid="])("takes nothing from %j", (hash) => {
    expect(readPlace(hash)).toEqual({});
  });

  it("lives with a broken escape", () => {
    expect(readPlace("#grid=%E0%A4")).toEqual({ grid: "%E0%A4" });
  });
});
