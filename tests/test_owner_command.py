"""Does `wangge owner` answer every row of a table in its place, with a store or with a plan file alone?"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import python_calamine
import xlsxwriter
from commands import Here, process
from conftest import Store, fresh
from district import at, document, publish, small

from geo.datum import Datum, from_wgs84
from geo.model import Plan
from geo.store import embedded

OURS = ["status", "owner", "border_distance_m", "rule", "publication", "error"]
PLACES = [at(0.5, 0.2), at(1, 0.5), at(0.99, 0.5), at(20, 20)]
FOUND = [("owned", "A01"), ("shared", "A01"), ("near_boundary", "A01"), ("outside", "")]


@pytest.fixture(scope="module")
def published(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as store:
        publish(store, Plan(facilities=(replace(small().facilities[0], name="改"),)))
        yield store


@pytest.fixture
def wangge(published: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(published, monkeypatch, capsys)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.geojson"
    path.write_bytes(document(small()))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def verdicts(path: Path) -> list[tuple[str, str]]:
    return [(row["status"], row["owner"]) for row in rows(path)]


def places(datum: str = "wgs84") -> list[tuple[float, float]]:
    given = from_wgs84(np.array([(point.x, point.y) for point in PLACES]), Datum.parse(datum))
    return [(x, y) for x, y in given.tolist()]


def table(path: Path, datum: str = "wgs84", encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file, delimiter=delimiter)
        out.writerow(["编号", "经度", "纬度", "备注"])
        out.writerows([f"000{n}", repr(x), repr(y), '"引号"\n换行'] for n, (x, y) in enumerate(places(datum)))
    return path


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "EPSG:4544"])
def test_a_store_answers(wangge: Here, tmp_path: Path, datum: str) -> None:
    path = table(tmp_path / "p.csv", datum)
    told = wangge("owner", path, "-o", tmp_path / "out.csv", "--datum", datum, "--json")
    assert told.status == 0, told.err
    found = rows(tmp_path / "out.csv")
    assert list(found[0]) == ["编号", "经度", "纬度", "备注", *OURS]
    assert [row["编号"] for row in found] == ["0000", "0001", "0002", "0003"]
    assert {row["备注"] for row in found} == {'"引号"\n换行'}
    assert {(row["publication"], row["rule"], row["error"]) for row in found} == {("2", "closed-smallest-code", "")}
    assert [(row["owner"], row["status"]) for row in found][::3] == [("A01", "owned"), ("", "outside")]
    if datum == "wgs84":
        assert verdicts(tmp_path / "out.csv") == FOUND
        assert float(found[1]["border_distance_m"]) == 0
        assert told.told["status"] == {"owned": 1, "near_boundary": 1, "shared": 1, "outside": 1}
    assert (told.told["publication"], told.told["rows"]) == (2, 4)


@pytest.mark.parametrize("suffix", ["csv", "ndjson"])
def test_all_but_the_distance(wangge: Here, tmp_path: Path, suffix: str) -> None:
    path = table(tmp_path / "p.csv")
    out = tmp_path / f"out.{suffix}"
    assert wangge("owner", path, "-o", out, "--datum", "wgs84", "--fields", "owner").status == 0
    found = rows(out) if suffix == "csv" else [json.loads(line) for line in out.read_text().splitlines()]
    assert list(found[0])[4:] == [name for name in OURS if name != "border_distance_m"]
    assert [(row["status"], row["owner"] or "") for row in found] == FOUND


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ";"), ("utf-16", "\t"), ("utf-8-sig", ",")])
def test_any_encoding(wangge: Here, plan: Path, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = table(tmp_path / "p.csv", encoding=encoding, delimiter=delimiter)
    told = wangge("owner", path, "-o", tmp_path / "out.csv", "--map", plan, "--datum", "wgs84")
    assert told.status == 0, told.err
    assert verdicts(tmp_path / "out.csv") == FOUND
    assert {row["备注"] for row in rows(tmp_path / "out.csv")} == {'"引号"\n换行'}


def test_a_plan_file_answers_without_a_store(plan: Path, tmp_path: Path) -> None:
    path, unreachable = table(tmp_path / "p.csv"), {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    ask = ("owner", path, "--datum", "wgs84", "-o", tmp_path / "out.csv")
    told = process(*ask, "--map", plan, variables=unreachable)
    assert (told.status, told.out) == (0, ""), told.err
    assert verdicts(tmp_path / "out.csv") == FOUND
    assert {row["publication"] for row in rows(tmp_path / "out.csv")} == {""}
    (tmp_path / "out.csv").unlink()
    assert (process(*ask, variables=unreachable).status, (tmp_path / "out.csv").exists()) == (3, False)


BAD = [
    ("104.1,30.7,wgs84,", None),
    ("1_04.1,30.7,wgs84,", "coordinate-malformed"),
    ("１０４.1,30.7,wgs84,", "coordinate-malformed"),
    ("nan,30.7,wgs84,", "coordinate-malformed"),
    ("1e999,30.7,wgs84,", "coordinates-not-finite"),
    (",30.7,wgs84,", "row-without-point"),
    (",,,", "row-without-point"),
    ("30.7,104.1,wgs84,", "axes-swapped"),
    ("181,30.7,wgs84,", "coordinates-out-of-range"),
    ("104.1,30.7,wgs85,", "datum-unknown"),
    ("104.1,30.7,,", "row-without-datum"),
    ("104.1,30.7,GCJ-02,", None),
    ("104.1,30.7,wgs84,-1", "number-out-of-range"),
    ("104.1,30.7,wgs84,near", "coordinate-malformed"),
    ("104.1,30.7,wgs84,15", None),
    ("104.1,30.7", "row-ragged"),
    ("104.1,30.7,wgs84,,more,still", "row-ragged"),
    ('"104.1,30.7,wgs84,', "quotes-unreadable"),
    ('"104.1"x,30.7,wgs84,', "quotes-unreadable"),
    (" +104.1 , 30.7 ,wgs84,1e1", None),
]


@pytest.mark.parametrize("repeated", [1, 400])
def test_bad_rows_are_answered_in_their_places(plan: Path, wangge: Here, tmp_path: Path, repeated: int) -> None:
    path, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    path.write_text("lon,lat,datum,accuracy_m\n" + "".join(f"{line}\n" for line, _ in BAD) * repeated, "utf-8")
    told = wangge("owner", path, "-o", out, "--map", plan, "--json")
    assert told.status == 1, told.err
    found = rows(out)
    assert [row["error"].partition(":")[0] or None for row in found] == [why for _, why in BAD] * repeated
    assert all((row["status"] == "") == bool(row["error"]) for row in found)
    assert told.told["status"]["error"] == sum(why is not None for _, why in BAD) * repeated
    assert found[16]["accuracy_m"] == ",more,still"
    assert found[15]["lon"] == "104.1"


def test_columns_of_our_names_stay_theirs(plan: Path, wangge: Here, tmp_path: Path) -> None:
    path, out = tmp_path / "p.csv", tmp_path / "out.csv"
    path.write_text(f"lon,lat,owner,matched_owner,x\n{PLACES[0].x},{PLACES[0].y},me,you,1\n", "utf-8")
    assert wangge("owner", path, "-o", out, "--map", plan, "--datum", "wgs84").status == 0
    row = rows(out)[0]
    assert (row["owner"], row["matched_owner"], row["matched_matched_owner"]) == ("me", "you", "A01")
    again = tmp_path / "again.csv"
    assert wangge("owner", out, "-o", again, "--map", plan, "--datum", "wgs84").status == 0
    assert rows(again)[0]["matched_status"] == "owned"


def test_a_workbook(plan: Path, wangge: Here, tmp_path: Path) -> None:
    path, out = tmp_path / "p.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, line in enumerate(
            [["no", "lon", "lat", "datum"], [1, *places()[0], "wgs84"], [2, "1_0", 30, "wgs84"], [3, 104.1, 30.7, ""]]
        ):
            page.write_row(number, 0, line)
    assert wangge("owner", path, "-o", out, "--map", plan).status == 1
    header, *found = python_calamine.load_workbook(str(out)).get_sheet_by_index(0).to_python()
    assert header == ["no", "lon", "lat", "datum", *OURS]
    assert [row[0] for row in found] == [1, 2, 3]
    assert found[0][4:6] == ["owned", "A01"]
    assert [str(row[9]).partition(":")[0] for row in found] == ["", "coordinate-malformed", "row-without-datum"]


def test_shapes_lines_and_arrow(plan: Path, wangge: Here, tmp_path: Path) -> None:
    def asked(path: Path, out: str) -> Path:
        told = wangge("owner", path, "-o", tmp_path / out, "--map", plan, "--datum", "wgs84")
        assert told.status == 0, told.err
        return tmp_path / out

    told = json.loads(asked(plan_of_points(tmp_path), "out.geojson").read_text("utf-8"))["features"]
    assert [(one["properties"]["status"], one["properties"]["owner"] or "") for one in told] == FOUND
    lines = tmp_path / "p.ndjson"
    lines.write_text("".join(json.dumps({"lon": x, "lat": y, "tags": [1]}) + "\n" for x, y in places()), "utf-8")
    found = [json.loads(line) for line in asked(lines, "out.ndjson").read_text("utf-8").splitlines()]
    assert [(one["status"], one["owner"] or "") for one in found] == FOUND
    assert found[0]["tags"] == [1]
    assert verdicts(asked(lines, "lines.csv")) == FOUND
    assert rows(tmp_path / "lines.csv")[0]["tags"] == "[1]"
    batch = pa.table({"lon": [x for x, _ in places()], "lat": [y for _, y in places()], "n": [1, 2, 3, 4]})
    for name, new in (("p.arrow", pa.ipc.new_file), ("p.arrows", pa.ipc.new_stream)):
        with new(tmp_path / name, batch.schema) as file:
            file.write_table(batch)
        with pa.ipc.open_stream(asked(tmp_path / name, "out.arrow")) as answered:
            whole: Any = answered.read_all().to_pydict()
        assert list(zip(whole["status"], [one or "" for one in whole["owner"]], strict=True)) == FOUND
        assert whole["n"] == [1, 2, 3, 4]


def plan_of_points(folder: Path) -> Path:
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": [x, y]}}
        for n, (x, y) in enumerate(places())
    ]
    path = folder / "points.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_wrong_use(plan: Path, wangge: Here, tmp_path: Path) -> None:
    path, out = table(tmp_path / "p.csv"), tmp_path / "out.csv"
    assert wangge("owner", path, "-o", out).status == 2  # no datum
    assert wangge("owner", tmp_path / "none.csv", "-o", out, "--datum", "wgs84").status == 2
    assert wangge("owner", path, "-o", tmp_path / "x.pdf", "--datum", "wgs84").status == 2
    assert wangge("owner", path, "-o", out, "--datum", "wgs84", "--field", "lon=x").status == 2
    assert wangge("owner", path, "-o", out, "--datum", "wgs84", "--field", "level=备注").status == 2
    assert wangge("owner", path, "-o", out, "--datum", "wgs84", "--publication", 9).status == 2
    assert wangge("owner", path, "-o", out, "--datum", "wgs84", "--map", plan, "--publication", 1).status == 2
    assert wangge("owner", path, "-o", out, "--datum", "wgs84", "--map", path).status == 2
    path.write_text("a,b\n1,2\n", "utf-8")
    told = wangge("owner", path, "-o", out, "--datum", "wgs84")
    assert (told.status, "a, b" in told.err) == (2, True)
    assert not out.exists()


def test_a_past_state(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv")
    for number in ("1", "2"):
        wangge("owner", path, "-o", tmp_path / "out.csv", "--datum", "wgs84", "--publication", number)
        assert {row["publication"] for row in rows(tmp_path / "out.csv")} == {number}
