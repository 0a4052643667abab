"""Does `wangge match` put the right columns beside every row of a table, whatever format it comes in?"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import python_calamine
import shapely
import xlsxwriter
from commands import Here
from conftest import Store, fresh
from district import at, publish, small

from geo.datum import Datum, from_wgs84
from geo.files import FileUnreadable, foreign
from geo.store import embedded

POINTS = {"A01": at(0.5, 0.2), "B04": at(3.5, 1.5), "C01": at(6.5, 0.5)}
HEADER = [
    "grid_code", "grid_name", "community_code", "community_name", "street_code", "street_name", "district_code",
    "district_name", "match", "quality", "distance_m", "candidates", "publication",
]  # fmt: skip


@pytest.fixture(scope="module")
def published(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture
def wangge(published: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command on the published small district, which nobody changes."""
    return Here(published, monkeypatch, capsys)


@pytest.fixture
def own(small_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command on a store of one test, for those who publish."""
    return Here(small_store, monkeypatch, capsys)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def table(path: Path, datum: str = "wgs84", encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A case list with three points, one point in a gap of the map, and one row without any."""
    places = [*POINTS.values(), at(20, 20)]
    xy = from_wgs84(np.array([(point.x, point.y) for point in places]), Datum.parse(datum))
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file, delimiter=delimiter)
        out.writerow(["编号", "经度", "纬度", "备注", "备注"])
        for number, (x, y) in enumerate(xy.tolist()):
            out.writerow([f"000{number}", repr(x), repr(y), '=1+1 "引号"\n换行', ""])
        out.writerow(["0004", "", "", "无", "无"])
    return path


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "EPSG:4544"])
def test_points_of_any_datum(wangge: Here, tmp_path: Path, datum: str) -> None:
    told = wangge("match", table(tmp_path / "cases.csv", datum), "--datum", datum, "--json")
    assert told.status == 1, told.err
    assert told.told == {
        "publication": 1,
        "datum": datum,
        "encoding": {"name": "utf-8", "how": "utf-8"},
        "keys": {"lon": "经度", "lat": "纬度"},
        "rows": 5,
        "quality": {"exact": 3, "outside": 1, "unmatched": 1},
        "match": {"point": 4, "none": 1},
        "files": [str(tmp_path / f"cases.matched{part}.csv") for part in ("", ".unmatched")],
    }
    data = (tmp_path / "cases.matched.csv").read_bytes()
    assert data.startswith(b'\xef\xbb\xbf"')
    assert data.endswith(b"\r\n")
    header, *found = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert header == ["编号", "经度", "纬度", "备注", "备注", *HEADER]
    assert [row[0] for row in found] == ["0000", "0001", "0002", "0003", "0004"]
    assert [row[3] for row in found] == ['=1+1 "引号"\n换行'] * 4 + ["无"]
    assert [row[5] for row in found] == [*POINTS, "", ""]
    assert found[0][7:13] == ["A", "A", "S", "街", "D", "虚构区"]
    assert float(found[0][15]) == pytest.approx(66.5, abs=1)
    assert [row["编号"] for row in rows(tmp_path / "cases.matched.unmatched.csv")] == ["0003", "0004"]


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ","), ("utf-16", "\t"), ("utf-8-sig", ";")])
def test_encodings_and_delimiters(wangge: Here, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = table(tmp_path / "cases.csv", encoding=encoding, delimiter=delimiter)
    assert wangge("match", path, "--datum", "wgs84", "-o", tmp_path / "out.csv").status == 1
    found = rows(tmp_path / "out.csv")
    assert [row["grid_code"] for row in found] == [*POINTS, "", ""]
    assert found[4]["备注"] == "无"


def test_a_workbook_there_and_back(wangge: Here, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["楼栋编号", "户数", "网格编码"])
        page.write_row(1, 0, ["h-A02", 12, ""])
        page.write_row(2, 0, ["nobody", 1.5, "B03"])
    assert wangge("match", path, "-o", tmp_path / "out.xlsx").status == 0
    header, *found = python_calamine.load_workbook(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
    assert header == ["楼栋编号", "户数", "网格编码", *HEADER]
    told = [dict(zip(header, row, strict=True)) for row in found]
    assert [(row["grid_code"], row["match"], row["户数"]) for row in told] == [
        ("A02", "building-id", 12.0), ("B03", "grid-code", 1.5)
    ]  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"list.xlsx", "out.xlsx"}


def test_shapes_of_a_layer(wangge: Here, tmp_path: Path) -> None:
    """Any shape is matched by a point on it; what came as GeoJSON may go as GeoJSON, with its shapes."""
    house = shapely.box(POINTS["B04"].x - 1e-4, POINTS["B04"].y - 1e-4, POINTS["B04"].x, POINTS["B04"].y)
    features = [
        {"type": "Feature", "properties": {"no": 7, "grid_code": "old"}, "geometry": shapely.geometry.mapping(shape)}
        for shape in (POINTS["A01"], house)
    ]
    path = tmp_path / "in.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert wangge("match", path, "--datum", "wgs84", "-o", tmp_path / "out.geojson").status == 0
    told = json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]
    assert [one["properties"]["matched_grid_code"] for one in told] == ["A01", "B04"]
    assert told[0]["properties"]["no"] == 7
    assert told[0]["properties"]["grid_code"] == "old"
    assert shapely.geometry.shape(told[1]["geometry"]).equals(house)


