"""Do limits come into force through the number line, and does every answer follow those of its publication?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from commands import Here
from conftest import Store, fresh
from district import at, publish, refresh, served, small
from divisions import cell
from fastapi.testclient import TestClient
from publishing import at_once, drafted, halves
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from test_tiles import shown, square

from api import schemas
from geo import ruleset
from geo.households import verdict
from geo.model import Building, Grid, GridKind, Plan, Region
from geo.ruleset import DEFAULT, RulesetRefused
from geo.store import door, embedded, rulesets
from geo.store.connect import session
from geo.store.publications import find
from geo.store.refusals import NothingToPublish

BY_REGION = {
    "limits": {"households_most": {"residential": 550}},
    "regions": {
        "B": {"limits": {"households_least": {"residential": 100}}},
        "S": {"limits": {"households_most": {"residential": None}}, "drawing": {"weights": {"streets": 1}}},
        "A": {"limits": {"households_least": {"residential": None}, "households_most": {"residential": 400}}},
    },
}
"""B lies in S: no grid of it is too large, and 120 households are enough."""
USUAL = {"A02": "good", "A03": "good", "B01": "low", "B02": "high", "E02": "low"}
SPECIAL = {"A02": "high", "A03": "high", "B01": "good", "B02": "good", "E02": "low"}


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    """1: the small district; 2: limits by region; 3: the district once more, renamed; 4: the defaults again."""
    with fresh(cluster, small_town) as one:
        assert rulesets.publish(one.service, ruleset.parse(BY_REGION), "planner", "户数另定") == 2
        plan = small()
        publish(one, replace(plan, grids=tuple(replace(grid, name="new") for grid in plan.grids)))
        assert rulesets.publish(one.service, DEFAULT, "planner") == 4
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def test_each_number_has_its_rules(store: Store) -> None:
    with session(store.service) as work:
        told = [rulesets.at(work, number) for number in range(5)]
        assert told == [DEFAULT, DEFAULT, ruleset.parse(BY_REGION), ruleset.parse(BY_REGION), DEFAULT]
        two = find(work, 2)
        assert two is not None
        assert (two.kind, two.actor, two.reason, two.regions) == ("data", "planner", "户数另定", ())
        assert two.bounds == (at(0, 0).x, at(0, 0).y, at(7, 4).x, at(7, 4).y)  # all ground
    with store.owner.connect() as connection:
        logged = connection.execute(
            text("SELECT publication, action, details->'ruleset' FROM log WHERE publication = 2")
        )
        assert [tuple(row) for row in logged] == [(2, "publish", BY_REGION)]


def test_verdicts_follow_the_rules_of_their_publication(client: TestClient) -> None:
    live = client.app.state.live  # type: ignore[attr-defined]
    for number, expected in ((1, USUAL), (2, SPECIAL), (3, SPECIAL), (4, USUAL)):
        state = live.map_at(number)
        assert {code: state.verdict(state.by_code[code]) for code in expected} == expected
        tile = shown(client, str(number))
        assert {code: tile[code]["properties"]["verdict"] for code in expected} == expected
    listed = {one["properties"]["code"]: one["properties"] for one in client.get("/v1/grids").json()["features"]}
    assert {code: listed[code]["verdict"] for code in USUAL} == USUAL


COUNTS = (None, 0, 99, 100, 101, 299, 300, 500, 501, 699, 700, 701)


def test_one_verdict_in_tiles_and_in_memory_whatever_the_regions_state(cluster: embedded.Cluster) -> None:
    """Every kind with each count, in communities with limits of their own, below one that has some, and with none."""
    rules = ruleset.parse(
        {
            "limits": {"households_least": {"rural": 100}},
            "regions": {
                "S": {"limits": {"households_most": {"residential": 700, "special": 100, "rural": None}}},
                "S-own": {"limits": {"households_least": {"residential": 100, "special": 0, "rural": None}}},
                "own": {
                    "limits": {"households_most": {"residential": None}, "households_least": {"residential": None}}
                },
            },
        }
    )
    grids, houses, expected = [], [], {}
    for row, (region, chain) in enumerate({"S-own": ["S"], "S-none": ["S"], "own": [], "none": []}.items()):
        for line, kind in enumerate(GridKind):
            for n, count in enumerate(COUNTS):
                code, place = f"{region}-{kind}-{n}", (n, 3 * row + line)
                grids.append(Grid(code=code, region=region, kind=kind, shape=cell(*place)))
                houses.append(Building(id=code, households=count, shape=at(place[0] + 0.5, place[1] + 0.5)))
                expected[code] = verdict(kind, count, 36, rules.within([region, *chain]))
    below = [Region(code=code, parent="S") for code in ("S-own", "S-none")]
    regions = (Region(code="S"), *below, Region(code="own"), Region(code="none"))
    with fresh(cluster) as one:
        publish(one, Plan(regions=regions, grids=tuple(grids), buildings=tuple(houses)))
        rulesets.publish(one.service, rules, "planner")
        with served(one) as client:
            listed = client.get("/v1/grids?limit=1000").json()["features"]
            places = {square(at(x, y).x, at(x, y).y, 13) for x in (0.5, 11.5) for y in (0.5, 6, 11.5)}
            found = shown(client, "2", *sorted(places))
            told = {code: feature["properties"]["verdict"] for code, feature in found.items()}
    assert {one["properties"]["code"]: one["properties"]["verdict"] for one in listed} == expected
    assert told == expected
    assert set(told.values()) == {"none", "low", "good", "high"}


def test_the_rules_are_told_in_two_languages(client: TestClient, store: Store) -> None:
    refresh(client)
    told = client.get("/v1/rules", headers={"Accept-Language": "zh"})
    schemas.Rules.model_validate(told.json())
    assert (told.json()["publication"], told.headers["x-publication"], told.json()["stated"]) == (4, "4", {})
    gap = next(rule for rule in told.json()["rules"] if rule["id"] == "gap")
    assert (gap["can_be_accepted"], gap["severities"], gap["about"].isascii()) == (False, ["blocking"], False)
    english = client.get("/v1/rules").json()
    assert all(rule["about"].isascii() for rule in english["rules"])
    again = client.get("/v1/rules", headers={"If-None-Match": told.headers["etag"], "Accept-Language": "zh"})
    assert again.status_code == 304
    assert client.get("/v1/rules?region=nowhere").status_code == 404
    assert client.get("/v1/rules?regions=A").status_code == 400


def test_the_limits_of_one_region_are_told(cluster: embedded.Cluster, small_town: str) -> None:
    with fresh(cluster, small_town) as one:
        rulesets.publish(one.service, ruleset.parse(BY_REGION), "planner")
        with served(one) as client:
            told = [client.get(f"/v1/rules{query}").json() for query in ("", "?region=B", "?region=E")]
    most = [
        next(p["limits"]["residential"] for p in one["parameters"] if p["name"] == "households_most") for one in told
    ]
    assert most == [550, None, 550]
    streets = [next(w["value"] for w in one["drawing"] if w["name"] == "weights.streets") for one in told]
    assert streets == [0.3, 1, 0.3]
    assert told[0]["stated"] == BY_REGION


def test_nobody_goes_round_the_number_line(store: Store) -> None:
    for statement in (
        "INSERT INTO ruleset (numbers, settings) VALUES ('[9,)', '{}')",
        "UPDATE ruleset SET settings = '{}'",
        "DELETE FROM ruleset",
        "TRUNCATE ruleset",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), store.service.begin() as connection:
            connection.execute(text(statement))
    for statement in (
        "UPDATE ruleset SET settings = '{\"limits\": {}}'",
        "UPDATE ruleset SET numbers = '[2,)' WHERE lower(numbers) = 2",
        "DELETE FROM ruleset",
        "TRUNCATE ruleset",
    ):
        with pytest.raises(DBAPIError, match="never changed"), store.owner.begin() as connection:
            connection.execute(text(statement))
    with pytest.raises(IntegrityError), store.owner.begin() as connection:
        connection.execute(text("INSERT INTO ruleset (numbers, settings) VALUES ('[9,)', '{}')"))


def test_what_changes_nothing_or_names_nobody_takes_no_number(store: Store) -> None:
    with pytest.raises(NothingToPublish):
        rulesets.publish(store.service, DEFAULT, "planner")
    with pytest.raises(RulesetRefused) as refused:
        rulesets.publish(store.service, ruleset.parse({"regions": {"B": {}, "X2": {}, "X1": {}}}), "planner")
    assert (refused.value.id, refused.value.values["codes"]) == ("ruleset-region-unknown", "X1, X2")
    with store.owner.connect() as connection:
        assert connection.execute(text("SELECT publication FROM head")).scalar_one() == 4


def test_limits_and_ground_at_once_get_one_number_each(cluster: embedded.Cluster) -> None:
    with fresh(cluster) as one:
        plans = [drafted(one.service, halves(f"R{n}", 4 * n, 1)) for n in range(3)]
        rules = [ruleset.parse({"limits": {"households_most": {"residential": 600 + n}}}) for n in range(3)]
        done = at_once(
            [
                *(partial(door.publish, one.service, door.Request(plan=plan, actor="planner")) for plan in plans),
                *(partial(rulesets.publish, one.service, wanted, "planner") for wanted in rules),
            ]
        )
        numbers = [made if isinstance(made, int) else made.number for made in done]  # type: ignore[union-attr]
        assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
        with session(one.service) as work:
            for number, wanted in zip(numbers[3:], rules, strict=True):
                assert rulesets.at(work, number) == wanted
            assert rulesets.at(work, 6) == rules[numbers[3:].index(max(numbers[3:]))]


def test_the_verb_shows_checks_and_publishes(
    cluster: embedded.Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(BY_REGION), "utf-8")
    with fresh(cluster) as one:
        publish(one, small())
        wangge = Here(one, monkeypatch, capsys)
        checked = wangge("rules", file)
        assert (checked.status, checked.out) == (0, "")
        assert "not published" in checked.err
        assert wangge("rules", "--json").told["publication"] == 1
        done = wangge("rules", file, "--publish", "--reason", "户数另定", "--json")
        assert (done.status, done.told["publication"], done.told["stated"]) == (0, 2, BY_REGION)
        assert wangge("rules", file, "--publish").status == 1
        now = wangge("rules", WANGGE_LANG="zh")
        assert "publication 2" in now.err
        assert "residential 550" in now.err
        assert "weights.streets 0.3" in now.err
        assert "S states limits of its own: households_most, drawing.weights.streets" in now.err
        file.write_text('{"regions": {"nowhere": {}}}', "utf-8")
        refused = wangge("rules", file, "--publish")
        assert (refused.status, "nowhere" in refused.err) == (2, True)


def test_a_file_is_checked_without_a_store(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nowhere = "postgresql+psycopg://127.0.0.1:1/none"
    wangge = Here(replace(store, service_url=nowhere, owner_url=nowhere), monkeypatch, capsys)
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(BY_REGION), "utf-8-sig")
    assert wangge("rules", file, "--json").told["stated"] == BY_REGION
    file.write_text('{"limits": {"households_most": {"residential": "many"}}}', "utf-8")
    told = wangge("rules", file)
    assert (told.status, told.out) == (2, "")
    assert "/limits/households_most/residential" in told.err
    file.write_bytes(b"\xff\xfe{")
    assert wangge("rules", file).status == 2
    assert wangge("rules", tmp_path / "none.json").status == 2
    assert wangge("rules", "--publish").status == 2
    assert wangge("rules").status == 3
