"""How are edits written in JSON, and which edit does a JSON object mean?

`read(document(edit)) == edit`, with every digit of every coordinate; blocks that an edit named are written as their
ground. Reading is strict: what it does not know it refuses, with a pointer to the place (`EditMalformed`).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypedDict

from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.model import Grid, GridKind, Ground
from geo.redraw import by_blocks
from geo.redraw import geometry_json as geometry
from geo.redraw.by_blocks import NO_BLOCKS, Blocks
from geo.redraw.edits import (
    MOST_SNAP_M,
    SNAP_M,
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
from geo.redraw.geometry_json import ground, line, place
from geo.redraw.members import EditMalformed, Members, code, flag, items, listed, number, shown, text, wrong_type
from geo.redraw.refused import EditRefused
from geo.redraw.snapping import MOST_VERTICES

MOST_EDITS: Final = 500
"""Edits made together: a district's legacy grids are healed in some hundred."""
MOST_LINES: Final = 100
MOST_GRIDS: Final = 2000
"""Grids named or drawn by one edit."""
__all__ = ["MOST_EDITS", "MOST_VERTICES", "EditMalformed", "document", "read", "read_all"]


def read_all(told: object, pointer: str = "", blocks: Blocks = NO_BLOCKS) -> list[Edit]:
    """The edits of a list, in order. Refuses `edit-list-size` (count, least, most) and what `read` refuses."""
    edits = list[Edit]()
    for n, one in enumerate(items(told, pointer, 1, MOST_EDITS)):
        try:
            edits.append(read(one, f"{pointer}/{n}", blocks))
        except EditRefused as error:
            error.number = n
            raise
    return edits


def read(told: object, pointer: str = "", blocks: Blocks = NO_BLOCKS) -> Edit:
    """The edit that a JSON object means; `pointer` is where it stands, `blocks` are those that it may name. Refuses
    `edit-op-unknown` (op) and what is told in `geo.redraw.members`, `geo.redraw.geometry_json` and
    `geo.redraw.by_blocks`."""
    members = Members(told, pointer)
    op = members.of("op", text)
    if op in ON_GROUND:
        edit: Edit = ON_GROUND[op](members, blocks)
    elif op in READERS:
        edit = READERS[op](members)
    else:
        raise EditMalformed("edit-op-unknown", pointer=f"{pointer}/op", op=shown(op))
    members.end()
    return edit


def document(edit: Edit) -> dict[str, Any]:
    """An edit as a JSON object; what it does not state is left out."""
    match edit:
        case Split():
            drawn = {**_one_or_more("line", edit.lines), **_one_or_more("ground", edit.grounds)}
            return {"op": "split", "grid": edit.grid, **drawn, **_stated(codes=[*edit.codes] or None), **_manner(edit)}
        case Merge():
            return {"op": "merge", "grids": [*edit.grids], **_stated(into=edit.into)}
        case MoveNode():
            return {"op": "move_node", "from": [*edit.start], "to": [*edit.end], **_manner(edit)}
        case MoveEdge():
            start, end = geometry.document(edit.start), geometry.document(edit.end)
            return {"op": "move_edge", "from": start, "to": end, **_manner(edit)}
        case Reshape():
            sides = _stated(grids=edit.grids and [*edit.grids])
            return {"op": "reshape", "line": geometry.document(edit.line), **sides, **_manner(edit)}
        case Assign():
            return {"op": "assign", "ground": geometry.document(edit.ground), "grid": edit.grid, **_manner(edit)}
        case ClaimGap():
            return {"op": "claim_gap", "place": [*edit.place], **_stated(grid=edit.grid)}
        case Replace():
            features = [_feature(grid) for grid in edit.grids]
            drawn = {"grids": {"type": "FeatureCollection", "features": features}}
            return {"op": "replace", "community": edit.region, **drawn, **_manner(edit)}
        case Recode():
            return {"op": "recode", "from": edit.start, "to": edit.end}
        case Set():
            return {"op": "set", "grid": edit.grid, **_stated(name=edit.name, kind=edit.kind and str(edit.kind))}
        case Order():
            boundary = geometry.document(edit.boundary)
            return {"op": "order", "region": edit.region, "boundary": boundary, "cut": edit.cut}


def _one_or_more(name: str, shapes: Sequence[BaseGeometry]) -> dict[str, object]:
    told = [geometry.document(one) for one in shapes]
    return {name: told[0]} if len(told) == 1 else {f"{name}s": told} if told else {}


def _stated(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}


def _manner(edit: Split | MoveNode | MoveEdge | Reshape | Assign | Replace) -> dict[str, object]:
    """Written even where it is the default, which may become another one."""
    return {"snap_m": edit.snap_m, "cut": edit.cut}


def _feature(grid: Grid) -> dict[str, object]:
    properties = {"code": grid.code or None, "name": grid.name or None, "kind": str(grid.kind)}
    return {"type": "Feature", "properties": _stated(**properties), "geometry": geometry.document(grid.shape)}


