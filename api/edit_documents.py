"""How is told what edits did to a plan, and what a plan is now?

Made by the process at the desk, where the plan is: nothing here loads the web server.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.shapes import collection, feature, figures_document, finding_document, geometry
from api.texts import Language
from geo.consequences import Answer
from geo.households import verdict
from geo.inspection import Move
from geo.lineage import Descent
from geo.model import Grid, Plan, Region
from geo.redraw.board import Board, Outcome
from geo.ruleset import Limits
from geo.terms import Terms
from geo.tree import chain


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change: what the store is to keep, and the document that tells it.

    `before` has the grids that are no more, and nothing else; `edits` are told in full, with what was left out.
    """

    before: Board
    outcome: Outcome
    told: dict[str, Any]
    edits: Sequence[Mapping[str, Any]] = ()


class Sizes:
    """How the grids of a plan stand to the size rule where they lie."""

    def __init__(self, plan: Plan, terms: Terms) -> None:
        self._ruleset = terms.ruleset
        self._parents = {**terms.parents, **{region.code: region.parent for region in plan.regions}}
        self._limits: dict[str, Limits] = {}

    def verdict(self, grid: Grid, households: int | None, grids_in_region: int) -> str:
        limits = self._limits.get(grid.region)
        if limits is None:
            stating = self._ruleset.stating(chain(grid.region, self._parents))
            limits = self._limits[grid.region] = self._ruleset.within(stating)
        return verdict(grid.kind, households, grids_in_region, limits)


def edit_document(answer: Answer, board: Board, sizes: Sizes, language: Language) -> dict[str, Any]:
    """What an edit did; `board` is the ground after it."""
    outcome = answer.outcome
    grids = (_changed(grid, answer, board, sizes) for grid in outcome.grids)
    regions = (region_feature(region, amended=region.code in outcome.amended) for region in outcome.regions)
    return {
        "grids": collection(grids),
        "regions": collection(regions),
        "gone": sorted(outcome.gone),
        "amended": sorted(outcome.amended),
        "healed": sorted(outcome.healed),
        "drawn": [geometry(line) for line in outcome.drawn],
        "households": [
            {"code": code, "before": before, "after": after}
            for code, (before, after) in sorted(answer.households.items())
        ],
        "appeared": [finding_document(finding, language) for finding in answer.appeared],
        "vanished": [finding_document(finding, language) for finding in answer.vanished],
        "moved": [_moved(one) for one in answer.moved],
        "lineage": [_descent(one) for one in answer.lineage],
        "counts": {severity.value: count for severity, count in answer.counts.items()},
        "coverage": figures_document(answer.figures),
    }


def summary(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the log of a plan keeps of what an edit did."""
    changed = [grid["properties"]["code"] for grid in told["grids"]["features"]]
    return {"changed": changed, **{name: told[name] for name in ("gone", "amended", "households", "counts")}}


def ground_document(
    board: Board, regions: Collection[str], households: Mapping[str, int], sizes: Sizes
) -> dict[str, Any]:
    """The plan file of a plan's ground: its regions, and their grids with their households."""
    own = sorted(board.regions.keys() & set(regions))
    outlines = (region_feature(board.regions[code]) for code in own)
    return collection([*outlines, *_grids(board, own, households, sizes)])


def grid_feature(grid: Grid, households: int | None, verdict: str, **more: object) -> dict[str, Any]:
    """A grid as a feature of a plan file."""
    told = {"layer": "grid", "code": grid.code, "name": grid.name, "kind": grid.kind.value, "region": grid.region}
    return feature(None, grid.shape, {**told, "households": households, "verdict": verdict, **more})


def region_feature(region: Region, **more: object) -> dict[str, Any]:
    """A divided region as a feature of a plan file."""
    own = {"layer": "region", "code": region.code, "name": region.name, "level": region.level}
    told = {**own, "parent": region.parent, "enclave": region.enclave, **more}
    return feature(None, region.shape, told)


def _grids(
    board: Board, regions: Iterable[str], households: Mapping[str, int], sizes: Sizes
) -> Iterable[dict[str, Any]]:
    for region in regions:
        own = board.grids_of(region)
        for grid in own:
            count = households.get(grid.code)
            yield grid_feature(grid, count, sizes.verdict(grid, count, len(own)))


def _changed(grid: Grid, answer: Answer, board: Board, sizes: Sizes) -> dict[str, Any]:
    before, after = answer.households.get(grid.code, (None, None))
    told = sizes.verdict(grid, after, len(board.grids_of(grid.region)))
    return grid_feature(grid, after, told, households_before=before, amended=grid.code in answer.outcome.amended)


def _moved(move: Move) -> dict[str, Any]:
    return {"id": move.building, "households": move.households, "from": move.start, "to": move.end}


def _descent(one: Descent) -> dict[str, Any]:
    amounts = {"ground_m2": round(one.ground_m2, 1), "share": round(one.share, 6), "households": one.households}
    return {"from": one.start, "to": one.end, "kind": one.kind.value, **amounts}
