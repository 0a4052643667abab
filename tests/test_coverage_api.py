"""Does the coverage of a published region tell the whole, each region below it, and every finding, at any level?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from conftest import Store, fresh
from district import publish, refresh, served, small
from divisions import cell, community
from fastapi.testclient import TestClient
from uploading import slug

from api import schemas
from geo.model import Plan
from geo.store import embedded

GEOJSON, HTML = "application/geo+json", "text/html; charset=utf-8"


def holed() -> Plan:
    """The small district with a gap in A, and a house of 80 households that stands in it."""
    drawn = small()
    shapes = {"A01": cell(0.7, 0, 0.3)}
    return replace(drawn, grids=tuple(replace(one, shape=shapes.get(one.code, one.shape)) for one in drawn.grids))


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, holed(), provisional=True)
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store, pool_workers=1) as made:
        yield made


def coverage(client: TestClient, code: str, query: str = "", **headers: str) -> Any:
    return client.get(f"/v1/regions/{code}/coverage{query}", headers=headers)


def test_every_level_tells_itself_and_what_is_right_below(client: TestClient) -> None:
    told = {code: schemas.Covered.model_validate(coverage(client, code).json()) for code in "DSAB"}
    assert {code: [child.code for child in one.children] for code, one in told.items()} == {
        "D": ["E", "S"],
        "S": ["A", "B", "C"],
        "A": [],
        "B": [],
    }
    for one in (told["D"], told["S"]):
        for name in ("units", "units_covered", "households", "households_covered", "area_m2", "gap_m2"):
            parts = sum(getattr(child, name) for child in one.children)
            assert parts == pytest.approx(getattr(one.coverage, name), rel=1e-6), name
        assert sum(child.grids for child in one.children) == one.grids
        assert sum(child.blocking for child in one.children) == one.blocking
    a, b = told["S"].children[0], told["S"].children[1]
    assert (a.units_covered, a.standing, a.worst and a.worst.rule) == (0, "provisional", "gap")
    assert (b.units_covered, b.blocking) == (1, 0)
    assert a.households_without_grid == 310 == told["A"].households_without_grid
    assert told["B"].sizes == {"low": 1, "good": 2, "high": 1, "none": 0}


def test_coverage_is_two_figures_and_households(client: TestClient) -> None:
    told = coverage(client, "D").json()
    assert told["shares"]["units"] == "75.00 %"
    assert 90 < float(told["shares"]["area"].removesuffix(" %")) < 100
    assert told["shares"]["households"] == "88.92 %"
    assert coverage(client, "B").json()["shares"] == {"units": "100 %", "area": "100 %", "households": "100 %"}


def test_findings_are_counted_by_rule(client: TestClient) -> None:
    told = coverage(client, "D").json()
    for kind in told["by_rule"]:
        own = [f for f in told["findings"] if (f["rule"], f["severity"]) == (kind["rule"], kind["severity"])]
        assert len(own) == kind["count"]
        assert kind["area_m2"] == pytest.approx(sum(f["area_m2"] or 0 for f in own)) or kind["area_m2"] is None
    assert sum(kind["count"] for kind in told["by_rule"]) == len(told["findings"])
    assert told["blocking"] == sum(f["severity"] == "blocking" for f in told["findings"]) > 0
    assert told["left_out"] == 0


def test_it_is_kept_under_its_number(client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = coverage(client, "D")
    assert first.headers["x-publication"] == str(first.json()["publication"])
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    asked = []
    pool = client.app.state.pool  # type: ignore[attr-defined]
    run = pool.run
    monkeypatch.setattr(pool, "run", lambda *more, **named: asked.append(1) or run(*more, **named))
    again = coverage(client, "D", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, asked) == (304, b"", [])
    chinese = coverage(client, "D", **{"Accept-Language": "zh"})
    assert chinese.headers["content-language"] == "zh"
    assert not chinese.json()["findings"][0]["message"].isascii()
    assert asked == [], "the check itself is not done again for another language"
    assert chinese.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        ("*/*", "", "application/json"),
        (GEOJSON, "", GEOJSON),
        ("application/json", "?f=geojson", GEOJSON),
        ("text/html", "", HTML),
        ("text/html;q=0.4, application/geo+json;q=0.5", "", GEOJSON),
    ],
)
def test_forms(client: TestClient, accept: str, query: str, expected: str) -> None:
    told = coverage(client, "A", query, Accept=accept)
    assert (told.status_code, told.headers["content-type"]) == (200, expected)
    assert {"Accept", "Accept-Language"} <= set(told.headers["vary"].replace(" ", "").split(","))
    if expected == GEOJSON:
        places = schemas.FindingPlaces.model_validate(told.json())
        assert str(places.publication) == told.headers["x-publication"]
        assert {one["properties"]["rule"] for one in places.features} >= {"gap"}
    if expected == HTML:
        assert f"Publication {told.headers['x-publication']}" in told.text
        assert "default-src 'none'" in told.headers["content-security-policy"]


def test_wrong_forms_and_codes(client: TestClient) -> None:
    assert slug(coverage(client, "A", "?f=pdf")) == (400, "invalid-parameter")
    assert slug(coverage(client, "A", Accept="image/png")) == (406, "not-acceptable")
    assert slug(coverage(client, "nowhere")) == (404, "unknown-code")


def test_a_new_publication_is_told_at_once(client: TestClient, store: Store) -> None:
    before = coverage(client, "B")
    number = publish(store, community("N", 20, 0))
    refresh(client)
    after = coverage(client, "B")
    assert (after.json()["publication"], after.headers["x-publication"]) == (number, str(number))
    assert after.headers["etag"] != before.headers["etag"]
    told = coverage(client, "N").json()
    assert (told["coverage"]["units_covered"], told["standing"], told["children"]) == (1, "proven", [])
