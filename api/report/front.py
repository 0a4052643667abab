"""What stands on the first page of a check: what was checked, findings by rule, and how each region stands?"""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from api.report.checked import Checked
from api.report.communities import Community
from api.report.markup import Cell, Figure, Html, chip, paragraph, section, table
from api.report.sentences import amounts
from api.report.shares import share, square_metres
from api.texts import Language, finding_text, text
from geo import ledger
from geo.acceptance import opened
from geo.ledger import Kind
from geo.model import Finding, Severity
from geo.ruleset import VERSION

MOST_LISTED = 500
"""Regions in the table, the worst ones."""
MOST_CLEAN = 400
"""Regions without findings that are named."""


def chips(checked: Checked, language: Language) -> list[Html]:
    """How it stands, in a few words."""
    found = checked.report.findings
    severities = [finding.severity for finding in opened(found)]
    told = [
        (severities.count(Severity.BLOCKING), "report.blocking", "blocking"),
        (len(checked.refused), "report.refused", "blocking"),
        (severities.count(Severity.WARNING), "report.warnings", "warning"),
        (severities.count(Severity.NOTE), "report.notes-count", "note"),
        (len(found) - len(severities), "report.accepted-count", "accepted"),
    ]
    shown = [chip(text(id_, language, count=count), style) for count, id_, style in told if count]
    return shown or [chip(text("report.good", language), "good")]


def checked_part(checked: Checked, divided: int, language: Language) -> Html:
    """Subject, state, time, rules and content, one line each."""
    plan, number = checked.plan, checked.publication
    counts = {"regions": divided, "grids": len(plan.grids), "buildings": len(plan.buildings)}
    state = (
        text("report.unpublished", language) if number is None else text("report.publication", language, number=number)
    )
    told = [
        ("report.subject", checked.title),
        ("report.state", state),
        ("report.at", "" if checked.made is None else f"{checked.made:%Y-%m-%d %H:%M %Z}"),
        ("report.ruleset", text("report.ruleset-version", language, version=VERSION)),
        ("report.content", text("report.counted", language, **counts, facilities=len(plan.facilities))),
    ]
    lines = (f"<dt>{escape(text(id_, language))}</dt><dd>{escape(value)}</dd>" for id_, value in told if value)
    return section(text("report.checked", language), [Html(f"<dl>{''.join(lines)}</dl>")], "checked")


def rules_part(findings: Sequence[Finding], language: Language) -> Html:
    """A line for each rule and severity, worst first; accepted ones have a column and count in no other."""
    title = text("report.by-rule", language)
    if not findings:
        return section(title, [paragraph(text("report.no-findings", language), "r-good")], "findings")
    heads = ("severity", "rule", "count", "accepted", "area", "largest", "households")
    rows = [_rule(kind, language) for kind in ledger.kinds(findings)]
    return section(title, [table([text(f"report.{name}", language) for name in heads], rows)], "findings")


def communities_part(communities: Sequence[Community], pages: int, language: Language) -> Html:
    """A line for each region with findings, the worst first; its name leads to its page where it has one."""
    if not communities:
        return Html("")
    heads = ["region", "grids", "covered-area", "housed-share"]
    heads += ["blocking-short", "warning-short", "note-short", "accepted", "worst"]
    rows = (_community(one, n < pages, language) for n, one in enumerate(communities[:MOST_LISTED]))
    parts: list[str] = [table([text(f"report.{name}", language) for name in heads], rows)]
    if len(communities) > pages:
        left = len(communities) - pages
        parts.append(paragraph(text("report.pages-of", language, shown=pages, left=left), "r-quiet"))
    return section(text("report.communities", language), parts, "regions")


def clean_part(clean: Sequence[str], language: Language) -> Html:
    """The regions without findings, in one line."""
    if not clean:
        return Html("")
    told = ("、" if language == "zh" else ", ").join(clean[:MOST_CLEAN])
    if len(clean) > MOST_CLEAN:
        told += " " + text("report.more-codes", language, count=len(clean) - MOST_CLEAN)
    return section(text("report.clean", language, count=len(clean)), [paragraph(told)], "clean")


def _rule(kind: Kind, language: Language) -> list[Cell]:
    left = Kind(kind.rule, kind.severity, tuple(opened(kind.findings)))
    areas = [finding.area_m2 for finding in left.findings if finding.area_m2 is not None]
    return [
        chip(text(f"severity.{kind.severity}", language), kind.severity.value),
        text(f"rule.{kind.rule}", language),
        len(left.findings),
        len(kind.findings) - len(left.findings) or None,
        _area(areas, sum),
        _area(areas, max),
        left.households or None,
    ]


def _area(areas: Sequence[float], total: Callable[[Sequence[float]], float]) -> Figure | None:
    return Figure(square_metres(total(areas))) if areas else None


def _community(one: Community, has_page: bool, language: Language) -> list[Cell]:
    figures, part = one.part.figures, one.part
    name = escape(one.title)
    counts = [sum(1 for finding in part.open if finding.severity is severity) for severity in Severity]
    return [
        Html(f'<a href="#{escape(one.anchor)}">{name}</a>') if has_page else name,
        part.grids,
        Figure(escape(share(figures.area_covered_m2, figures.area_m2))),
        Figure(escape(share(figures.households_covered, figures.households))),
        *(count or None for count in counts),
        len(part.findings) - len(part.open) or None,
        Html(" ".join(_worst(part.worst, language))) if part.worst is not None else "",
    ]


def _worst(finding: Finding, language: Language) -> Iterator[str]:
    yield chip(text(f"rule.{finding.rule}", language), finding.severity.value)
    first = next(amounts(finding, language), None)
    yield escape(first if first is not None else finding_text(finding, language))
