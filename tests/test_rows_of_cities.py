"""Are the lists that cities have judged as a planner would: by row, with the reason, nothing silently wrong?"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from commands import Here
from conftest import Store
from district import at, document, small

from geo.datum import WGS84
from geo.files import RowProblem, read, things
from geo.refusal import Refusal

PLACE = f"{at(0.2, 0.2).x},{at(0.2, 0.2).y}"


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    here = Here(store, monkeypatch, capsys)
    (tmp_path / "district.geojson").write_bytes(document(small()))
    assert here("publish", tmp_path / "district.geojson").status == 0
    return here


def judged(path: Path, content: str | bytes, **options: Any) -> tuple[list[Any], dict[str, int]]:
    """The buildings of a text, and how many rows were refused for what."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = list(things(read(path, layer="building", datum=WGS84, **options)))
    good = [one for one in found if not isinstance(one, RowProblem)]
    return good, dict(Counter(one.id for one in found if isinstance(one, RowProblem)))


def book(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as written:
        for name, rows in sheets.items():
            sheet = written.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name.startswith("旧"):
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
    return path


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("5.10104E+13", "code-shortened"),
        ("5E+13", "code-shortened"),
        ("５１０１", "code-wide"),
        ("Ａ01", "code-wide"),
        ("A01 ", "code-malformed"),
        ("A01\u3000", "code-malformed"),
        ("5E13", None),
        ("1.5E", None),
        ("网格（一）", None),
    ],
)
def test_a_code_is_taken_as_it_is_or_told(tmp_path: Path, code: str, problem: str | None) -> None:
    good, told = judged(tmp_path / "l.csv", f"id,lon,lat\n{code},{PLACE}\n")
    assert [one.id for one in good] == ([code] if problem is None else [])
    assert told == ({} if problem is None else {problem: 1})


@pytest.mark.parametrize("count", ["300户", "约300", "1,200", "三百", "-", "2024-05-01", "3.5", "３００", "3e2"])
def test_a_count_that_is_none_costs_its_row(tmp_path: Path, count: str) -> None:
    good, told = judged(tmp_path / "l.csv", f'id,households,lon,lat\nx,"{count}",{PLACE}\ny,300.0,{PLACE}\n')
    assert told == {"number-malformed": 1}
    assert [one.households for one in good] == [300]


@pytest.mark.parametrize("title", ["东风社区台账,,,\n", "# 街道办 2024\n", "sep=,\n", "\n东风\n2024\n"])
def test_titles_above_a_table_are_passed_over(tmp_path: Path, title: str) -> None:
    good, told = judged(tmp_path / "l.csv", f"{title}楼栋编号,户数,经度,纬度\nx,5,{PLACE}\n\ny,6,{PLACE}\n")
    assert [(one.id, one.households) for one in good] == [("x", 5), ("y", 6)]
    assert told == {}


def test_a_list_of_one_column_has_no_titles(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("地址\n柳堰路1号\n柳堰路2号,3单元\n柳堰路4号\n", "utf-8")
    reading = read(path, layer="building")
    assert reading.columns == ["地址"]
    assert [row.number for row in reading.rows] == [1, 2, 3]


def test_a_wrong_mark_before_a_stated_encoding_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + f"楼栋编号,名称,经度,纬度\nx,东风小区一栋,{PLACE}\n".encode("gbk")
    good, told = judged(tmp_path / "l.csv", text, encoding="gbk")
    assert ([(one.id, one.name) for one in good], told) == ([("x", "东风小区一栋")], {})
    with pytest.raises(Refusal) as caught:
        judged(tmp_path / "l.csv", text)
    assert caught.value.id == "encoding-unclear"


def test_hidden_sheets_are_not_read_and_several_are_asked_about(tmp_path: Path) -> None:
    old = [["id", "households"], ["x", 999]]
    new = [["id", "households"], ["x", 300]]
    reading = read(book(tmp_path / "a.xlsx", 旧表=old, 新表=new), layer="building")
    assert [row.properties["households"] for row in reading.rows] == [300]
    reading = read(book(tmp_path / "a.xlsx", 旧表=old, 新表=new), layer="building", table="旧表")
    assert [row.properties["households"] for row in reading.rows] == [999]
    with pytest.raises(Refusal) as caught:
        read(book(tmp_path / "b.xlsx", 一月=old, 二月=new), layer="building")
    assert (caught.value.id, caught.value.values["tables"]) == ("table-ambiguous", "一月, 二月")


def test_rows_of_totals_and_unknown_codes_are_told_as_such(wangge: Here, tmp_path: Path) -> None:
    options = ("--mode", "update", "--datum", "wgs84", "--dry-run", "--json")
    rows = [["2024年台账"], ["序号", "楼栋编号", "户数"], [1, "h-A01", 300], ["合 计", None, 300], [], ["填表人:张三"]]
    path = book(tmp_path / "l.xlsx", 台账=rows)
    told = wangge("import", path, "--layer", "building", *options).told
    assert {row["row"]: row["problem"] for row in told["refused"]} == {2: "row-total", 4: "field-missing"}
    assert told["rows"]["building"] == {"refused": 2, "changed": 1}
    path = tmp_path / "l.csv"
    path.write_text("楼栋编号,户数\nh-A01,300\n合计,300\n", "utf-8")
    told = wangge("import", path, "--layer", "building", *options).told
    assert {row["row"]: row["problem"] for row in told["refused"]} == {2: "row-total"}
    path.write_text("网格编码,网格名称\nA01,一号\nZ99,无\n", "utf-8")
    told = wangge("import", path, "--layer", "grid", *options).told
    assert {row["row"]: row["problem"] for row in told["refused"]} == {2: "thing-unmatched"}


def test_wrong_use_is_told_before_anything_is_done(wangge: Here, tmp_path: Path) -> None:
    path = tmp_path / "空 格 名单.csv"
    path.write_text("楼栋编号,户数\nh-A01,301\n", "utf-8")
    (tmp_path / "空").mkdir()
    some = (path, "--layer", "building", "--datum", "wgs84", "--publish")
    update = (*some, "--mode", "update")
    for wrong in (
        (*update, "--crs", "EPSG:4544"),
        (*update, "--within", "A"),
        (*some, "--mode", "replace", "--within", "nowhere"),
        (*update, "--report", path),
        (*update, "--report", path / "report"),
        (*update, "--profile", "nobody"),
        (*update, "--estimate", "m2=0"),
        (*update, "--field", "id=nothing"),
        (*update, "--layer", "houses"),
        (tmp_path / "空", "--layer", "grid"),
        (tmp_path / "nothing.csv", *update),
    ):
        ended = wangge("import", *wrong, "--json")
        assert (ended.status, ended.out) == (2, ""), wrong
        assert ended.err.strip(), wrong
    assert (
        wangge("import", tmp_path / "空", "--layer", "grid", WANGGE_LANG="zh").err == "文件夹 空 中没有 Shapefile。\n"
    )
    assert wangge("import", *update, "--json").told["number"] == 2
