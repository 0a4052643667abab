"""What does a drawn plan look like, as SVG or as PNG?

Every border of a grid is a dark line over the streets, so that one sees which it follows. A PNG is the SVG as resvg
draws it, with the fonts of this machine: without a Chinese one among them it has no Chinese letters.
"""

from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from typing import Final

import resvg_py

from api.draw_subject import Subject
from api.drawn import Way
from api.report.drawing import faults, numbered, patches, words
from api.texts import Language, text
from geo.files.whole import replacing
from geo.model import Line, Severity
from geo.picture import HEIGHT, WIDTH, Outline, Scene, Stroke, svg
from geo.picture_style import STROKES
from geo.plan import divided_regions
from geo.ruleset import Limits
from geo.tree import chain

SUFFIXES = (".svg", ".png")
FEW: Final = 40
"""So many grids have room for their labels on a picture of the usual size."""
LARGEST: Final = 4.0
"""Times the usual width and height."""
SHARP: Final = 1.5
"""Pixels of a PNG in one of the SVG's, where that is of the usual size."""
PLAIN_FONTS: Final = ("DejaVu Sans", "Liberation Sans")
"""Where none of the fonts is there that the SVG names, at least digits are written: resvg leaves a text out else."""
LIKE: Final[Mapping[str, str]] = {"canal": "river", "wall": "railway"}
"""Classes of lines that look like another one; all others without a look of their own are small streets."""


def drawing(subject: Subject, made: Way, language: Language) -> str:
    """One way to draw a subject as SVG, larger where it has many grids: each with its households, blocking findings
    with their numbers."""
    plan, report = made.plan, made.report
    divided = divided_regions(plan)
    limits = {region.code: _limits(subject, region.code) for region, _ in divided}
    shown = [
        patch for region, own in divided for patch in patches(region, own, report.counts, limits[region.code], language)
    ]
    blocking = [(n, one) for n, one in numbered(report.findings) if one.severity is Severity.BLOCKING]
    values = {"regions": len(divided), "grids": len(plan.grids), "households": sum(report.counts.values())}
    scene = Scene(
        title=subject.title,
        subtitle=text("draw.picture", language, **values),
        attribution=text("diff.attribution", language),
        water=[one.shape for one in plan.water],
        grids=shown,
        buildings=[one.shape for one in plan.buildings],
        lines=[Stroke(one.shape, _look(one)) for one in plan.lines],
        outlines=[
            *(Outline(grid.shape) for grid in plan.grids),
            *(Outline(region.shape, divided=False) for region, _ in divided if region.shape is not None),
        ],
        faults=[*faults(blocking, language)],
        words={
            **words(language, limits.values()),
            "divided": text("draw.border", language),
            "upper": text("draw.boundary", language),
        },
    )
    times = _times(len(plan.grids))
    return svg(scene, round(WIDTH * times), round(HEIGHT * times))


def write_picture(told: str, grids: int, to: Path) -> None:
    """Write the SVG of so many grids as the name's ending says, whole or not at all (`FileUnwritable`)."""
    with replacing(to) as draft:
        if to.suffix.lower() == ".svg":
            draft.write_text(told, "utf-8")
        else:
            sharp = max(1.0, SHARP / _times(grids))
            plain, last = PLAIN_FONTS
            png = resvg_py.svg_to_bytes(svg_string=told, zoom=sharp, sans_serif_family=plain, serif_family=last)
            draft.write_bytes(png)


def _times(grids: int) -> float:
    return min(max(1.0, sqrt(grids / FEW)), LARGEST)


def _limits(subject: Subject, region: str) -> Limits:
    parents = {**subject.terms.parents, **{one.code: one.parent for one in subject.plan.regions}}
    return subject.terms.ruleset.within(chain(region, parents))


def _look(line: Line) -> str:
    return line.category if line.category in STROKES else LIKE.get(line.category, "tertiary")
