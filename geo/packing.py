"""How is a published state made of flat columns, and changed to the next one without making all of it anew?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.book import KINDS, UNKNOWN, Book, Boundaries
from geo.cells import Cells
from geo.column import Columns, Texts
from geo.cutting import cut
from geo.grounds import Grounds
from geo.index import Owners
from geo.model import Ground, Region, Standing
from geo.nodes import Nodes
from geo.people import Roster
from geo.ruleset import Ruleset, document, parse
from geo.state import Map

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Packed:
    """A published state as columns; `told` has what is no column, as JSON values."""

    told: Mapping[str, Any]
    columns: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Grids:
    """All grids in force, in any order: a value of each in every column."""

    id: Sequence[int]
    code: Sequence[str]
    name: Sequence[str]
    kind: Sequence[str]
    region: Sequence[str]
    edition: Sequence[int]
    standing: Sequence[str]
    households: Sequence[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """All regions in force, ordered by code; `id` and `edition` (None for a region that nothing divides) of each."""

    regions: Sequence[Region]
    id: Sequence[int]
    edition: Sequence[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a publication has. Shapes only of editions that the state before did not have: of grids by edition and id,
    boundaries by edition. `people_of`: the last publication that changed the people;
    `zone`: in which their dates begin."""

    publication: int
    at: datetime | None
    ruleset: Ruleset
    grids: Grids
    regions: Regions
    shapes: Mapping[tuple[int, int], Ground] = field(default_factory=dict)
    boundaries: Mapping[int, Ground] = field(default_factory=dict)
    people: Roster
    people_of: int = 0
    zone: str = ""
    instants: NDArray[np.int64]


def packed(news: News, before: Packed | None) -> Packed:
    """The columns of a publication; `before` is any state that still has the ground which `news` does not bring.

    Those about the ground of regions are left to `completed` where they are not as before: they take as long as all
    the rest, and only points that no grid has are asked of them.
    """
    columns: Arrays = {"instants": news.instants}
    codes = [region.code for region in news.regions.regions]
    order = _order(news.grids)
    proven = sum(standing == Standing.PROVEN for standing in news.grids.standing)
    columns |= _grid_columns(news.grids, order, codes)
    columns |= _region_columns(news.regions, codes)
    columns |= _grounds(news, proven, columns, before)
    columns |= _under("people", news.people.arrays)
    told: dict[str, Any] = {
        "publication": news.publication,
        "at": None if news.at is None else news.at.isoformat(),
        "proven": proven,
        "ruleset": document(news.ruleset),
        "people": news.people_of,
        "zone": news.zone,
    }
    state = Packed(told, columns)
    return _with_outlines_of(before, state) if before is not None and _have_same_tree(before, state, news) else state


def completed(state: Packed, news: News, before: Packed | None) -> Packed:
    """The state with the ground that each region stands in for, holes of derived outlines included."""
    if "depths" in state.told:
        return state
    codes = [region.code for region in news.regions.regions]
    boundaries = boundaries_of(news, before)
    grounds = Map(regions={one.code: one for one in news.regions.regions}, boundaries=boundaries).grounds
    number, columns = {code: place for place, code in enumerate(codes)}, Arrays()
    depth, claim = np.full(len(codes), UNKNOWN, dtype=np.int64), np.full(len(codes), UNKNOWN, dtype=np.int64)
    for place, (own, owners) in enumerate(grounds.depths):
        told = {"region": np.array([number[code] for code in own], dtype=np.int64)}
        columns |= _under(f"grounds/{place}", {**told, **owners.nodes.columns, **owners.cells.columns})
        for at, code in enumerate(own):
            if code in boundaries:
                depth[number[code]], claim[number[code]] = place, at
    columns |= {"region.depth": depth, "region.boundary": claim}
    return Packed({**state.told, "depths": len(grounds.depths)}, {**state.columns, **columns})


def _have_same_tree(before: Packed, state: Packed, news: News) -> bool:
    """Whether the same regions lie below each other, and every boundary is as it was."""
    names = ("region.code.letters", "region.code.ends", "region.parent")
    if not all(np.array_equal(before.columns[name], state.columns[name]) for name in names):
        return False
    old, new = before.columns["region.edition"], state.columns["region.edition"]
    moved = np.flatnonzero(old != new).tolist()
    if not moved:
        return True
    if UNKNOWN in old[moved] or UNKNOWN in new[moved]:
        return False
    known = opened(before).boundaries
    told = ((news.regions.regions[n].code, news.boundaries[int(new[n])]) for n in moved)
    return all(shapely.to_wkb(known[code]) == shapely.to_wkb(boundary) for code, boundary in told)


def _with_outlines_of(before: Packed, state: Packed) -> Packed:
    kept = ("region.depth", "region.boundary")
    same = {name: one for name, one in before.columns.items() if name.startswith("grounds/") or name in kept}
    return Packed({**state.told, "depths": before.told["depths"]}, {**state.columns, **same})


