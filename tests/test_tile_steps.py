"""Is what a publication changes drawn as if all were, and does the rest keep what it has?"""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import shapely
from conftest import Store
from district import publish
from sqlalchemy import text
from tile_towns import Rows, assert_whole, derived, merged, nodes_moved, of, rows, towns

from geo.generalise import LEAST_GRID_ZOOM, generalised
from geo.matrix import EXTENT, MERCATOR
from geo.store import tile_parts
from geo.store.connect import service_engine, session
from geo.store.errors import StoreUnavailable
from geo.store.tile_fit import torn
from geo.store.tile_shapes import derive
from geo.store.touched import touched


@pytest.mark.parametrize("seed", range(4))
def test_a_change_is_drawn_as_if_all_were(store: Store, full: bool, seed: int) -> None:
    """Publications of the communities that change: the rows are those of drawing everything, what did not change keeps
    its row, and what did lies where the publication touched something."""
    chance = random.Random(seed)
    plan, zooms = towns(seed), chance.sample(range(LEAST_GRID_ZOOM, 18), 5 if full else 2)
    publish(store, plan)
    for _ in range(12 if full else 3):
        before = {zoom: derived(store, zoom) for zoom in zooms}
        new = chance.choice([nodes_moved, nodes_moved, merged])(plan, chance)
        changed = {one.region for one in {*new.grids} ^ {*plan.grids}}
        if not changed:
            continue
        number, plan = publish(store, of(new, changed)), new
        for zoom in zooms:
            assert_whole(store, zoom)
            assert_only_what_changed(store, zoom, before[zoom], number)


def assert_only_what_changed(store: Store, zoom: int, before: Rows, number: int) -> None:
    after = rows(store, zoom, number)
    kept = {row for row, _ in before.values()} & {row for row, _ in after.values()}
    assert len(kept) > len(after) / 3
    with session(store.service) as work:
        boxes = touched(work, number - 1, number).boxes
    near = shapely.union_all([shapely.box(*MERCATOR.units(box.reshape(2, 2), zoom).ravel()) for box in boxes])
    near = near.buffer(EXTENT // 4)
    for subject, (row, shape) in after.items():
        was = before.get(subject)
        assert (row in kept) == (was is not None and shapely.equals_identical(was[1], shape))
        if row not in kept and was is not None:
            assert near.covers(shapely.symmetric_difference(was[1], shape))
    assert rows(store, zoom, number - 1).keys() == before.keys()
    assert all(row == before[subject][0] for subject, (row, _) in rows(store, zoom, number - 1).items())


def test_many_publications_derived_at_once_and_by_two(store: Store) -> None:
    """What is left undone for long is done step by step; of two that begin at once each finds it whole at its end."""
    chance, plans = random.Random(5), [towns(5)]
    for _ in range(5):
        plans.append(nodes_moved(plans[-1], chance))
    publish(store, plans[0])
    for old, new in pairwise(plans):
        publish(store, of(new, {one.region for one in {*new.grids} ^ {*old.grids}}))
    engines = [service_engine(store.service_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(derive, engine, "mercator", 14, 6) for engine in engines]:
            done.result()
    for engine in engines:
        engine.dispose()
    assert_whole(store, 14)
    for number, plan in enumerate(plans, start=1):
        found = rows(store, 14, number)
        grids = generalised([one.shape for one in plan.grids], MERCATOR, 14)
        for grid, shape in zip(plan.grids, grids, strict=True):
            assert found["grid", grid.code][1].equals(shape)


DIES = """CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.publication >= 3 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
  CREATE TRIGGER die BEFORE INSERT OR UPDATE ON tile_state FOR EACH ROW EXECUTE FUNCTION die();
  GRANT EXECUTE ON FUNCTION die() TO wangge_service"""


def test_a_death_within_a_step(store: Store) -> None:
    """The steps before it stay, nothing is left of the one that it struck, and the next one takes it up from there."""
    chance, plan = random.Random(8), towns(8)
    publish(store, plan)
    for _ in range(3):
        new = nodes_moved(plan, chance)
        publish(store, of(new, {one.region for one in {*new.grids} ^ {*plan.grids}}))
        plan = new
    with store.owner.begin() as work:
        work.execute(text(DIES))
    with pytest.raises(StoreUnavailable):
        derive(store.service, "mercator", 15, 4)
    with session(store.service) as work:
        assert tile_parts.reached(work, "mercator", "15") == 2
    assert rows(store, 15, 2) == rows(store, 15, 4)
    with store.owner.begin() as work:
        work.execute(text("DROP TRIGGER die ON tile_state"))
    assert_whole(store, 15)


def test_no_further_than_what_is_published(store: Store) -> None:
    """Numbers to come are not taken for done."""
    publish(store, towns(1))
    derive(store.service, "mercator", 13, 99)
    with session(store.service) as work:
        assert tile_parts.reached(work, "mercator", "13") == 1
    assert tile_parts.known(store.service) == [("mercator", "13")]


def test_shapes_that_stay_are_torn_where_an_edge_is_missing() -> None:
    left, right = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    split = shapely.Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, 5)])
    wound = [shapely.orient_polygons(one, exterior_cw=False) for one in (left, right, split)]
    assert torn(wound[:1], wound[1:2], wound[1:2]).tolist() == [False]
    assert torn(wound[:1], wound[1:2], wound[2:]).tolist() == [True]
    assert torn(wound[:1], [], wound[2:]).tolist() == [False]
    assert torn([], wound, []).tolist() == []