def test_what_was_exported_matches_its_own_grid(wangge: Here, tmp_path: Path) -> None:
    for suffix in ("csv", "zip", "gpkg"):
        path = tmp_path / f"b.{suffix}"
        assert wangge("export", "--layer", "building", "-o", path).status == 0
        told = wangge("match", path, "-o", tmp_path / "out.csv", "--datum", "wgs84")
        assert told.status == 0, told.err
        assert all(row["id"] == f"h-{row['matched_grid_code' if suffix != 'gpkg' else 'grid_code']}"
                   for row in rows(tmp_path / "out.csv"))  # fmt: skip


def test_coordinates_that_are_none(wangge: Here, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    good = POINTS["A01"]
    path.write_text(f"lon,lat\nabc,{good.y}\n{good.x},nan\n 1_0,2\n999,{good.y}\n {good.x} ,+{good.y}\n,\n", "utf-8")
    assert wangge("match", path, "--datum", "wgs84", "-o", tmp_path / "out.csv").status == 1
    assert [row["quality"] for row in rows(tmp_path / "out.csv")] == [
        "unmatched", "unmatched", "unmatched", "unmatched", "exact", "unmatched"
    ]  # fmt: skip


def test_ambiguous_rows_stand_apart_and_old_parts_go(own: Here, small_store: Store, tmp_path: Path) -> None:
    houses = [h for h in small().buildings if h.id in ("h-A01", "h-B01")]
    publish(
        small_store, small().__class__(buildings=tuple(h.__class__(**{**fields(h), "address": "一号"}) for h in houses))
    )
    path, out = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_text("地址,x1\n一 号,\n二号,\n", "utf-8")
    assert own("match", path, "-o", out).status == 1
    assert [row["candidates"] for row in rows(tmp_path / "out.ambiguous.csv")] == ["一号 (A01); 一号 (B01)"]
    assert [row["地址"] for row in rows(tmp_path / "out.unmatched.csv")] == ["二号"]
    path.write_text("楼栋编号\nh-A01\n", "utf-8")
    assert own("match", path, "-o", out).status == 0
    assert {one.name for one in tmp_path.iterdir()} == {"a.csv", "out.csv"}


def fields(thing: object) -> dict[str, object]:
    return {name: getattr(thing, name) for name in thing.__slots__}  # type: ignore[attr-defined]


def test_what_cannot_be_matched(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "cases.csv")
    assert wangge("match", path).status == 2  # no datum
    assert wangge("match", tmp_path / "none.csv").status == 2
    assert wangge("match", path, "--datum", "wgs84", "-o", tmp_path / "x.pdf").status == 2
    assert wangge("match", path, "--datum", "wgs84", "--field", "lon=x").status == 2
    assert wangge("match", path, "--datum", "wgs84", "--field", "level=x").status == 2
    assert wangge("match", path, "--datum", "wgs84", "--publication", 9).status == 2
    path.write_text("lon,lat\n104.1,30.7\n104.1\n", "utf-8")
    told = wangge("match", path, "--datum", "wgs84")
    assert (told.status, "1 cells, not 2" in told.err) == (2, True)
    assert [one.name for one in tmp_path.iterdir()] == ["cases.csv"]


def test_a_past_state(own: Here, small_store: Store, tmp_path: Path) -> None:
    publish(small_store, small().__class__(regions=small().regions, grids=tuple(
        grid.__class__(**{**fields(grid), "name": "new"}) for grid in small().grids)))  # fmt: skip
    path = table(tmp_path / "cases.csv")
    for number, name in ((1, ""), (2, "new")):
        own("match", path, "--datum", "wgs84", "--publication", number, "-o", tmp_path / "out.csv")
        first = rows(tmp_path / "out.csv")[0]
        assert (first["grid_name"], first["publication"]) == (name, str(number))


def test_many_blocks_keep_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.csv"
    path.write_text("lon,lat,n\n" + "".join(f"{104 + n / 1e6},30.5,{n}\n" for n in range(5000)), "utf-8")
    monkeypatch.setattr(foreign, "BLOCK", 4096)
    with foreign.opened(path, datum=Datum("wgs84")) as read:
        portions = list(read.portions)
    assert len(portions) > 10
    xy = np.concatenate([portion.xy for portion in portions])
    assert np.array_equal(xy[:, 0], [float(f"{104 + n / 1e6}") for n in range(5000)])
    assert portions[-1].done == 1.0


def test_a_key_is_never_guessed_between_two(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("地址,门牌,id\na,b,c\n", "utf-8")
    with foreign.opened(path) as read:
        assert read.keys == {}
    with foreign.opened(path, mapping={"address": "门牌", "building": "id"}) as read:
        assert read.keys == {"address": 1, "building": 2}
    with pytest.raises(FileUnreadable), foreign.opened(path, mapping={"address": "无"}):
        pass
