"""How does the division archive of a grid look on paper? A page that asks nothing of any host."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from typing import Any

from api.report.archive_drawing import drawing
from api.report.communities import distinct
from api.report.markup import Cell, Figure, Html, chip, paragraph, section, table
from api.report.page import framed
from api.report.shares import share, square_metres
from api.texts import Language, text
from geo.model import Grid, Plan

STYLE = {"high": "blocking", "low": "warning", "good": "good", "none": "note"}
MOST_NEIGHBOURS = 24
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the picture shows: the grid, its neighbours, and what stands there now."""

    grid: Grid
    neighbours: Sequence[Grid]
    context: Plan


def archive_page(told: Told, around: Surroundings, zone: tzinfo, language: Language, made: datetime) -> str:
    """The page of an archive's document; instants are told in the zone."""
    picture = distinct(drawing(around.grid, around.neighbours, around.context, language), "grid")
    parts = [
        section(text("archive.grid", language), [_facts(told, zone, language)], "grid"),
        section(text("archive.map", language), [Html(f"<figure>{picture}</figure>")], "map"),
        *_people(told, language),
        section(text("archive.turns", language), [_turns(told, zone, language)], "turns"),
        section(text("archive.lineage", language), [_lineage(told, language)], "lineage"),
        Html(
            f'<p class="r-signed"><span>{escape(text("archive.signed", language))}</span>'
            f"<span>{escape(text('archive.dated', language))}</span></p>"
        ),
    ]
    title = f"{told['code']} {told['name']}".strip()
    return framed(text("archive.kind", language), title, _chips(told, language, made), parts, language)


def _chips(told: Told, language: Language, made: datetime) -> list[Html]:
    last = next((one["publication"] for one in reversed(told["turns"]) if "retired" in one["what"]), 0)
    standing = (
        chip(text("archive.in-force", language), "good")
        if told["in_force"]
        else chip(text("archive.retired", language, number=last), "warning")
    )
    return [
        standing,
        chip(text("archive.publication", language, number=told["as_of_publication"]), "note"),
        chip(text("report.made", language, at=f"{made:%Y-%m-%d %H:%M}"), "note"),
    ]


def _facts(told: Told, zone: tzinfo, language: Language) -> Html:
    lines: list[tuple[str, str]] = [
        ("code", escape(told["code"])),
        ("name", escape(told["name"])),
        ("type", escape(text(f"kind.{told['kind']}", language))),
        ("standing", escape(text(f"standing.{told['standing']}", language))),
        ("chain", escape(" › ".join(one["name"] or one["code"] for one in told["chain"]) or told["region"])),
        ("area", f"{square_metres(told['m2'])} m²"),
        ("households", _households(told, language)),
        ("buildings", f"{told['buildings']:,}"),
        ("neighbours", escape(_codes(told["neighbours"]))),
        ("since", escape(_since(told, zone, language))),
        ("certificate", f'<a href="{escape(told["certificate"])}">{escape(told["certificate"])}</a>'),
    ]
    items = "".join(
        f"<dt>{escape(text(f'archive.{name}', language))}</dt><dd>{value}</dd>" for name, value in lines if value
    )
    return Html(f"<dl>{items}</dl>")


def _households(told: Told, language: Language) -> str:
    if told["households"] is None:
        return escape(text("archive.uncounted", language))
    verdict = text(f"verdict.{told['verdict']}", language)
    if told["verdict"] == "none":
        return f"{told['households']:,}"
    return f"{told['households']:,} {chip(verdict, STYLE[told['verdict']])}"


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes[:MOST_NEIGHBOURS]) + (" …" if len(codes) > MOST_NEIGHBOURS else "")


def _since(told: Told, zone: tzinfo, language: Language) -> str:
    first = next((one for one in told["turns"] if "made" in one["what"]), None)
    if first is None:
        return ""
    return text("archive.since-at", language, number=first["publication"], at=_day(first["at"], zone))


def _day(at: str, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}"


def _people(told: Told, language: Language) -> Iterator[Html]:
    if told["people"] is None:
        return
    heads = [text(f"archive.{name}", language) for name in ("person", "role", "post", "phone", "from", "until")]
    rows = (
        [one["name"], text(f"role.{one['role']}", language), one["post"], one["phone"], one["from"], one["until"]]
        for one in told["people"]
    )
    parts = [table(heads, rows)] if told["people"] else [paragraph(text("archive.nobody", language), "r-quiet")]
    yield section(text("archive.people", language), parts, "people")


def _turns(told: Told, zone: tzinfo, language: Language) -> Html:
    names = (
        "number", "at", "what", "households-change", "area-change", "reason", "actor", "approval", "approver",
    )  # fmt: skip
    return table(
        [text(f"archive.{name}", language) for name in names], (_turn(one, zone, language) for one in told["turns"])
    )


def _turn(one: Told, zone: tzinfo, language: Language) -> list[Cell]:
    comma = "、" if language == "zh" else ", "
    return [
        one["publication"],
        _day(one["at"], zone),
        comma.join(text(f"what.{what}", language) for what in one["what"]),
        _pair(one["households_before"], one["households_after"], "{:,}"),
        _pair(one["m2_before"], one["m2_after"], "{:,.0f}"),
        one["reason"],
        one["actor"],
        one["approval"],
        one["approved_by"],
    ]


def _pair(before: float | None, after: float | None, form: str) -> str:
    """What it was and is; once where it is the same."""
    told = ["–" if value is None else form.format(value) for value in (before, after)]
    return told[0] if told[0] == told[1] else " → ".join(told)


def _lineage(told: Told, language: Language) -> Html:
    steps = [one for one in told["steps"] if one["from"] is not None]
    if not steps:
        return paragraph(text("archive.no-lineage", language), "r-quiet")
    nobody = text("archive.nowhere", language)
    heads = [text(f"archive.{name}", language) for name in ("number", "start", "end", "step", "share", "households")]
    rows: Iterator[list[Cell]] = (
        [
            one["publication"],
            one["from"] or nobody,
            one["to"] or nobody,
            text(f"descent.{one['kind']}", language),
            Figure(escape(share(one["share"], 1.0))),
            one["households"],
        ]
        for one in steps
    )
    return table(heads, rows)
