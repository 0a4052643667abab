"""Do the broken plans beside the sample have the faults they say, and those only?"""

from pathlib import Path

import numpy as np
import pytest
import shapely
from edges import cancelled
from shapely.geometry import shape

from geo.measure import metres_per_degree
from sample_data import broken


def test_broken_plans_are_kept_as_made() -> None:
    folder = Path(broken.__file__).parent / "broken"
    kept = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.geojson")}
    assert kept == broken.plans()
    assert all(len(content.encode()) < 60_000 for content in kept.values())


FAULTS = {
    "sound": (0, 0.0, 0.0, 0.0),
    "building-unassigned": (0, 0.0, 0.0, 0.0),
    "building-split": (0, 0.0, 0.0, 0.0),
    "households-low": (0, 0.0, 0.0, 0.0),
    "households-high": (0, 0.0, 0.0, 0.0),
    "node-unmatched-slanted": (3, 0.0, 0.0, 0.0),
    "node-unmatched-axis": (3, 0.0, 0.0, 0.0),
    "vertex-moved": (4, 1.38, 0.0, 0.0),
    "gap-pinhole": (3, 0.0048, 0.0, 0.0),
    "gap-inside": (3, 162, 0.0, 0.0),
    "gap-edge": (3, 161.4, 0.0, 0.0),
    "gap-missing-grid": (8, 51_982, 0.0, 0.0),
    "overlap": (4, 0.0, 488.2, 0.0),
    "overlap-sliver": (4, 0.0, 4.37, 0.0),
    "duplicate": (8, 0.0, 51_982, 0.0),
    "spill": (4, 0.0, 0.0, 526.9),
}
"""By plan: edges that do not cancel, then gap, overlap and spill, square metres."""


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_broken_plans_have_the_ground_they_say(name: str) -> None:
    things = [{**f["properties"], "geometry": f["geometry"]} for f in broken.plan(name)["features"]]
    grids = [t["geometry"] for t in things if t["layer"] == "grid"]
    outlines = [t["geometry"] for t in things if t.get("level") == "community"]
    odd = cancelled(grids)
    odd.subtract(cancelled(outlines))
    odd_edges = {frozenset(edge) for edge, n in odd.items() if n}
    m2 = float(np.prod(metres_per_degree(30.705)))
    shapes = np.array([shape(g) for g in grids])
    ground, whole = shapely.union_all(shapes), shapely.union_all([shape(o) for o in outlines])
    gap, twice, beyond = (
        whole.difference(ground).area,
        shapely.area(shapes).sum() - ground.area,
        ground.difference(whole).area,
    )
    measured = (gap * m2, twice * m2, beyond * m2)
    assert len(odd_edges) == FAULTS[name][0]
    assert measured == pytest.approx(FAULTS[name][1:], rel=0.01, abs=0.001)


@pytest.mark.parametrize("name", ["sound", *sorted(broken.FAULTS)])
def test_broken_plans_have_the_households_they_say(name: str) -> None:
    things = [{**f["properties"], "geometry": f["geometry"]} for f in broken.plan(name)["features"]]
    grids = {t["code"]: shape(t["geometry"]) for t in things if t["layer"] == "grid"}
    assert [code for code, ground in grids.items() if not ground.is_valid] == (
        ["51990900100105"] * (name == "ring-invalid")
    )
    buildings = [(shape(t["geometry"]), t["households"]) for t in things if t["layer"] == "building"]
    held = {
        code: sum(n for b, n in buildings if ground.contains(b)) for code, ground in grids.items() if ground.is_valid
    }
    parks = {t["code"] for t in things if t.get("kind") == "special"}
    assert len(parks) == {"ring-invalid": 1, "duplicate": 2, "needle": 1}.get(name, 0)
    odd = [n for code, n in held.items() if code not in parks and not 300 <= n <= 500]
    assert odd == {"households-low": [180], "households-high": [640]}.get(name, [])
    stray = [n for b, n in buildings if not any(g.is_valid and g.contains(b) for g in grids.values())]
    assert stray == ([12] if name in ("building-unassigned", "building-split") else [])
