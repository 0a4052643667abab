"""To which grid does each row of a table belong: by point, by building, by address, by code; and how sure is that?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely
from district import small
from divisions import ORIGIN, STEP, cell
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.address import Book, normal
from geo.levels import Levels
from geo.lookup import Holding, Map, answer
from geo.match import HOWS, QUALITIES, Keys, Matcher, Matches, Register
from geo.model import Grid, Region, Standing


def state(*grids: tuple[str, shapely.Geometry, Standing]) -> Map:
    """A map of some grids of one region that is larger than they are."""
    return Map(
        publication=1,
        holdings=[
            Holding.of(number, Grid(code=code, region="R", shape=shape), 1, standing)
            for number, (code, shape, standing) in enumerate(grids)
        ],
        regions={"R": Region(code="R", name="区", level="community")},
        boundaries={"R": cell(-1, -1, 8, 8)},
    )


FAULTY = state(
    ("a", cell(0, 0), Standing.PROVEN),
    ("b", cell(1, 0), Standing.PROVEN),
    ("c", cell(2, 0), Standing.PROVISIONAL),
    ("d", cell(2.5, 0), Standing.PROVISIONAL),
    ("e", cell(0.5, 0.5), Standing.PROVISIONAL),
)
SAME = {"owned": "exact"}


def verdict(matcher: Matcher, found: Matches, row: int) -> tuple[str, str, str | None, str]:
    """How, quality, code of the place and candidates of one row."""
    codes = [*matcher.codes, *matcher.region_codes]
    place = found.place[row]
    return (
        HOWS[found.how[row]], QUALITIES[found.quality[row]], None if place < 0 else codes[place],
        found.candidates.get(row, ""),
    )  # fmt: skip


def of_points(xy: Sequence[tuple[float, float]], on: Map = FAULTY) -> list[tuple[str, str, str | None, str]]:
    matcher = Matcher(on)
    found = matcher.match(Keys(np.array(xy, dtype=np.float64)))
    return [verdict(matcher, found, row) for row in range(len(xy))]


def place(column: float, row: float) -> tuple[float, float]:
    return ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP


def test_every_quality_of_a_point() -> None:
    assert of_points(
        [place(0.25, 0.25), place(1, 0.25), place(0.99, 0.25), place(2.75, 0.5), place(5, 5), place(20, 20),
         (np.nan, np.nan)]
    ) == [
        ("point", "exact", "a", ""),
        ("point", "shared", "a", "b"),
        ("point", "near_boundary", "a", "b"),
        ("point", "ambiguous", "c", "d"),
        ("point", "gap", "R", ""),
        ("point", "outside", None, ""),
        ("", "unmatched", None, ""),
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-30, 90), st.integers(-30, 40)), min_size=1, max_size=40))
def test_many_points_are_answered_as_each_alone(steps: list[tuple[int, int]]) -> None:
    """Twentieths of a pitch hit edges, corners, overlaps, holes and the ground outside."""
    xy = np.array([place(column / 20, row / 20) for column, row in steps])
    matcher = Matcher(FAULTY)
    found = matcher.match(Keys(xy))
    for row, (lon, lat) in enumerate(xy.tolist()):
        told = answer(FAULTY, lon, lat)
        how, quality, code, candidates = verdict(matcher, found, row)
        assert (how, quality) == ("point", SAME.get(told.status, told.status.value))
        if told.owner is not None:
            assert code == told.owner.code
            assert found.distance_m[row] == pytest.approx(told.border_distance_m, abs=1e-6)
        else:
            assert code == (told.fallback and told.fallback.code)
            assert np.isnan(found.distance_m[row])
        if quality == "near_boundary":
            others = {one.holding.code for one in told.candidates if one.holding} - {code}
            assert set(filter(None, candidates.split("; "))) == others


REGISTER = Register(
    ids=["h1", "h2", "h3", "h4", "h5"],
    addresses=["幸福路12号3栋", "幸福路14号", "幸福路14号", "平安街1号", ""],
    grids=["a", "a", "b", None, "b"],
)


def named(**keys: str) -> tuple[str, str, str | None, str]:
    matcher = Matcher(FAULTY, REGISTER)
    found = matcher.match(Keys(np.full((1, 2), np.nan), **{key: [value] for key, value in keys.items()}))
    return verdict(matcher, found, 0)


def test_a_row_without_a_point_is_known_by_its_names() -> None:
    assert named(building="h5") == ("building-id", "exact", "b", "")
    assert named(building=" h1 ", address="幸福路14号") == ("building-id", "exact", "a", "")
    assert named(building="h4") == ("building-id", "gap", None, "")
    assert named(building="h9", address="幸福路 １２號—３棟".replace("—", "")) == ("address", "exact", "a", "")
    assert named(address="幸福路14号") == ("address", "ambiguous", None, "幸福路14号 (a); 幸福路14号 (b)")
    assert named(address="幸福路15号") == (
        "", "unmatched", None, "幸福路14号 (a)"
    )  # fmt: skip
    assert named(address="", grid="b") == ("grid-code", "exact", "b", "")
    assert named(address="天涯海角", grid="b") == ("grid-code", "exact", "b", "")
    assert named(grid="z") == ("", "unmatched", None, "")
    assert named(address="") == ("", "unmatched", None, "")


def test_several_buildings_of_one_grid_at_an_address_are_one_answer() -> None:
    matcher = Matcher(FAULTY, Register(["h1", "h2"], ["一号院", "一号院"], ["b", "b"]))
    found = matcher.match(Keys(np.full((1, 2), np.nan), address=["一号院"]))
    assert verdict(matcher, found, 0) == ("address", "exact", "b", "")


def test_a_point_goes_before_names() -> None:
    matcher = Matcher(FAULTY, REGISTER)
    found = matcher.match(Keys(np.array([place(1.5, 0.5), (np.nan, np.nan)]), building=["h1", "h1"]))
    assert [verdict(matcher, found, row)[:3] for row in (0, 1)] == [
        ("point", "exact", "b"), ("building-id", "exact", "a")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("幸福路12号", "幸福路１２號"), ("A 栋—2", "a栋-2"), ("1幢 3单元", "1棟3單元"), ("幸福路#12", "幸福路号12")],
)
def test_addresses_that_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1.2号", "12号"), ("1-2号", "12号"), ("十二号", "12号"), ("1,2号", "12号")]
)
def test_addresses_that_are_not(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_a_book_of_addresses() -> None:
    book = Book(
        [("幸福路12号", "x"), ("幸福路12號", "y"), ("", "z"), *((f"长安街{n}号", f"n{n}") for n in range(3000))]
    )
    assert book.of("幸福路12号") == ["x", "y"]
    assert book.of("") == []
    assert book.of("幸福路13号") == []
    assert book.candidates("幸福路13号") == ("x",)
    assert book.candidates("") == ()
    assert len(book.candidates("长安街3001号")) == 5


def test_the_chain_has_a_column_for_each_level() -> None:
    regions = {region.code: region for region in small().regions}
    levels = Levels({**regions, "X": Region(code="X", parent="A"), "Y": Region(code="Y", level="街道", parent="D")})
    assert levels.columns[:4] == ["level1_code", "level1_name", "community_code", "community_name"]
    told = dict(zip(levels.columns, levels.values("A"), strict=True))
    assert (told["community_code"], told["street_name"], told["district_code"]) == ("A", "街", "D")
    assert (told["level1_code"], told["街道_code"]) == (None, None)
    assert dict(zip(levels.columns, levels.values("E"), strict=True))["street_code"] is None
    assert set(levels.values(None)) == set(levels.values("?")) == {None}
    ring = {"P": Region(code="P", level="p", parent="Q"), "Q": Region(code="Q", level="q", parent="P")}
    assert set(Levels(ring).values("P")) == {"P", "Q", ""}
    assert replace(ring["P"], parent=None)
