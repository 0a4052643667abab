"""Is it told where tiles show something else than at an earlier publication?"""

from dataclasses import replace

import numpy as np
import shapely
from conftest import Store
from district import at, house, publish, small
from divisions import cell
from sqlalchemy import text

from geo.model import Facility, Line, Plan, Region, Water
from geo.ruleset import parse
from geo.store import publications, revert, rulesets, schema
from geo.store.connect import session
from geo.store.touched import MOST_BOXES, SQUARE, Touched, touched


def told(store: Store, after: int, upto: int) -> Touched:
    with session(store.service) as work:
        return touched(work, after, upto)


def meets(found: Touched, *shapes: shapely.Geometry) -> list[bool]:
    """Which of some shapes one of the boxes meets."""
    tree = shapely.STRtree(shapely.box(*found.boxes.T))
    return [len(tree.query(shape, "intersects")) > 0 for shape in shapes]


def test_what_things_change(store: Store) -> None:
    publish(store, small())
    here, there = at(1.5, 1.5), at(8.5, 8.5)
    publish(store, Plan(facilities=(Facility(id="f1", category="clinic", shape=at(1.5, 1.5)),)))
    found = told(store, 1, 2)
    assert not found.everything
    assert meets(found, here, at(0.5, 0.5), there, at(3.5, 0.5)) == [True, True, False, False]
    publish(store, Plan(lines=(Line(id="l2", category="path", shape=shapely.LineString([at(6, 6), at(7, 7)])),)))
    publish(store, Plan(water=(Water(id="w1", name="河", shape=cell(8, 8)),)))
    assert meets(told(store, 2, 3), at(6.5, 6.5), at(8.5, 8.5)) == [True, False]
    assert meets(told(store, 3, 4), at(8.5, 8.5), at(4.3, 1), at(6.5, 6.5)) == [True, True, False]
    assert meets(told(store, 2, 4), at(8.5, 8.5), at(6.5, 6.5), at(1.5, 1.5)) == [True, True, False]
    assert len(told(store, 4, 4).boxes) == 0


def test_a_building_that_is_counted_anew_touches_its_whole_grid(store: Store) -> None:
    publish(store, small())
    publish(store, Plan(buildings=(replace(house("h-A01", "A01", 0, 0), households=311),)))
    found = told(store, 1, 2)
    assert meets(found, at(0.02, 0.98), at(0.98, 0.02), at(1.5, 0.5), at(0.5, 1.5)) == [True, True, False, False]


def test_redrawn_ground_touches_its_region(store: Store) -> None:
    plan = small()
    publish(store, plan)
    a = tuple(replace(one, name="改") for one in plan.grids if one.region == "A")
    publish(store, Plan(regions=tuple(one for one in plan.regions if one.code == "A"), grids=a))
    assert meets(told(store, 1, 2), at(0.5, 0.5), at(1.5, 1.5), at(2.5, 0.5), at(6.5, 0.5)) == [
        True,
        True,
        False,
        False,
    ]


def test_a_region_of_another_name_touches_all_its_ground(store: Store) -> None:
    publish(store, small())
    publish(store, Plan(regions=(Region(code="S", name="新街", level="street", parent="D"),)))
    found = told(store, 1, 2)
    assert meets(found, at(0.5, 0.5), at(3.5, 1.5), at(6.5, 0.5), at(0.5, 3.5)) == [True, True, True, False]


def test_other_limits_touch_everything(store: Store) -> None:
    publish(store, small())
    with store.owner.begin() as work:
        work.execute(text("UPDATE head SET publication = 2"))
        work.execute(
            text("INSERT INTO ruleset (numbers, settings) VALUES ('[2,)', CAST(:settings AS jsonb))"),
            {"settings": "{}"},
        )
    assert told(store, 1, 2).everything
    assert not told(store, 2, 2).everything


