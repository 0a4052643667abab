"""Where does the sample district come from? `python -m sample_data.make OUT.geojson [--seed N]` writes it.

Same seed, same bytes. Everything in it is invented.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sample_data.addresses import Addresses
from sample_data.codes import DISTRICT_NAME, give_codes
from sample_data.facilities import facilities
from sample_data.features import Feature, buildings, grids, lines, places, regions, water
from sample_data.layout import laid_out
from sample_data.standing import Builder
from sample_data.streets import network

SEED = 20
DESCRIPTION = (
    "虚构示例区:街道、社区、网格、房屋、名称均为虚构,区划代码 519901 未被分配。"
    "Invented sample district: every street, community, grid, building and name is made up; 519901 is no assigned code."
)


def district(seed: int = SEED) -> dict[str, Any]:
    """The sample district as one plan file (a GeoJSON FeatureCollection, WGS-84)."""
    layout = laid_out(seed)
    give_codes(layout, seed)
    streets = network(layout)
    builder = Builder(layout, streets, seed)
    everything = [(community, builder.built(grid)) for community in layout.communities for grid in community.grids]
    addresses = Addresses(layout, everything, seed)
    found = facilities(layout, everything, addresses.institutions, seed)
    made: list[Iterable[Feature]] = [
        regions(layout, seed),
        grids(layout),
        buildings(everything, addresses, seed),
        places(found),
        lines(streets, everything),
        water(streets, everything),
    ]
    return collection(DISTRICT_NAME, DESCRIPTION, [feature for group in made for feature in group])


def collection(name: str, description: str, features: list[Feature]) -> dict[str, Any]:
    """A plan file."""
    return {
        "type": "FeatureCollection",
        "name": name,
        "description": description,
        "datum": "wgs84",
        "features": features,
    }


def text(plan: dict[str, Any]) -> str:
    """The plan file as text, one feature a line. Coordinates print as the shortest decimals of their lattice value."""
    head = {key: value for key, value in plan.items() if key != "features"}
    rows = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in plan["features"])
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + rows + "\n]}\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the district; exit status 0."""
    parser = argparse.ArgumentParser(prog="sample_data.make", description="Write the invented sample district.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    plan = district(given.seed)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    part = given.out.with_name(given.out.name + ".part")
    part.write_text(text(plan), encoding="utf-8")
    part.replace(given.out)
    print(f"{len(plan['features'])} features -> {given.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
