"""The verb `draw`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import options
from api.cli.checking import SUFFIXES
from api.cli.drawing_bar import bars
from api.cli.listing import show_kinds
from api.cli.output import language, say, show_rows, tell
from api.covering import blocking
from api.draw_documents import drawing_document, left_text, reason_text, way_document
from api.draw_picture import SUFFIXES as PICTURES
from api.draw_picture import drawing, write_picture
from api.draw_subject import Subject, of_case, of_code, of_file
from api.drawn import DrawnRegion, Way, ways
from api.texts import text
from geo.as_given import as_given
from geo.files.drawn_file import write_drawn
from geo.files.whole import beside
from geo.model import Plan

PLANS = (".geojson", ".json")
MOST_SEED, MOST_ALTERNATIVES = 2**31 - 1, 20
MOST_REGIONS = 30
"""Regions told in the terminal; `--json` tells all."""


def draw(
    subject: Annotated[
        str, typer.Argument(metavar="CASE_DIR|PLAN_FILE|CODE", help="A case folder, a plan file, or a region's code")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the plan goes: .geojson")],
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="The same seed draws the same grids")] = 0,
    previous: Annotated[
        Path | None, typer.Option(help="A plan file of the grids as they are: change as little as heals them")
    ] = None,
    alternatives: Annotated[
        int, typer.Option(min=1, max=MOST_ALTERNATIVES, help="So many ways, the others in files NAME-2, NAME-3 ...")
    ] = 1,
    picture: Annotated[Path | None, typer.Option(help="A picture of it: .png or .svg")] = None,
    json: options.Json = False,
) -> None:
    """Draw grids for a community, for all communities of a plan file (no store is needed) or of a published region.

    A case folder has community.geojson, buildings.geojson, roads.geojson; its plan file holds the grids alone. Codes
    and names go on where a grid keeps most of its households. Ends with 1 where rows were refused, a region was left,
    or a check of the plan finds what blocks it.
    """
    _refuse_name(output, PLANS, "--output")
    if picture is not None:
        _refuse_name(picture, PICTURES, "--picture")
    asked = _asked(subject, previous)
    with bars(asked.undrawn) as heard:
        found = ways(asked, seed, alternatives, language(), heard)
    documents = [_written(asked, made, output, picture, number) for number, made in enumerate(found, start=1)]
    if json:
        tell({**drawing_document(asked, seed, language()), **documents[0], "alternatives": documents[1:]})
    else:
        _show(asked, found[0], documents)
    if asked.problems or found[0].left or blocking(found[0].report.findings):
        raise typer.Exit(1)


def _refuse_name(path: Path, suffixes: tuple[str, ...], option: str) -> None:
    """What cannot be written is told before the work begins. Raises typer.BadParameter, FileUnwritable."""
    if path.suffix.lower() not in suffixes:
        raise typer.BadParameter(f"the name must end in one of {', '.join(suffixes)}", param_hint=option)
    with beside(path):
        pass


def _asked(subject: str, previous: Path | None) -> Subject:
    path = Path(subject)
    if path.is_dir():
        return of_case(path, previous)
    if path.exists() or path.suffix.lower() in SUFFIXES:
        return of_file(path, previous)
    return of_code(subject, previous)


def _written(asked: Subject, made: Way, output: Path, picture: Path | None, number: int) -> dict[str, Any]:
    """Write one way's files; what is told of it."""
    files = {"file": _numbered(output, number)}
    write_drawn(_given_back(asked, made), made.report.counts, files["file"])
    if picture is not None:
        files["picture"] = _numbered(picture, number)
        write_picture(drawing(asked, made, language()), len(made.plan.grids), files["picture"])
    return way_document(made, files, language())


def _given_back(asked: Subject, made: Way) -> Plan:
    """All of a plan; of a case the grids alone, on its boundary as it was given."""
    if asked.given is None:
        return made.plan
    grids = made.plan.grids
    shapes = as_given(asked.given, [grid.shape for grid in grids])
    return Plan(grids=tuple(replace(grid, shape=shape) for grid, shape in zip(grids, shapes, strict=True)))


def _numbered(path: Path, number: int) -> Path:
    return path if number == 1 else path.with_stem(f"{path.stem}-{number}")


def _show(asked: Subject, made: Way, documents: list[dict[str, Any]]) -> None:
    show_rows(list(asked.problems))
    if asked.outside:
        say(text("draw.outside", language(), count=asked.outside))
    for code, why in sorted(made.left.items()):
        say(text("draw.left", language(), region=code, reason=left_text(why, language())))
    for one in made.regions[:MOST_REGIONS]:
        _show_region(one, made)
    if len(made.regions) > MOST_REGIONS:
        say(text("draw.more", language(), count=len(made.regions) - MOST_REGIONS))
    show_kinds(made.report.findings)
    for document in documents:
        say(text("draw.written", language(), name=document["file"]))


def _show_region(one: DrawnRegion, made: Way) -> None:
    region, sizes = one.undrawn.region, [made.report.counts.get(grid.code, 0) for grid in one.grids]
    values = {"count": len(sizes), "households": sum(sizes), "least": min(sizes), "most": max(sizes)}
    name = region.name if region.name not in ("", region.code) else ""
    say(text("draw.region", language(), region=f"{region.code} {name}".strip(), score=one.figures.score, **values))
    for reason in one.drawn.reasons:
        say(f"  {reason_text(reason, language())}")
    if one.moved is not None:
        say(text("draw.moved", language(), count=one.moved, least=one.drawn.least_moved or 0))
