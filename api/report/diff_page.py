"""What does a person read of the difference between two states? One page that asks nothing of any host and prints."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Any

from api.diff_documents import MOST_BUILDINGS, Compared, State, document
from api.report.communities import distinct
from api.report.diff_drawing import Drawings
from api.report.markup import Cell, Figure, Html, chip, figure, paragraph, section, table
from api.report.page import framed
from api.report.shares import share, square_metres
from api.texts import Language, text
from geo.model import Plan

MOST_TOGETHER = 3
"""So many changed regions stand in one pair of pictures; of more each has its own."""
MOST_PAIRS = 12
"""Pairs of pictures on a page, of the regions that change most."""
MOST_LISTED = 300
"""Lines of one table."""
MOST_CODES = 20
STYLE = {"high": "blocking", "low": "warning", "good": "good", "none": "note"}


def diff_page(compared: Compared, context: Plan, language: Language, made: datetime) -> str:
    """The page; `context` is what stands on the ground: buildings, lines and water of the regions, with their names."""
    told = document(compared)
    parts = [
        _overview(compared, told, made, language),
        *_pictures(Drawings(compared, context, language)),
        *_grids(told, language),
        *_lineage(told, language),
        *_buildings(told, language),
        *_regions(told, language),
        *_tiles(told, language),
    ]
    title = text(
        "diff.title", language, after=_called(compared.of, language), before=_called(compared.against, language)
    )
    return framed(text("diff.kind", language), title, _chips(told, language), parts, language)


def _called(state: State, language: Language) -> str:
    if state.kind == "publication":
        return text("diff.publication", language, number=state.publication or 0)
    if state.kind == "base":
        return text("diff.base", language)
    return text("diff.plan", language, title=state.title or text("diff.untitled", language))


def _chips(told: dict[str, Any], language: Language) -> list[Html]:
    if told["same"]:
        return [chip(text("diff.same", language), "good")]
    sums = told["sums"]
    ground = text("diff.ground", language, m2=square_metres(sums["handed_over_m2"]))
    return [
        chip(text("diff.grids-count", language, count=sums["grids"]), "note"),
        chip(ground, "note"),
        chip(text("diff.buildings-count", language, count=sums["buildings"]), "note"),
    ]


def _overview(compared: Compared, told: dict[str, Any], made: datetime, language: Language) -> Html:
    sums = told["sums"]
    lines = [
        ("diff.after", _full(compared.of, language)),
        ("diff.before", _full(compared.against, language)),
        ("diff.in-force", text("diff.publication", language, number=compared.publication)),
        ("report.at", f"{made:%Y-%m-%d %H:%M %Z}"),
        ("diff.households", f"{sums['households_before']:,} → {sums['households_after']:,}"),
    ]
    items = "".join(f"<dt>{escape(text(id_, language))}</dt><dd>{escape(value)}</dd>" for id_, value in lines)
    return section(text("diff.overview", language), [Html(f"<dl>{items}</dl>")], "overview")


def _full(state: State, language: Language) -> str:
    called = _called(state, language)
    is_told = state.kind == "plan" or not state.title
    return called if is_told else f"{called} ({state.title})"


def _pictures(drawings: Drawings) -> Iterator[Html]:
    language, ranked = drawings.language, _changed_regions(drawings.compared)
    if not ranked:
        return
    groups = [ranked] if len(ranked) <= MOST_TOGETHER else [[code] for code in ranked[:MOST_PAIRS]]
    parts: list[str] = []
    for number, group in enumerate(groups):
        pair = drawings.pair(group)
        if len(groups) > 1:
            parts.append(Html(f"<h3>{escape(drawings.name(group[0]))}</h3>"))
        sides = distinct(pair.before, f"b{number}") + distinct(pair.after, f"a{number}")
        parts.append(Html(f'<figure class="r-pair">{sides}</figure>'))
    if len(groups) > 1 and len(ranked) > MOST_PAIRS:
        left = len(ranked) - MOST_PAIRS
        parts.append(paragraph(text("diff.pictures-left", language, shown=MOST_PAIRS, left=left), "r-quiet"))
    yield section(text("diff.pictures", language), parts, "pictures")


def _changed_regions(compared: Compared) -> list[str]:
    """The regions of grids that change, those of which most ground changes hands first."""
    ground: dict[str, float] = {}
    for side in (compared.before, compared.after):
        for one in compared.codes:
            if one in side.grids:
                ground.setdefault(side.grids[one].region, 0.0)
    for piece in compared.found.handed_over:
        for side, codes in ((compared.before, piece.before), (compared.after, piece.after)):
            for region in {side.grids[code].region for code in codes}:
                ground[region] = ground.get(region, 0.0) + piece.m2
    return sorted(ground, key=lambda code: (-ground[code], code))


def _grids(told: dict[str, Any], language: Language) -> Iterator[Html]:
    changed = [one for one in told["grids"] if not one["amended"]]
    amended = [one["code"] for one in told["grids"] if one["amended"]]
    if not changed and not amended:
        return
    heads = [text(f"diff.{name}", language) for name in ("grid", "change", "households", "size", "m2")]
    parts: list[str] = []
    if changed:
        rows = [_grid(one, language) for one in changed[:MOST_LISTED]]
        parts.append(table(heads, [*rows, _sum(told["sums"], language)]))
        parts += _more(len(changed), language)
    if amended:
        codes = ", ".join(amended[:MOST_CODES]) + (" …" if len(amended) > MOST_CODES else "")
        parts.append(paragraph(text("diff.amended", language, count=len(amended), codes=codes), "r-quiet"))
    yield section(text("diff.grids", language), parts, "grids")


def _grid(one: dict[str, Any], language: Language) -> list[Cell]:
    before, after = one["before"], one["after"]
    name = escape((after or before)["name"])
    return [
        Html(f"{escape(one['code'])}<br>{name}" if name else escape(one["code"])),
        "、".join(_changes(one, language)) if language == "zh" else ", ".join(_changes(one, language)),
        _turned(*(side and figure(side["households"]) for side in (before, after))),
        _turned(*(_verdict(side, language) for side in (before, after))),
        _turned(*(side and square_metres(side["m2"]) for side in (before, after))),
    ]


def _turned(before: str | None, after: str | None) -> Figure:
    """What was and what is; once where it is the same, and what is alone where there was nothing."""
    told = [one for one in (before, after) if one]
    return Figure(" → ".join(told[:1] if before == after else told))


def _changes(one: dict[str, Any], language: Language) -> Iterator[str]:
    before, after = one["before"], one["after"]
    if before is None or after is None:
        yield text("change.new" if before is None else "change.gone", language)
        return
    if one["moved"]:
        yield text("change.ground", language)
    for name in ("name", "kind", "region", "households"):
        if before[name] != after[name]:
            yield text(f"change.{name}", language)


def _verdict(side: dict[str, Any] | None, language: Language) -> str:
    if side is None or (side["verdict"] == "none" and side["households"] is not None):
        return ""  # no rule of size holds for it
    return chip(text(f"verdict.{side['verdict']}", language), STYLE[side["verdict"]])


def _sum(sums: dict[str, Any], language: Language) -> list[Cell]:
    together = Html(f"<strong>{escape(text('diff.sum', language))}</strong>")
    return [together, "", _turned(figure(sums["households_before"]), figure(sums["households_after"])), Figure(), None]


def _lineage(told: dict[str, Any], language: Language) -> Iterator[Html]:
    found = [one for one in told["lineage"] if one["kind"] != "kept"]
    if not found:
        return
    heads = [text(f"diff.{name}", language) for name in ("from", "to", "descent", "share", "m2", "households")]
    rows = [_descent(one, language) for one in found[:MOST_LISTED]]
    yield section(text("diff.lineage", language), [table(heads, rows), *_more(len(found), language)], "lineage")


def _descent(one: dict[str, Any], language: Language) -> list[Cell]:
    return [
        one["from"] or text("diff.nobody", language),
        one["to"] or text("diff.nobody", language),
        text(f"descent.{one['kind']}", language),
        Figure(escape(share(one["share"], 1.0))) if one["from"] else "",
        Figure(square_metres(one["m2"])),
        one["households"],
    ]


def _buildings(told: dict[str, Any], language: Language) -> Iterator[Html]:
    count = told["sums"]["buildings"]
    if not count:
        return
    heads = [text(f"diff.{name}", language) for name in ("building", "from", "to", "households")]
    nobody = text("diff.nobody", language)
    rows: list[Sequence[Cell]] = [
        [one["id"], one["from"] or nobody, one["to"] or nobody, one["households"]]
        for one in told["buildings"][: min(MOST_LISTED, MOST_BUILDINGS)]
    ]
    yield section(text("diff.buildings", language), [table(heads, rows), *_more(count, language)], "buildings")


def _regions(told: dict[str, Any], language: Language) -> Iterator[Html]:
    if told["regions"]:
        heads = [text(f"diff.{name}", language) for name in ("region", "before", "after")]
        rows = (
            [one["code"], *(text(f"standing.{one[side] or 'none'}", language) for side in ("before", "after"))]
            for one in told["regions"][:MOST_LISTED]
        )
        yield section(text("diff.regions", language), [table(heads, rows)], "regions")


def _tiles(told: dict[str, Any], language: Language) -> Iterator[Html]:
    if told["tiles"]:
        counts = " · ".join(f"z{one['z']}: {one['count']:,}" for one in told["tiles"])
        yield section(text("diff.tiles", language), [paragraph(counts)], "tiles")


def _more(number: int, language: Language) -> Iterator[Html]:
    if number > MOST_LISTED:
        yield paragraph(text("diff.more", language, count=number - MOST_LISTED), "r-quiet")
