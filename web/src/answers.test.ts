// Are answers put in order, and shown where they belong?
import { describe, expect, it } from "vitest";
import type { Finding } from "./answers";
import { boundsOf, faultFeatures } from "./fault";
import { grouped } from "./groups";

function finding(rule: string, severity: Finding["severity"]): Finding {
  return {
    rule,
    severity,
    codes: [],
    area_m2: null,
    width_m: null,
    length_m: null,
    households: null,
    message: "",
    healable: false,
    geometry: null,
  };
}

describe("grouped", () => {
  it("puts what blocks first, then what is most frequent", () => {
    const some = [
      finding("households-low", "note"),
      finding("building-split", "warning"),
      finding("gap", "blocking"),
      finding("overlap", "blocking"),
      finding("overlap", "blocking"),
    ];
    expect(grouped(some).map(({ rule, findings }) => [rule, findings.length])).toEqual([
      ["overlap", 2],
      ["gap", 1],
      ["building-split", 1],
      ["households-low", 1],
    ]);
  });

  it("puts what somebody accepted behind what is open", () => {
    const accepted = { ...finding("hole", "blocking"), accepted: { reason: "lake", actor: "p", at: "2026-03-01" } };
    expect(grouped([accepted, finding("needle", "warning")]).map(({ rule, severity }) => [rule, severity])).toEqual([
      ["needle", "warning"],
      ["hole", "note"],
    ]);
  });
});

describe("a fault", () => {
  const square = (side: number): [number, number][] => [
    [104, 30],
    [104 + side, 30],
    [104 + side, 30 + side],
    [104, 30 + side],
    [104, 30],
  ];

  it("has bounds whatever its type", () => {
    expect(boundsOf({ type: "Point", coordinates: [104, 30] })).toEqual([104, 30, 104, 30]);
    expect(
      boundsOf({
        type: "GeometryCollection",
        geometries: [
          {
            type: "LineString",
            coordinates: [
              [1, 2],
              [3, 0],
            ],
          },
        ],
      }),
    ).toEqual([1, 0, 3, 2]);
    expect(boundsOf({ type: "MultiPolygon", coordinates: [] })).toBeUndefined();
  });

  it("is ringed when it is a point or too small to see", () => {
    const marks = (shape: Parameters<typeof faultFeatures>[0]) =>
      faultFeatures(shape).features.map(({ properties }) => properties?.["mark"] as string);
    expect(marks({ type: "Point", coordinates: [104, 30] })).toEqual(["dot", "ring"]);
    expect(marks({ type: "Polygon", coordinates: [square(1e-6)] })).toEqual(["shape", "ring"]);
    expect(marks({ type: "Polygon", coordinates: [square(0.01)] })).toEqual(["shape"]);
    expect(marks({ type: "Polygon", coordinates: [] })).toEqual([]);
  });
});
