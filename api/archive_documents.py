"""How is the division archive of a grid told, and how does it look in JSON?"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from geojson_pydantic import MultiPolygon, Polygon
from pydantic import BaseModel, Field

from api.history_documents import step_documents, turn_document
from api.history_schemas import STEP, TURN, StepDocument, TurnDocument
from api.people import PEOPLE, InCharge
from api.people import told as told_person
from api.shapes import geometry
from geo.households import DEFAULT_LIMITS, verdict
from geo.lookup import Map
from geo.measure import square_metres
from geo.model import Person
from geo.store.archive import Archive


class ArchiveRegion(BaseModel):
    code: str
    name: str
    level: str


class ArchiveDocument(BaseModel):
    """网格划分档案. A retired grid is told as it was last, at `as_of_publication`."""

    code: str
    name: str
    kind: Literal["residential", "special", "rural"]
    region: str
    chain: list[ArchiveRegion] = Field(description="The regions it lies in, from the root down")
    in_force: bool
    standing: Literal["proven", "provisional"]
    edition: int
    publication: int = Field(description="The one in force now")
    as_of_publication: int
    households: int | None
    verdict: Literal["low", "good", "high", "none"]
    buildings: int
    m2: float
    neighbours: list[str]
    people: list[InCharge] | None = Field(description="Inner profile only; null in the public one")
    turns: list[TurnDocument] = Field(description="Every publication that changed it, oldest first")
    ancestors: list[str]
    successors: list[str]
    steps: list[StepDocument]
    certificate: str = Field(description="Where the certificate of that publication is")
    geometry: Polygon | MultiPolygon


ARCHIVE: Final = {
    "code": "51990900100101",
    "name": "第一网格",
    "kind": "residential",
    "region": "519909001001",
    "chain": [
        {"code": "519909", "name": "虚构区", "level": "district"},
        {"code": "519909001001", "name": "柳堰社区", "level": "community"},
    ],
    "in_force": True,
    "standing": "proven",
    "edition": 33,
    "publication": 13,
    "as_of_publication": 13,
    "households": 412,
    "verdict": "good",
    "buildings": 9,
    "m2": 74232.2,
    "neighbours": ["51990900100102", "51990900100107"],
    "people": PEOPLE["people"],
    "turns": [TURN],
    "ancestors": [],
    "successors": ["51990900100107"],
    "steps": [STEP],
    "certificate": "https://maps.example.org/v1/publications/13/certificate",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[104.101, 30.7], [104.104, 30.7], [104.104, 30.703], [104.101, 30.703], [104.101, 30.7]]],
    },
}


def document(found: Archive, state: Map, people: Sequence[Person] | None, certificate: str) -> dict[str, Any]:
    """The archive as JSON values; `state` is the published map, for the regions above and the limits in force."""
    grid, households = found.version.grid, found.count.households if found.count else None
    limits = state.limits.get(grid.region, DEFAULT_LIMITS)
    return {
        "code": grid.code,
        "name": grid.name,
        "kind": grid.kind.value,
        "region": grid.region,
        "chain": [
            {"code": one.code, "name": one.name, "level": one.level} for one in reversed(state.chain(grid.region))
        ],
        "in_force": found.in_force,
        "standing": found.version.standing.value,
        "edition": found.version.edition,
        "publication": found.now,
        "as_of_publication": found.number,
        "households": households,
        "verdict": verdict(grid.kind, households, found.beside, limits),
        "buildings": found.count.buildings if found.count else 0,
        "m2": round(square_metres(grid.shape), 1),
        "neighbours": [one.code for one in found.neighbours],
        "people": None if people is None else [told_person(one) for one in people],
        "turns": [turn_document(one, found.occasions[one.number]) for one in found.turns],
        "ancestors": [*found.line.ancestors],
        "successors": [*found.line.successors],
        "steps": step_documents(found.line.steps, found.occasions),
        "certificate": certificate,
        "geometry": geometry(grid.shape),
    }
