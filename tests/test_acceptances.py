"""Can a finding be let stand with a reason, only until its place changes, and never one about coverage?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from commands import Here
from conftest import Store, fresh
from district import elsewhere, publish, served, small
from divisions import cell
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from publishing import at_once
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uploading import key, slug

from api import schemas
from geo.acceptance import SAME_STEPS, about, marked, nearest, same_place
from geo.model import COVERAGE_RULES, Acceptance, Finding, Rule, Severity
from geo.plan import check
from geo.store import acceptances, embedded
from geo.store.connect import session
from geo.store.live import Live
from geo.store.reports import subject
from geo.terms import Terms

STEP = 1e-7
PLACES = [
    cell(0, 0),
    shapely.MultiPolygon([cell(0, 0), cell(3, 0)]),
    shapely.Polygon(cell(0, 0, 3, 3).exterior, [cell(1, 1).exterior]),
    shapely.LineString([(104.1, 30.7), (104.2, 30.71)]),
    shapely.Point(104.1, 30.7),
    shapely.GeometryCollection([cell(0, 0), shapely.MultiPoint([(104.1, 30.7), (104.2, 30.7)])]),
]


def finding(rule: Rule = Rule.HOUSEHOLDS_LOW, codes: tuple[str, ...] = ("A01",), place: Any = None) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, codes=codes, geometry=cell(0, 0) if place is None else place)


def acceptance(of: Finding, number: int = 1) -> Acceptance:
    told = {"reason": "公园", "actor": "p", "at": "2026-03-01T00:00:00+00:00"}
    return Acceptance(id=number, rule=of.rule, severity=of.severity, codes=tuple(of.codes), shape=of.geometry, **told)


def moved(shape: Any, dx: float, dy: float) -> Any:
    return shapely.transform(shape, lambda xy: xy + np.array([dx, dy]) * STEP)


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=8, deadline=None)
@given(dx=st.integers(-6, 6), dy=st.integers(-6, 6))
def test_a_place_is_the_same_within_three_steps(place: Any, dx: int, dy: int) -> None:
    assert same_place(place, moved(place, dx, dy)) is (
        max(abs(dx), abs(dy)) == 0 or (dx**2 + dy**2) ** 0.5 <= SAME_STEPS
    )


def test_other_places_are_not_the_same() -> None:
    corners = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0)]
    one, other = shapely.Polygon(corners), shapely.Polygon([corners[n] for n in (0, 3, 1, 2, 4)])
    assert shapely.hausdorff_distance(one, other) == 0, "every node of one is a node of the other"
    assert not same_place(one, other)
    assert not same_place(cell(0, 0), shapely.Polygon(cell(0, 0).exterior, [cell(0.4, 0.4, 0.1, 0.1).exterior]))
    assert not same_place(cell(0, 0), None)
    assert not same_place(cell(0, 0), cell(0, 0).boundary)
    assert same_place(None, None)
    assert same_place(None, shapely.Polygon())


def test_a_node_on_a_border_is_nobodys_change() -> None:
    square = cell(0, 0)
    (x, y), (u, v) = square.exterior.coords[0], square.exterior.coords[1]
    node = (round((x + u) / 2 + STEP, 7), round((y + v) / 2, 7))
    assert same_place(square, shapely.Polygon([(x, y), node, *square.exterior.coords[1:]]))


def test_marking_asks_for_rule_codes_and_place() -> None:
    one = finding(codes=("A01", "A02"))
    given_ = acceptance(one)
    told = [
        one,
        finding(codes=("A02", "A01")),
        finding(codes=("A01",)),
        finding(Rule.HOUSEHOLDS_HIGH, ("A01", "A02")),
        finding(codes=("A01", "A02"), place=cell(0, 0, 1.01)),
    ]
    assert [f.accepted for f in marked(told, [given_])] == [given_, given_, None, None, None]
    again = marked(marked(told, [given_]), [given_])
    assert again == marked(told, [given_])
    assert [f.accepted for f in marked(again, [])] == [None] * 5, "a withdrawn one marks nothing any more"
    assert marked([one], [given_, acceptance(one, 7)])[0].accepted == acceptance(one, 7)
    assert marked([replace(one, severity=Severity.NOTE)], [given_])[0].accepted == given_
    assert marked([replace(one, severity=Severity.BLOCKING)], [given_])[0].accepted is None, "graver than it was"


@pytest.mark.parametrize("rule", sorted(COVERAGE_RULES))
def test_coverage_is_never_accepted(rule: Rule, store_of_module: Store) -> None:
    one = finding(rule)
    assert marked([one], [acceptance(one)])[0].accepted is None
    with pytest.raises(acceptances.NeverAccepted), session(store_of_module.service) as work, work.begin():
        acceptances.accept(work, one, "why not", "p")
    columns = "rule, severity, codes, reason, actor"
    row = f"INSERT INTO acceptance ({columns}) VALUES (:rule, 'note', '{{A01}}', 'why not', 'p')"
    with pytest.raises(DBAPIError, match="never_coverage"), store_of_module.owner.begin() as connection:
        connection.execute(text(row), {"rule": rule.value})


def test_a_place_chooses_the_nearest() -> None:
    west, east = finding(place=cell(0, 0)), finding(place=cell(5, 0))
    assert about([west, east], Rule.HOUSEHOLDS_LOW, ["A01"]) == [west, east]
    middle = east.geometry.centroid
    assert nearest([west, east], middle.x, middle.y) == [east]
    assert nearest([west, east], 100.0, 10.0) == []
    assert nearest([west, replace(west)], *west.geometry.centroid.coords[0]) == [west, west]


@pytest.fixture(scope="module")
def store_of_module(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store_of_module: Store) -> Iterator[TestClient]:
    with served(store_of_module, pool_workers=1) as made:
        yield made


WIDER = [(2, 0, 1.1), (3.1, 0, 0.9), (2, 1, 1.1), (3.1, 1, 0.9)]
"""The grids of B with the border between them moved east: column, row, width."""
WISH = {"region": "B", "rule": "households-low", "codes": ["B01"], "reason": "江边的老街,无法并入"}


def accept(client: TestClient, query: str = "", **changes: Any) -> Any:
    headers = changes.pop("headers", key())
    return client.post(f"/v1/acceptances{query}", json={**WISH, **changes}, headers=headers)


def found(client: TestClient, region: str = "B", rule: str = "households-low") -> list[dict[str, Any]]:
    told = client.get(f"/v1/regions/{region}/coverage").json()
    return [one for one in told["findings"] if one["rule"] == rule]


def logged(store: Store) -> list[tuple[Any, ...]]:
    with store.service.connect() as connection:
        query = "SELECT actor, action, reason FROM log WHERE action LIKE '%accept%' ORDER BY id"
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_finding_is_accepted_told_and_withdrawn(client: TestClient, store_of_module: Store) -> None:
    before = client.get("/v1/regions/B/coverage")
    tried = accept(client, "?dry_run=true")
    assert (tried.status_code, client.get("/v1/acceptances").json()["acceptances"]) == (201, [])
    told = accept(client, headers=(same := key()))
    assert told.status_code == 201, told.text
    one = schemas.AcceptanceDocument.model_validate(told.json())
    assert (one.rule, one.codes, one.reason, one.withdrawn_at) == ("households-low", ["B01"], WISH["reason"], None)
    assert told.headers["location"] == f"/v1/acceptances/{one.id}"
    assert accept(client, headers=same).json() == told.json(), "the same key gets the same answer"
    assert slug(accept(client, headers=same, reason="other")) == (422, "idempotency-key-reused")
    assert slug(accept(client)) == (409, "already-accepted")
    after = client.get("/v1/regions/B/coverage")
    assert after.headers["etag"] != before.headers["etag"]
    (mine,) = found(client)
    assert mine["accepted"] == {"id": one.id, "reason": one.reason, "actor": one.actor, "at": one.at}
    (kind,) = [kind for kind in after.json()["by_rule"] if kind["rule"] == "households-low"]
    assert (kind["count"], kind["accepted"], kind["households"]) == (0, 1, None)
    assert client.get(f"/v1/acceptances/{one.id}").json() == told.json()
    assert client.delete(f"/v1/acceptances/{one.id}?dry_run=true").status_code == 204
    assert client.get("/v1/acceptances").json()["acceptances"] == [told.json()]
    assert client.delete(f"/v1/acceptances/{one.id}").status_code == 204
    assert client.delete(f"/v1/acceptances/{one.id}").status_code == 204
    assert "accepted" not in found(client)[0]
    assert client.get("/v1/regions/B/coverage").headers["etag"] == before.headers["etag"]
    assert client.get("/v1/acceptances").json()["acceptances"] == []
    (kept,) = client.get("/v1/acceptances?withdrawn=true").json()["acceptances"]
    assert kept["withdrawn_by"] == one.actor
    assert logged(store_of_module) == [
        (one.actor, "accept", WISH["reason"]),
        (one.actor, "withdraw-acceptance", ""),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rule": "gap"}, (422, "coverage-never-accepted")),
        ({"rule": "castle"}, (400, "invalid-body")),
        ({"codes": ["B02"]}, (404, "unknown-finding")),
        ({"codes": []}, (404, "unknown-finding")),
        ({"at": [0.0, 0.0]}, (404, "unknown-finding")),
        ({"region": "Z"}, (404, "unknown-code")),
        ({"reason": ""}, (400, "invalid-body")),
        ({"reason": " \n"}, (400, "invalid-body")),
        ({"reason": "a\0b"}, (400, "invalid-body")),
        ({"more": 1}, (400, "invalid-body")),
        ({"headers": {}}, (400, "idempotency-key-required")),
    ],
)
def test_what_cannot_be_accepted_is_told(client: TestClient, changes: Any, expected: tuple[int, str]) -> None:
    assert slug(accept(client, **changes)) == expected
    assert client.get("/v1/acceptances").json()["acceptances"] == []


def test_only_an_actor_accepts(client: TestClient) -> None:
    away = elsewhere(client)
    assert slug(accept(away))[0] in {401, 403}
    assert slug(away.delete("/v1/acceptances/1"))[0] in {401, 403}
    assert away.get("/v1/acceptances").status_code == 200
    assert slug(client.get("/v1/acceptances/999999")) == (404, "unknown-acceptance")
    assert slug(client.delete("/v1/acceptances/999999")) == (404, "unknown-acceptance")
    assert slug(client.get("/v1/acceptances/x"))[0] in {400, 404}


def test_lists_go_on_page_by_page(client: TestClient) -> None:
    for code, rule in (("B01", "households-low"), ("B02", "households-high")):
        assert accept(client, rule=rule, codes=[code]).status_code == 201
    first = client.get("/v1/acceptances?limit=1").json()
    (following,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    second = client.get(following.removeprefix("http://127.0.0.1:8000")).json()
    codes = [one["codes"] for told in (first, second) for one in told["acceptances"]]
    assert codes == [["B02"], ["B01"]], "the newest first"
    assert [link["rel"] for link in second["links"]] == ["self"]
    assert slug(client.get("/v1/acceptances?cursor=x")) == (400, "invalid-cursor")


def test_nobody_changes_an_acceptance(store: Store) -> None:
    with session(store.service) as work, work.begin():
        kept = acceptances.accept(work, finding(), "公园", "p")
    for change in (
        "UPDATE acceptance SET reason = 'x'",
        "UPDATE acceptance SET withdrawn_at = now(), withdrawn_by = 'x', actor = 'y'",
        "DELETE FROM acceptance",
        "TRUNCATE acceptance",
    ):
        for engine in (store.service, store.owner):
            with pytest.raises(DBAPIError), engine.begin() as connection:
                connection.execute(text(change))
    forged = "INSERT INTO acceptance (rule, codes, reason, actor, at) VALUES ('neck', '{}', 'x', 'y', '1999-01-01')"
    with pytest.raises(DBAPIError, match="permission"), store.service.begin() as connection:
        connection.execute(text(forged))
    with session(store.service) as work, work.begin():
        acceptances.withdraw(work, kept.acceptance.id, "q")
        assert acceptances.in_force(work) == []
    reopened = "UPDATE acceptance SET withdrawn_at = NULL, withdrawn_by = NULL"
    with pytest.raises(DBAPIError), store.service.begin() as connection:
        connection.execute(text(reopened))


def test_two_at_once_accept_once(store: Store) -> None:
    def let_stand() -> int:
        with session(store.service) as work, work.begin():
            return acceptances.accept(work, finding(), "公园", "p").acceptance.id

    told = at_once([let_stand] * 4)
    assert sum(isinstance(one, int) for one in told) == 1
    assert all(isinstance(one, int | acceptances.AlreadyAccepted) for one in told)


def low(store: Store) -> Finding:
    """The one finding about too few households in B, as published now."""
    live = Live(store.service)
    live.refresh()
    (one,) = about(check(*subject(store.service, live.seen.map, "B")).findings, Rule.HOUSEHOLDS_LOW, ["B01"])
    return one


def terms(store: Store) -> Terms:
    """The terms that B is judged by, as published now."""
    live = Live(store.service)
    live.refresh()
    return subject(store.service, live.seen.map, "B")[1]


def test_a_changed_place_is_open_again(store: Store) -> None:
    publish(store, small())
    with session(store.service) as work, work.begin():
        kept = acceptances.accept(work, low(store), "老街", "p").acceptance
    assert low(store).accepted == kept
    assert terms(store).fresh == {"B01", "B02", "B03", "B04"}
    assert terms(store).before == {}
    drawn = small()
    shapes = {f"B0{n}": cell(*place) for n, place in enumerate(WIDER, start=1)}
    grids = tuple(replace(g, shape=shapes.get(g.code, g.shape)) for g in drawn.grids)
    (outline,) = shapely.get_parts(shapely.coverage_union_all([g.shape for g in grids if g.region == "B"]))
    regions = tuple(replace(r, shape=outline) if r.code == "B" else r for r in drawn.regions)
    publish(store, replace(drawn, regions=regions, grids=grids))
    assert low(store).accepted is None
    now = terms(store)
    assert (now.fresh, now.before) == (set(), {"B01": 120, "B02": 620, "B03": 350, "B04": 400})
    assert (now.parents, now.schemes) == ({"S": "D", "D": None}, {"S": None, "D": None})
    assert {"A", "A01", "S", "D"} <= now.taken
    assert not now.taken & {"B", "B01"}
    assert {grid.region for grid in now.beside} == {"A"} == {region.code for region in now.around}
    assert now.accepted == [kept]


def test_the_command_line_accepts_and_exits_by_what_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wangge = Here(store, monkeypatch, capsys)
    publish(store, small())
    assert wangge("accept", "B", "gap", "B", "--reason", "x").status == 1
    assert wangge("accept", "B", "households-low", "B09", "--reason", "x").status == 1
    assert wangge("accept", "Z", "households-low", "B01", "--reason", "x").status == 2
    assert wangge("accept", "B", "households-low", "B01", "--reason", " ").status == 2
    ended = wangge("accept", "B", "households-low", "B01", "--reason", "老街", "--json")
    assert (ended.status, ended.told["codes"], ended.told["reason"]) == (0, ["B01"], "老街")
    assert wangge("accept", "B", "households-low", "B01", "--reason", "x").status == 1
    told = wangge("check", "B", "--json").told
    assert [one["accepted"]["reason"] for one in told["findings"] if "accepted" in one] == ["老街"]
    words = wangge("check", "B").err
    assert "Accepted (1)" in words
    assert "Accepted: 老街 (" in words
