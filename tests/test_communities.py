"""Is every invented community a sound case, and the same for the same seed?"""

from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from sample_data.communities import KINDS, community

PARTS = ("community.geojson", "buildings.geojson", "roads.geojson", "case.json")


def shapes(collection: dict) -> np.ndarray:
    return np.array([shape(feature["geometry"]) for feature in collection["features"]], dtype=object)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_community_is_sound(kind: str, seed: int) -> None:
    made = community(kind, seed, 1500)
    ground, buildings = shapes(made.community)[0], shapes(made.buildings)
    assert ground.is_valid
    assert shapely.is_valid(buildings).all()
    assert shapely.covers(ground.buffer(1e-7), buildings).all()
    total = sum(feature["properties"]["households"] for feature in made.buildings["features"])
    assert total == made.case["households"] == pytest.approx(1500, rel=0.1)
    assert all(feature["properties"]["class"] for feature in made.roads["features"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes(kind: str, tmp_path: Path) -> None:
    for name in ("one", "other"):
        community(kind, 5, 1200).write(tmp_path / name)
    for part in PARTS:
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "other" / part).read_bytes()


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no such community"):
        community("castle", 1)
    with pytest.raises(ValueError, match="fewer than"):
        community("rural", 1, 3)
