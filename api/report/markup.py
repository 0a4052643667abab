"""How is a piece of a report's page written, with everything that came from outside escaped?"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TypeAlias

Cell: TypeAlias = str | int | float | None
"""Numbers stand to the right; a float is told with two decimals."""


class Html(str):
    """A piece that is markup already."""

    __slots__ = ()


class Figure(Html):
    """A number that is written out already; it stands to the right as numbers do."""

    __slots__ = ()


def section(title: str, parts: Iterable[str], anchor: str = "") -> Html:
    named = f' id="{escape(anchor)}"' if anchor else ""
    return Html(f"<section{named}><h2>{escape(title)}</h2>{''.join(parts)}</section>")


def heading(title: str) -> Html:
    return Html(f"<h3>{escape(title)}</h3>")


def paragraph(told: str, style: str = "") -> Html:
    return Html(f"<p{_class(style)}>{escape(told)}</p>")


def chip(told: str, style: str) -> Html:
    """A short mark of one colour."""
    return Html(f'<span class="r-chip r-{escape(style)}">{escape(told)}</span>')


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Html:
    """A table; columns in which no row has anything are left out."""
    filled = [list(row) for row in rows]
    kept = [n for n in range(len(heads)) if any(row[n] not in (None, "") for row in filled)]
    numeric = {n for n in kept if all(isinstance(row[n], Figure | int | float | None) for row in filled)}
    top = "".join(f"<th{_class('r-number' if n in numeric else '')}>{escape(heads[n])}</th>" for n in kept)
    body = "".join("<tr>" + "".join(_cell(row[n], n in numeric) for n in kept) + "</tr>" for row in filled)
    return Html(f'<div class="r-table"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>')


def _cell(value: Cell, numeric: bool) -> str:
    told = value if isinstance(value, Html) else escape(figure(value))
    return f"<td{_class('r-number' if numeric else '')}>{told}</td>"


def figure(value: Cell) -> str:
    """A number with thousands set apart, two decimals where it has any; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else value


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""
