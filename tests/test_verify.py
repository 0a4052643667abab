"""Is an export proven again with no store, and refused as soon as one byte of it is another?"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from commands import Here
from conftest import Store, fresh
from district import publish, small
from proofs import Proof
from sqlalchemy import create_engine
from test_import_export import everything, rich

from geo.certificate import Occasion, made
from geo.certificate_json import document, own_digest
from geo.files import seal, write_geojson, write_gpkg
from geo.files.seal import MARK, Seal, sealed, state
from geo.model import GridKind, Plan, Standing
from geo.ruleset import Ruleset, Stated
from geo.store import certificates, embedded, rulesets
from geo.verified import State

NOWHERE = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "WANGGE_DATA": "/nowhere"}
WRITERS: dict[str, Callable[..., None]] = {".geojson": write_geojson, ".gpkg": write_gpkg}


def certified(plan: Plan, **more: Any) -> dict[str, Any]:
    standings = {region.code: Standing.PROVEN for region in plan.regions if region.shape is not None}
    return document(made(plan, Occasion(publication=1, at="2026-03-02T08:00:00+00:00", standings=standings, **more)))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small district in both formats."""
    folder, told = tmp_path_factory.mktemp("exports"), certified(small())
    found = {suffix: folder / f"small{suffix}" for suffix in WRITERS}
    for suffix, path in found.items():
        WRITERS[suffix](small(), path, told)
    return found


@pytest.fixture
def wangge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Here]:
    """The command line with no store in reach."""
    engine = create_engine("postgresql+psycopg://127.0.0.1:1/none")
    nothing = Store(None, "", NOWHERE["DATABASE_URL"], engine, engine)  # type: ignore[arg-type]  # verifying asks none
    yield Here(nothing, monkeypatch, capsys)
    engine.dispose()


def states(told: Any) -> dict[str, str]:
    return {part["part"]: part["state"] for part in told["parts"]}


def resealed(data: bytes) -> bytes:
    """The bytes with the seal that fits them: what somebody does who wants to deceive."""
    start = data.rindex(MARK) + len(MARK)
    return data[:start] + seal._digest(data, start, start + seal.DIGITS) + data[start + seal.DIGITS :]


@pytest.mark.parametrize("suffix", WRITERS)
def test_an_export_is_proven_again_with_no_store(files: dict[str, Path], suffix: str, wangge: Here) -> None:
    before = files[suffix].read_bytes()
    told = wangge("verify", files[suffix], "--json")
    assert (told.status, told.told["verified"]) == (0, True)
    assert states(told.told) == dict.fromkeys(
        ["seal", "certificate", "things", "regions", "findings", "coverage"], "proven"
    )
    said = wangge("verify", files[suffix], WANGGE_LANG="zh")
    assert (said.status, said.out) == (0, "")
    assert "重新证明 4 个区划" in said.err
    assert said.err.strip().endswith("已证实。")
    assert files[suffix].read_bytes() == before


def test_every_single_byte_of_a_geojson_counts(files: dict[str, Path]) -> None:
    data = files[".geojson"].read_bytes()
    assert len(data) < 20_000
    assert state(data) is Seal.WHOLE
    for number in range(len(data)):
        for bit in (1, 0x20):
            assert state(flipped(data, number, bit)) is not Seal.WHOLE, number
        assert state(data[:number]) is not Seal.WHOLE, number
    for tail in (b"\n", b" ", b"\0", data):
        assert state(data + tail) is not Seal.WHOLE
        assert state(tail + data) is not Seal.WHOLE


def test_every_single_byte_of_a_geopackage_counts(files: dict[str, Path], full: bool, proof: Proof) -> None:
    """All of them in the full count; else those round the seal, the head and the foot of every page, and some more."""
    data = files[".gpkg"].read_bytes()
    at = data.index(MARK)
    some = np.random.default_rng(4).choice(len(data), 600, replace=False).tolist()
    pages = [page + place for page in range(0, len(data), 4096) for place in (0, 1, 4095)]
    wanted = range(len(data)) if full else sorted({*range(100), *range(at - 20, at + 110), *pages, *some})
    assert state(data) is Seal.WHOLE
    for number in wanted:
        assert state(flipped(data, number, 1 << number % 8)) is not Seal.WHOLE, number
    for tail in (b"\n", b"\0" * 4096, data):
        assert state(data + tail) is not Seal.WHOLE
    for cut in (1, 4096, len(data) - 5, len(data)):
        assert state(data[:-cut]) is not Seal.WHOLE
    proof("bytes of a GeoPackage changed one by one, each refused by its seal", len(data), "all refused")


