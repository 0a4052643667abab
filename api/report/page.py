"""What does a person read of an import? One page that asks nothing of any host: it can be mailed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Any

from api.report.bad_rows import BadRow
from api.report.changes_part import changes_part
from api.report.findings_part import findings_part
from api.report.markup import Html, chip, section
from api.report.rows_part import rows_part
from api.texts import Language, text
from geo.model import Severity

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The page's own Content-Security-Policy: even what slipped through could fetch and run nothing."""
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body class="r-page">
<header><p class="r-kind">{kind}</p><h1>{title}</h1><p class="r-chips">{chips}</p></header>
<main>
{parts}
</main>
</body>
</html>
"""


def page(
    document: Mapping[str, Any],
    refused: Sequence[BadRow],
    picture: str,
    language: Language,
    *,
    title: str,
    made: datetime | None = None,
) -> str:
    """The document of an import or a check as HTML, with its refused rows and the picture's SVG."""
    parts = [section(text("report.picture", language), [_figure(picture)], "map")] if picture else []
    parts.append(rows_part(document, refused, language))
    parts += [findings_part(document, language), changes_part(document, language)]
    kind = "report.import" if "rows" in document else "report.check"
    return framed(text(kind, language), title, _chips(document, refused, language, made), parts, language)


def framed(kind: str, title: str, chips: Sequence[Html], parts: Sequence[str], language: Language) -> str:
    """A whole document: what kind of report it is, of what, how it stands in a few words, and its parts."""
    return _PAGE.format(
        language="zh-CN" if language == "zh" else "en",
        policy=escape(POLICY),
        title=escape(title),
        style=(files("api.report") / "page.css").read_text("utf-8"),
        kind=escape(kind),
        chips=" ".join(chips),
        parts="\n".join(parts),
    )


def _chips(
    document: Mapping[str, Any], refused: Sequence[BadRow], language: Language, made: datetime | None
) -> list[Html]:
    """How it stands, in a few words."""
    severities = [finding["severity"] for finding in document.get("findings") or []]
    blocking, warnings = severities.count(Severity.BLOCKING), severities.count(Severity.WARNING)
    told = []
    if blocking:
        told.append(chip(text("report.blocking", language, count=blocking), "blocking"))
    if refused:
        told.append(chip(text("report.refused", language, count=len(refused)), "blocking"))
    if warnings:
        told.append(chip(text("report.warnings", language, count=warnings), "warning"))
    if not told:
        told.append(chip(text("report.good", language), "good"))
    number = document.get("publication") or document.get("number")
    if number is not None:
        told.append(chip(text("report.publication", language, number=number), "note"))
    if made is not None:
        told.append(chip(text("report.made", language, at=f"{made:%Y-%m-%d %H:%M}"), "note"))
    return told


def _figure(picture: str) -> Html:
    return Html(f"<figure>{picture}</figure>")
