"""What stands on the page of one region: its map, close looks, its figures, and its findings in plain sentences?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from api.report.figures_part import figures_part
from api.report.markup import Html, heading, paragraph
from api.report.region_drawing import Numbered, Sheet
from api.report.sentences import sentences
from api.texts import Language, text
from geo.breakdown import VERDICTS, Part
from geo.model import Grid, Region
from geo.picture import FOOTER, HEADER, MARGIN, SIDE, Scene, svg
from geo.picture_detail import detail, is_hidden
from geo.picture_frame import Box, view_of

WIDTH, HEIGHT = 900, 640
"""Pixels of a region's map: letters that can be read on paper."""
MOST_EACH = 60
"""Findings told one by one on a page, the worst ones."""
MOST_DETAILS = 6
"""Close looks on a page, the worst ones that the map cannot show."""
MOST_DRAWN = 400
"""Findings drawn on the map of a page."""


@dataclass(frozen=True, slots=True)
class Community:
    """One divided region with findings: `numbers` are those of the whole report."""

    region: Region
    grids: Sequence[Grid]
    part: Part
    findings: Numbered

    @property
    def anchor(self) -> str:
        return f"at-{self.findings[0][0]}-{len(self.findings)}"

    @property
    def title(self) -> str:
        return called(self.region)


def called(region: Region) -> str:
    """Code and name."""
    return region.code if region.name in ("", region.code) else f"{region.code} {region.name}"


def community_page(one: Community, sheet: Sheet, key: str, *, drawn: bool = True) -> Html:
    """A page; `key` sets the ids of its pictures apart from those of other pages. `drawn`: with pictures."""
    language = sheet.language
    parts = [figures_part(one.part.figures, language), paragraph(_grids(one.part, language), "r-quiet")]
    parts += _pictures(one, sheet, key) if drawn else [paragraph(text("report.no-map", language), "r-quiet")]
    parts += [*findings_parts(one.findings, language)]
    return page_of(one.title, one.anchor, parts)


def page_of(title: str, anchor: str, parts: Sequence[str]) -> Html:
    """A sheet of paper of its own."""
    return Html(f'<section class="r-sheet" id="{escape(anchor)}"><h2>{escape(title)}</h2>{"".join(parts)}</section>')


def findings_parts(findings: Numbered, language: Language) -> Iterator[Html]:
    """The findings in sentences: what is open, and apart from it what was accepted."""
    shown = findings[:MOST_EACH]
    open_ones = [(number, one) for number, one in shown if one.accepted is None]
    accepted = [(number, one) for number, one in shown if one.accepted is not None]
    if open_ones:
        yield heading(text("report.each", language))
        yield sentences(open_ones, language)
    if accepted:
        yield heading(text("report.accepted", language))
        yield sentences(accepted, language)
    if len(findings) > MOST_EACH:
        yield paragraph(text("report.more-here", language, count=len(findings) - MOST_EACH), "r-quiet")


def distinct(picture: str, key: str) -> str:
    """The picture with ids of its own: several of them stand on one page."""
    return picture.replace('"picture-', f'"{key}-').replace("url(#picture-frame)", f"url(#{key}-frame)")


def _pictures(one: Community, sheet: Sheet, key: str) -> list[Html]:
    scene = sheet.scene(one.region, one.grids, one.findings[:MOST_DRAWN], title=one.title)
    told = [Html(f"<figure>{distinct(svg(scene, WIDTH, HEIGHT), key)}</figure>")]
    close = [fault for fault in scene.faults if fault.painted and is_hidden(fault.shape, _scale(scene))][:MOST_DETAILS]
    if close:
        pieces = "".join(distinct(detail(scene.grids, fault), f"{key}-{n}") for n, fault in enumerate(close))
        told += [heading(text("report.details", sheet.language)), Html(f'<figure class="r-details">{pieces}</figure>')]
    return told


def _scale(scene: Scene) -> float:
    """Pixels in a metre on the map of a page."""
    frame = Box(MARGIN, HEADER, WIDTH - SIDE - MARGIN, HEIGHT - FOOTER)
    return view_of(scene.extent, scene.refused, frame).pixels_per_metre


def _grids(part: Part, language: Language) -> str:
    """How many grids there are, and how their sizes are judged."""
    sizes = [f"{text(f'verdict.{name}', language)} {part.sizes[name]}" for name in VERDICTS if part.sizes.get(name)]
    comma = "、" if language == "zh" else ", "
    return text("report.grids-of", language, count=part.grids, sizes=comma.join(sizes))
