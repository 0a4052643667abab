"""Is what can be found, kept up publication by publication, what making all of it anew finds?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from conftest import Store, fresh
from district import at, house, small
from district import publish as take_in
from divisions import cell
from publishing import drafted, halves, head, publish

from geo.findable import Things, made
from geo.model import Facility, Plan, Region, Water
from geo.refound import refound
from geo.store import embedded, revert, search, search_news
from geo.store.connect import session

Arrays = Mapping[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="module")
def lived(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as store:
        take_in(store, small())
        yield store


def whole(store: Store) -> Arrays:
    number = head(store.service)
    with session(store.service) as work:
        return made(search.entries(work, number), number)


def brought(store: Store, before: int, arrays: Arrays) -> Arrays:
    """The arrays of an earlier publication, brought to the one in force."""
    number = head(store.service)
    with session(store.service) as work:
        news = search_news.since(work, before, number, Things(arrays))
    assert news is not None
    return refound(arrays, news.entries, news.gone, number)


def redraw(store: Store, cut: float, name: str = "") -> None:
    plan = halves("A", 0, cut, name)
    region = replace(plan.regions[0], parent="S")
    publish(store.service, drafted(store.service, replace(plan, regions=(region,))))


def steps(store: Store) -> list[Callable[[], object]]:
    """Publications of all kinds."""
    on_border = replace(house("h-A01", "A01", 0, 0), shape=cell(0.9, 0.4, 0.3, 0.2))
    declared = replace(house("h-A02", "A02", 1, 0), grid="B01")
    far = replace(house("far", "B02", 3, 0), grid="A04")
    clinic = Facility(id="f1", name="卫生站", shape=cell(0.4, 0.2, 0.3, 0.3))
    pond = Water(id="w2", name="塘", shape=cell(6.2, 0.2, 0.2, 0.2))
    door = replace(house("h-B01", "B01", 2, 0), entrance=at(1.2, 0.5))
    return [
        partial(take_in, store, Plan(buildings=(on_border, declared, far))),
        partial(redraw, store, 1.05),
        partial(redraw, store, 0.5, "西"),
        partial(redraw, store, 0.5, "东"),
        partial(take_in, store, Plan(facilities=(clinic,))),
        partial(redraw, store, 1.5),
        partial(take_in, store, Plan(regions=(Region(code="D", name="新区", level="district"),))),
        partial(take_in, store, Plan(water=(pond,))),
        partial(take_in, store, Plan(buildings=(door, house("new", "B01", 3, 1)))),
        partial(redraw, store, 1.3),
        partial(_back, store, 1),
        partial(_back, store, 4),
    ]


def _back(store: Store, number: int) -> None:
    revert.revert(store.service, revert.Request(number=number, actor="ann", reason="why"))


def test_what_is_brought_up_is_what_is_made_anew(lived: Store) -> None:
    first, state, number = whole(lived), whole(lived), head(lived.service)
    for step in steps(lived):
        step()
        expected = whole(lived)
        same(brought(lived, number, state), expected)
        same(brought(lived, 1, first), expected)
        state, number = expected, head(lived.service)
    assert number == 13


def test_nothing_is_news_where_nothing_changed(lived: Store) -> None:
    with session(lived.service) as work:
        assert not search_news.since(work, head(lived.service), head(lived.service), Things(whole(lived)))


def same(found: Arrays, expected: Arrays) -> None:
    """Array by array, byte for byte."""
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype, name
        assert np.array_equal(found[name], array), name
