"""Are the arrays of what can be found, changed publication by publication, those made of everything at once?"""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.findable import LAYERS, Entry, How, made
from geo.model import Layer
from geo.refound import refound

CODES = st.sampled_from([f"{a}{b}" for a in ("路", "1", "A", "柳堰") for b in ("", "0", "桃", "栋12")])
TEXTS = st.sampled_from(["", "", "1栋", "桃溪路12号", "桃溪路１２号", "柳堰 Park", "a\nb", "路"])
PLACES = st.one_of(st.none(), st.sampled_from([(104.1234567, 30.7), (104.0, -30.0)]))
SETTINGS = settings(deadline=None, max_examples=60)


@st.composite
def entries(draw: st.DrawFn) -> dict[tuple[Layer, str], Entry]:
    """Some things; owners and shares are of grids among them."""
    names = draw(st.lists(st.tuples(st.sampled_from(LAYERS), CODES), max_size=30, unique=True))
    grids = sorted(code for layer, code in names if layer is Layer.GRID)
    return {name: draw(entry(name, grids)) for name in names}


@st.composite
def entry(draw: st.DrawFn, name: tuple[Layer, str], grids: Sequence[str]) -> Entry:
    owner, shares = None, []
    if grids and name[0] in (Layer.BUILDING, Layer.FACILITY):
        owner = draw(st.one_of(st.none(), st.sampled_from(grids)))
        shares = draw(st.lists(st.tuples(st.sampled_from(grids), st.sampled_from([0.75, 0.25])), max_size=2))
    how = None if owner is None else draw(st.sampled_from(How))
    return Entry(*name, draw(TEXTS), draw(TEXTS), owner, how, draw(PLACES), shares, draw(st.booleans()))


@SETTINGS
@given(st.data())
def test_a_change_gives_what_making_all_anew_gives(data: st.DataObject) -> None:
    before, drawn = data.draw(entries()), data.draw(entries())
    after = {**drawn} if data.draw(st.booleans()) else {**_still_sound(before, drawn), **drawn}
    changed = {name for name, one in after.items() if before.get(name) != one}
    named = {code for name in changed for code in [after[name].owner, *(code for code, _ in after[name].shares)]}
    changed |= {(Layer.GRID, code) for code in named if code is not None}
    changed |= {name for name in after if data.draw(st.booleans())} if changed else set()
    changed |= {
        (Layer.GRID, code)
        for name in changed
        for code in [after[name].owner, *(code for code, _ in after[name].shares)]
        if code is not None
    }
    same(
        refound(made(before.values(), 3), [after[name] for name in changed], before.keys() - after.keys(), 7),
        made(after.values(), 7),
    )


def _still_sound(
    before: dict[tuple[Layer, str], Entry], drawn: dict[tuple[Layer, str], Entry]
) -> dict[tuple[Layer, str], Entry]:
    """What stays of a state where a third of it goes, and with the grids all that names them."""
    left = {name: one for n, (name, one) in enumerate(before.items()) if n % 3}
    grids = {code for layer, code in [*left, *drawn] if layer is Layer.GRID}
    return {
        name: one
        for name, one in left.items()
        if (one.owner is None or one.owner in grids) and all(code in grids for code, _ in one.shares)
    }


def same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """Array by array, byte for byte."""
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype, name
        assert np.array_equal(found[name], array), name


def test_many_blocks_of_lines_move_on() -> None:
    many = [Entry(Layer.BUILDING, f"{n:05}", f"{n}栋", f"桃溪路{n * 7}号") for n in range(2_000)]
    more = [Entry(Layer.BUILDING, f"{n:05}x", f"{n}栋甲") for n in range(0, 2_000, 99)]
    gone = many[5:300:7]
    left = [one for one in many if one not in gone]
    same(refound(made(many), more, [one[:2] for one in gone], 2), made([*left, *more], 2))


def test_what_stands_in_a_grid_that_is_gone_is_refused() -> None:
    before = made([Entry(Layer.GRID, "g"), Entry(Layer.BUILDING, "b", owner="g")])
    with pytest.raises(KeyError):
        refound(before, [], [(Layer.GRID, "g")])
