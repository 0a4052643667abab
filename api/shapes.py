"""How do regions, grids, buildings and findings look as GeoJSON?"""

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from api.texts import Language, finding_text
from geo.lookup import Holding, Map
from geo.model import Acceptance, Finding
from geo.plan import Figures, Report
from geo.store.lists import Row

MOST_PLACES = 1000
"""Places told in one problem document."""


def geometry(shape: BaseGeometry | None) -> dict[str, Any] | None:
    """A shape as GeoJSON, lon/lat WGS-84."""
    return None if shape is None else dict(shapely.geometry.mapping(shape))


def feature(id_: int | None, shape: BaseGeometry | None, properties: dict[str, Any]) -> dict[str, Any]:
    told = {"type": "Feature", "geometry": geometry(shape), "properties": properties}
    return told if id_ is None else {"type": "Feature", "id": id_, **told}


def collection(features: Iterable[dict[str, Any]], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def grid_feature(state: Map, holding: Holding) -> dict[str, Any]:
    """A published grid with its households and how they stand to the size rule."""
    grid = holding.grid
    return feature(
        holding.id,
        grid.shape,
        {
            "code": grid.code,
            "name": grid.name,
            "kind": grid.kind.value,
            "region": grid.region,
            "households": holding.households,
            "verdict": state.verdict(holding),
            "standing": holding.standing.value,
            "edition": holding.edition,
        },
    )


def region_feature(state: Map, code: str) -> dict[str, Any]:
    """A region with its outline (a parent's is derived), and what is below it in sum."""
    region = state.regions[code]
    held = [holding for below in state.under(code) for holding in state.by_region.get(below, [])]
    counted = [holding.households for holding in held if holding.households is not None]
    return feature(
        state.region_ids.get(code),
        state.outlines.get(code),
        {
            "code": code,
            "name": region.name,
            "level": region.level,
            "parent": region.parent,
            "enclave": region.enclave,
            "scheme": region.scheme,
            "standing": standing_of(state, code),
            "grids": len(held),
            "households": sum(counted) if counted else None,
        },
    )


def standing_of(state: Map, code: str) -> str | None:
    """`provisional` where any ground at or below a region is, None where there is no grid."""
    standings = {one.standing.value for below in state.under(code) for one in state.by_region.get(below, [])}
    return None if not standings else ("provisional" if "provisional" in standings else "proven")


def row_feature(row: Row, name: str) -> dict[str, Any]:
    """A building or facility; `name` is what its code is called (`id`)."""
    return feature(row.id, row.shape, {name: row.code, **row.properties})


def finding_document(finding: Finding, language: Language) -> dict[str, Any]:
    """A finding as in the contract of `wangge check`; one that was accepted says by whom."""
    accepted = {} if finding.accepted is None else {"accepted": acceptance_document(finding.accepted)}
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "area_m2": finding.area_m2,
        "width_m": finding.width_m,
        "length_m": finding.length_m,
        "households": finding.households,
        "message": finding_text(finding, language),
        "healable": finding.healable,
        **accepted,
        "geometry": geometry(finding.geometry),
    }


def acceptance_document(acceptance: Acceptance) -> dict[str, Any]:
    """Who let a finding stand, why and when."""
    return {"id": acceptance.id, "reason": acceptance.reason, "actor": acceptance.actor, "at": acceptance.at}


def report_document(report: Report, language: Language, publication: int | None) -> dict[str, Any]:
    """Findings and figures of a check."""
    return {
        "publication": publication,
        "findings": [finding_document(finding, language) for finding in report.findings],
        "coverage": figures_document(report.figures),
    }


def figures_document(figures: Figures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in Figures.__slots__}


def findings_collection(
    findings: Sequence[Finding], language: Language, *, most: int | None = MOST_PLACES, **members: Any
) -> dict[str, Any]:
    """Findings, the first `most` of them, as a GeoJSON FeatureCollection of their places."""
    documents = [finding_document(finding, language) for finding in findings[:most]]
    features = (
        {"type": "Feature", "geometry": document.pop("geometry"), "properties": document} for document in documents
    )
    return collection(features, **members)