def opened(state: Packed, boundaries: Mapping[str, Ground] | None = None) -> Map:
    """The state as everybody asks it; its columns are read in place. `boundaries` where it is not `completed` yet."""
    columns, told = state.columns, state.told
    nodes = Nodes.read(_of("owners", columns))
    book = Book(columns, told["proven"], nodes)
    made = Map(
        publication=told["publication"],
        at=None if told["at"] is None else datetime.fromisoformat(told["at"]),
        holdings=book.holdings,
        regions=book.regions,
        region_ids=book.region_ids,
        ruleset=parse(told["ruleset"]),
        people=Roster(_of("people", columns)),
        instants=columns["instants"],  # type: ignore[arg-type]
    )
    owners = Owners.of(book.codes, told["proven"], nodes, Cells.read(_of("owners", columns)))
    made.knowing(ordered=book.holdings, by_code=book.by_code, owners=owners)
    if "depths" not in told:
        return made.knowing(boundaries=boundaries or {})
    grounds = [_of(f"grounds/{depth}", columns) for depth in range(told["depths"])]
    outer = [Nodes.read(one) for one in grounds]
    depths = [book.depth(one["region"], own, Cells.read(one)) for one, own in zip(grounds, outer, strict=True)]
    return made.knowing(boundaries=Boundaries(book.region_codes, columns, outer), grounds=Grounds(depths))


def _order(grids: Grids) -> list[int]:
    """The order of the owner rule: proven ground first, then by code."""
    return sorted(range(len(grids.code)), key=lambda n: (grids.standing[n] != Standing.PROVEN, grids.code[n]))


def _grid_columns(grids: Grids, order: Sequence[int], regions: Sequence[str]) -> Arrays:
    place, kinds = (
        {code: number for number, code in enumerate(regions)},
        {kind.value: n for n, kind in enumerate(KINDS)},
    )
    households = [grids.households[n] for n in order]
    return {
        **Texts.of(grids.code[n] for n in order).columns("grid.code"),
        **Texts.of(grids.name[n] for n in order).columns("grid.name"),
        "grid.id": np.array([grids.id[n] for n in order], dtype=np.int64),
        "grid.kind": np.array([kinds[grids.kind[n]] for n in order], dtype=np.int8),
        "grid.region": np.array([place[grids.region[n]] for n in order], dtype=np.int32),
        "grid.edition": np.array([grids.edition[n] for n in order], dtype=np.int64),
        "grid.households": np.array([UNKNOWN if one is None else one for one in households], dtype=np.int64),
    }


def _region_columns(regions: Regions, codes: Sequence[str]) -> Arrays:
    place = {code: number for number, code in enumerate(codes)}
    parents = [UNKNOWN if one.parent is None else place.get(one.parent, UNKNOWN) for one in regions.regions]
    return {
        **Texts.of(codes).columns("region.code"),
        **Texts.of(one.name for one in regions.regions).columns("region.name"),
        **Texts.of(one.level for one in regions.regions).columns("region.level"),
        **Texts.of(one.scheme or "" for one in regions.regions).columns("region.scheme"),
        "region.id": np.array(regions.id, dtype=np.int64),
        "region.parent": np.array(parents, dtype=np.int32),
        "region.enclave": np.array([one.enclave for one in regions.regions], dtype=np.int8),
        "region.edition": np.array([UNKNOWN if one is None else one for one in regions.edition], dtype=np.int64),
    }


def _grounds(news: News, proven: int, columns: Columns, before: Packed | None) -> Arrays:
    """The ground of all grids: taken over from the state before where nothing of it changed."""
    keys = list(zip(columns["grid.edition"].tolist(), columns["grid.id"].tolist(), strict=True))
    known: dict[tuple[int, int], int] = {}
    parts: list[Nodes] = []
    if before is not None:
        old = list(zip(before.columns["grid.edition"].tolist(), before.columns["grid.id"].tolist(), strict=True))
        if old == keys and before.told["proven"] == proven:
            return {name: column for name, column in before.columns.items() if name.startswith("owners/")}
        known = {key: number for number, key in enumerate(old)}
        parts.append(Nodes.read(_of("owners", before.columns)))
    fresh = [number for number, key in enumerate(keys) if key not in known]
    shapes = np.array([news.shapes[keys[number]] for number in fresh], dtype=object)
    parts.append(Nodes.among(shapes, sum(number < proven for number in fresh)))
    if len(parts) == 1:
        return _under("owners", {**parts[0].columns, **cut(parts[0]).columns})
    place = {number: at for at, number in enumerate(fresh)}
    source = np.array([len(parts) - 1 if number in place else 0 for number in range(len(keys))], dtype=np.int64)
    claim = np.array([place.get(number, known.get(key, 0)) for number, key in enumerate(keys)], dtype=np.int64)
    nodes = Nodes.joined(parts, source, claim)
    return _under("owners", {**nodes.columns, **cut(nodes).columns})


def boundaries_of(news: News, before: Packed | None) -> dict[str, Ground]:
    """The boundary of each divided region, read of the state before where that edition was in force."""
    old: Mapping[str, Ground] = {}
    known: dict[int, str] = {}
    if before is not None:
        state = opened(before)
        old, editions = state.boundaries, before.columns["region.edition"].tolist()
        known = {edition: code for code, edition in zip(state.regions, editions, strict=True) if edition != UNKNOWN}
    found: dict[str, Ground] = {}
    for code, edition in zip((one.code for one in news.regions.regions), news.regions.edition, strict=True):
        if edition is not None:
            found[code] = news.boundaries[edition] if edition in news.boundaries else old[known[edition]]
    return found


def _under(name: str, columns: Columns) -> Arrays:
    return {f"{name}/{key}": column for key, column in columns.items()}


def _of(name: str, columns: Columns) -> Arrays:
    return {key.removeprefix(f"{name}/"): one for key, one in columns.items() if key.startswith(f"{name}/")}