def _split(members: Members, blocks: Blocks) -> Split:
    lines, grounds = tuple[LineString, ...](), tuple[Ground, ...]()
    match members.one_of("line", "lines", "ground", "grounds", by_blocks.MEMBER):
        case "line":
            lines = (members.of("line", line),)
        case "lines":
            lines = members.of("lines", listed(line, 1, MOST_LINES))
        case "ground":
            grounds = (members.of("ground", ground),)
        case "grounds":
            grounds = members.of("grounds", listed(ground, 1, by_blocks.MOST_BLOCKS))
        case _:
            grounds = members.of(by_blocks.MEMBER, partial(by_blocks.each, blocks=blocks))
    codes = members.maybe("codes", listed(code, 0, MOST_GRIDS), ())
    return Split(grid=members.of("grid", code), lines=lines, grounds=grounds, codes=codes, **_how(members))


def _merge(members: Members) -> Merge:
    return Merge(grids=members.of("grids", listed(code, 2, MOST_GRIDS)), into=members.maybe("into", code, None))


def _move_node(members: Members) -> MoveNode:
    return MoveNode(start=members.of("from", place), end=members.of("to", place), **_how(members))


def _move_edge(members: Members) -> MoveEdge:
    return MoveEdge(start=members.of("from", line), end=members.of("to", line), **_how(members))


def _reshape(members: Members) -> Reshape:
    sides = members.maybe("grids", listed(code, 2, 2), ())
    grids = (sides[0], sides[1]) if sides else None
    return Reshape(line=members.of("line", line), grids=grids, **_how(members))


def _assign(members: Members, blocks: Blocks) -> Assign:
    name = members.one_of("ground", by_blocks.MEMBER)
    read_ = ground if name == "ground" else partial(by_blocks.together, blocks=blocks)
    return Assign(ground=members.of(name, read_), grid=members.of("grid", code), **_how(members))


def _claim_gap(members: Members) -> ClaimGap:
    return ClaimGap(place=members.of("place", place), grid=members.maybe("grid", code, None))


def _replace(members: Members) -> Replace:
    region = members.of("community", code)

    def grids(value: object, pointer: str) -> tuple[Grid, ...]:
        return _collection(value, pointer, region)

    return Replace(region=region, grids=members.of("grids", grids), **_how(members))


def _recode(members: Members) -> Recode:
    return Recode(start=members.of("from", code), end=members.of("to", code))


def _set(members: Members) -> Set:
    if "name" not in members and "kind" not in members:
        raise EditMalformed("edit-member-missing", pointer=members.pointer, member="name")
    name, kind = members.maybe("name", text, None), members.maybe("kind", _kind, None)
    return Set(grid=members.of("grid", code), name=name, kind=kind)


def _order(members: Members) -> Order:
    cut = members.maybe("cut", flag, False)
    return Order(region=members.of("region", code), boundary=members.of("boundary", ground), cut=cut)


class _Manner(TypedDict):
    snap_m: float
    cut: bool


def _how(members: Members) -> _Manner:
    """Borders of blocks are led nowhere: with them `snap_m` is 0, and not to be stated."""
    snap_m = 0.0 if by_blocks.MEMBER in members else members.maybe("snap_m", _snap, SNAP_M)
    return {"snap_m": snap_m, "cut": members.maybe("cut", flag, False)}


def _snap(value: object, pointer: str) -> float:
    """Refuses `edit-snap-out-of-range` (most)."""
    metres = number(value, pointer)
    if not 0 <= metres <= MOST_SNAP_M:
        raise EditMalformed("edit-snap-out-of-range", pointer=pointer, most=MOST_SNAP_M)
    return metres


def _kind(value: object, pointer: str) -> GridKind:
    """Refuses `edit-kind-unknown` (kind)."""
    told = text(value, pointer)
    if told not in [*GridKind]:
        raise EditMalformed("edit-kind-unknown", pointer=pointer, kind=shown(told))
    return GridKind(told)


def _collection(value: object, pointer: str, region: str) -> tuple[Grid, ...]:
    """The grids of a FeatureCollection. Refuses `edit-wrong-type` (wanted: features)."""
    members = Members(value, pointer)
    if members.of("type", text) != "FeatureCollection":
        raise wrong_type(pointer, "features")

    def grid(one: object, at: str) -> Grid:
        return _grid(one, at, region)

    grids = members.of("features", listed(grid, 1, MOST_GRIDS))
    for name in ("bbox", "name"):
        members.maybe(name, _ignored, None)
    members.end()
    return grids


def _grid(value: object, pointer: str, region: str) -> Grid:
    """A grid of the region. Properties besides code, name and kind are other programs' and are passed over."""
    members = Members(value, pointer)
    if members.of("type", text) != "Feature":
        raise wrong_type(pointer, "features")
    shape = members.of("geometry", ground)
    own = members.maybe("properties", Members, None) or Members({}, pointer)
    for name in ("id", "bbox"):
        members.maybe(name, _ignored, None)
    members.end()
    return Grid(
        code=own.maybe("code", code, ""),
        name=own.maybe("name", text, ""),
        kind=own.maybe("kind", _kind, GridKind.RESIDENTIAL),
        region=region,
        shape=shape,
    )


def _ignored(_value: object, _pointer: str) -> None:
    return None


ON_GROUND: Final[Mapping[str, Callable[[Members, Blocks], Edit]]] = {"split": _split, "assign": _assign}
"""Those that may name blocks."""
READERS: Final[Mapping[str, Callable[[Members], Edit]]] = {
    "merge": _merge,
    "move_node": _move_node,
    "move_edge": _move_edge,
    "reshape": _reshape,
    "claim_gap": _claim_gap,
    "replace": _replace,
    "recode": _recode,
    "set": _set,
    "order": _order,
}
