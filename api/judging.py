"""What do the processes of the pool do for a check: judge a plan, and draw the report of it?

Nothing here loads the web server: a process of the pool starts quickly.
"""

from datetime import datetime

from api.report import Checked, atlas_of, plan_of
from api.texts import Language, text
from geo.datum import Datum
from geo.files import Limits, RowProblem, read_geojson
from geo.model import Layer, Plan
from geo.plan import Report, check
from geo.store import intake
from geo.store.intake import Intake
from geo.store.order import Order
from geo.terms import Terms


def judged(body: bytes, limits: Limits, datum: Datum | None, layer: Layer | None) -> tuple[Report, list[RowProblem]]:
    """The findings of an uploaded plan file, and the rows that cannot be read. Raises a Refusal for a whole file."""
    taken = _taken(body, limits, datum, layer)
    return taken.report, list(taken.problems)


def printed(
    body: bytes, limits: Limits, datum: Datum | None, layer: Layer | None, language: Language, made: datetime
) -> tuple[bytes, list[RowProblem]]:
    """The same as a report to print, with its maps; empty where rows cannot be read."""
    taken = _taken(body, limits, datum, layer)
    if taken.problems:
        return b"", list(taken.problems)
    checked = Checked(title=text("report.upload", language), plan=plan_of(taken), report=taken.report, made=made)
    return atlas_of(checked, language).encode("utf-8", "replace"), []


def published(plan: Plan, terms: Terms, title: str, publication: int, made: datetime, language: Language) -> bytes:
    """The report of a published region, to print."""
    report = check(plan, terms)
    checked = Checked(title=title, plan=plan, report=report, terms=terms, publication=publication, made=made)
    return atlas_of(checked, language).encode("utf-8", "replace")


def planned(plan: Plan, terms: Terms, title: str, made: datetime, language: Language) -> bytes:
    """The report of a plan that is not published, to print."""
    checked = Checked(title=title, plan=plan, report=check(plan, terms), terms=terms, made=made)
    return atlas_of(checked, language).encode("utf-8", "replace")


def _taken(body: bytes, limits: Limits, datum: Datum | None, layer: Layer | None) -> Intake:
    return intake.take(None, [read_geojson(body, datum=datum, layer=layer, limits=limits)], Order(judge=True))
