"""How is a drawing told, as JSON and in sentences?"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.covering import blocking
from api.draw_subject import Subject
from api.drawn import DrawnRegion, Way
from api.imported import row_document
from api.shapes import figures_document, finding_document
from api.texts import Language, text
from geo.draw.task import Reason, Why
from geo.redraw.refused import EditRefused
from geo.refusal import Refusal

CHOICES, PARTS = "; ", " + "
"""Between choices of sizes in a reason, and between the sizes of one."""


def drawing_document(subject: Subject, seed: int, language: Language) -> dict[str, Any]:
    """What holds of all ways to draw a subject."""
    return {
        "title": subject.title,
        "publication": subject.publication,
        "seed": seed,
        "outside": subject.outside,
        "refused": [row_document(row, language) for row in subject.problems],
    }


def way_document(made: Way, files: Mapping[str, Path], language: Language) -> dict[str, Any]:
    """One way: where it was written, its regions, and what a check says of it."""
    report = made.report
    return {
        **{name: str(path) for name, path in files.items()},
        "score": made.score,
        "regions": [_region(one, made, language) for one in made.regions],
        "left": [{"region": code, "reason": left_text(why, language)} for code, why in sorted(made.left.items())],
        "blocking": blocking(report.findings),
        "findings": [finding_document(finding, language) for finding in report.findings],
        "coverage": figures_document(report.figures),
    }


def _region(one: DrawnRegion, made: Way, language: Language) -> dict[str, Any]:
    region, counts = one.undrawn.region, made.report.counts
    grids = [
        {
            "code": grid.code,
            "name": grid.name,
            "kind": grid.kind.value,
            "households": counts.get(grid.code, 0),
            "new": grid.code in one.new,
        }
        for grid in one.grids
    ]
    return {
        "region": region.code,
        "name": region.name,
        "households": sum(grid["households"] for grid in grids),
        "grids": grids,
        "moved": one.moved,
        "least_moved": one.drawn.least_moved,
        "reasons": [
            {"why": why.why.value, **why.values, "message": reason_text(why, language)} for why in one.drawn.reasons
        ],
        "figures": asdict(one.figures),
    }


def reason_text(reason: Reason, language: Language) -> str:
    """Why a drawing is not as it should be, in a sentence."""
    values = dict(reason.values)
    if reason.why is Why.CANNOT_DIVIDE:
        values["sizes"] = _sizes(str(values["sizes"]), language)
    return text(f"draw.reason.{reason.why}", language, **values)


def left_text(why: Refusal, language: Language) -> str:
    """Why a region was not drawn, in a sentence."""
    kind = "edit" if isinstance(why, EditRefused) else "draw.left"
    return text(f"{kind}.{why.id}", language, **why.values)


def _sizes(told: str, language: Language) -> str:
    """`569; 285 + 284` in words."""
    choices = [choice.split(PARTS) for choice in told.split(CHOICES)]
    named = [
        text(
            "draw.sizes.several" if len(sizes) > 1 else "draw.sizes.one",
            language,
            sizes=text("draw.sizes.and", language).join(sizes),
        )
        for sizes in choices
    ]
    return text("draw.sizes.or", language).join(named)
