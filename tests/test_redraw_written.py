"""Edits in JSON: what is written is read as it was, and what cannot be meant is refused with its place."""

import json
from typing import Any

import pytest
import shapely
from hypothesis import strategies as st
from plans_drawn import hold
from shapely import LineString, MultiPolygon, Polygon

from geo.model import Grid, GridKind
from geo.redraw.edits import (
    MOST_SNAP_M,
    Assign,
    ClaimGap,
    Edit,
    Merge,
    MoveEdge,
    MoveNode,
    Order,
    Recode,
    Replace,
    Reshape,
    Set,
    Split,
)
from geo.redraw.written import MOST_EDITS, MOST_VERTICES, EditMalformed, document, read, read_all

LINE = {"type": "LineString", "coordinates": [[104.1, 30.6], [104.2, 30.7]]}
RING = [[104.1, 30.6], [104.2, 30.6], [104.2, 30.7], [104.1, 30.6]]
GROUND = {"type": "Polygon", "coordinates": [RING]}
SPLIT: dict[str, Any] = {"op": "split", "grid": "g", "line": LINE}
SPLIT_BY = "line, lines, ground, grounds, blocks"

PLACES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
CODES = st.text("0123456789ABCxyz-北区", min_size=1, max_size=64)
NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)
LINES = st.builds(LineString, st.lists(PLACES, min_size=2, max_size=6))
RINGS = st.lists(PLACES, min_size=3, max_size=6, unique=True).map(lambda ring: [*ring, ring[0]])
POLYGONS = st.builds(Polygon, RINGS, st.lists(RINGS, max_size=2))
GROUNDS = POLYGONS | st.lists(POLYGONS, min_size=1, max_size=3).map(MultiPolygon)
HOW = {"snap_m": st.floats(0, MOST_SNAP_M), "cut": st.booleans()}
DRAWN = st.builds(
    Grid, code=CODES | st.just(""), name=NAMES, kind=st.sampled_from(GridKind), region=st.just("R"), shape=GROUNDS
)
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(
        Split,
        grid=CODES,
        lines=st.lists(LINES, min_size=1, max_size=3).map(tuple),
        codes=st.lists(CODES, max_size=3).map(tuple),
        **HOW,
    ),
    st.builds(Split, grid=CODES, grounds=st.lists(GROUNDS, min_size=1, max_size=3).map(tuple), **HOW),
    st.builds(Merge, grids=st.lists(CODES, min_size=2, max_size=4).map(tuple), into=st.none() | CODES),
    st.builds(MoveNode, start=PLACES, end=PLACES, **HOW),
    st.builds(MoveEdge, start=LINES, end=LINES, **HOW),
    st.builds(Reshape, line=LINES, grids=st.none() | st.tuples(CODES, CODES), **HOW),
    st.builds(Assign, ground=GROUNDS, grid=CODES, **HOW),
    st.builds(ClaimGap, place=PLACES, grid=st.none() | CODES),
    st.builds(Replace, region=st.just("R"), grids=st.lists(DRAWN, min_size=1, max_size=3).map(tuple), **HOW),
    st.builds(Recode, start=CODES, end=CODES),
    st.builds(Set, grid=CODES, name=NAMES, kind=st.none() | st.sampled_from(GridKind)),
    st.builds(Order, region=CODES, boundary=GROUNDS, cut=st.booleans()),
)


def test_what_is_written_is_read_as_it_was(full: bool) -> None:
    def promise(edit: Edit) -> None:
        assert read(json.loads(json.dumps(document(edit)))) == edit

    hold(EDITS, promise, full, small=60)


