"""What was checked, and what came of it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.report.bad_rows import BadRow
from geo.model import Plan
from geo.plan import Report
from geo.terms import ALONE, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`publication` is None for a file; `made` is when it was checked; `refused` are rows that were not taken."""

    title: str
    plan: Plan
    report: Report
    terms: Terms = ALONE
    publication: int | None = None
    made: datetime | None = None
    refused: Sequence[BadRow] = ()
