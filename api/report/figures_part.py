"""How is the coverage told: by regions, by area and by households, three figures that do not hide each other?"""

from html import escape

from api.report.markup import Html
from api.report.shares import share, square_metres
from api.texts import Language, text
from geo.plan import Figures


def figures_part(figures: Figures, language: Language) -> Html:
    """The figures side by side, each with what it is made of."""
    return Html(
        '<div class="r-figures">'
        + _figure(
            text("report.by-units", language),
            share(figures.units_covered, figures.units),
            text("report.units-of", language, covered=figures.units_covered, whole=figures.units),
            whole=figures.units_covered == figures.units,
        )
        + _figure(
            text("report.by-area", language),
            share(figures.area_covered_m2, figures.area_m2),
            _ground(figures, language),
            whole=figures.area_covered_m2 >= figures.area_m2,
        )
        + _figure(
            text("report.by-households", language),
            share(figures.households_covered, figures.households),
            _households(figures, language),
            whole=figures.households_covered == figures.households,
        )
        + "</div>"
    )


def _ground(figures: Figures, language: Language) -> str:
    gap, overlap = square_metres(figures.gap_m2), square_metres(figures.overlap_m2)
    return text("report.area-of", language, gap=gap, overlap=overlap)


def _households(figures: Figures, language: Language) -> str:
    if not figures.households:
        return text("report.no-households", language)
    covered, whole = f"{figures.households_covered:,}", f"{figures.households:,}"
    return text("report.households-of", language, covered=covered, whole=whole)


def _figure(name: str, told: str, more: str, *, whole: bool) -> str:
    style = "r-figure" if whole else "r-figure r-short"
    return f'<div class="{style}"><p>{escape(name)}</p><strong>{escape(told)}</strong><p>{escape(more)}</p></div>'