def test_the_interface_as_it_is_promised() -> None:
    line = LineString([(104.1, 30.6), (104.2, 30.7)])
    assert read_all(
        [
            SPLIT,
            {"op": "merge", "grids": ["a", "b"]},
            {"op": "move_node", "from": [104.1, 30.6], "to": [104.2, 30.7], "snap_m": 1},
            {"op": "reshape", "line": LINE, "cut": True},
            {"op": "recode", "from": "a", "to": "b"},
            {"op": "set", "grid": "a", "kind": "special", "name": None},
        ]
    ) == [
        Split(grid="g", lines=(line,)),
        Merge(grids=("a", "b")),
        MoveNode(start=(104.1, 30.6), end=(104.2, 30.7), snap_m=1),
        Reshape(line=line, cut=True),
        Recode(start="a", end="b"),
        Set(grid="a", kind=GridKind.SPECIAL),
    ]


def test_rings_are_closed_and_heights_dropped() -> None:
    open_ring = {"type": "Polygon", "coordinates": [[[*place, 500.0] for place in RING[:-1]]]}
    edit = read({"op": "assign", "ground": open_ring, "grid": "g"})
    assert isinstance(edit, Assign)
    assert shapely.get_coordinates(edit.ground).tolist() == RING


def test_features_of_other_programs_are_read_by_what_grids_have() -> None:
    feature = {"type": "Feature", "id": 7, "properties": {"layer": "grid", "code": "c", "households": 5}}
    collection = {"type": "FeatureCollection", "name": "x", "features": [{**feature, "geometry": GROUND}]}
    edit = read({"op": "replace", "community": "R", "grids": collection})
    assert isinstance(edit, Replace)
    assert edit.grids == (Grid(code="c", region="R", shape=Polygon(RING)),)


