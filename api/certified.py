"""What does a certificate look like in the description of the service?"""

from typing import Any, Literal

from pydantic import BaseModel, Field


class CertifiedScope(BaseModel):
    region: str | None = Field(description="Only this region and what is below it; null for the whole publication")
    layers: list[str] = Field(description="Only these layers; empty for all")


class CertifiedRules(BaseModel):
    version: int = Field(description="What the rules meant; grows when one comes to mean something else")
    limits: str = Field(description="SHA-256 of the limits in force")


class CertifiedLayer(BaseModel):
    count: int
    digest: str


class RegionProof(BaseModel):
    code: str
    standing: Literal["proven", "provisional"] | None
    proven: bool = Field(description="The edges of its grids cancel exactly against its outline")
    grids: int
    digest: str = Field(description="SHA-256 of outline, grids and standing")


class CertifiedKind(BaseModel):
    rule: str
    severity: Literal["blocking", "warning", "note"]
    accepted: bool
    count: int


class CertifiedFindings(BaseModel):
    count: int
    digest: str
    kinds: list[CertifiedKind]


class Certificate(BaseModel):
    """What was published, in digests that anybody can work out again; see docs/certificate.md."""

    format: Literal[1]
    publication: int
    at: str
    scope: CertifiedScope
    rules: CertifiedRules
    terms: dict[str, Any] = Field(description="By what it was judged: limits, households before, what was accepted")
    layers: dict[str, CertifiedLayer]
    regions: list[RegionProof]
    findings: CertifiedFindings | None
    coverage: dict[str, float] | None
    digest: str = Field(description="SHA-256 of all other members as one JSON text, sorted by name, without spaces")


DIGEST = "6f1ed002ab5595859014ebf0951522d9aa34bd7b6a8b34b2b0bd3c0a3c5e1c61"
EXAMPLE: dict[str, Any] = {
    "format": 1,
    "publication": 12,
    "at": "2026-03-02T08:00:00+00:00",
    "scope": {"region": None, "layers": []},
    "rules": {"version": 1, "limits": DIGEST},
    "terms": {
        "limits": {"limits": {"households_most": {"residential": 500, "special": None, "rural": 500}}},
        "before": {"51990900100102": 415},
        "parents": {},
        "schemes": {},
        "taken": [],
        "fresh": [],
        "accepted": [],
    },
    "layers": {
        "region": {"count": 2, "digest": DIGEST},
        "grid": {"count": 5, "digest": DIGEST},
        "building": {"count": 41, "digest": DIGEST},
        "facility": {"count": 1, "digest": DIGEST},
        "line": {"count": 0, "digest": DIGEST},
        "water": {"count": 0, "digest": DIGEST},
    },
    "regions": [{"code": "519909001001", "standing": "proven", "proven": True, "grids": 5, "digest": DIGEST}],
    "findings": {
        "count": 1,
        "digest": DIGEST,
        "kinds": [{"rule": "households-low", "severity": "warning", "accepted": False, "count": 1}],
    },
    "coverage": {
        "units": 1,
        "units_covered": 1,
        "area_m2": 96_000.0,
        "area_covered_m2": 96_000.0,
        "gap_m2": 0.0,
        "overlap_m2": 0.0,
        "households": 1974,
        "households_covered": 1974,
    },
    "digest": DIGEST,
}
