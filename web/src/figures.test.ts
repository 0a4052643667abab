// Are numbers written as a reader expects, and never rounded up to the whole?
import { beforeEach, describe, expect, it, vi } from "vitest";
import { instantOf } from "./asking";
import { areaOf, count, duration, instant, metres, portion, squareMetres } from "./figures";
import { chooseLanguage } from "./language";

beforeEach(() => {
  vi.stubGlobal("navigator", { language: "en-GB" });
  chooseLanguage("en");
});

describe("figures", () => {
  it.each([
    [0.0123, "0.012 m"],
    [12.34, "12.3 m"],
    [234.5, "235 m"],
    [1234, "1.23 km"],
  ])("length %d", (value, written) => expect(metres(value)).toBe(written));

  it.each([
    [0.0106, "0.0106 m²"],
    [12.34, "12.3 m²"],
    [1908.4, "1,908 m²"],
    [23_456, "2.35 ha"],
    [82_100_000, "82.1 km²"],
  ])("area %d", (value, written) => expect(squareMetres(value)).toBe(written));

  it.each([
    [3.4, "3 s"],
    [119, "119 s"],
    [600, "10 min"],
    [90_000, "25 h"],
  ])("%d seconds", (value, written) => expect(duration(value)).toBe(written));

  it("reads a time of the reader's clock as that instant", () => {
    for (const local of ["2026-03-01T08:00", "2026-07-01T23:59:30"]) {
      const at = instantOf(local);
      expect(at).toMatch(/[+-]\d\d:\d\d$/);
      expect(new Date(at ?? "").getTime()).toBe(new Date(local).getTime());
    }
    expect(instantOf("")).toBeUndefined();
    expect(instantOf("soon")).toBeUndefined();
  });

  it("writes a part in the unit of the whole", () => {
    expect(areaOf(900_000, 82_100_000)).toBe("0.9 / 82.1 km²");
  });

  it("says 100 % only of the whole", () => {
    expect(portion(139_999, 140_000)).toBe("99.9%");
    expect(portion(140_000, 140_000)).toBe("100%");
    expect(portion(0, 0)).toBe("100%");
  });

  it("follows the language", () => {
    chooseLanguage("zh");
    expect(metres(12.34)).toBe("12.3 米");
    expect(count(140_561)).toBe("140,561");
  });

  it("leaves an unreadable time as it came", () => {
    expect(instant("soon")).toBe("soon");
    expect(instant("2026-05-01T06:30:00Z")).toMatch(/^2026-0[45]-\d\d \d\d:30$/);
  });
});