@pytest.mark.parametrize(
    ("told", "id", "values"),
    [
        (7, "edit-wrong-type", {"pointer": "", "wanted": "object"}),
        ({"grid": "g"}, "edit-member-missing", {"pointer": "", "member": "op"}),
        ({"op": "explode"}, "edit-op-unknown", {"pointer": "/op", "op": "explode"}),
        ({"op": "x\n" * 99}, "edit-text-malformed", {"pointer": "/op"}),
        ({**SPLIT, "lnie": 1}, "edit-member-unknown", {"pointer": "", "member": "lnie"}),
        ({**SPLIT, "lines": [LINE]}, "edit-one-of", {"pointer": "", "members": SPLIT_BY}),
        ({**SPLIT, "ground": GROUND}, "edit-one-of", {"pointer": "", "members": SPLIT_BY}),
        ({"op": "split", "grid": "g"}, "edit-one-of", {"pointer": "", "members": SPLIT_BY}),
        ({"op": "assign", "grid": "g"}, "edit-one-of", {"pointer": "", "members": "ground, blocks"}),
        ({**SPLIT, "grid": 12}, "edit-wrong-type", {"pointer": "/grid", "wanted": "text"}),
        ({**SPLIT, "grid": " g"}, "edit-text-malformed", {"pointer": "/grid"}),
        ({**SPLIT, "grid": "\ud800"}, "edit-text-malformed", {"pointer": "/grid"}),
        ({**SPLIT, "grid": "g" * 201}, "edit-text-too-long", {"pointer": "/grid", "most": 200}),
        ({**SPLIT, "cut": 1}, "edit-wrong-type", {"pointer": "/cut", "wanted": "flag"}),
        ({**SPLIT, "snap_m": True}, "edit-wrong-type", {"pointer": "/snap_m", "wanted": "number"}),
        ({**SPLIT, "snap_m": 51}, "edit-snap-out-of-range", {"pointer": "/snap_m", "most": MOST_SNAP_M}),
        ({**SPLIT, "snap_m": float("nan")}, "edit-not-finite", {"pointer": "/snap_m"}),
        ({**SPLIT, "snap_m": 10**400}, "edit-not-finite", {"pointer": "/snap_m"}),
        ({**SPLIT, "line": [1, 2]}, "edit-wrong-type", {"pointer": "/line", "wanted": "object"}),
        ({**SPLIT, "line": GROUND}, "edit-wrong-type", {"pointer": "/line", "wanted": "line"}),
        ({**SPLIT, "line": {**LINE, "crs": "x"}}, "edit-member-unknown", {"pointer": "/line", "member": "crs"}),
        (
            {**SPLIT, "line": {**LINE, "coordinates": [[1, 2]]}},
            "edit-geometry-short",
            {"pointer": "/line/coordinates", "least": 2},
        ),
        (
            {**SPLIT, "line": {**LINE, "coordinates": [[1, 2], [1, "2"]]}},
            "edit-wrong-type",
            {"pointer": "/line/coordinates/1/1", "wanted": "number"},
        ),
        (
            {**SPLIT, "line": {**LINE, "coordinates": [[1, 2], [30.6, 104.1]]}},
            "edit-out-of-range",
            {"pointer": "/line/coordinates/1", "lon": 30.6, "lat": 104.1},
        ),
        (
            {**SPLIT, "line": {**LINE, "coordinates": [[1, 2]] * (MOST_VERTICES + 1)}},
            "edit-vertices-too-many",
            {"pointer": "/line", "vertices": MOST_VERTICES + 1, "most": MOST_VERTICES},
        ),
        (
            {"op": "assign", "grid": "g", "ground": {**GROUND, "coordinates": [[[1, 2], [3, 4], [1, 2]]]}},
            "edit-geometry-short",
            {"pointer": "/ground/coordinates/0", "least": 3},
        ),
        (
            {"op": "assign", "grid": "g", "ground": {**GROUND, "coordinates": []}},
            "edit-list-size",
            {"pointer": "/ground/coordinates", "count": 0, "least": 1, "most": MOST_VERTICES},
        ),
        (
            {"op": "merge", "grids": ["a"]},
            "edit-list-size",
            {"pointer": "/grids", "count": 1, "least": 2, "most": 2000},
        ),
        ({"op": "set", "grid": "a"}, "edit-member-missing", {"pointer": "", "member": "name"}),
        ({"op": "set", "grid": "a", "kind": "park"}, "edit-kind-unknown", {"pointer": "/kind", "kind": "park"}),
        ({"op": "claim_gap", "place": [1]}, "edit-wrong-type", {"pointer": "/place", "wanted": "place"}),
        (
            {"op": "replace", "community": "R", "grids": {"type": "FeatureCollection", "features": [GROUND]}},
            "edit-wrong-type",
            {"pointer": "/grids/features/0", "wanted": "features"},
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(told: object, id: str, values: dict[str, Any]) -> None:
    with pytest.raises(EditMalformed) as refused:
        read(told)
    assert (refused.value.id, dict(refused.value.values)) == (id, values)


def test_lists_have_their_pointers_and_their_size() -> None:
    with pytest.raises(EditMalformed) as refused:
        read_all([SPLIT, {**SPLIT, "grid": ""}], "/edits")
    assert refused.value.values["pointer"] == "/edits/1/grid"
    for wrong in ([], [SPLIT] * (MOST_EDITS + 1)):
        with pytest.raises(EditMalformed) as refused:
            read_all(wrong, "/edits")
        assert refused.value.values == {"pointer": "/edits", "count": len(wrong), "least": 1, "most": MOST_EDITS}


def tried(told: object) -> Edit | EditMalformed:
    try:
        return read(told)
    except EditMalformed as refusal:
        return refusal


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def test_no_json_is_anything_but_read_or_refused(full: bool) -> None:
    def promise(case: tuple[Edit, str, object]) -> None:
        edit, member, value = case
        found = tried({**document(edit), member: value})
        if isinstance(found, EditMalformed):
            assert str(found.values["pointer"])[:1] in ("", "/")

    members = st.sampled_from(("op", "grid", "grids", "line", "lines", "from", "to", "ground", "place", "codes", "cut"))
    hold(st.tuples(EDITS, members, JSON), promise, full, small=60)
