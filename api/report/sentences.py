"""How is one finding written out: number, rule, sentence, amounts, place, what helps, and who let it stand?"""

from collections.abc import Iterable, Iterator
from html import escape

import shapely

from api.report.markup import Html, chip
from api.report.rows_part import place
from api.report.shares import square_metres
from api.texts import Language, finding_text, text
from geo.model import Acceptance, Finding

MOST_CODES = 6


def sentences(findings: Iterable[tuple[int, Finding]], language: Language) -> Html:
    """The findings with their numbers, one below the other."""
    return Html(f'<ol class="r-list">{"".join(_one(number, one, language) for number, one in findings)}</ol>')


def accepted_text(acceptance: Acceptance, language: Language) -> str:
    """Why a finding stands, who said so, and on which day."""
    told = {"reason": acceptance.reason, "actor": acceptance.actor, "at": acceptance.at[:10]}
    return text("report.accepted-by", language, **told)


def codes_text(finding: Finding) -> str:
    """The codes of a finding, the first few."""
    more = len(finding.codes) - MOST_CODES
    return ", ".join(finding.codes[:MOST_CODES]) + (f" … +{more}" if more > 0 else "")


def amounts(finding: Finding, language: Language) -> Iterator[str]:
    """Area, width, length and households, as far as they are known."""
    if finding.area_m2 is not None:
        yield f"{square_metres(finding.area_m2)} m²"
    if finding.width_m is not None:
        yield text("report.wide", language, width_m=finding.width_m)
    if finding.length_m is not None:
        yield text("report.long", language, length_m=finding.length_m)
    if finding.households is not None:
        yield text("picture.households", language, count=finding.households)


def where(finding: Finding) -> tuple[float, float] | None:
    """A place inside the fault, lon/lat."""
    if finding.geometry is None or finding.geometry.is_empty:
        return None
    point = shapely.point_on_surface(finding.geometry)
    return round(point.x, 7), round(point.y, 7)


def _one(number: int, finding: Finding, language: Language) -> str:
    style = "accepted" if finding.accepted else finding.severity.value
    severity = text(f"severity.{finding.severity}", language)
    lines = [
        f"{chip(str(number), f'{style} r-tag')} {chip(severity, style)}"
        f" <strong>{escape(text(f'rule.{finding.rule}', language))}</strong>"
        f" {escape(finding_text(finding, language))}",
        f'<span class="r-quiet">{escape(" · ".join(_facts(finding, language)))}</span>',
    ]
    if finding.accepted is not None:
        lines.append(f'<span class="r-word">{escape(accepted_text(finding.accepted, language))}</span>')
    return f"<li>{'<br>'.join(lines)}</li>"


def _facts(finding: Finding, language: Language) -> Iterator[str]:
    if finding.codes:
        yield codes_text(finding)
    yield from amounts(finding, language)
    if (point := where(finding)) is not None:
        yield place(point)
    if finding.healable:
        yield text("report.healable", language)
