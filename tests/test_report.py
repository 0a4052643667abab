"""Is a report whole, readable in both languages, and nothing but what it was told?"""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import shapely
from divisions import cell, community, together

from api.report import bad_rows, by_region, picture, write_page, write_report
from api.report.bad_rows import COLUMNS, BadRow, csv_of
from api.report.page import page
from api.shapes import report_document
from geo import ledger, plan
from geo.datum import Datum
from geo.files import FileUnwritable, Reading, Row, RowProblem, read
from geo.model import Building, Finding, Grid, Layer, Plan, Rule, Severity
from geo.plan import Report

FILES = ["map.svg", "refused.csv", "report.html", "report.json"]
BROKEN = Path(__file__).parents[1] / "sample_data/broken"


class Text(HTMLParser):
    """What a page says, its tags, and all that it names to be fetched."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(told)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "action", "data"}
        ]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())


def faulty() -> Plan:
    """Two communities; a gap of a quarter of a grid in A, an overlap in B, and a house that a border of B cuts."""
    drawn = together([community("A", 0, 0), community("B", 4, 0)])
    shapes = {"A01": cell(0, 0, 0.75, 1), "B01": cell(4, 0, 1.01, 1)}
    grids = tuple(Grid(code=g.code, region=g.region, shape=shapes.get(g.code, g.shape)) for g in drawn.grids)
    houses = (Building(id="h1", households=900, shape=cell(4.2, 0.9, 0.2, 0.2)),)
    return Plan(regions=drawn.regions, grids=grids, buildings=houses)


def checked(drawn: Plan) -> tuple[Plan, Report]:
    return drawn, plan.check(drawn)


def told_of(report: Report) -> dict[str, Any]:
    return {"rows": {"grid": {"new": 7, "refused": 1}}, **report_document(report, "zh", None)}


def reading(rows: Sequence[Row], source: str = "list.csv", **mapping: str) -> Reading:
    return Reading(rows=list(rows), datum=Datum.parse("wgs84"), source=source, mapping=mapping, constants={})


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_folder_has_four_files_and_they_agree(tmp_path: Path) -> None:
    drawn, report = checked(faulty())
    document = told_of(report)
    bad = [BadRow(row=3, problem="layer-missing", message="x", place=(104.1, 30.7), columns={"楼栋": "3号"})]
    drawing = picture(drawn, report, "zh", title="表", refused=[(104.1, 30.7)])
    told = page(document, bad, drawing, "zh", title="表")
    paths = write_report(tmp_path / "new" / "folder", document, bad, drawing, told)
    assert sorted(path.name for path in paths) == FILES == sorted(p.name for p in (tmp_path / "new/folder").iterdir())
    folder = paths[0].parent
    assert json.loads((folder / "report.json").read_bytes()) == json.loads(json.dumps(document))
    assert (folder / "map.svg").read_text("utf-8") == drawing
    assert drawing in (folder / "report.html").read_text("utf-8")
    assert rows_of((folder / "refused.csv").read_bytes())[0]["楼栋"] == "3号"


def test_old_files_are_replaced_and_others_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("old")
    (tmp_path / "other.txt").write_text("mine")
    write_report(tmp_path, {"findings": []}, [], "<svg/>", "<html>")
    assert json.loads((tmp_path / "report.json").read_bytes()) == {"findings": []}
    assert (tmp_path / "other.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, "other.txt"])


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(FileUnwritable):
        write_report(tmp_path, {"findings": []}, [], "<svg/>", "<html>")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnwritable):
        write_report(tmp_path / "file", {"findings": []}, [], "<svg/>", "<html>")
    with pytest.raises(FileUnwritable):
        write_page(tmp_path / "none" / "page.html", "<html>")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_has_three_parts_and_fetches_nothing(language: Any) -> None:
    drawn, report = checked(faulty())
    drawing = picture(drawn, report, language, title="t")
    told = page(told_of(report), [], drawing, language, title="t", made=datetime(2026, 3, 1, tzinfo=UTC))
    read_page = Text(told)
    assert read_page.tags.count("section") == 4, "the map and the three parts"
    assert read_page.fetched == []
    assert not {"script", "link", "iframe", "img", "form"} & set(read_page.tags)
    assert "default-src 'none'" in told.replace("&#x27;", "'")
    assert set(re.findall(r"https?://[^\s\"'<)]+", told)) == {"http://www.w3.org/2000/svg"}
    headings = {"zh": "二、检查发现", "en": "2 Findings"}
    assert headings[language] in read_page.words


def test_findings_have_the_numbers_of_the_picture() -> None:
    drawn, report = checked(faulty())
    told = page(told_of(report), [], picture(drawn, report, "en", title="t"), "en", title="t")
    ranked = ledger.ranked(report.findings)
    assert {finding.rule for finding in ranked} >= {Rule.GAP, Rule.OVERLAP, Rule.BUILDING_SPLIT, Rule.HOUSEHOLDS_HIGH}
    lines = re.findall(r'<tr><td><span class="r-chip[^"]*r-tag">(\d+)</span></td><td>([^<]*)</td>', told)
    assert lines == [(str(n), ", ".join(one.codes[:4])) for n, one in enumerate(ranked, start=1)]
    (gap,) = [(n, one) for n, one in enumerate(ranked, start=1) if one.rule is Rule.GAP]
    caption = re.search(r">(\d+)</text>\s*<text[^>]*>Gap ([\d,.]+) m²</text>", told)
    assert caption is not None
    assert int(caption.group(1)) == gap[0]
    assert float(caption.group(2).replace(",", "")) == pytest.approx(gap[1].area_m2, abs=0.1)


def test_markup_from_files_stays_text() -> None:
    nasty = "<script>alert(1)</script>"
    bad = [BadRow(row=1, layer=nasty, code=nasty, problem="p", message=nasty, columns={nasty: nasty})]
    finding = Finding(rule=Rule.GAP, severity=Severity.BLOCKING, codes=[nasty], geometry=cell(0, 0), area_m2=1.0)
    document = {
        "rows": {nasty: {nasty: 1}},
        **report_document(Report([finding], plan.Figures()), "en", 1),
        "by_region": [{"region": nasty, "name": nasty, "findings": 1, "area_m2": 1.0, "rules": {"gap": {"count": 1}}}],
        "changes": {"grids": [{"code": nasty, "region": nasty, "verdict_after": nasty}], "removed": [nasty]},
        "notes": [{"note": nasty, "layer": nasty, "codes": [nasty]}],
        "created": [nasty],
    }
    told = Text(page(document, bad, "", "en", title=nasty))
    assert "script" not in told.tags
    assert told.words.count(nasty) >= 10


def test_what_would_change_is_told_with_old_and_new_figures() -> None:
    def grid(code: str, *more: Any) -> dict[str, Any]:
        names = ("households_before", "households_after", "verdict_before", "verdict_after")
        return {"code": code, "region": "A", **dict(zip(names, more, strict=True))}

    changes = {
        "grids": [
            grid("A01", 480, 530, "good", "high"),
            grid("A02", 310, 290, "good", "low"),
            grid("A03", 1, 2, "", ""),
        ],
        "new": {"building": 12},
        "removed": ["h7"],
    }
    healing = {"codes": ["A01", "A02"], "nodes": 2, "largest_m": 0.15, "length_m": 80.0, "place": [104.1, 30.7]}
    document = {"findings": [], "rows": {}, "changes": changes, "healing": {"borders": [healing]}}
    told = Text(page(document, [], "", "zh", title="t")).words
    grown, fallen = told.index("超过上限的网格 (1)"), told.index("低于下限的网格 (1)")
    assert told[grown:fallen][-5:] == ["A01", "A", "480", "530", "合适 → 偏多"]
    assert "A02" in told[fallen:]
    assert {"建筑: 12", "h7", "A01 | A02", "0.15"} <= set(told)


def test_bad_rows_come_with_their_own_columns() -> None:
    rows = [Row(number=n, layer=Layer.BUILDING, properties={"id": f"b{n}", "户数": n}) for n in (1, 2, 3)]
    problems = [
        RowProblem(id="code-twice", number=3, layer=Layer.BUILDING, values={"code": "b3", "first": 1}),
        RowProblem(id="layer-missing", number=2, place=(104.1, 30.7)),
    ]
    bad = bad_rows(problems, [reading(rows)], "zh")
    assert [(one.row, one.code, one.source) for one in bad] == [(3, "b3", "list.csv"), (2, "b2", "list.csv")]
    told = rows_of(csv_of(bad))
    assert [one["户数"] for one in told] == ["3", "2"]
    assert (told[1]["lon"], told[1]["lat"], told[1]["problem"]) == ("104.1", "30.7", "layer-missing")
    assert tuple(told[0])[: len(COLUMNS)] == COLUMNS


def test_a_row_of_several_files_is_found_by_its_code_or_told_without_columns() -> None:
    files = [
        reading([Row(number=1, layer=Layer.GRID, properties={"code": code, "k": code})], f"{code}.csv") for code in "AB"
    ]
    known = RowProblem(id="region-unknown", number=1, layer=Layer.GRID, values={"code": "B", "region": "R"})
    unknown = RowProblem(id="layer-missing", number=1)
    bad = bad_rows([known, unknown], files, "en")
    assert [(one.source, dict(one.columns)) for one in bad] == [("B.csv", {"code": "B", "k": "B"}), ("", {})]


def test_a_cell_that_a_spreadsheet_would_run_is_shown_instead() -> None:
    columns = {
        "a": "=1+1",
        "b": "-5",
        "c": "@x",
        "d": "+86 10",
        "e": "-x",
        "f": None,
        "row": "old",
        "g": 2.5,
        "h": "\ud800",
    }
    (told,) = rows_of(csv_of([BadRow(row=1, problem="p", message="m", columns=columns)]))
    shown = {name: told[name] for name in "abcdefg"}
    assert shown == {"a": "'=1+1", "b": "-5", "c": "'@x", "d": "'+86 10", "e": "'-x", "f": "", "g": "2.5"}
    assert (told["row"], told["original_row"]) == ("1", "old")


def test_regions_are_told_worst_first() -> None:
    drawn, report = checked(faulty())
    regions = by_region(report.findings, drawn)
    badness = [(-one["blocking"], -one["area_m2"], -one["findings"]) for one in regions]
    assert badness == sorted(badness)
    a, b = sorted(regions, key=lambda one: one["region"])
    assert min(a["blocking"], b["blocking"]) > 0
    assert a["rules"]["gap"]["count"] == 1
    assert a["rules"]["gap"]["area_m2"] == pytest.approx(report.figures.gap_m2)
    assert b["rules"]["overlap"]["area_m2"] == pytest.approx(report.figures.overlap_m2)
    assert b["rules"].keys() >= {"overlap", "building-split", "households-high", "households-low"}
    assert a["rules"].keys().isdisjoint({"overlap", "building-split"})
    assert by_region([], drawn) == []


def test_each_broken_plan_has_its_picture() -> None:
    from geo.store import intake  # noqa: PLC0415 - the store's room is not needed by the other tests
    from geo.store.order import Order  # noqa: PLC0415 - as above

    for file in sorted(BROKEN.glob("*[!s].geojson"))[::2]:
        taken = intake.take(None, [read(file)], Order(judge=True))
        drawn = Plan(regions=taken.changes.regions, grids=taken.changes.grids, buildings=taken.changes.buildings)
        told = picture(drawn, taken.report, "en", title=file.stem)
        tags = re.findall(r'class="number"', told)
        assert bool(tags) is bool([f for f in taken.report.findings if f.geometry is not None]), file.name


def test_a_finding_outside_all_regions_is_told_too() -> None:
    far = Finding(rule=Rule.BUILDING_UNASSIGNED, severity=Severity.BLOCKING, codes=["h"], geometry=shapely.Point(0, 0))
    (told,) = by_region([far], faulty())
    assert (told["region"], told["findings"], told["blocking"]) == (None, 1, 1)
