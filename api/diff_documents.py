"""How is a difference told as JSON, and as GeoJSON?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.shapes import collection, feature, geometry
from geo.difference import Codes, Difference, Home, Moved, Side
from geo.households import DEFAULT_LIMITS, verdict
from geo.lineage import Descent
from geo.measure import square_metres
from geo.ruleset import Limits

MOST_TILES = 1_000
"""Squares listed of one zoom; all are counted."""
MOST_BUILDINGS = 10_000
"""Buildings listed; all are counted."""
SHARE_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What one side is. `title` is the plan's, or the reason of the publication."""

    kind: Literal["plan", "base", "publication"]
    plan: str | None = None
    publication: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two states, what they are, and what makes them different; `limits` in force by region, `publication` the one in
    force when they were read."""

    of: State
    against: State
    before: Side
    after: Side
    found: Difference
    publication: int
    limits: Mapping[str, Limits]

    def verdict(self, side: Side, code: str) -> str:
        """How the households of a grid stand to the size rule."""
        grid = side.grids[code]
        beside = sum(1 for other in side.grids.values() if other.region == grid.region)
        return verdict(grid.kind, side.households.get(code), beside, self.limits.get(grid.region, DEFAULT_LIMITS))

    @property
    def codes(self) -> list[str]:
        """Grids that are not as they were, or are counted otherwise."""
        return sorted({one.code for one in self.found.grids} | {one.code for one in self.found.counts})

    @property
    def handed_over(self) -> list[Moved]:
        """Buildings that another grid owns."""
        return [one for one in self.found.buildings if one.is_handed_over]


def document(compared: Compared) -> dict[str, Any]:
    found = compared.found
    return {
        "of": state_document(compared.of),
        "against": state_document(compared.against),
        "publication": compared.publication,
        "same": found.is_empty,
        "sums": sums(compared),
        "regions": [
            {"code": code, "before": before and before.value, "after": after and after.value}
            for code, (before, after) in found.standings.items()
        ],
        "grids": grids(compared),
        "lineage": [descent_document(one) for one in found.lineage],
        "buildings": [_handed_over(one) for one in compared.handed_over[:MOST_BUILDINGS]],
        "pieces": [
            {**_piece(one.before, one.after), "m2": round(one.m2, 1), "geometry": geometry(one.shape)}
            for one in found.handed_over
        ],
        "tiles": [
            {"z": z, "count": len(squares), "tiles": [*squares[:MOST_TILES]]} for z, squares in found.tiles.items()
        ],
    }


def places(compared: Compared) -> dict[str, Any]:
    """Ground that changed hands, then each changed grid as it was and as it is."""
    features = [
        feature(None, one.shape, {"role": "piece", **_piece(one.before, one.after), "m2": round(one.m2, 1)})
        for one in compared.found.handed_over
    ]
    for one in compared.found.grids:
        for role, side in (("before", compared.before), ("after", compared.after)):
            if one.code in side.grids:
                told = {"role": role, "code": one.code, "amended": one.is_amended, **_state(compared, side, one.code)}
                features.append(feature(None, side.grids[one.code].shape, told))
    return collection(features, publication=compared.publication)


def state_document(state: State) -> dict[str, Any]:
    return {"kind": state.kind, "plan": state.plan, "publication": state.publication, "title": state.title}


def sums(compared: Compared) -> dict[str, Any]:
    """What it comes to."""
    codes = [one["code"] for one in grids(compared) if not one["amended"]]
    moved = compared.handed_over
    return {
        "handed_over_m2": round(sum(piece.m2 for piece in compared.found.handed_over), 1),
        "grids": len(codes),
        "buildings": len(moved),
        "households_moved": sum((one.after or one.before or Home(None, 0)).households or 0 for one in moved),
        "households_before": _households(compared.before, codes),
        "households_after": _households(compared.after, codes),
    }


def grids(compared: Compared) -> list[dict[str, Any]]:
    changed = {one.code: one for one in compared.found.grids}
    return [
        {
            "code": code,
            "before": _grid(compared, compared.before, code),
            "after": _grid(compared, compared.after, code),
            "moved": code in changed and changed[code].is_moved,
            "amended": code in changed and changed[code].is_amended and not _is_recounted(compared, code),
        }
        for code in compared.codes
    ]


def descent_document(one: Descent) -> dict[str, Any]:
    return {
        "from": one.start,
        "to": one.end,
        "kind": one.kind.value,
        "m2": round(one.ground_m2, 1),
        "share": round(one.share, SHARE_DIGITS),
        "households": one.households,
    }


def _grid(compared: Compared, side: Side, code: str) -> dict[str, Any] | None:
    return _state(compared, side, code) if code in side.grids else None


def _state(compared: Compared, side: Side, code: str) -> dict[str, Any]:
    grid = side.grids[code]
    return {
        "region": grid.region,
        "name": grid.name,
        "kind": grid.kind.value,
        "households": side.households.get(code),
        "verdict": compared.verdict(side, code),
        "m2": round(square_metres(grid.shape), 1),
    }


def _piece(before: Codes, after: Codes) -> dict[str, Any]:
    return {
        "from": before[0] if before else None,
        "to": after[0] if after else None,
        "before": [*before],
        "after": [*after],
    }


def _handed_over(one: Moved) -> dict[str, Any]:
    told = one.after or one.before
    return {
        "id": one.id,
        "from": one.before and one.before.grid,
        "to": one.after and one.after.grid,
        "households": told and told.households,
    }


def _is_recounted(compared: Compared, code: str) -> bool:
    return compared.before.households.get(code) != compared.after.households.get(code)


def _households(side: Side, codes: Sequence[str]) -> int:
    return sum(side.households.get(code) or 0 for code in codes)
