"""Does `wangge` end with the status it promises, say what is asked for and no more, and leave nothing half-done?"""

import json
import resource
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import RUN, Here, environment, of_store, process
from conftest import Store
from district import document, features, small
from divisions import community
from sqlalchemy import func, select

from geo.model import Plan
from geo.store import embedded
from geo.store.connect import session
from geo.store.place import settle
from geo.store.published import current_publication
from geo.store.tables import log, plan

BROKEN = Path(__file__).parents[1] / "sample_data" / "broken"


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(store, monkeypatch, capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.geojson"
    path.write_bytes(document(small()))
    return path


def written(path: Path, content: Plan | dict[str, Any]) -> Path:
    path.write_bytes(document(content) if isinstance(content, Plan) else json.dumps(content).encode())
    return path


def newest(store: Store) -> int:
    with session(store.service) as work:
        return current_publication(work)


def drafts(store: Store) -> int:
    with session(store.service) as work:
        return int(work.scalar(select(func.count()).select_from(plan)) or 0)


COVERAGE = {
    "units",
    "units_covered",
    "area_m2",
    "area_covered_m2",
    "gap_m2",
    "overlap_m2",
    "households",
    "households_covered",
}
FINDING = {
    "rule",
    "severity",
    "codes",
    "area_m2",
    "width_m",
    "length_m",
    "households",
    "message",
    "healable",
    "geometry",
}


def test_check_needs_no_store_and_tells_one_document() -> None:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    sound = process("check", BROKEN / "sound.geojson", "--json", variables=nowhere)
    assert (sound.status, sound.told["findings"], sound.err) == (0, [], "")
    assert set(sound.told["coverage"]) == COVERAGE
    faulty = process("check", BROKEN / "gap-inside.geojson", "--json", variables=nowhere)
    assert (faulty.status, [one["rule"] for one in faulty.told["findings"]]) == (1, ["gap"])
    assert set(faulty.told["findings"][0]) == FINDING
    assert {"publication", "findings", "coverage"} <= set(faulty.told)


def test_check_in_words_as_geojson_and_in_chinese(wangge: Here) -> None:
    told = wangge("check", BROKEN / "overlap.geojson")
    assert (told.status, told.out) == (1, "")
    assert "overlap" in told.err
    told = wangge("check", BROKEN / "overlap.geojson", "--geojson")
    assert told.told["features"][0]["properties"]["rule"] == "overlap"
    assert wangge("check", BROKEN / "overlap.geojson", WANGGE_LANG="zh").err.isascii() is False


def test_what_cannot_be_read_is_2_and_says_nothing_on_stdout(wangge: Here, tmp_path: Path, file: Path) -> None:
    (tmp_path / "words.geojson").write_text("not json")
    (tmp_path / "other.geojson").write_text('{"type": "Topology"}')
    (tmp_path / "empty.gpkg").write_bytes(b"SQLite format 3\0" + bytes(100))
    wrong = [
        ("check", tmp_path / "none.geojson"),
        ("check", tmp_path / "words.geojson"),
        ("check", tmp_path / "other.geojson", "--json"),
        ("check", tmp_path / "empty.gpkg"),
        ("check", file, "--datum", "nad27"),
        ("check", file, "--set", "x"),
        ("check", file, "--set", "castle=1"),
        ("check", file, "--field", "code=Nothing"),
        ("check", file, "--field", "code=a", "--field", "code=b"),
        ("check", file, "--layer", "castle"),
        ("check", file, "--table", "t"),
        ("check", "no-such-code"),
        ("check",),
        ("check", file, "--nothing"),
        ("castle",),
        ("import", file, "--mode", "castle"),
        ("import", tmp_path / "words.geojson", "--json"),
        ("publish", tmp_path / "none.geojson"),
        ("export", "-o", tmp_path / "out.shp"),
        ("export", "-o", tmp_path / "out.geojson"),
        ("export", "-o", tmp_path / "out.geojson", "--publication", "7"),
        ("serve", "--port", "99999"),
    ]
    for arguments in wrong:
        told = wangge(*arguments)
        assert (told.status, told.out) == (2, ""), arguments
        assert told.err.strip(), arguments
        assert "Traceback" not in told.err
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["words.geojson", "other.geojson", "empty.gpkg", "small.geojson"]
    )


@pytest.mark.parametrize("address", ["postgresql://127.0.0.1:1/none", "postgresql:///none?host=/nowhere"])
def test_a_store_out_of_reach_is_3(wangge: Here, address: str) -> None:
    told = wangge("doctor", "--json", DATABASE_URL=address, WANGGE_OWNER_URL="")
    assert (told.status, told.out) == (3, "")
    assert "out of reach" in told.err


