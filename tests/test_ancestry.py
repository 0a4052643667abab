"""Is every grid on the way into the past and into the future found, by whatever way it is reached first?"""

from collections.abc import Callable

from geo.lineage import Descent, Kind
from geo.store.ancestry import MOST_STEPS, Step, walked


def made(*steps: tuple[int, str, str]) -> list[Step]:
    return [Step(number, Descent(start, end, Kind.SPLIT, 1.0, 1.0, 0)) for number, start, end in steps]


def to(steps: list[Step]) -> Callable[[str], list[Step]]:
    return lambda code: [one for one in steps if one.descent.end == code]


def out_of(steps: list[Step]) -> Callable[[str], list[Step]]:
    return lambda code: [one for one in steps if one.descent.start == code]


def test_an_ancestor_that_is_reached_again_by_a_later_publication() -> None:
    """G is split from A, then B is merged into A, then A into G: B is in G by way of A, whichever way A was met."""
    steps = made((5, "A", "G"), (7, "B", "A"), (10, "A", "G"))
    for order in (steps, steps[::-1]):
        assert walked(to(order), "G", back=True) == ({"G", "A", "B"}, set(steps))
    early = walked(to(steps[:2]), "G", back=True)
    assert early == ({"G", "A"}, {steps[0]})  # what came to A afterwards is none of G's ancestors


def test_a_successor_that_is_reached_again_by_an_earlier_publication() -> None:
    """G is split into B and C, B goes to X, X is split, then C goes to X."""
    steps = made((3, "G", "B"), (3, "G", "C"), (5, "B", "X"), (7, "X", "Y"), (10, "C", "X"))
    for order in (steps, steps[::-1]):
        assert walked(out_of(order), "G", back=False) == ({"G", "B", "C", "X", "Y"}, set(steps))
    late = [one for one in steps if one.number != 5]
    assert walked(out_of(late), "G", back=False)[0] == {"G", "B", "C", "X"}


def test_grids_that_come_from_each_other_are_walked_to_an_end() -> None:
    steps = made(*((number, *pair) for number in range(1, 40) for pair in (("A", "B"), ("B", "A"))))
    assert walked(to(steps), "A", back=True) == ({"A", "B"}, set(steps))
    many = made(*((number, f"N{number}", f"N{number + 1}") for number in range(1, 3 * MOST_STEPS)))
    assert len(walked(out_of(many), "N1", back=False)[1]) == MOST_STEPS + 1
