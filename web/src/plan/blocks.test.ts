// Are blocks found under the hand, and do chosen ones make the edit that is meant?
import { beforeAll, expect, it } from "vitest";
import type { Finding } from "../answers";
import { chooseLanguage } from "../language";
import { blockAt, blockFeatures, splitOff } from "./blocks";
import type { Block } from "./drawAnswers";
import { communitiesOf } from "./healing";

function block(id: string, west: number, grid: string | null): Block {
  const ring = [
    [west, 0],
    [west + 1, 0],
    [west + 1, 1],
    [west, 1],
    [west, 0],
  ];
  const properties = { community: "R", households: 7, buildings: 1, grid };
  return { id, type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties };
}

beforeAll(() => chooseLanguage("en"));

const blocks = [block("R-1", 0, "A"), block("R-2", 1, "A"), block("R-3", 2, "B"), block("R-4", 3, null)];

it("is found at a place", () => {
  expect([blockAt(blocks, [1.5, 0.5]), blockAt(blocks, [9, 9])]).toEqual(["R-2", undefined]);
});

it("makes a grid of blocks of one grid alone", () => {
  expect(splitOff({ blocks, picked: ["R-1", "R-2"] })).toEqual({ op: "split", grid: "A", blocks: ["R-1", "R-2"] });
  for (const picked of [[], ["R-1", "R-3"], ["R-4"], ["R-1", "R-4"]])
    expect(splitOff({ blocks, picked })).toBeUndefined();
});

it("is drawn while its tool is in hand or it is asked for", () => {
  const seen = (tool: "move" | "blocks", showsBlocks: boolean): number =>
    blockFeatures({ tool, showsBlocks, blocks, picked: ["R-1"] }).length;
  expect([seen("move", false), seen("move", true), seen("blocks", false)]).toEqual([0, 8, 8]);
  const [first, , second] = blockFeatures({ tool: "blocks", showsBlocks: false, blocks, picked: ["R-1"] });
  expect([first?.properties?.["picked"], second?.properties?.["picked"]]).toEqual([true, false]);
});

it("is healed by the communities of grids with too many or too few households", () => {
  const finding = (rule: string, ...codes: string[]): Finding => ({ rule, codes }) as Finding;
  const grids = new Map([["A", { properties: { region: "R" } }]]) as unknown as Parameters<
    typeof communitiesOf
  >[1]["grids"];
  const all = [finding("households-low", "A"), finding("households-high", "A"), finding("gap", "A")];
  expect(communitiesOf(all, { grids })).toEqual(["R"]);
  expect(communitiesOf([finding("gap", "A"), finding("households-low", "?")], { grids })).toEqual([]);
});