def flipped(data: bytes, number: int, bit: int) -> bytes:
    return data[:number] + bytes([data[number] ^ bit]) + data[number + 1 :]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_changed_byte_is_status_1(files: dict[str, Path], suffix: str, tmp_path: Path, wangge: Here) -> None:
    data = files[suffix].read_bytes()
    at = data.index(MARK)
    for number in (0, 5, 17, 100, len(data) // 2, at, at + 3, at + len(MARK), at + len(MARK) + 63, len(data) - 1):
        path = tmp_path / f"one{suffix}"
        path.write_bytes(flipped(data, number, 1))
        told = wangge("verify", path, "--json")
        assert (told.status, told.told["verified"], states(told.told)) == (1, False, {"seal": "failed"}), number
    for other in (data[:-1], data + b"\n", b"", data[: len(data) // 2]):
        path.write_bytes(other)
        told = wangge("verify", path)
        assert told.status == 1
        assert "Refused" in told.err


def test_some_hundred_bytes_of_a_larger_file(tmp_path: Path) -> None:
    plan = small()
    many = replace(plan, buildings=tuple(replace(one, name="楼" * 20_000) for one in plan.buildings))
    for suffix, write in WRITERS.items():
        write(many, tmp_path / f"many{suffix}", certified(many) if suffix == ".geojson" else {"any": "thing"})
        data = (tmp_path / f"many{suffix}").read_bytes()
        assert len(data) > 200_000
        assert state(data) is Seal.WHOLE
        for number in np.random.default_rng(1).choice(len(data), 200, replace=False).tolist():
            assert state(flipped(data, number, 2)) is not Seal.WHOLE, number


def test_names_that_look_like_seals_stay_names(tmp_path: Path, wangge: Here) -> None:
    names = [MARK.decode() + "0" * 64, MARK.decode() + "ab" * 32, '\n,"seal":"', '\n"certificate":{}']
    plan = small()
    plan = replace(plan, buildings=tuple(replace(b, name=names[n % 4]) for n, b in enumerate(plan.buildings)))
    for suffix, write in WRITERS.items():
        write(plan, tmp_path / f"odd{suffix}", certified(plan))
        assert wangge("verify", tmp_path / f"odd{suffix}").status == 0


Deceit = Callable[[dict[str, Any], Plan], object]


def lie_about(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    """A document with one member changed, and its own digest made to fit."""

    def lie(told: dict[str, Any]) -> None:
        inner = told
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        told["digest"] = own_digest(told)

    return lie


@pytest.mark.parametrize(
    ("lie", "status", "expected"),
    [
        (lie_about("layers", "grid", "count", value=12), 1, {"things": "failed"}),
        (lie_about("layers", "water", "digest", value="00"), 1, {"things": "failed"}),
        (lie_about("layers", value=[]), 1, {"things": "failed"}),
        (lie_about("regions", 0, "proven", value=False), 1, {"regions": "failed"}),
        (lie_about("regions", 0, "standing", value="provisional"), 1, {"regions": "failed"}),
        (lie_about("regions", value=[]), 1, {"regions": "failed"}),
        (lie_about("findings", "count", value=0), 1, {"findings": "failed"}),
        (lie_about("findings", "digest", value="00"), 1, {"findings": "failed"}),
        (lie_about("findings", value=None), 1, {"findings": "failed"}),
        (lie_about("coverage", "households", value=2801), 1, {"coverage": "failed"}),
        (
            lie_about("terms", "limits", "limits", "households_most", "residential", value=400),
            1,
            {"findings": "failed"},
        ),
        (lie_about("terms", "taken", value=["A01"]), 1, {"findings": "failed"}),
        (lie_about("rules", "limits", value="00"), 1, {"certificate": "failed"}),
        (lie_about("another", value="member"), 1, {"certificate": "failed"}),
        (lie_about("scope", "another", value="member"), 1, {"certificate": "failed"}),
        (lie_about("scope", "layers", value=["grid"]), 1, {"findings": "failed"}),
        (lie_about("rules", "version", value=99), 2, {"findings": "unknown", "coverage": "unknown"}),
    ],
)
def test_a_certificate_that_lies_is_found_out(
    lie: Callable[[dict[str, Any]], None], status: int, expected: dict[str, str], tmp_path: Path, wangge: Here
) -> None:
    """The seal is made to fit: anybody can."""
    told = certified(small())
    lie(told)
    write_geojson(small(), tmp_path / "a.geojson", told)
    ended = wangge("verify", tmp_path / "a.geojson", "--json")
    assert ended.status == status
    found = states(ended.told)
    assert found.items() >= {"seal": "proven", **expected}.items()
    assert found.get("certificate") == expected.get("certificate", "proven" if status == 2 else found["certificate"])


def test_its_own_digest_has_to_fit(tmp_path: Path, wangge: Here) -> None:
    told = {**certified(small()), "digest": "0" * 64}
    write_geojson(small(), tmp_path / "a.geojson", told)
    assert states(wangge("verify", tmp_path / "a.geojson", "--json").told)["certificate"] == "failed"


def test_other_things_under_the_same_certificate(files: dict[str, Path], tmp_path: Path, wangge: Here) -> None:
    data = files[".geojson"].read_bytes()
    path = tmp_path / "a.geojson"
    path.write_bytes(resealed(data.replace(b'"households":310', b'"households":311')))
    told = wangge("verify", path, "--json")
    assert told.status == 1
    assert states(told.told).items() >= {"seal": "proven", "things": "failed"}.items()
    assert "building" in told.told["parts"][2]["message"]
    path.write_bytes(resealed(data.replace(b'"households":310', b'"households":-10')))
    told = wangge("verify", path, "--json")
    assert (told.status, states(told.told)) == (1, {"seal": "proven", "things": "failed"})
    assert "row" in told.told["parts"][1]["message"]


def test_ground_that_is_no_more_proven_is_refused_whatever_the_certificate_says(tmp_path: Path, wangge: Here) -> None:
    """Digests that fit, an honest certificate: but a region published as proven has a gap."""
    plan = small()
    told = certified(replace(plan, grids=plan.grids[1:]))
    assert told["regions"][0] | {"digest": ""} == {
        "code": "A", "standing": "proven", "proven": False, "grids": 3, "digest": ""
    }  # fmt: skip
    write_geojson(replace(plan, grids=plan.grids[1:]), tmp_path / "a.geojson", told)
    ended = wangge("verify", tmp_path / "a.geojson", "--json")
    assert ended.status == 1
    assert {name for name, word in states(ended.told).items() if word == State.FAILED} == {"regions"}
    assert "A" in ended.told["parts"][3]["message"]


def test_what_carries_no_certificate(files: dict[str, Path], tmp_path: Path, wangge: Here) -> None:
    plain, table, archive = tmp_path / "a.geojson", tmp_path / "a.csv", tmp_path / "a.zip"
    write_geojson(small(), plain)
    table.write_text("layer,code\ngrid,A01\n")
    archive.write_bytes(b"PK\x03\x04")
    assert wangge("verify", plain).status == 1
    for path in (table, archive, tmp_path / "none.geojson", tmp_path):
        told = wangge("verify", path)
        assert (told.status, told.out) == (2, ""), path
        assert told.err.strip()
    assert wangge("verify").status == 2
    for text in ("{", "[]", '{"digest": NaN}', "{}"):
        plain.write_text(text)
        assert wangge("verify", files[".geojson"], "--certificate", plain).status in (1, 2), text
    plain.write_text("[" * 100_000)
    assert wangge("verify", files[".geojson"], "--certificate", plain).status == 2


def test_hostile_files_meet_the_limits(tmp_path: Path, wangge: Here) -> None:
    told, path = certified(small()), tmp_path / "a.geojson"
    heads: list[bytes] = [
        b'{"type":"FeatureCollection","features":' + b"[" * 5_000 + b"]" * 5_000,
        b'{"type":"FeatureCollection","features":[1e999]',
        b'{"type":"FeatureCollection"',
        b"PK\x03\x04{",
        b"\xff\xfe{",
    ]
    for head in heads:
        path.write_bytes(b"".join(sealed([head], told)))
        ended = wangge("verify", path)
        assert ended.status in (1, 2), head
        assert "Traceback" not in ended.err
    for certificate in ({"format": 2}, {**told, "format": "x" * 1000}, {**told, "terms": {}}, {**told, "at": None}):
        path.write_bytes(b"".join(sealed([b'{"type":"FeatureCollection","features":[]'], certificate)))
        assert wangge("verify", path).status == 2
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    assert wangge("verify", path).status == 2


def test_a_table_that_loops_is_no_certificate(files: dict[str, Path], tmp_path: Path, wangge: Here) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(files[".gpkg"].read_bytes())
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    loop = f"{numbers} SELECT 'certificate' AS name, i AS value FROM n WHERE i < 0"
    with closing(sqlite3.connect(path)) as spoilt:
        kept = spoilt.execute("SELECT value FROM wangge_certificate WHERE name = 'seal'").fetchone()[0]
        spoilt.execute("DROP TABLE wangge_certificate")
        spoilt.execute(f"CREATE VIEW wangge_certificate AS {loop}")
        spoilt.execute("CREATE TABLE kept (value TEXT)")
        spoilt.execute("INSERT INTO kept VALUES (?)", [kept])
        spoilt.commit()
        spoilt.execute("VACUUM")
    assert wangge("verify", path).status == 1
    path.write_bytes(resealed(path.read_bytes()))
    ended = wangge("verify", path)
    assert ended.status == 2
    assert "certificate" in ended.err


def test_others_read_a_sealed_file_as_before(files: dict[str, Path]) -> None:
    plan = small()
    layers = {str(name): kind for name, kind in pyogrio.list_layers(files[".gpkg"])}
    assert set(layers) == {"region", "grid", "building", "facility", "line", "water", "wangge_certificate"}
    assert layers["wangge_certificate"] is None
    assert pyogrio.read_info(files[".gpkg"], layer="grid")["features"] == len(plan.grids)
    attributes = pyogrio.read_dataframe(files[".gpkg"], layer="wangge_certificate", read_geometry=False)
    assert list(attributes["name"]) == ["certificate", "seal"]
    assert pyogrio.read_info(files[".geojson"])["features"] == len(plan)
    assert json.loads(files[".geojson"].read_text("utf-8"))["certificate"]["publication"] == 1


@pytest.fixture
def stores(cluster: embedded.Cluster) -> Iterator[tuple[Store, Store]]:
    with fresh(cluster) as one, fresh(cluster) as two:
        yield one, two


def test_from_the_store_to_a_file_and_back(
    stores: tuple[Store, Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (Here(store, monkeypatch, capsys) for store in stores)
    publish(stores[0], rich())
    limits = Stated({"households_most": {GridKind.RESIDENTIAL: 400.0}})
    rulesets.publish(stores[0].service, Ruleset(limits, {"A": limits}), "planner")
    served = certificates.of_publication(stores[0].service, 2)
    kept, other = tmp_path / "kept.json", tmp_path / "other.json"
    part, layers, plain = tmp_path / "part.geojson", tmp_path / "layers.gpkg", tmp_path / "plain.geojson"
    kept.write_text(json.dumps(served))
    other.write_text(json.dumps(certificates.of_publication(stores[0].service, 1)))
    for suffix in WRITERS:
        whole = tmp_path / f"whole{suffix}"
        assert one("export", "-o", whole).status == 0
        assert seal.certificate_in(whole.read_bytes(), "whole") == served
        told = one("verify", whole, "--certificate", kept, "--json", **NOWHERE)
        assert (told.status, set(states(told.told).values())) == (0, {"proven"})
        assert one("verify", whole, "--certificate", other, **NOWHERE).status == 1
    assert one("export", "-o", part, "--region", "S").status == 0
    assert one("verify", part, **NOWHERE).status == 0
    told = one("verify", part, "--certificate", kept, "--json", **NOWHERE)
    assert (told.status, states(told.told)["service"]) == (2, "unknown")
    assert one("verify", part, "--certificate", other, **NOWHERE).status == 1

    assert one("export", "-o", layers, "--layer", "building", "--layer", "water").status == 0
    told = one("verify", layers, "--json", **NOWHERE)
    assert (told.status, states(told.told)["findings"]) == (0, "unsaid")

    assert one("export", "-o", plain, "--plain").status == 0
    assert one("verify", plain, **NOWHERE).status == 1
    assert one("export", "-o", tmp_path / "a.csv", "--plain").status == 2
    assert two("import", tmp_path / "whole.gpkg", "--publish").status == 0
    assert two("import", tmp_path / "whole.geojson", "--publish", "--json").told["plan"] is None
    assert everything(stores[0]) == everything(stores[1])


def test_a_part_with_other_ground_is_not_of_the_service(tmp_path: Path, wangge: Here) -> None:
    plan = small()
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(certified(plan)))
    only = Plan(
        regions=tuple(r for r in plan.regions if r.code == "C"), grids=tuple(g for g in plan.grids if g.region == "C")
    )
    forged = replace(only, grids=tuple(replace(one, kind=GridKind.SPECIAL) for one in only.grids))
    for part, status in ((only, 2), (forged, 1)):
        write_geojson(part, tmp_path / "part.geojson", certified(part, region="C"))
        assert wangge("verify", tmp_path / "part.geojson", "--certificate", kept).status == status