def test_very_many_boxes_are_told_as_fewer_that_cover_them(store: Store) -> None:
    publish(store, small())
    with store.owner.begin() as work:
        work.execute(
            text(
                """INSERT INTO identity (layer, code) SELECT 'facility', 'x' || n FROM generate_series(1, :many) AS n"""
            ),
            {"many": MOST_BOXES + 10},
        )
        work.execute(
            text("""INSERT INTO facility (id, numbers, name, category, shape)
              SELECT id, '[2,)', '', '',
                     ST_SetSRID(ST_Point(104 + (id % 1000) / 10000.0, 30 + (id % 7919) / 100000.0), 4326)
              FROM identity WHERE code LIKE 'x%'""")
        )
    found = told(store, 1, 2)
    assert 0 < len(found.boxes) < 200
    points = shapely.points(
        *np.array([(104 + (n % 1000) / 10000, 30 + (n % 7919) / 100000) for n in range(1000, 9000)]).T
    )
    tree = shapely.STRtree(shapely.box(*found.boxes.T))
    assert len(np.unique(tree.query(points, "intersects")[0])) == len(points)
    assert np.all(found.boxes[:, 2:] - found.boxes[:, :2] < 1.01 * SQUARE)


def bounds(store: Store, number: int) -> tuple[float, ...] | None:
    """As a publication has them, and its events."""
    with session(store.service) as work:
        found = publications.find(work, number)
    assert found is not None
    return found.bounds


def test_bounds_hold_what_each_kind_of_publication_touches(store: Store) -> None:
    plan = small()
    whole = bounds(store, publish(store, plan))
    moved = Facility(id="f1", name="卫生站", category="clinic", shape=at(7.5, 2.5))
    a = tuple(replace(one, name="改") for one in plan.grids if one.region == "A")
    published = {
        "a thing was here and is there": (Plan(facilities=(moved,)), (at(0.5, 0.5), at(7.5, 2.5))),
        "a grid is counted anew": (
            Plan(buildings=(replace(house("h-A01", "A01", 0, 0), households=311),)),
            (at(0, 0), at(1, 1)),
        ),
        "a region has another name": (
            Plan(regions=(Region(code="S", name="新街", level="street", parent="D"),)),
            (at(0, 0), at(7, 2)),
        ),
        "redrawn ground": (Plan(regions=(plan.regions[2],), grids=a), (at(0, 0), at(2, 2))),
    }
    for what, (part, corners) in published.items():
        number = publish(store, part)
        assert bounds(store, number) == shapely.MultiPoint(corners).bounds, what
        assert bounds(store, number) == tuple(
            shapely.total_bounds(shapely.box(*told(store, number - 1, number).boxes.T))
        )
    back = revert.revert(store.service, revert.Request(number=number - 1, actor="planner", reason="back")).number
    assert bounds(store, back) == bounds(store, number)
    limits = rulesets.publish(store.service, parse({"limits": {"households_most": {"residential": 450}}}), "planner")
    assert bounds(store, limits) == shapely.MultiPoint([at(0, 0), at(7, 4)]).bounds
    assert whole == shapely.MultiPoint([at(0, 0), at(9, 9)]).bounds


def test_bounds_of_an_earlier_version_are_put_right(store: Store) -> None:
    """They were those of what a plan had, and none where the limits changed."""
    publish(store, small())
    number = publish(store, Plan(buildings=(replace(house("h-A01", "A01", 0, 0), households=311),)))
    right = [bounds(store, n) for n in (1, number)]
    with store.owner.begin() as work:
        work.execute(text("ALTER TABLE publication DISABLE TRIGGER USER"))
        work.execute(text("UPDATE publication SET west = NULL, south = 1, east = NULL"))
        work.execute(text("ALTER TABLE publication ENABLE TRIGGER USER"))
        work.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    assert [bounds(store, n) for n in (1, number)] == [None, None]
    schema.migrate(store.owner)
    assert [bounds(store, n) for n in (1, number)] == right
