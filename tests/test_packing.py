"""Is a state that was changed to the next one, publication by publication, the state made of everything at once?"""

import numpy as np
import shapely
from plans_drawn import hold
from states_drawn import Store, state, stories

from geo.lookup import answer, owner_alone
from geo.packing import Packed, opened


def equal(one: Packed, other: Packed) -> None:
    """Column by column, byte for byte."""
    assert dict(one.told) == dict(other.told)
    assert sorted(one.columns) == sorted(other.columns)
    for name, column in one.columns.items():
        assert column.dtype == other.columns[name].dtype, name
        assert np.array_equal(column, other.columns[name]), name


def test_states_changed_step_by_step_are_those_made_at_once(full: bool) -> None:
    """Regions drawn anew, retired and back again, renamed, moved, proven; counts and people."""

    def promise(value: tuple[Store, list[tuple[str, int, int]]]) -> None:
        store, steps = value
        states = [state(store, None)]
        for step in steps:
            store.step(*step)
            states.append(state(store, states[-1]))
            equal(states[-1], state(store, None))
            if len(states) > 2:  # who slept over a publication
                equal(states[-1], state(store, states[-3]))

    hold(stories(), promise, full, small=15, large=300)


def test_what_is_told_of_a_state_is_what_was_published(full: bool) -> None:
    def promise(value: tuple[Store, list[tuple[str, int, int]]]) -> None:
        store, steps = value
        for step in steps:
            store.step(*step)
        found, grids, regions = opened(state(store, None)), store.grids(), store.regions()
        assert (found.publication, len(found.holdings)) == (store.publication, len(grids.code))
        assert found.people.of("D", found.at) == list(store.roster()) if found.at and store.people else True
        shapes = {code: shape for one in store.force.values() for code, shape in one.division.shapes}
        for n, code in enumerate(grids.code):
            one = found.by_code[code]
            told = (one.id, one.name, one.kind, one.region, one.edition, one.standing, one.households)
            assert told == (grids.id[n], grids.name[n], grids.kind[n], grids.region[n], grids.edition[n],
                            grids.standing[n], grids.households[n])  # fmt: skip
            assert one.grid.shape.wkb == shapes[code].wkb
        assert dict(found.regions) == {one.code: one for one in regions.regions}
        assert dict(found.region_ids) == dict(zip((one.code for one in regions.regions), regions.id, strict=True))
        boundaries = {one.division.code: one.division.boundary.wkb for one in store.force.values()}
        assert {code: shape.wkb for code, shape in found.boundaries.items()} == boundaries

    hold(stories(), promise, full, small=15, large=300)


def test_a_lookup_makes_no_shape(full: bool) -> None:
    """Proven ground is answered from the columns alone."""

    def promise(value: tuple[Store, list[tuple[str, int, int]]]) -> None:
        store, steps = value
        for step in steps:
            store.step(*step)
        made, found = opened(state(store, None)), opened(state(store, None))
        for holding in made.holdings:
            lon, lat = shapely.get_coordinates(holding.grid.shape)[0].tolist()
            for told in (answer(found, lon, lat), owner_alone(found, lon, lat)):
                assert told.owner is not None
                assert found.owners.codes[found.owners.covering(lon, lat)[0]] == told.owner.code
        assert not [one.code for one in found.holdings if "grid" in vars(one)]

    hold(stories(), promise, full, small=8, large=100)
