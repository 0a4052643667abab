"""How is the report of an import made of its intake?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from api.report.bad_rows import bad_rows
from api.report.drawing import picture
from api.report.folder import write_report
from api.report.page import page
from api.report.regions import by_region
from api.texts import Language
from geo.files import Reading
from geo.model import Plan
from geo.store.intake import Intake


def write_import_report(
    folder: Path,
    taken: Intake,
    document: Mapping[str, Any],
    language: Language,
    *,
    readings: Iterable[Reading] = (),
    title: str = "",
) -> list[Path]:
    """Write the report of an import (`api.report.folder`); `document` is what `--json` tells.

    `readings` are the same files read once more: from them come the columns of the refused rows, and where there are
    none `refused.csv` has only ours. Raises FileUnwritable.
    """
    told = {**document, "by_region": by_region(taken.report.findings, plan_of(taken))}
    called = title or ", ".join(source.source for source in taken.sources)
    refused = bad_rows(taken.problems, readings if taken.problems else (), language)
    drawing = import_picture(taken, language, title=called)
    made = datetime.now().astimezone()
    return write_report(folder, told, refused, drawing, page(told, refused, drawing, language, title=called, made=made))


def import_picture(taken: Intake, language: Language, *, title: str) -> str:
    """The ground as it would be: grids whose households change are marked, and what would vanish."""
    return picture(
        plan_of(taken),
        taken.report,
        language,
        title=title,
        changed=[change.code for change in taken.grids if change.verdict_before is not None],
        removed=list(taken.removed.values()),
        refused=[problem.place for problem in taken.problems],
    )


def plan_of(taken: Intake) -> Plan:
    """What the findings of an intake are about, with the facilities, streets and waters of its rows."""
    if len(taken.judged):
        judged, rows = taken.judged, taken.changes
        return replace(
            judged,
            facilities=judged.facilities or rows.facilities,
            lines=judged.lines or rows.lines,
            water=judged.water or rows.water,
        )
    outlined = (replace(one, shape=taken.outlines.get(one.code, one.shape)) for one in taken.changes.regions)
    return replace(taken.changes, regions=tuple(outlined))
