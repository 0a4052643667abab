"""Does the report of a check have a first page, a page for each region with findings, and bounds?"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
import shapely
from district import small
from divisions import cell

from api.report import Checked, atlas_of, numbered
from api.report import communities as pages
from api.report.shares import share, square_metres
from geo import breakdown, plan
from geo.model import Acceptance, Finding, Plan, Rule, Severity
from geo.picture_detail import detail, focus_of, is_hidden
from geo.picture_scene import Fault, Patch
from geo.plan import Report

SLIVER = 0.0001
"""About 3 cm of a pitch of 300 m."""


@cache
def faulty() -> Plan:
    """The small district with a wide gap in A and one of three centimetres in B."""
    drawn = small()
    shapes = {"A01": cell(0.3, 0, 0.7), "B01": cell(2, 0, 1 - SLIVER)}
    return replace(drawn, grids=tuple(replace(one, shape=shapes.get(one.code, one.shape)) for one in drawn.grids))


@cache
def report() -> Report:
    return plan.check(faulty())


def told(language: Any = "zh", bounds: dict[str, int] | None = None, **changes: Any) -> str:
    made = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    whole: dict[str, Any] = {"title": "D 虚构区", "plan": faulty(), "report": report(), "made": made, **changes}
    return atlas_of(Checked(**whole), language, **(bounds or {}))


def sheets(page: str) -> list[str]:
    return re.findall(r'<section class="r-sheet" id="[^"]*"><h2>([^<]*)</h2>', page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_for_each_region_with_findings(language: Any) -> None:
    page = told(language, publication=7)
    named = sheets(page)
    parts = breakdown.parts(faulty(), report())
    with_findings = {code for code, part in parts.items() if part.findings}
    assert {one.split()[0] for one in named} & set("ABCE") == with_findings
    assert named[0].startswith("A"), "the worst first: the most ground"
    assert {"zh": "第 7 次发布", "en": "Publication 7"}[language] in page
    assert "2026-03-01 08:30" in page
    clean = {code for code, part in parts.items() if not part.findings}
    line = re.search(r'<section id="clean">.*?</section>', page)
    assert bool(clean) is (line is not None)
    assert all(code in line.group() for code in clean if line)


def test_it_asks_nothing_of_any_host_and_its_ids_are_its_own() -> None:
    page = told()
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|link|iframe|img|form)\b", page)
    ids = re.findall(r'\bid="([^"]*)"', page)
    removed = [one for one in ids if not one.endswith("-removed")]
    assert len(removed) == len(set(removed))
    anchors = re.findall(r'href="#([^"]*)"', page)
    assert anchors
    assert set(anchors) <= set(ids)
    clips = re.findall(r"url\(#([^)]*-frame)\)", page)
    assert set(clips) <= set(ids)
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawing)
    assert "@page" in page


def test_findings_keep_their_numbers_on_every_page() -> None:
    page = told()
    whole = dict(numbered(report().findings))
    shown = re.findall(r'<li><span class="r-chip r-\w+ r-tag">(\d+)</span>.*?<strong>([^<]*)</strong>', page)
    assert {int(number) for number, _ in shown} == set(whole), "each is told on some page"
    from api.texts import text  # noqa: PLC0415 - only here

    assert all(text(f"rule.{whole[int(number)].rule}", "zh") == name for number, name in shown)


def test_what_the_map_cannot_show_is_shown_close_by() -> None:
    page = told()
    close = re.findall(r'<figure class="r-details">.*?</figure>', page, re.DOTALL)
    assert close
    assert any("空白区域" in one for one in close)
    sliver = next(f for f in report().findings if f.rule is Rule.GAP and "B" in f.codes)
    assert sliver.geometry is not None
    assert is_hidden(sliver.geometry, pixels_per_metre=1.0)
    assert not is_hidden(cell(0, 0), pixels_per_metre=1.0)
    assert focus_of(sliver.geometry).across_m < 5


@pytest.mark.parametrize(
    "shape",
    [
        cell(0, 0, SLIVER, SLIVER),
        shapely.Point(104.1, 30.7),
        shapely.LineString([(104.1, 30.7), (104.1, 30.7000001)]),
        shapely.MultiPoint([(104.1, 30.7), (104.1001, 30.7)]),
        shapely.GeometryCollection([cell(0, 0, SLIVER), shapely.Point(104.1, 30.7)]),
    ],
)
def test_a_detail_of_any_fault_can_be_drawn(shape: Any) -> None:
    bow = shapely.Polygon([(104.1, 30.7), (104.101, 30.701), (104.101, 30.7), (104.1, 30.701)])
    grids = [Patch(cell(-1, -1, 2, 2), labels=("第<一>网格",)), Patch(bow)]
    drawing = detail(grids, Fault(shape, 12, "<空白>"))
    root = ElementTree.fromstring(drawing)
    assert root.attrib["aria-label"] == "<空白>"
    across = focus_of(shape).across_m
    assert 0.09 < across < 1000
    bar = re.findall(r">(\d+) (m|cm|mm)</text>", drawing)
    assert bar
    assert {"m": 1.0, "cm": 0.01, "mm": 0.001}[bar[0][1]] * int(bar[0][0]) < across


def test_accepted_findings_stand_apart_with_reason_and_person() -> None:
    low = next(f for f in report().findings if f.rule is Rule.HOUSEHOLDS_LOW)
    word = Acceptance(
        id=1,
        rule=low.rule,
        severity=low.severity,
        codes=tuple(low.codes),
        shape=low.geometry,
        reason="<老街>",
        actor="王",
        at="2026-02-03T00",
    )
    findings = [replace(f, accepted=word) if f is low else f for f in report().findings]
    page = told(report=replace(report(), findings=findings))
    assert "已接受:&lt;老街&gt;(王,2026-02-03)" in page
    assert "已接受 1 项" in page
    last = numbered(findings)[-1]
    assert last[1].accepted is word, "accepted ones are numbered behind all others"


def test_it_is_bounded() -> None:
    page = told(bounds={"most_pages": 1})
    assert len([one for one in sheets(page) if one[0] in "ABCE"]) == 1
    assert "每个一页" in page
    smaller = told(bounds={"most_bytes": 1})
    assert "已达大小上限" in smaller
    assert len(smaller) < len(told())
    gaps = [finding for finding in report().findings if finding.rule is Rule.GAP]
    many = [replace(finding) for finding in gaps for _ in range(pages.MOST_EACH + 5)]
    full = told(report=replace(report(), findings=many))
    assert full.count("<li>") <= 2 * pages.MOST_EACH
    assert "此区划另有" in full


def test_markup_and_findings_of_nowhere() -> None:
    nasty = "<script>alert(1)</script>"
    far = Finding(rule=Rule.UNASSIGNED, severity=Severity.WARNING, codes=[nasty], geometry=shapely.Point(0, 0))
    page = told(title=nasty, report=replace(report(), findings=[far]))
    assert "<script" not in page
    assert "不在任何划分区划内的发现" in sheets(page)
    empty = atlas_of(Checked(title="", plan=Plan(), report=plan.check(Plan())), "en")
    assert "Nothing is wrong" in empty


def test_parts_add_up_to_the_whole() -> None:
    parts = breakdown.parts(faulty(), report())
    whole = breakdown.together(parts.values())
    for name in ("units", "units_covered", "area_m2", "gap_m2", "households", "households_covered"):
        assert getattr(whole.figures, name) == pytest.approx(getattr(report().figures, name)), name
    assert whole.grids == len(faulty().grids)
    assert sum(whole.sizes.values()) == whole.grids
    assert len(whole.findings) <= len(report().findings)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 1, "100 %"),
        (99_999, 100_000, "99.99 %"),
        (0.999999999, 1, "99.99 %"),
        (1, 3, "33.33 %"),
        (0, 3, "0.00 %"),
        (1, 1_000_000, "< 0.01 %"),
        (0, 0, "–"),
    ],
)
def test_a_share_is_never_rounded_up(part: float, whole: float, expected: str) -> None:
    assert share(part, whole) == expected
    assert [square_metres(area) for area in (0, 0.0048, 0.06, 1234.56)] == ["0", "0.005", "0.1", "1,234.6"]
