"""Do tables and outlines that are no division go through and back: codes, points in three datums, neighbourhoods?"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from commands import Here
from conftest import Store, fresh
from real import Cambridge, comes_back, everything, judged, m2, near, of, publish

from geo import lattice
from geo.files import things
from geo.measure import square_metres, to_metres
from geo.model import Grid, Rule
from geo.store import embedded

LEVELS = ("city", "district", "street", "community")
ACCURACY_M = 0.02
"""The libraries of the vectors lie 0.011 m apart at most, and a lattice step is as long."""
SHIFTED_ABROAD = {"Almaty", "Kathmandu", "Macau Senado", "Seoul", "Taipei 101"}
"""Places of the vectors which the usual rectangle shifts and we do not."""


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(store, monkeypatch, capsys)


@pytest.fixture
def empty(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


@pytest.fixture(scope="module")
def cambridge(shared_data: Path) -> Cambridge:
    return Cambridge(shared_data / "cambridge_ma.gpkg")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# Codes and names: a tree without outlines


def test_codes_and_names_of_3315_communities(
    wangge: Here, store: Store, empty: Store, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "cn_admin_codes_2023.csv"
    counts = {}
    for level, above in zip(LEVELS, (None, *LEVELS), strict=False):
        parent = ("--set", "parent=") if above is None else ("--field", f"parent={above}_code")
        fields = ("--field", f"code={level}_code", "--field", f"name={level}", "--set", f"level={level}", *parent)
        told = wangge("import", path, "--layer", "region", *fields, "--publish", "--json")
        assert (told.status, told.told["refused"]) == (0, [])
        counts[level] = told.told["rows"]["region"]["new"]
    assert counts == {"city": 3, "district": 22, "street": 288, "community": 3315}
    regions = {one.code: one for one in everything(store).regions}
    given = table(path)
    assert {one["community_code"] for one in given} == {c for c, one in regions.items() if one.level == "community"}
    for row in given:
        one = regions[row["community_code"]]
        assert (one.name, one.parent, len(one.code)) == (row["community"], row["street_code"], 12)
    below = Counter(regions[one.parent].parent for one in regions.values() if one.level == "community" and one.parent)
    streets = Counter(one.parent for one in regions.values() if one.level == "street")
    named = {"510108": (11, 83), "350203": (10, 99), "110101": (17, 169)}
    assert {code: (streets[code], below[code]) for code in named} == named
    assert wangge("export", "-o", tmp_path / "regions.csv", "--layer", "region").status == 0
    comes_back(store, empty, tmp_path / "regions.csv")


# Points in three datums


def test_points_in_three_datums_come_to_the_same_places(
    shared_data: Path, wangge: Here, store: Store, empty: Store, tmp_path: Path
) -> None:
    path = shared_data / "gcj02_reference_vectors.csv"
    places: dict[str, dict[str, Any]] = {}
    for name, short in (("wgs84", "wgs"), ("gcj02", "gcj"), ("bd09", "bd")):
        how = ("--field", f"lon={short}_lon", "--field", f"lat={short}_lat", "--mode", "update")
        told = wangge("import", path, "--layer", "facility", "--datum", name, *how, "--publish", "--json")
        assert (told.status, told.told["refused"]) == (0, [])
        places[name] = {one.id: one.shape for one in everything(store).facilities}
    assert len(places["wgs84"]) == 45
    for name in ("gcj02", "bd09"):
        assert {
            id_ for id_, place in places["wgs84"].items() if metres(place, places[name][id_]) > ACCURACY_M
        } == SHIFTED_ABROAD
    assert wangge("export", "-o", tmp_path / "back.csv", "--layer", "facility").status == 0
    comes_back(store, empty, tmp_path / "back.csv")


def metres(one: Any, other: Any) -> float:
    return float(to_metres(shapely.LineString([one, other])).length)


# What else Cambridge has


def test_neighbourhoods_show_their_faults_and_are_provisional(
    cambridge: Cambridge, wangge: Here, store: Store, empty: Store, tmp_path: Path
) -> None:
    grids = cambridge.grids("neighborhoods", "n_hood")
    report = judged([grids])
    assert report.figures.gap_m2 == near(12.4)
    overlaps = of(report, Rule.OVERLAP)
    assert {tuple(one.codes) for one in overlaps if (one.area_m2 or 0) > 0.01} == {("11", "12")}
    as_given = {one.code: one.shape for one in things(grids) if isinstance(one, Grid)}
    assert common(as_given) == near(11.7)
    assert m2(overlaps) == near(common({code: lattice.rounded(shape) for code, shape in as_given.items()}))
    assert publish(store, [cambridge.boundary()], provisional=True).number == 1
    assert publish(store, [grids], provisional=True).standing == {"cambridge": "provisional"}
    assert wangge("export", "-o", tmp_path / "back.gpkg").status == 0
    comes_back(store, empty, tmp_path / "back.gpkg")


def common(shapes: dict[str, Any]) -> float:
    """The ground that neighbourhoods 11 and 12 both claim: long and thin, so that the lattice takes 6 % of it."""
    return square_metres(shapely.intersection(shapes["11"], shapes["12"]))


def test_households_of_blocks_are_estimates(
    cambridge: Cambridge, wangge: Here, store: Store, empty: Store, tmp_path: Path
) -> None:
    how = ("--layer", "building", "--field", "id=block_id", "--field", "households=households_est")
    blocks = ("--table", "blocks_2000_population", *how, "--set", "estimated=true")
    told = wangge("import", cambridge.path, *blocks, "--publish", "--json")
    assert (told.told["number"], told.told["rows"]) == (1, {"building": {"new": 886}})
    found = {one.id: one for one in everything(store).buildings}
    given = pyogrio.read_dataframe(cambridge.path, layer="blocks_2000_population", read_geometry=False)
    assert (given["persons"].sum(), (given["persons"] == 0).sum()) == (101_355, 203)
    assert {one.estimated for one in found.values()} == {True}
    assert sum(one.households or 0 for one in found.values()) == given["households_est"].sum()
    for id_, households in zip(given["block_id"], given["households_est"], strict=True):
        assert found[id_].households == households
    assert wangge("export", "-o", tmp_path / "back.csv", "--layer", "building").status == 0
    comes_back(store, empty, tmp_path / "back.csv")


def test_rings_at_fault_of_roads_are_told_and_come_back(
    cambridge: Cambridge, wangge: Here, store: Store, empty: Store, tmp_path: Path
) -> None:
    how = ("--table", "road_surfaces", "--layer", "facility", "--field", "category=type")
    told = wangge("import", cambridge.path, *how, "--publish", "--json")
    assert (told.status, told.told["rows"]) == (0, {"facility": {"new": 205}})
    (note,) = [note for note in told.told["notes"] if note["note"] == "rings-unsound"]
    assert note["of"] == 205
    assert note["count"] / note["of"] == pytest.approx(0.059, abs=0.005)
    assert wangge("export", "-o", tmp_path / "back.gpkg").status == 0
    comes_back(store, empty, tmp_path / "back.gpkg")
