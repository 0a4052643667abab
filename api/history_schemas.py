"""How do the history and the lineage of a grid look in JSON?"""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.diff_schemas import DescentDocument

What = Literal["made", "restored", "ground", "nodes", "name", "kind", "region", "standing", "households", "retired"]


class TurnDocument(BaseModel):
    """One publication that changed the grid. `approval` and `approved_by` are those of the plan it published."""

    publication: int
    at: str
    actor: str
    reason: str
    kind: Literal["ground", "data", "both", "revert"]
    cause: Literal["publish", "node", "data"] = Field(
        description="Its region was published, a neighbour put a node on its border, or only counts changed"
    )
    what: list[What]
    m2_before: float | None
    m2_after: float | None
    households_before: int | None
    households_after: int | None
    plan: str | None
    approval: str
    approved_by: str


class History(BaseModel):
    """Every publication that changed a grid, oldest first."""

    code: str
    in_force: bool
    publication: int
    turns: list[TurnDocument]


class StepDocument(DescentDocument):
    """Ground of one grid that a publication made the other's."""

    publication: int
    at: str

    model_config = ConfigDict(serialize_by_alias=True)


class Lineage(BaseModel):
    """What a grid comes from and what came of it, over all editions; codes may be retired themselves."""

    code: str
    in_force: bool
    publication: int
    ancestors: list[str]
    successors: list[str]
    steps: list[StepDocument] = Field(description="Oldest first, at most 500")
    whole: bool


TURN: Final = {
    "publication": 13,
    "at": "2026-03-09T08:00:00+00:00",
    "actor": "street-office",
    "reason": "塔楼独立成格",
    "kind": "ground",
    "cause": "publish",
    "what": ["ground", "households"],
    "m2_before": 95712.5,
    "m2_after": 74232.2,
    "households_before": 530,
    "households_after": 412,
    "plan": "7b6e5a1c-9d5f-4b0e-8a52-1f4f0a6f2c33",
    "approval": "街办〔2026〕12号",
    "approved_by": "street-head",
}
HISTORY: Final = {"code": "51990900100101", "in_force": True, "publication": 13, "turns": [TURN]}
STEP: Final = {
    "from": "51990900100101",
    "to": "51990900100107",
    "kind": "split",
    "m2": 21480.3,
    "share": 0.2244,
    "households": 118,
    "publication": 13,
    "at": "2026-03-09T08:00:00+00:00",
}
LINEAGE: Final = {
    "code": "51990900100107",
    "in_force": True,
    "publication": 13,
    "ancestors": ["51990900100101"],
    "successors": [],
    "steps": [STEP],
    "whole": True,
}
