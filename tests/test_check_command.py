"""Does `wangge check` tell findings by kind, size and region: in the terminal, as JSON, as a page, as a folder?"""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from commands import Here, process
from conftest import Store
from district import document, features, publish, small
from divisions import cell

from geo.model import Plan
from geo.store.connect import session
from geo.store.standing import provisional_since

BROKEN = Path(__file__).parents[1] / "sample_data" / "broken"
SEVERAL = ("overlap", "building-split", "households-high", "node-unmatched-slanted")


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(store, monkeypatch, capsys)


def holed(*, wide: float = 0.9) -> Plan:
    """The small district with a gap in A, and a wider one in B."""
    drawn = small()
    shapes = {"A01": cell(0, 0, wide), "B02": cell(3.3, 0, 0.7)}
    return replace(drawn, grids=tuple(replace(one, shape=shapes.get(one.code, one.shape)) for one in drawn.grids))


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.geojson"
    path.write_bytes(document(holed()))
    return path


def test_a_file_needs_no_store_for_page_and_folder(tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    ended = process(
        "check", BROKEN / "overlap.geojson", "--json", "--html", tmp_path / "p.html", "--report", tmp_path / "r/s",
        variables=nowhere,
    )  # fmt: skip
    assert (ended.status, ended.err) == (1, "")
    assert ended.told["findings"][0]["rule"] == "overlap"
    assert json.loads((tmp_path / "r/s/report.json").read_bytes()) == ended.told
    ElementTree.fromstring((tmp_path / "r/s/map.svg").read_bytes())
    assert "Report of a check" in (tmp_path / "p.html").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.html", "r"]


@pytest.mark.parametrize("name", SEVERAL)
def test_every_kind_is_a_line_with_count_and_size(wangge: Here, name: str) -> None:
    told = wangge("check", BROKEN / f"{name}.geojson", "--json").told
    words = wangge("check", BROKEN / f"{name}.geojson").err
    for rule in {finding["rule"] for finding in told["findings"]}:
        own = [finding for finding in told["findings"] if finding["rule"] == rule]
        rows = [line.split() for line in words.splitlines()]
        (line,) = [row for row in rows if row[:1] == [rule] and row[1:2] == [own[0]["severity"]]]
        assert line[2] == str(len(own))
        areas = [finding["area_m2"] for finding in own if finding["area_m2"] is not None]
        if areas:
            assert line[3:5] == [f"{sum(areas):.2f}", f"{max(areas):.2f}"]
        assert f"{rule} ({len(own)})" in words
        for finding in own[:2]:
            assert ", ".join(finding["codes"][:4]) in words


def test_the_largest_comes_first_with_its_place(wangge: Here, faulty: Path) -> None:
    gaps = [one for one in wangge("check", faulty, "--json").told["findings"] if one["rule"] == "gap"]
    assert len(gaps) == 2
    lines = wangge("check", faulty).err.splitlines()
    start = lines.index("gap (2)")
    first, second = (line.split("  ") for line in lines[start + 1 : start + 3])
    sizes = sorted((f"{one['area_m2']:.2f} m²" for one in gaps), key=lambda told: -float(told.split()[0]))
    assert [sizes[0] in first, sizes[1] in second] == [True, True]
    assert any(part.startswith("at 104.1") for part in first)


def test_regions_are_listed_worst_first(wangge: Here, faulty: Path) -> None:
    regions = wangge("check", faulty, "--json").told["by_region"]
    codes = [one["region"] for one in regions if one["region"] is not None]
    assert codes[:2] == ["B", "A"], "as many blocking ones, but more ground"
    assert {one["rules"]["gap"]["count"] for one in regions[:2]} == {1}
    assert all(one["provisional_since"] is None for one in regions)
    lines = [line.split() for line in wangge("check", faulty, "--by", "region").err.splitlines()]
    table = [line for line in lines if line[:1] and line[0] in codes]
    assert [line[0] for line in table] == codes
    assert f"{regions[0]['area_m2']:.2f}" in table[0]
    assert wangge("check", faulty, "--by", "castle").status == 2


def test_a_published_region_tells_since_when_it_is_provisional(wangge: Here, store: Store) -> None:
    assert publish(store, holed(), provisional=True) == 1
    assert publish(store, holed(wide=0.95), provisional=True) == 2
    sound = small()
    a = replace(
        sound,
        regions=tuple(one for one in sound.regions if one.code == "A"),
        grids=tuple(one for one in sound.grids if one.region == "A"),
        buildings=(), facilities=(), lines=(), water=(),
    )  # fmt: skip
    told = wangge("check", "S", "--json").told
    assert {"region": "B", "since": 1} in told["provisional"]
    assert {"region": "A", "since": 1} in told["provisional"]
    assert {one["region"]: one["provisional_since"] for one in told["by_region"]}["B"] == 1
    assert publish(store, a) == 3
    told = wangge("check", "S", "--json").told
    assert [one["region"] for one in told["provisional"] if one["region"] in "AB"] == ["B"]
    assert "B: provisional since publication 1" in wangge("check", "S").err
    assert "provisional since publication 1" in wangge("check", "S", "--by", "region").err
    assert "暂行区划,自第 1 次发布起" in wangge("check", "S", WANGGE_LANG="zh").err
    assert wangge("check", "A", "--json").told["provisional"] == []
    with session(store.service) as work:
        assert provisional_since(work, 0) == {}
        assert provisional_since(work, 2)["A"] == 1
        assert "A" not in provisional_since(work, 3)


def test_a_page_of_a_published_region(wangge: Here, store: Store, tmp_path: Path) -> None:
    publish(store, holed(), provisional=True)
    assert wangge("check", "S", "--html", tmp_path / "s.html").status == 1
    told = (tmp_path / "s.html").read_text("utf-8")
    assert "Publication 1" in told
    assert "<svg" in told


def test_refused_rows_stand_in_the_folder_with_their_columns(wangge: Here, tmp_path: Path) -> None:
    spoilt = features(small())
    rows = [one for one in spoilt["features"] if one["properties"]["layer"] == "facility"]
    rows[0]["geometry"] = {"type": "Point", "coordinates": [500, 500]}
    path = tmp_path / "spoilt.geojson"
    path.write_text(json.dumps(spoilt), encoding="utf-8")
    ended = wangge("check", path, "--report", tmp_path / "r")
    assert ended.status == 1
    header, line = (tmp_path / "r/refused.csv").read_text("utf-8-sig").splitlines()
    assert header.startswith("row,source,layer,code,problem,message,lon,lat,")
    assert line.split(",")[0] == str(spoilt["features"].index(rows[0]) + 1)
    assert "f1" in line
    assert "clinic" in line


def test_a_page_that_cannot_be_written_is_told(wangge: Here, tmp_path: Path) -> None:
    sound = BROKEN / "sound.geojson"
    assert wangge("check", sound, "--html", tmp_path / "none" / "p.html").status == 2
    (tmp_path / "file").write_text("")
    assert wangge("check", sound, "--report", tmp_path / "file").status == 2
    assert wangge("check", sound, "--html", tmp_path / "p.html").status == 0


def test_codes_that_look_like_markup_stop_nothing(wangge: Here, tmp_path: Path) -> None:
    told = features(holed())
    for one in told["features"]:
        for name in ("code", "region", "grid"):
            if one["properties"].get(name) in {"A", "A01"}:
                one["properties"][name] = f"[/red]{one['properties'][name]}"
    path = tmp_path / "odd.geojson"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert "[/red]A" in wangge("check", path).err
    assert "[/red]A" in wangge("check", path, "--by", "region").err


def test_an_import_that_heals_tells_each_border(wangge: Here, tmp_path: Path) -> None:
    moved = BROKEN / "vertex-moved.geojson"
    told = wangge("import", moved, "--snap", "--dry-run", "--json", "--report", tmp_path / "r").told
    borders = told["healing"]["borders"]
    assert borders
    assert borders[0]["largest_m"] == told["healing"]["largest_m"]
    words = wangge("import", moved, "--snap", "--dry-run").err
    assert f"{' | '.join(borders[0]['codes'])}: {borders[0]['nodes']} nodes, up to " in words
    page = (tmp_path / "r/report.html").read_text("utf-8")
    assert " | ".join(borders[0]["codes"]) in page
