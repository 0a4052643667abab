"""What does a person read of a check? A first page with the whole, then a page for each region that has findings.

One file that asks nothing of any host and prints on A4. It is bounded: the worst regions have pages, the others stand
in the table; beyond a size no more maps are drawn; and it says so.
"""

from collections.abc import Iterator, Sequence

from api.report.checked import Checked
from api.report.communities import Community, called, community_page, distinct, findings_parts, page_of
from api.report.drawing import numbered, picture
from api.report.figures_part import figures_part
from api.report.front import checked_part, chips, clean_part, communities_part, rules_part
from api.report.markup import Html, section
from api.report.page import framed
from api.report.region_drawing import Numbered, Sheet
from api.report.rows_part import rows_part
from api.texts import Language, text
from geo import breakdown
from geo.breakdown import Part
from geo.model import Grid, Region
from geo.plan import divided_regions

MOST_PAGES = 60
"""Regions with a page of their own, the worst ones."""
MOST_BYTES = 24_000_000
"""Once the pages are larger together, no more maps are drawn."""
WIDTH, HEIGHT = 960, 720
"""Pixels of the map of the whole."""


def atlas_of(
    checked: Checked, language: Language, *, most_pages: int = MOST_PAGES, most_bytes: int = MOST_BYTES
) -> str:
    """The report of a check as one HTML document."""
    ranked = numbered(checked.report.findings)
    divided = divided_regions(checked.plan)
    communities, clean = _communities(checked, divided, ranked)
    drawing = _overview(checked, language)
    parts = [
        checked_part(checked, len(divided), language),
        section(text("report.coverage", language), [figures_part(checked.report.figures, language)], "coverage"),
        *([rows_part({}, checked.refused, language)] if checked.refused else []),
        rules_part(checked.report.findings, language),
        section(text("report.picture", language), [Html(f"<figure>{distinct(drawing, 'whole')}</figure>")], "map"),
        communities_part(communities, most_pages, language),
        clean_part(clean, language),
        *_pages(Sheet(checked, language), communities[:most_pages], most_bytes),
        *_nowhere(ranked, communities, language),
    ]
    kind = text("report.check", language)
    return framed(kind, checked.title, chips(checked, language), parts, language)


def _overview(checked: Checked, language: Language) -> str:
    places = [row.place for row in checked.refused]
    return picture(
        checked.plan,
        checked.report,
        language,
        title=checked.title,
        refused=places,
        terms=checked.terms,
        size=(WIDTH, HEIGHT),
    )


def _communities(
    checked: Checked, divided: Sequence[tuple[Region, Sequence[Grid]]], ranked: Numbered
) -> tuple[list[Community], list[str]]:
    """The regions with findings, worst first, and what the others are called."""
    numbers = {id(finding): number for number, finding in ranked}
    parts = breakdown.parts(checked.plan, checked.report, checked.terms)
    found, clean = [], []
    for region, grids in divided:
        part = parts[region.code]
        own = sorted(((numbers[id(one)], one) for one in part.findings), key=lambda pair: pair[0])
        if own:
            found.append(Community(region, grids, part, own))
        else:
            clean.append(called(region))
    return sorted(found, key=lambda one: _badness(one.part, one.region.code)), clean


def _badness(part: Part, code: str) -> tuple[int, float, int, str]:
    """Most blocking findings, then most ground in them, then most findings."""
    return -part.blocking, -sum(finding.area_m2 or 0.0 for finding in part.open), -len(part.open), code


def _pages(sheet: Sheet, communities: Sequence[Community], most_bytes: int) -> Iterator[Html]:
    size = 0
    for number, one in enumerate(communities, start=1):
        told = community_page(one, sheet, f"m{number}", drawn=size < most_bytes)
        size += len(told)
        yield told


def _nowhere(ranked: Numbered, communities: Sequence[Community], language: Language) -> Iterator[Html]:
    """Findings that belong to no divided region."""
    told = {number for one in communities for number, _ in one.findings}
    left = [(number, finding) for number, finding in ranked if number not in told]
    if left:
        title = text("report.nowhere-title", language)
        yield page_of(title, "nowhere", [*findings_parts(left, language)])
