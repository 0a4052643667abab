"""Codes of new grids: which part keeps the old one, which is next, and none is given twice."""

import time

import pytest
from boards import at, board, house, place, two
from shapely import Point, Polygon, box

from geo.model import Building, GridKind
from geo.redraw.board import Board, Codes, Keeps
from geo.redraw.edits import Recode, Set
from geo.redraw.naming import keeper, named, next_codes, recoded
from geo.redraw.refused import EditRefused

REGION = "510108001001"
LEFT, RIGHT = at(box(0, 0, 40, 100)), at(box(40, 0, 100, 100))


def numbered(*codes: str, scheme: str | None = "14", given: frozenset[str] = frozenset()) -> Board:
    """A community of so many grids, side by side."""
    shapes = {code: box(10 * n, 0, 10 * n + 10, 100) for n, code in enumerate(codes)}
    schemes = {REGION: scheme} if scheme else {}
    return board({REGION: shapes}, codes=Codes(given=given, schemes=schemes))


def refused(on_board: Board, count: int, *stated: str) -> EditRefused:
    with pytest.raises(EditRefused) as told:
        next_codes(on_board, REGION, count, stated)
    return told.value


def test_the_part_with_more_households_keeps_the_code() -> None:
    assert keeper([LEFT, RIGHT], two([house("h", 10, 10, 20, 20, households=3)])) == 0
    assert keeper([LEFT, RIGHT], two([house("h", 50, 10, 60, 20, households=3)])) == 1


def test_households_belong_where_their_entrance_is() -> None:
    shop = Building(id="s", households=9, shape=at(box(35, 10, 90, 20)), entrance=Point(place(36, 15)))
    assert keeper([LEFT, RIGHT], two([shop])) == 0


def test_where_a_building_is_declared_to_belong_says_nothing() -> None:
    declared = Building(id="d", households=9, shape=at(box(10, 10, 20, 20)), grid="W")
    assert keeper([RIGHT, LEFT], two([declared, house("none", 50, 10, 60, 20, households=None)])) == 1


def test_without_households_the_larger_part_and_then_the_one_further_west_keeps_it() -> None:
    assert keeper([LEFT, RIGHT], two()) == 1
    assert keeper([at(box(50, 0, 90, 100)), LEFT], two()) == 1
    assert keeper([at(box(0, 0, 90, 10)), at(box(0, 10, 90, 20))], two()) == 1


def test_by_policy_no_part_keeps_it() -> None:
    assert keeper([LEFT, RIGHT], two(codes=Codes(keeps=Keeps.NONE))) is None


def test_the_next_codes_are_the_smallest_that_were_never_given() -> None:
    on_board = numbered(f"{REGION}01", f"{REGION}04", given=frozenset({f"{REGION}02"}))
    assert next_codes(on_board, REGION, 3) == [f"{REGION}03", f"{REGION}05", f"{REGION}06"]


def test_what_is_stated_comes_first() -> None:
    on_board = numbered(f"{REGION}01")
    assert next_codes(on_board, REGION, 3, [f"{REGION}09", f"{REGION}02"]) == [
        f"{REGION}09",
        f"{REGION}02",
        f"{REGION}03",
    ]


def test_a_code_that_was_given_once_is_taken_for_good() -> None:
    on_board = numbered(f"{REGION}01", given=frozenset({f"{REGION}07"}))
    for code in (f"{REGION}01", f"{REGION}07"):
        told = refused(on_board, 1, code)
        assert (told.id, dict(told.values)) == ("code-taken", {"code": code})
    assert refused(on_board, 2, f"{REGION}08", f"{REGION}08").id == "code-taken"


@pytest.mark.parametrize(
    "code", [f"{REGION}1", f"{REGION}00", "51010800100201", f"{REGION}0a", "", f" {REGION}02", f"{REGION}０２"]
)
def test_a_code_against_the_scheme_is_refused(code: str) -> None:
    told = refused(numbered(f"{REGION}01"), 1, code)
    assert (told.id, dict(told.values)) == (
        "code-malformed",
        {"code": code, "scheme": "14", "length": 14, "prefix": REGION},
    )


def test_more_codes_than_new_grids_are_refused() -> None:
    told = refused(numbered(f"{REGION}01"), 1, f"{REGION}02", f"{REGION}03")
    assert (told.id, dict(told.values)) == ("codes-too-many", {"count": 1, "stated": 2})


def test_a_full_sequence_names_the_longer_scheme() -> None:
    given = frozenset(f"{REGION}{number:02}" for number in range(1, 99))
    on_board = numbered(f"{REGION}01", given=given)
    assert next_codes(on_board, REGION, 1) == [f"{REGION}99"]
    told = refused(on_board, 2)
    assert (told.id, dict(told.values)) == ("sequence-full", {"region": REGION, "scheme": "14", "longer": "15"})


