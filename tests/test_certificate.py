"""Does a certificate say what is there, the same on every way to it, and does it stay as it was first made?"""

import hashlib
import json
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from commands import Here
from conftest import Store
from district import publish, refresh, served, small
from divisions import STEP, cell
from numpy.typing import NDArray
from publishing import at_once
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from test_import_export import rich

from geo import digest
from geo.certificate import PARTS, Certificate, Occasion, certify, made
from geo.certificate_json import CertificateRefused, document, occasion_of, own_digest
from geo.files import plan_of, read, things, write_geojson, write_gpkg
from geo.model import (
    Acceptance,
    Finding,
    Grid,
    GridKind,
    Layer,
    Plan,
    Region,
    Rule,
    Severity,
    Standing,
    Thing,
)
from geo.plan import check
from geo.ruleset import Ruleset, Stated, parse
from geo.store import certificates, rulesets
from geo.terms import Terms

PROVEN = dict.fromkeys("ABCE", Standing.PROVEN)
STEP_DEG = 1e-7
MAKE = "import sys; from geo.store.certificates import make; make(sys.argv[1], 1)"


def occasion(**more: Any) -> Occasion:
    return Occasion(publication=7, at="2026-03-02T08:00:00+00:00", standings=PROVEN, **more)


def full_terms() -> Terms:
    """Terms with something in every field that a certificate carries."""
    return Terms(
        ruleset=Ruleset(
            Stated({"households_most": {GridKind.RESIDENTIAL: 450.0}}, {GridKind.RURAL: frozenset({"clinic"})}),
            {"A": Stated({"needle_width_m": {GridKind.RURAL: None}})},
        ),
        before={"A01": 300},
        parents={"X": None, "D": "X"},
        schemes={"X": "free", "D": None},
        taken=frozenset({"A99", "旧"}),
        fresh=frozenset({"A01"}),
        accepted=(
            Acceptance(
                id=3,
                rule=Rule.HOUSEHOLDS_HIGH,
                severity=Severity.WARNING,
                codes=("B02",),
                shape=cell(3, 0),
                reason="公寓",
                actor="王",
                at="2026-01-01",
            ),
            Acceptance(
                id=4,
                rule=Rule.EDGE_FREE,
                severity=Severity.NOTE,
                codes=(),
                shape=None,
                reason="",
                actor="x",
                at="2026-01-02",
            ),
        ),
    )


def of_layer(layer: Layer, several: Any) -> str:
    return digest.of_lines(line.text for line in digest.lines(layer, several))


def test_a_digest_can_be_worked_out_with_nothing_of_ours() -> None:
    ring = [(104.1, 30.7), (104.1000001, 30.7), (104.1000001, -0.0000003), (104.1, 30.7)]
    one = Grid(code="A01", name='"甲" ', kind=GridKind.RURAL, region="A", shape=shapely.Polygon(ring))
    steps = [
        (1041000000.0, 307000000.0),
        (1041000001.0, 307000000.0),
        (1041000001.0, -3.0),
        (1041000000.0, 307000000.0),
    ]
    wkb = struct.pack(">BIII", 0, 3, 1, 4) + b"".join(struct.pack(">dd", *xy) for xy in steps)
    line = (
        '{"code":"A01","kind":"rural","layer":"grid","name":"\\"甲\\" ","region":"A","shape":"'
        + wkb.hex().upper()
        + '"}\n'
    )
    assert of_layer(Layer.GRID, [one]) == hashlib.sha256(line.encode()).hexdigest()


def test_the_form_is_pinned() -> None:
    """When this fails, certificates that were given out are refused: `geo.certificate.FORMAT` has to grow."""
    told = document(made(small(), occasion()))
    assert {layer: own["digest"][:12] for layer, own in told["layers"].items()} == PINNED
    assert told["regions"][0]["digest"][:12] == PINNED_REGION


PINNED = {
    "region": "02c5d75ac58f",
    "grid": "4e4210d82eee",
    "building": "81305d26a0f4",
    "facility": "f10ef925eba9",
    "line": "ff040feb0bde",
    "water": "7fddcf1e63c7",
}
PINNED_REGION = "d26074443fb5"


