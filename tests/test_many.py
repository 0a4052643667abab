"""Do many points together get the answers that each gets alone?"""

import numpy as np
import pytest
from divisions import ORIGIN, STEP
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_match import FAULTY, place, state

from geo.lookup import STATUSES, Accuracy, Map, answer
from geo.many import NOBODY, Asker

NUDGES = (0.0, 5e-8, -5e-8, 3e-5)
"""On the spot, half a lattice step beside it, and some metres beside it; degrees."""


def compared(on: Map, xy: NDArray[np.float64], accuracy_m: NDArray[np.float64] | None = None) -> None:
    """One by one; and without the distance the rest is the same."""
    found = Asker(on).answers(xy, accuracy_m)
    brief = Asker(on).answers(xy, accuracy_m, with_distance=False)
    assert brief.status.tolist() == found.status.tolist()
    assert brief.owner.tolist() == found.owner.tolist()
    assert np.isnan(brief.border_distance_m).all()
    for row, (lon, lat) in enumerate(xy.tolist()):
        said = None if accuracy_m is None or np.isnan(accuracy_m[row]) else Accuracy(float(accuracy_m[row]))
        told = answer(on, lon, lat, accuracy=said)
        assert STATUSES[found.status[row]] is told.status, (lon, lat)
        if told.owner is None:
            assert found.owner[row] == NOBODY
            assert np.isnan(found.border_distance_m[row])
        else:
            assert on.owners.codes[found.owner[row]] == told.owner.code
            assert found.border_distance_m[row] == pytest.approx(told.border_distance_m, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-30, 90), st.integers(-30, 40), st.sampled_from(NUDGES), st.sampled_from(NUDGES)),
        min_size=1,
        max_size=40,
    )
)
def test_many_points_are_answered_as_each_alone(steps: list[tuple[int, int, float, float]]) -> None:
    """Twentieths of a pitch hit edges, corners, overlaps, holes and the ground outside; so does what lies beside."""
    spots = [(*place(column / 20, row / 20), dx, dy) for column, row, dx, dy in steps]
    compared(FAULTY, np.array([(x + dx, y + dy) for x, y, dx, dy in spots]))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-30, 90), st.integers(-30, 40), st.sampled_from([np.nan, 0.01, 3, 20, 100, 400, 5000])),
        min_size=1,
        max_size=20,
    )
)
@example(steps=[(60, 1, 3)])  # on provisional ground that another grid overlaps, far from the owner's own border
def test_a_stated_accuracy_counts_for_each_as_alone(steps: list[tuple[int, int, float]]) -> None:
    xy = np.array([place(column / 20 + 0.003, row / 20 + 0.001) for column, row, _ in steps])
    compared(FAULTY, xy, np.array([metres for _, _, metres in steps]))


def test_every_status() -> None:
    xy = np.array([place(*at) for at in ((0.25, 0.25), (0.99, 0.25), (1, 0.25), (2.75, 0.5), (5, 5), (20, 20))])
    found = Asker(FAULTY).answers(xy)
    assert [STATUSES[number].value for number in found.status] == [
        "owned", "near_boundary", "shared", "ambiguous", "gap", "outside",
    ]  # fmt: skip
    assert found.point.tolist() == [2, 3]
    assert [FAULTY.owners.codes[number] for number in found.claim] == ["b", "d"]


def test_no_points_and_no_map() -> None:
    assert len(Asker(FAULTY).answers(np.empty((0, 2))).status) == 0
    found = Asker(state()).answers(np.array([place(0, 0), (0.0, 0.0)]))
    assert [STATUSES[number].value for number in found.status] == ["gap", "outside"]


def test_near_is_what_the_setting_says() -> None:
    point = np.array([(ORIGIN[0] + STEP / 2, ORIGIN[1] + STEP / 4)])
    for near_m, status in ((10.0, "owned"), (1000.0, "near_boundary"), (0.0, "owned")):
        assert STATUSES[Asker(FAULTY, near_m).answers(point).status[0]].value == status
