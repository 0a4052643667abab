"""How is told what became of a grid?"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.diff_documents import SHARE_DIGITS, descent_document
from api.problems import Problem
from geo.chronicle import Turn, Version
from geo.lineage import Descent
from geo.store.ancestry import Step
from geo.store.history import Occasion

MOST_NAMED = 20
"""Successors named in one sentence; `successors` has all."""


def turn_document(turn: Turn, occasion: Occasion) -> dict[str, Any]:
    return {
        "publication": turn.number,
        "at": occasion.at.isoformat(),
        "actor": occasion.actor,
        "reason": occasion.reason,
        "kind": occasion.kind,
        "cause": turn.cause.value,
        "what": [one.value for one in turn.what],
        "m2_before": _square_metres(turn.before_m2),
        "m2_after": _square_metres(turn.after_m2),
        "households_before": turn.before,
        "households_after": turn.after,
        "plan": None if occasion.plan is None else str(occasion.plan),
        "approval": occasion.approval,
        "approved_by": occasion.approver,
    }


def step_documents(steps: Sequence[Step], occasions: Mapping[int, Occasion]) -> list[dict[str, Any]]:
    return [
        {**descent_document(one.descent), "publication": one.number, "at": occasions[one.number].at.isoformat()}
        for one in steps
    ]


def retired(last: Version, successors: Sequence[Descent]) -> Problem:
    """The problem of a code that was retired: who has its ground now."""
    assert last.last is not None  # it is retired
    told = [
        {"code": one.end, "share": round(one.share, SHARE_DIGITS), "households": one.households}
        for one in sorted(successors, key=lambda one: (-one.share, one.end or ""))
    ]
    named = [one["code"] or "–" for one in told]
    codes = ", ".join(map(str, named[:MOST_NAMED])) + (" …" if len(named) > MOST_NAMED else "")
    values: dict[str, str | int | float] = {"code": last.grid.code, "publication": last.last + 1, "codes": codes or "–"}
    return Problem("code-retired", values, members={"publication": last.last + 1, "successors": told})


def _square_metres(area: float | None) -> float | None:
    return None if area is None else round(area, 1)