def test_the_object_of_a_scheme_with_one_is_that_of_the_others() -> None:
    on_board = numbered(f"011304{REGION}01", scheme="20")
    assert next_codes(on_board, REGION, 1) == [f"011304{REGION}02"]


@pytest.mark.parametrize("scheme", ["12", "25", "20"])
def test_where_codes_cannot_be_numbered_they_have_to_be_stated(scheme: str) -> None:
    told = refused(numbered("x", scheme=scheme), 1)
    assert (told.id, dict(told.values)) == ("code-needed", {"region": REGION, "scheme": scheme})


@pytest.mark.parametrize("scheme", [None, "free", "a scheme of the future"])
def test_without_a_scheme_any_text_will_do(scheme: str | None) -> None:
    on_board = numbered("north", f"{REGION}-2", scheme=scheme, given=frozenset({f"{REGION}-1"}))
    assert next_codes(on_board, REGION, 3, ["南院"]) == ["南院", f"{REGION}-3", f"{REGION}-4"]
    assert refused(on_board, 1, "\n").id == "code-malformed"
    assert refused(on_board, 1, "x" * 65).id == "code-malformed"
    assert refused(on_board, 1, REGION).id == "code-taken"


def test_a_grid_gets_another_code_and_its_old_one_is_gone() -> None:
    on_board = numbered(f"{REGION}01", given=frozenset({f"{REGION}01"}))
    outcome = recoded(on_board, Recode(start=f"{REGION}01", end=f"{REGION}05"))
    (grid,) = outcome.grids
    assert (grid.code, grid.shape) == (f"{REGION}05", on_board.grids[f"{REGION}01"].shape)
    assert outcome.gone == {f"{REGION}01"}
    after = on_board.after(outcome)
    assert {*after.grids} == {f"{REGION}05"}
    for end, id in ((f"{REGION}05x", "code-malformed"), (f"{REGION}01", "code-taken")):
        with pytest.raises(EditRefused) as told:
            recoded(after, Recode(start=f"{REGION}05", end=end))
        assert told.value.id == id
    assert recoded(after, Recode(start=f"{REGION}05", end=f"{REGION}05")).is_empty
    assert next_codes(after, REGION, 1) == [f"{REGION}02"]


def test_a_grid_gets_another_name_or_kind() -> None:
    on_board = two()
    (grid,) = named(on_board, Set(grid="W", name="西区")).grids
    assert (grid.name, grid.kind) == ("西区", GridKind.RESIDENTIAL)
    (grid,) = named(on_board, Set(grid="W", kind=GridKind.SPECIAL)).grids
    assert (grid.name, grid.kind) == ("", GridKind.SPECIAL)
    assert named(on_board, Set(grid="W", name="", kind=GridKind.RESIDENTIAL)).is_empty


def test_a_grid_that_is_not_there_is_named() -> None:
    with pytest.raises(EditRefused) as told:
        named(two(), Set(grid="X", name="x"))
    assert (told.value.id, dict(told.value.values)) == ("grid-missing", {"code": "X"})


def test_a_city_of_codes_is_no_hindrance() -> None:
    given = frozenset(f"5101{n:08}{k:02}" for n in range(2000) for k in range(1, 21))
    assert next_codes(numbered(f"{REGION}01", given=given), REGION, 1) == [f"{REGION}02"]


def test_a_region_of_very_many_new_grids_is_no_hindrance() -> None:
    for scheme, most in (("free", 2000), ("15", 200)):
        on_board, began = numbered(scheme=scheme), time.process_time()
        assert len({*next_codes(on_board, REGION, most)}) == most
        assert time.process_time() - began < 2


def test_a_region_whose_code_leaves_no_room_for_a_number_has_its_codes_stated() -> None:
    region = "R" * 63
    on_board = board({region: {"W": box(0, 0, 10, 100)}})
    with pytest.raises(EditRefused) as told:
        next_codes(on_board, region, 1)
    assert (told.value.id, dict(told.value.values)) == ("code-needed", {"region": region, "scheme": "free"})
    assert next_codes(on_board, region, 1, ["N"]) == ["N"]


def test_the_codes_that_were_given_are_copied_only_where_one_is_new() -> None:
    on_board = two(codes=Codes(given=frozenset({"W", "E"})))
    assert on_board.after(named(on_board, Set(grid="W", name="x"))).codes is on_board.codes
    assert on_board.after(recoded(on_board, Recode(start="W", end="V"))).codes.given == {"W", "E", "V"}


def test_polygons_of_a_part_count_together() -> None:
    both = at(Polygon([(0, 0), (30, 0), (30, 100), (0, 100)])).union(at(box(60, 0, 100, 100)))
    assert keeper([at(box(30, 0, 60, 100)), both], two()) == 1