def test_wrong_settings_are_2_in_one_line(wangge: Here) -> None:
    for variables in ({"DATABASE_URL": "castle:secret"}, {"WANGGE_PORT": "x"}):
        told = wangge("doctor", **variables)
        assert (told.status, told.err.count("\n")) == (2, 1)
        assert "secret" not in told.err


def test_dry_run_draft_publish(wangge: Here, store: Store, file: Path) -> None:
    told = wangge("import", file, "--dry-run", "--json")
    assert (told.status, told.told["plan"], told.told["number"]) == (0, None, None)
    assert told.told["rows"]["grid"] == {"new": 11}
    assert (drafts(store), newest(store)) == (0, 0)
    draft = wangge("import", file, "--json", "--reason", "first")
    assert (draft.status, draft.told["number"], drafts(store), newest(store)) == (0, None, 1, 0)
    done = wangge("publish", draft.told["plan"], "--json", "--reason", "in force")
    assert (done.status, done.told["number"], done.told["standing"]["A"]) == (0, 1, "proven")
    again = wangge("publish", draft.told["plan"])
    assert (again.status, again.out) == (1, "")
    assert draft.told["plan"] in again.err
    assert wangge("publish", "7b6e5a1c-9d5f-4b0e-8a52-1f4f0a6f2c33").status == 1
    same = wangge("import", file, "--publish", "--json")
    assert (same.status, same.told["plan"], newest(store)) == (0, None, 1)
    checked = wangge("check", "S", "--json")
    assert (checked.status, checked.told["publication"], checked.told["coverage"]["units"]) == (0, 1, 3)
    with session(store.service) as work:
        reasons = set(work.scalars(select(log.c.reason)))
    assert reasons == {"first", "in force"}


def test_a_plan_is_published_on_a_day_to_come(wangge: Here, store: Store, file: Path) -> None:
    draft = wangge("import", file, "--json")
    for wrong in ("tomorrow", "2999-02-30"):
        assert wangge("publish", draft.told["plan"], "--at", wrong).status == 2
    assert wangge("publish", file, "--at", "2999-01-01").status == 2
    told = wangge("publish", draft.told["plan"], "--at", "2999-01-01", "--json")
    assert (told.status, told.told["scheduled"], newest(store)) == (0, "2999-01-01T00:00:00+08:00", 0)
    assert wangge("publish", draft.told["plan"]).status == 1
    past = wangge("publish", wangge("import", file, "--json").told["plan"], "--at", "2020-01-01", "--json")
    assert (past.status, newest(store)) == (1, 0)


def test_publish_takes_a_file_too(wangge: Here, store: Store, file: Path) -> None:
    told = wangge("publish", file, "--json")
    assert (told.status, told.told["number"], newest(store)) == (0, 1, 1)
    assert wangge("doctor", "--json").told["publication"] == 1


def test_bad_rows_are_told_and_the_good_ones_go_in(wangge: Here, store: Store, tmp_path: Path) -> None:
    spoilt = features(small())
    rows = [one for one in spoilt["features"] if one["properties"]["layer"] == "facility"]
    rows[0]["geometry"] = {"type": "Point", "coordinates": [500, 500]}
    rows[1]["properties"]["id"] = "a\nb"
    numbers = [spoilt["features"].index(row) + 1 for row in rows[:2]]
    path = written(tmp_path / "spoilt.geojson", spoilt)
    strict = wangge("import", path, "--publish", "--strict", "--json")
    assert (strict.status, strict.told["plan"], drafts(store), newest(store)) == (1, None, 0, 0)
    told = wangge("import", path, "--publish", "--json")
    assert (told.status, told.told["number"]) == (1, 1)
    assert [one["row"] for one in told.told["refused"]] == numbers
    assert [one["layer"] for one in told.told["refused"]] == ["facility", "facility"]
    assert all(one["message"] for one in told.told["refused"])
    assert told.told["rows"]["facility"] == {"new": 1, "refused": 2}
    words = wangge("import", path)
    assert f"row {numbers[0]} refused: " in words.err
    assert words.status == 1


