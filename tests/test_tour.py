"""Does the planner's morning of docs/morning.md go as the page says, with the figures it names?

On the street alone that the list is of: no other part of the district takes part in it.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import Here
from conftest import Store
from python_calamine import CalamineWorkbook

from sample_data.codes import DISTRICT
from sample_data.homes import homes_of
from sample_data.make import text
from sample_data.morning import LIST, REQUESTS, STREET, write

PAGE = (Path(__file__).parents[1] / "docs" / "morning.md").read_text("utf-8")
GROWN = {"51990100900104": (463, 523), "51990100900206": (416, 548)}
FALLEN = {"51990100900102": (459, 271), "51990100900604": (348, 246)}


@pytest.fixture(scope="module")
def plan(district_text: str) -> dict[str, Any]:
    """The street with all above it, and the homes in it."""
    whole = json.loads(district_text)
    features = whole["features"]
    kept = [one for one in features if one["properties"].get("code", "").startswith((STREET, f"{DISTRICT}-"))]
    kept += [one for one in features if one["properties"].get("code") == DISTRICT]
    homes = {home.id for home in homes_of(whole, STREET)}
    return {**whole, "features": [*kept, *(one for one in features if one["properties"].get("id") in homes)]}


@pytest.fixture
def desk(plan: dict[str, Any], tmp_path: Path) -> Path:
    write(plan, tmp_path)
    return tmp_path


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(store, monkeypatch, capsys)


def test_the_same_district_gives_the_same_files(plan: dict[str, Any], desk: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write(plan, again)
    for name in (LIST, REQUESTS):
        assert (desk / name).read_bytes() == (again / name).read_bytes()
    with pytest.raises(ValueError, match="nobody lives in 519909"):
        write(plan, again, "519909")


def test_the_list_has_the_slips_that_the_page_tells_of(desk: Path) -> None:
    sheet = CalamineWorkbook.from_path(str(desk / LIST)).get_sheet_by_index(0)
    rows = sheet.to_python()[2:]
    assert len(sheet.merged_cell_ranges or []) == 1 + len({row[0] for row in rows if row[0]})
    assert len(rows) == 294
    assert sum(row[2] == "" for row in rows) == 105
    assert [row[4] for row in rows if isinstance(row[4], str)] == ["约60户"]


def test_the_morning(wangge: Here, plan: dict[str, Any], desk: Path) -> None:
    (desk / "map.geojson").write_text(text(plan), "utf-8")
    assert wangge("import", desk / "map.geojson", "--publish").status == 0
    new = ("import", desk / LIST, "--layer", "building", "--mode", "update")
    dry = wangge(*new, "--dry-run", "--report", desk / "report", "--json")
    _is_as_told(dry.told)
    assert {path.name for path in (desk / "report").iterdir()} == {
        "report.json", "refused.csv", "map.svg", "report.html",
    }  # fmt: skip
    done = wangge(*new, "--publish", "--reason", "household list of November", "--json")
    assert (done.status, done.told["number"]) == (1, 2)
    _mended(wangge, desk)
    checked = wangge("check", STREET, "--json").told
    rules = [finding["rule"] for finding in checked["findings"]]
    assert (rules.count("households-low"), rules.count("households-high")) == (2, 3)
    assert f"7 of 7 divided regions covered; 3410025 of 3410025 m² ; {checked['coverage']['households']} of" in PAGE
    _matched(wangge, desk)


def _is_as_told(told: dict[str, Any]) -> None:
    assert told["rows"]["building"] == {"refused": 6, "changed": 53, "unchanged": 235}
    grids = {one["code"]: (one["households_before"], one["households_after"]) for one in told["changes"]["grids"]}
    assert len(grids) == 23
    assert {code: grids[code] for code in told["changes"]["grown"]} == GROWN
    assert {code: grids[code] for code in told["changes"]["fallen"]} == FALLEN
    assert {row["row"]: row["problem"] for row in told["refused"]} == {
        1: "building-unmatched", 53: "building-unmatched", 134: "building-unmatched",
        142: "number-malformed", 195: "number-malformed", 294: "code-twice",
    }  # fmt: skip
    for row in told["refused"]:
        assert f"row {row['row']} refused: {row['message']}"[:60] in PAGE
    for code, (before, after) in {**GROWN, **FALLEN}.items():
        assert re.search(rf"{code} .*to {after} \(was {before}\)", PAGE)
    assert "building: 6 refused, 53 changed, 235 unchanged" in PAGE


def _mended(wangge: Here, desk: Path) -> None:
    """The rows that the page mends, as it gives them."""
    found = re.search(r"cat > mended.csv <<'END'\n(.*?)END\n", PAGE, re.DOTALL)
    assert found is not None
    (desk / "mended.csv").write_text(found[1], "utf-8")
    told = wangge("import", desk / "mended.csv", "--layer", "building", "--mode", "update", "--publish", "--json")
    assert (told.status, told.told["number"]) == (0, 3)
    assert told.told["rows"]["building"] == {"unchanged": 2, "changed": 2}


def _matched(wangge: Here, desk: Path) -> None:
    told = wangge("match", desk / REQUESTS, "--datum", "gcj02", "--json")
    assert told.status == 1
    assert told.told["quality"] == {"exact": 194, "near_boundary": 4, "outside": 1, "unmatched": 1}
    assert told.told["match"] == {"none": 1, "point": 150, "address": 49}
    with (desk / "hotline.matched.unmatched.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["工单号"][-3:] for row in csv.DictReader(file)] == ["199", "200"]
    assert "quality: 194 exact, 4 near_boundary, 1 outside, 1 unmatched" in PAGE
