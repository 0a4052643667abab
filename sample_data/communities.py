"""What communities can automatic drawing be tried on? Invented ones, of four kinds, from a seed.

`python -m sample_data.communities DIR --kind regular|oldtown|superblock|rural --seed N` writes a case's folder:
`community.geojson`, `buildings.geojson`, `roads.geojson`, `case.json`. Same seed, same bytes.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sample_data.community_features import Collection, ground_features, house_features, way_features
from sample_data.community_made import LAID_OUT, made
from sample_data.community_outline import OUTLINES
from sample_data.community_seeds import Order, households_of, seeds

KINDS = tuple(LAID_OUT)
LEAST = 100
"""Households; of less there is no ground to draw on."""
__all__ = ["KINDS", "Community", "Order", "community", "seeds", "written"]


@dataclass(frozen=True, slots=True)
class Community:
    """A community as GeoJSON FeatureCollections, lon/lat WGS-84 on the lattice; `case` tells what it is."""

    community: Collection
    buildings: Collection
    roads: Collection
    case: dict[str, Any]

    def write(self, folder: Path) -> None:
        """The four files of a case; the folder is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("community", "buildings", "roads"):
            text = json.dumps(getattr(self, part), separators=(",", ":"))
            (folder / f"{part}.geojson").write_text(text + "\n", encoding="utf-8")
        (folder / "case.json").write_text(json.dumps(self.case, indent=1) + "\n", encoding="utf-8")


def community(kind: str, seed: int, households: int | None = None, **wishes: Any) -> Community:
    """One of the `KINDS`, of about so many households; `wishes` are the other fields of an `Order`.

    Raises ValueError for a kind or an outline that there is not, or fewer than `LEAST` households.
    """
    if kind not in KINDS or wishes.get("outline", OUTLINES[0]) not in OUTLINES:
        raise ValueError(f"no such community: {kind} {wishes}")
    wished = households_of(kind, seed) if households is None else households
    if wished < LEAST:
        raise ValueError(f"fewer than {LEAST} households: {wished}")
    order = Order(kind=kind, seed=seed, households=wished, **wishes)
    ground, found, ways = made(order)
    case = {
        "name": _name(order),
        "kind": kind,
        "synthetic": True,
        "households": int(found.households.sum()),
        "buildings": len(found.shapes),
    }
    return Community(ground_features(ground), house_features(found), way_features(ways), case)


def written(number: int, folder: Path) -> Path:
    """The folder, inside of another, of the community with that number among the `seeds`."""
    order = seeds(number + 1)[number]
    path = folder / _name(order)
    community(**asdict(order)).write(path)
    return path


def _name(order: Order) -> str:
    return f"{order.kind}-{order.seed:03d}-{order.households}"


def main(arguments: list[str] | None = None) -> int:
    """Write a case; exit status 0, 2 for what cannot be ordered."""
    parser = argparse.ArgumentParser(prog="sample_data.communities", description="Write an invented community.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--households", type=int, help="by default what the seed gives")
    parser.add_argument("--outline", choices=OUTLINES, default=OUTLINES[0])
    for flag in ("lake", "river", "railway", "walls"):
        parser.add_argument(f"--{flag}", action="store_true")
    given = vars(parser.parse_args(arguments))
    folder = given.pop("folder")
    try:
        drawn = community(**given)
    except ValueError as error:
        parser.error(str(error))
    drawn.write(folder)
    print(f"{drawn.case['households']} households in {drawn.case['buildings']} buildings -> {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