def test_the_order_of_things_does_not_matter(tmp_path: Path) -> None:
    plan = rich()
    parts = {part.name: getattr(plan, part.name)[::-1] for part in fields(plan)}
    told = document(made(plan, occasion()))
    assert document(made(Plan(**parts), occasion())) == told
    for name, write in (("a.geojson", write_geojson), ("a.gpkg", write_gpkg)):
        write(plan, tmp_path / name)
        assert document(made(plan_of(things(read(tmp_path / name))), occasion())) == told


def test_every_field_of_every_thing_counts() -> None:
    plan = rich()
    for layer, name in PARTS.items():
        part = getattr(plan, name)
        before = of_layer(layer, part)
        last: Thing = part[-1]
        for field in fields(last):
            changed = replace(last, **{field.name: other(field.name, getattr(last, field.name))})
            assert of_layer(layer, [*part[:-1], changed]) != before, (layer, field.name)
        assert of_layer(layer, part[:-1]) != before


def other(name: str, value: object) -> Any:
    """A value that is nearly the same."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case GridKind():
            return GridKind.SPECIAL
        case str():
            return value + " "
        case shapely.Geometry():
            return shapely.transform(value, _first_node_moved)
        case _:
            return shapely.Point(1, 2) if name in ("shape", "entrance") else "0"


def _first_node_moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """A step to the east, with the node that closes the ring."""
    return xy + np.where((xy == xy[0]).all(axis=1)[:, None], [STEP_DEG, 0.0], 0.0)


def finding(**more: Any) -> Finding:
    given = {"rule": Rule.GAP, "severity": Severity.BLOCKING, "codes": ["A", "A01"], "geometry": cell(0, 0), **more}
    return Finding(**given)


def test_a_digest_of_findings_is_of_what_they_say() -> None:
    one, two = finding(area_m2=12.345678, width_m=0.5), finding(rule=Rule.OVERLAP, households=3)
    told = digest.of_findings([one, two])
    turned = shapely.Polygon(list(cell(0, 0).exterior.coords)[2:] + list(cell(0, 0).exterior.coords)[1:3])
    nearly = shapely.transform(cell(0, 0), lambda xy: xy + 3e-15)
    for same in ({"geometry": turned}, {"geometry": nearly}, {"area_m2": 12.345678001}, {"values": {"code": "x"}},
                 {"healable": True}):  # fmt: skip
        assert digest.of_findings([two, replace(one, **same)]) == told, same
    accepted = full_terms().accepted
    for changed in ({"geometry": cell(STEP_DEG / STEP, 0)}, {"area_m2": 12.36}, {"codes": ["A"]}, {"households": 1},
                    {"severity": Severity.NOTE}, {"accepted": accepted[0]}, {"geometry": None}):  # fmt: skip
        assert digest.of_findings([two, replace(one, **changed)]) != told, changed
    assert digest.of_findings([one]) != told != digest.of_findings([one, two, two])


def test_a_place_at_half_a_step_is_one_place() -> None:
    """Where edges cross halves are common, and the last bit of a sum must not decide."""
    half = 104.1 + STEP_DEG / 2
    near = [finding(geometry=shapely.Point(half + bit, 30.7)) for bit in (-3e-14, 0, 3e-14)]
    assert len({digest.of_findings([one]) for one in near}) == 1


def test_what_is_proven_and_what_is_found() -> None:
    plan = small()
    good = made(plan, occasion())
    assert [(one.code, one.proven, one.grids) for one in good.regions] == [
        ("A", True, 4), ("B", True, 4), ("C", True, 1), ("E", True, 2)
    ]  # fmt: skip
    assert good.layers[Layer.BUILDING].count == 9
    assert good.figures is not None
    assert (good.figures["units"], good.figures["units_covered"], good.figures["households"]) == (4, 4, 2800)
    lacking = made(replace(plan, grids=plan.grids[1:]), occasion())
    assert [one.proven for one in lacking.regions] == [False, True, True, True]
    assert lacking.told is not None
    assert lacking.told.kinds[("gap", "blocking", False)] == 1
    for code, (one, two) in zip("ABCE", zip(good.regions, lacking.regions, strict=True), strict=True):
        assert (one.digest == two.digest) is (code != "A")
    assert lacking.told.digest != good.told.digest  # type: ignore[union-attr]


def test_a_report_that_is_there_is_taken_as_it_is() -> None:
    plan = rich()
    plain = certify(plan, check(plan, heal=False), occasion())
    assert document(plain) == document(made(plan, occasion()))
    assert certify(plan, None, occasion(layers=(Layer.GRID,))).told is None


def test_nothing_stands_beside() -> None:
    for terms in (Terms(beside=small().grids[:1]), Terms(around=(Region(code="A"),))):
        with pytest.raises(ValueError, match="beside"):
            certify(small(), None, occasion(terms=terms))


def test_the_terms_come_back_and_give_the_same_again() -> None:
    first = made(small(), occasion(region="D", terms=full_terms()))
    told = json.loads(json.dumps(document(first)))
    stated = occasion_of(told)
    assert stated.standings == PROVEN
    assert (stated.publication, stated.region, stated.is_whole) == (7, "D", False)
    assert stated.terms.accepted == full_terms().accepted
    assert stated.terms.taken == full_terms().taken
    assert stated.terms.ruleset.within(["A"]) == full_terms().ruleset.within(["A"])
    assert document(made(small(), stated)) == told
    assert told["digest"] == own_digest(told)


def test_the_defaults_of_the_day_are_stated() -> None:
    limits = document(made(Plan(), Occasion(publication=1, at="")))["terms"]["limits"]
    assert limits["limits"]["households_most"] == {"residential": 500, "rural": 500, "special": None}


def test_how_grids_are_to_be_drawn_is_no_matter_of_a_certificate() -> None:
    limits = {"limits": {"households_most": {"residential": 450}}}
    wished = {"drawing": {"rural": True, "fixed": ["A01"]}}
    told = [
        document(made(small(), occasion(terms=Terms(ruleset=parse({**own, "regions": {"A": {**limits, **own}}})))))
        for own in ({}, wished)
    ]
    assert told[0] == told[1]


Spoil = Callable[[dict[str, Any]], object]
SPOILT: list[Spoil] = [
    lambda told: told.pop("publication"),
    lambda told: told.update(format=2),
    lambda told: told.update(format=True),
    lambda told: told.update(publication=-1),
    lambda told: told.update(publication=True),
    lambda told: told.update(publication=10**30),
    lambda told: told.update(at=1),
    lambda told: told.update(scope=[]),
    lambda told: told["scope"].update(layers=["castle"]),
    lambda told: told["scope"].update(region=1),
    lambda told: told.update(regions={}),
    lambda told: told.update(regions=[[]]),
    lambda told: told["regions"][0].update(standing="good"),
    lambda told: told["regions"][0].update(code=None),
    lambda told: told.update(terms=None),
    lambda told: told["terms"].update(before={"A": "x"}),
    lambda told: told["terms"].update(before=[]),
    lambda told: told["terms"].update(taken={}),
    lambda told: told["terms"].update(fresh=[1]),
    lambda told: told["terms"].update(parents={"A": 1}),
    lambda told: told["terms"]["accepted"][0].update(rule="castle"),
    lambda told: told["terms"]["accepted"][0].update(shape="00"),
    lambda told: told["terms"]["accepted"][0].update(shape="xyz"),
    lambda told: told["terms"]["accepted"][0].update(codes="A"),
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_is_no_certificate_is_refused(spoil: Spoil) -> None:
    told = json.loads(json.dumps(TOLD))
    spoil(told)
    with pytest.raises(CertificateRefused):
        occasion_of(told)


TOLD = document(
    Certificate(occasion=occasion(terms=full_terms()), rules=1, layers={}, regions=(), told=None, figures=None)
)
TOLD["regions"] = [{"code": "A", "standing": "proven"}]


def test_the_service_gives_one_certificate_for_ever(store: Store) -> None:
    publish(store, small())
    with served(store, pool_workers=1) as client:
        path = "/v1/publications/1/certificate"
        first = client.get(path)
        assert first.status_code == 200, first.text
        told = first.json()
        assert first.headers["etag"].startswith(f'"{told["digest"]}')
        assert "immutable" in first.headers["cache-control"]
        assert first.headers["x-publication"] == "1"
        assert told["digest"] == own_digest(told)
        assert told["publication"] == 1
        publish(store, replace(small(), buildings=tuple(replace(one, households=1) for one in small().buildings)))
        rulesets.publish(store.service, Ruleset(Stated({"households_most": {GridKind.RESIDENTIAL: 450.0}})), "x")
        refresh(client)
        assert client.get(path).content == first.content
        assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        later = {number: client.get(f"/v1/publications/{number}/certificate").json() for number in (2, 3)}
        assert [name for name in told["layers"] if later[2]["layers"][name] != told["layers"][name]] == ["building"]
        assert later[3]["layers"] == later[2]["layers"]
        assert later[3]["rules"]["limits"] != later[2]["rules"]["limits"] == told["rules"]["limits"]
        assert later[2]["terms"]["before"]["B02"] == 620
        for absent in (4, 10**17):
            assert client.get(f"/v1/publications/{absent}/certificate").status_code == 404
        for wrong in ("0", "-1", "x"):
            assert client.get(f"/v1/publications/{wrong}/certificate").status_code in (400, 404)
        assert client.get(path, params={"x": "1"}).status_code == 400


def test_a_past_publication_is_certified_as_it_was_then(store: Store) -> None:
    """Made late or at once, in whatever order: nothing later has a word in it."""
    publish(store, small())
    early = certificates.of_publication(store.service, 1)
    assert early is not None
    with store.owner.begin() as owner:
        owner.execute(text("ALTER TABLE certificate DISABLE TRIGGER keep_for_ever"))
        owner.execute(text("DELETE FROM certificate"))
        owner.execute(text("ALTER TABLE certificate ENABLE TRIGGER keep_for_ever"))
    grids = tuple(replace(one, code=f"{one.code}x") if one.region == "C" else one for one in small().grids)
    publish(store, replace(small(), grids=grids))
    assert certificates.of_publication(store.service, 1) == early
    second = certificates.of_publication(store.service, 2)
    assert second is not None
    assert (second["terms"]["taken"], second["terms"]["fresh"]) == (["C01"], ["C01x"])
    assert early["terms"]["taken"] == []
    assert set(early["terms"]["fresh"]) == {"A", "B", "C", "D", "E", "S"} | {one.code for one in small().grids}


def test_two_at_once_keep_one(store: Store) -> None:
    publish(store, small())
    told = at_once([partial(certificates.of_publication, store.service, 1)] * 3)
    assert told[0] == told[1] == told[2] is not None
    assert certificates.keep(store.service, 1, {"digest": "another"}) == told[0]
    assert rows(store) == 1


def test_nobody_changes_a_certificate(store: Store) -> None:
    publish(store, small())
    certificates.of_publication(store.service, 1)
    for engine in (store.service, store.owner):
        for statement in ("UPDATE certificate SET made = now()", "DELETE FROM certificate", "TRUNCATE certificate"):
            with engine.connect() as work, pytest.raises(DBAPIError):
                work.execute(text(statement))
    with store.service.connect() as work, pytest.raises(DBAPIError):
        work.execute(text("INSERT INTO certificate (publication, document) VALUES (99, '{}')"))


def test_killed_in_the_middle_leaves_none_and_the_next_one_makes_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(store, small())
    with store.owner.connect() as owner:
        owner.execute(text("LOCK TABLE certificate IN EXCLUSIVE MODE"))
        with subprocess.Popen([sys.executable, "-c", MAKE, store.service_url]) as killed:
            waited_for(owner, killed)
            killed.send_signal(signal.SIGKILL)
        owner.rollback()
    assert rows(store) == 0
    wangge = Here(store, monkeypatch, capsys)
    told = wangge("certify")
    assert (told.status, rows(store)) == (0, 1)
    assert wangge("certify", "1", "--json").told["digest"] in told.err
    assert wangge("certify", "2").status == 2


def test_nothing_published_is_nothing_certified(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Here(store, monkeypatch, capsys)("certify").status == 2


def waited_for(owner: Any, process: "subprocess.Popen[bytes]") -> None:
    """Until the process stands before the lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE relation = 'certificate'::regclass AND NOT granted")
    until = time.monotonic() + 60
    while not owner.execute(waiting).scalar_one():
        assert process.poll() is None, "it ended before the lock"
        assert time.monotonic() < until
        time.sleep(0.02)


def rows(store: Store) -> int:
    with store.owner.connect() as owner:
        return int(owner.execute(text("SELECT count(*) FROM certificate")).scalar_one())