def test_faulty_ground_goes_in_only_as_provisional(wangge: Here, store: Store) -> None:
    gap = BROKEN / "gap-inside.geojson"
    told = wangge("import", gap, "--publish", "--json")
    assert (told.status, told.told["plan"], newest(store), drafts(store)) == (1, None, 0, 0)
    assert wangge("import", gap, "--dry-run").status == 1
    draft = wangge("import", gap, "--json")
    assert (draft.status, drafts(store)) == (1, 1)
    refused = wangge("publish", draft.told["plan"])
    assert (refused.status, newest(store)) == (1, 0)
    told = wangge("import", gap, "--publish", "--provisional", "--json")
    assert (told.status, told.told["number"]) == (0, 1)
    told = wangge("check", "519909", "--json")
    assert (told.status, [one["rule"] for one in told.told["findings"]]) == (1, ["gap"])
    mended = wangge("import", BROKEN / "sound.geojson", "--publish", "--json")
    assert (mended.status, mended.told["number"]) == (0, 2)


def test_healing_is_asked_for_and_told(wangge: Here) -> None:
    moved = BROKEN / "vertex-moved.geojson"
    assert wangge("import", moved, "--publish").status == 1
    told = wangge("import", moved, "--publish", "--snap", "--json")
    assert (told.status, told.told["number"]) == (0, 1)
    assert told.told["healing"]["nodes"] >= 1
    assert 0 < told.told["healing"]["largest_m"] <= 0.2


def test_add_never_changes_and_update_does(wangge: Here, store: Store, file: Path, tmp_path: Path) -> None:
    assert wangge("publish", file).status == 0
    plan = small()
    renamed = replace(plan, facilities=(replace(plan.facilities[0], name="new"), *plan.facilities[1:]))
    path = written(tmp_path / "renamed.geojson", renamed)
    told = wangge("import", path, "--publish", "--json")
    assert (told.status, told.told["refused"][0]["problem"], newest(store)) == (1, "row-exists", 1)
    told = wangge("import", path, "--publish", "--mode", "update", "--json")
    assert (told.status, told.told["number"]) == (0, 2)
    assert told.told["rows"]["facility"] == {"unchanged": 2, "changed": 1}


def test_columns_of_others(wangge: Here, tmp_path: Path) -> None:
    theirs = features(community("X", 0, 0))
    grids = [one for one in theirs["features"] if one["properties"]["layer"] == "grid"]
    for one in grids:
        one["properties"] = {"WGBH": one["properties"]["code"], "SQ": "社区"}
    path = written(tmp_path / "theirs.geojson", {"type": "FeatureCollection", "features": grids})
    assert wangge("import", path, "--layer", "grid", "--field", "code=WGBH", "--field", "region=SQ").status == 2
    told = wangge(
        "import", path, "--layer", "grid", "--datum", "cgcs2000", "--field", "code=WGBH", "--field", "region=SQ",
        "--set", "kind=rural", "--scheme", "free", "--publish", "--json",
    )  # fmt: skip
    assert (told.status, told.told["created"], told.told["number"]) == (0, ["社区"], 1)


def test_a_full_disk_leaves_the_old_file(store: Store, wangge: Here, file: Path, tmp_path: Path) -> None:
    assert wangge("publish", file).status == 0
    out = tmp_path / "out"
    out.mkdir()

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))

    for name in ("a.geojson", "a.gpkg"):
        (out / name).write_text("old")
        told = process("export", "-o", out / name, variables=of_store(store), before=small_files)
        assert (told.status, told.out) == (2, "")
        assert "Traceback" not in told.err
        assert [(path.name, path.read_text()) for path in out.iterdir()] == [(name, "old")]
        (out / name).unlink()


def test_serving_a_folder_of_its_own(store: Store, tmp_path: Path, file: Path) -> None:
    folder = tmp_path / "data"
    variables = {"WANGGE_DATA": str(folder)}
    command = [sys.executable, "-c", RUN, "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as service:
        try:
            assert service.stdout is not None
            ready = service.stdout.readline()
            assert ready.startswith("ready http://127.0.0.1:"), ready
            port = int(ready.rpartition(":")[2])
            second = process("serve", "--port", "0", variables=variables)
            assert (second.status, second.out) == (3, "")
            joined = process("publish", file, variables=variables)
            assert joined.status == 0, joined.err
            busy = process("serve", "--port", port, variables=of_store(store))
            assert (busy.status, busy.out) == (2, "")
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            service.send_signal(signal.SIGTERM)
            out, err = service.communicate(timeout=30)
        finally:
            service.kill()
    assert out == ""
    assert "Traceback" not in err, err
    assert not settle(folder).socket.exists()
    assert process("doctor", "--json", variables=variables).told["publication"] == 1
    assert not settle(folder).socket.exists()
    embedded.erase(folder)
