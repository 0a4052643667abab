// Do both languages of every text ask for the same values?
import { describe, expect, it } from "vitest";
import { fill, texts, type TextId } from "./texts";

const ids = Object.keys(texts) as TextId[];

function holes(said: string): string[] {
  return [...said.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

describe("the catalogue", () => {
  it.each(ids)("%s has words and the same values in both languages", (id) => {
    const { zh, en } = texts[id];
    expect(zh.trim()).not.toBe("");
    expect(en.trim()).not.toBe("");
    expect(holes(zh)).toEqual(holes(en));
  });

  it("uses full-width marks between Chinese words", () => {
    const half = ids.filter((id) => /[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]/.test(texts[id].zh));
    expect(half).toEqual([]);
  });

  it("fills values in and leaves no brace behind", () => {
    expect(fill("zh", "publication.chip", { number: 12 })).toBe("第 12 号发布");
    expect(fill("en", "publication.chip", { number: 12 })).toBe("Publication 12");
  });

  it("refuses a missing value and an unknown id when compiled", () => {
    // @ts-expect-error the text needs `number`
    expect(fill("en", "publication.chip")).toBe("Publication {number}");
    // @ts-expect-error no such text
    expect(() => fill("en", "no.such.text")).toThrow();
  });
});
