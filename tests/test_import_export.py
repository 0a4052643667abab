"""Does what is exported import back identical, in both formats, with every layer?"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from commands import Here
from conftest import Store, fresh
from district import document, small

from geo import files, lattice
from geo.datum import Datum, shape_from_wgs84
from geo.files import plan_of, read, things, write_geojson
from geo.measure import square_metres
from geo.model import Building, Facility, Line, Plan, Region, Water
from geo.store import embedded, published
from geo.store import things as stored
from geo.store.connect import session
from geo.store.published import current_publication


def rich() -> Plan:
    """The small district with what a file may get wrong: empty fields, many parts, odd names, a scheme, no counts."""
    plan = small()
    regions = [replace(region, scheme="free") if region.code == "D" else region for region in plan.regions]
    return replace(
        plan,
        regions=(*regions, Region(code="N", name='a "b", c\\d 网格\u3000', level="street", parent="D")),
        buildings=(
            *plan.buildings,
            Building(id="p", shape=shapely.Point(104.1003, 30.7003)),
            Building(
                id="q", address="甲,乙", levels=33, households=0, grid="C01", shape=shapely.Point(104.1183, 30.7003)
            ),
        ),
        facilities=(
            *plan.facilities,
            Facility(id="many", category="tap", shape=shapely.MultiPoint([(104.1003, 30.7003), (104.1004, 30.7003)])),
        ),
        lines=(
            *plan.lines,
            Line(
                id="l2",
                category="river",
                shape=shapely.MultiLineString([[(104.1, 30.7), (104.2, 30.7)], [(104.1, 30.8), (104.2, 30.8)]]),
            ),
        ),
        water=(
            *plan.water,
            Water(
                id="w2",
                name="湖",
                shape=shapely.Polygon(
                    [(104.3, 30.7), (104.31, 30.7), (104.31, 30.71), (104.3, 30.71)],
                    [[(104.302, 30.702), (104.304, 30.702), (104.304, 30.704)]],
                ),
            ),
        ),
    )


@pytest.fixture
def stores(cluster: embedded.Cluster) -> Iterator[tuple[Store, Store]]:
    with fresh(cluster) as one, fresh(cluster) as two:
        yield one, two


def everything(store: Store) -> Plan:
    with session(store.service) as work:
        return stored.everything(work, current_publication(work))


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_there_and_back(
    stores: tuple[Store, Store],
    suffix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two = (Here(store, monkeypatch, capsys) for store in stores)
    first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
    start = tmp_path / "start.geojson"
    start.write_bytes(document(rich()))
    assert one("import", start, "--publish").status == 0
    assert one("export", "--plain", "-o", first).status == 0
    told = two("import", first, "--publish", "--json")
    assert (told.status, told.told["refused"]) == (0, [])
    assert two("export", "--plain", "-o", second).status == 0
    assert everything(stores[0]) == everything(stores[1])
    assert everything(stores[1]) == in_order(rich())
    assert document(plan_of(things(read(first)))) == document(plan_of(things(read(second))))
    if suffix == "geojson":
        assert first.read_bytes() == second.read_bytes() == start.read_bytes()
    assert two("import", first, "--publish", "--json").told["plan"] is None
    assert one("import", second, "--dry-run", "--json").told["rows"].keys() == {
        "region", "grid", "building", "facility", "line", "water"
    }  # fmt: skip


def in_order(plan: Plan) -> Plan:
    """As the store lists it: by code, boundaries read the way the store keeps them."""
    return Plan(
        regions=tuple(sorted(plan.regions, key=lambda one: one.code)),
        grids=tuple(sorted(plan.grids, key=lambda one: one.code)),
        buildings=tuple(sorted(plan.buildings, key=lambda one: one.id)),
        facilities=tuple(sorted(plan.facilities, key=lambda one: one.id)),
        lines=tuple(sorted(plan.lines, key=lambda one: one.id)),
        water=tuple(sorted(plan.water, key=lambda one: one.id)),
    )


def test_a_past_state_is_exported_as_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wangge, path = Here(store, monkeypatch, capsys), tmp_path / "plan.geojson"
    path.write_bytes(document(small()))
    assert wangge("publish", path).status == 0
    plan = small()
    path.write_bytes(document(replace(plan, grids=tuple(replace(grid, name="new") for grid in plan.grids))))
    assert wangge("publish", path).status == 0
    old, now = tmp_path / "old.geojson", tmp_path / "now.geojson"
    assert wangge("export", "--plain", "-o", old, "--publication", 1).status == 0
    assert wangge("export", "--plain", "-o", now).status == 0
    assert old.read_bytes() == document(small())
    assert now.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "EPSG:4544"])
def test_a_file_in_another_datum_is_converted(
    store: Store, datum: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, other = small(), Datum.parse(datum)
    shifted = replace(
        plan,
        regions=tuple(
            replace(r, shape=None if r.shape is None else shape_from_wgs84(r.shape, other)) for r in plan.regions
        ),
        grids=tuple(replace(g, shape=shape_from_wgs84(g.shape, other)) for g in plan.grids),
        buildings=(),
        facilities=tuple(replace(f, shape=shape_from_wgs84(f.shape, other)) for f in plan.facilities),
        lines=(),
        water=(),
    )
    path = tmp_path / "shifted.geojson"
    write_geojson(shifted, path)
    path.write_bytes(path.read_bytes().replace(b'"datum":"wgs84",', b""))
    told = Here(store, monkeypatch, capsys)("import", path, "--datum", datum, "--publish", "--json")
    assert (told.status, told.told["coverage"]["units_covered"]) == (0, 4), told.err
    back = everything(store)
    for grid, given in zip(back.grids, sorted(plan.grids, key=lambda one: one.code), strict=True):
        assert lattice.is_rounded(grid.shape)
        assert square_metres(grid.shape.symmetric_difference(given.shape)) < 40  # edges were cut: 3 cm along 1.2 km
    place = next(one for one in back.facilities if one.id == "f1").shape
    assert np.allclose(shapely.get_coordinates(place), shapely.get_coordinates(plan.facilities[0].shape), atol=2e-7)


def test_a_failure_between_leaves_the_store_as_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wangge, path = Here(store, monkeypatch, capsys), tmp_path / "plan.geojson"
    path.write_bytes(document(small()))
    assert wangge("publish", path).status == 0
    before = everything(store)
    path.write_bytes(document(small())[:-2000])
    assert wangge("import", path, "--publish").status == 2
    path.write_bytes(document(replace(small(), grids=small().grids[1:], buildings=())))
    assert wangge("import", path, "--publish").status == 1
    with session(store.service) as work:
        assert published.current_publication(work) == 1
    assert everything(store) == before


def test_both_writers_are_offered() -> None:
    assert {"write_geojson", "write_gpkg"} <= set(files.__all__)
