"""Which problem is it when the store, a file or a datum says no?"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request

from api.faults import Fault, pointer
from api.problems import Problem
from api.shapes import MOST_PLACES, collection, feature, findings_collection
from api.slugs import told
from api.texts import Language, language_of, text
from geo.files import DatumMissing, RowProblem
from geo.noding import NodingUnsettledError
from geo.rebase import RebaseRefused, RebaseUnsettledError
from geo.redraw.members import EditMalformed
from geo.redraw.refused import EditRefused
from geo.refusal import CoordinatesRefused, DatumUnknown, DatumWithoutRoute, Refusal
from geo.store import refusals
from geo.store.errors import StoreUnavailable

UNREADABLE: Final[Mapping[str, str]] = {
    "json-malformed": "invalid-body",
    "text-not-in-encoding": "invalid-body",
    "not-geojson": "invalid-body",
    "json-too-deep": "body-too-deep",
    "file-too-large": "body-too-large",
    "features-too-many": "too-many-features",
    "vertices-too-many": "too-many-vertices",
}
"""Refusals of a whole upload that have a problem of their own."""
MOST_ROWS = 100
"""Refused rows told one by one."""


def problem_of(error: refusals.Refused | Refusal, language: Language) -> Problem:
    """The problem that tells of a refusal by the store, of a file or of a datum, whoever asked."""
    if isinstance(error, EditRefused):
        return edit_refused(error, language)
    if isinstance(error, EditMalformed):
        values = {name: value for name, value in error.values.items() if name != "pointer"}
        return Problem("invalid-body", errors=[Fault(f"edit.{error.id}", values, pointer=str(error.values["pointer"]))])
    if isinstance(error, RebaseRefused):
        return Problem(error.id, error.values)
    return unreadable(error, language) if isinstance(error, Refusal) else refused(error, language)


def refused(error: refusals.Refused, language: Language) -> Problem:
    """The problem of a refusal, with the places as features."""
    if isinstance(error, refusals.RevisionMoved):
        return Problem("stale-state", current_etag=f'"{error.revision}"', headers={"ETag": f'"{error.revision}"'})
    slug, values = told(error)
    places = findings_collection(error.findings, language) if error.findings else None
    return Problem(slug, values, features=places)


def edit_refused(error: EditRefused, language: Language) -> Problem:
    """The problem of an edit that would not leave the coverage whole, with the places that hinder it."""
    reason = text(f"edit.{error.id}", language, **error.values)
    places = (feature(None, one.shape, {"role": one.role, **one.values}) for one in error.faults[:MOST_PLACES])
    return Problem(
        "building-cut" if error.id == "building-cut" else "edit-refused",
        {"number": error.number + 1, "reason": reason},
        errors=[Fault(f"edit.{error.id}", error.values, pointer=pointer("edits", error.number))],
        features=collection(places),
        members={"edit": error.number, "reason": error.id},
    )


def unreadable(error: Refusal, language: Language) -> Problem:
    """The problem of a file or a datum that cannot be taken as a whole."""
    reason = text(f"file.{error.id}", language, **{"name": "", **error.values})
    if isinstance(error, DatumMissing | DatumUnknown | DatumWithoutRoute):
        return Problem("datum-required", {"reason": reason})
    if isinstance(error, CoordinatesRefused):
        return Problem("coordinates-refused", {"reason": reason})
    slug = UNREADABLE.get(error.id)
    if slug is not None:
        limit = {"limit": error.values["limit"]} if "limit" in error.values else {}
        return Problem(slug, limit, errors=[Fault(f"file.{error.id}", error.values, pointer="#")])
    return Problem("unreadable-input", {"reason": reason})


def row_faults(problems: list[RowProblem]) -> list[Fault]:
    """Refused rows as entries of `errors`, the first hundred."""
    faults = [
        Fault(f"row.{problem.id}", problem.values, pointer=pointer("features", problem.number - 1))
        for problem in problems[:MOST_ROWS]
    ]
    more = len(problems) - MOST_ROWS
    return [*faults, Fault("parameter.more", {"count": more}, pointer="#/features")] if more > 0 else faults


def _told(request: Request, error: refusals.Refused | Refusal) -> Problem:
    return problem_of(error, language_of(request.headers.get("accept-language")))


TABLE: Final[Mapping[type[Exception], Callable[[Request, Any], Problem]]] = {
    refusals.Refused: _told,
    Refusal: _told,
    NodingUnsettledError: lambda _, __: Problem("borders-too-close", {"codes": "–"}),
    RebaseUnsettledError: lambda _, __: Problem("borders-too-close", {"codes": "–"}),
    StoreUnavailable: lambda _, __: Problem("store-unavailable"),
}
"""Added to the table of `api.problems`."""
