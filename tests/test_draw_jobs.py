"""Are the grids of a plan drawn by a job, whose end is one ordinary step of the plan, whatever happens meanwhile?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
import shapely
from conftest import Store, fresh
from district import publish
from drawable import Drawer, grids_of, households, normal, shapes_of, town
from importing import ENDED, become, environment
from serving import served
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from api.draw_schemas import Drawing
from geo.store import embedded, plan_blocks
from geo.store.connect import session

SOON_S = 60.0


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, town())
        yield one


@pytest.fixture(scope="module")
def drawer(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawer]:
    folder = tmp_path_factory.mktemp("drawing")
    with served(folder / "log", environment(store, folder)) as service:
        yield Drawer(service.url)


def drawn(drawer: Drawer, number: str, body: object = None, **headers: str) -> dict[str, Any]:
    """What came of a drawing, as it is described."""
    told = drawer.done(number, body, **headers)
    Drawing.model_validate(told)
    return told


def figures(way: dict[str, Any]) -> list[Any]:
    """What is told of an alternative without its codes: those of a step that was taken back are not given again."""
    return [way["score"], way["violation"], way["moved"], [one["figures"] for one in way["communities"]]]


def test_from_a_plan_to_a_step_of_it(drawer: Drawer) -> None:
    """Without a body all communities of the plan are drawn, with the least change; here anew."""
    number = drawer.opened("A", "B")
    before = drawer.ground(number)
    told = drawn(drawer, number, {"keep": False, "reason": "重画"})
    assert (told["plan"], told["revision"], told["step"], told["chosen"], told["early"]) == (number, 2, 1, 1, False)
    (way,) = told["alternatives"]
    assert (way["rank"], way["violation"], way["left"], told["left"]) == (1, 0, [], [])
    assert [one["code"] for one in way["communities"]] == ["A", "B"]
    assert all(300 <= count <= 500 for count in households(way))
    assert sum(households(way)) == 16 * (45 + 45 + 12 + 12) + 64 * 25
    assert way["moved"] > 0
    assert {grid["verdict"] for one in way["communities"] for grid in one["grids"]} == {"good"}
    after = drawer.ground(number)
    features = {one["properties"]["code"]: one["properties"] for one in json.loads(after)["features"]}
    assert {grid["code"]: grid["households"] for one in way["communities"] for grid in one["grids"]} == {
        code: own["households"] for code, own in features.items() if own["layer"] == "grid"
    }
    (step,) = drawer.get(f"/v1/plans/{number}/steps")["steps"]
    assert (step["number"], step["kind"], step["state"], step["reason"]) == (1, "draw", "done", "重画")
    assert {(edit["op"], edit["community"]) for edit in step["edits"]} <= {("replace", "A"), ("replace", "B")}
    last = drawer.get(f"/v1/plans/{number}/log")["entries"][0]
    assert (last["action"], last["actor"], last["reason"]) == ("draw", "local", "重画")
    findings = drawer.get(f"/v1/plans/{number}/findings")["findings"]
    assert {one["rule"] for one in findings}.isdisjoint({"households-low", "households-high", "gap", "overlap"})
    assert drawer.asked(number, "undo").status == 200
    assert drawer.ground(number) == before
    assert drawer.asked(number, "redo").status == 200
    assert drawer.ground(number) == after


def test_the_same_seed_gives_the_same_bytes(drawer: Drawer) -> None:
    number = drawer.opened("A", "C")
    first = drawn(drawer, number, {"keep": False, "seed": 7})
    ground = drawer.ground(number)
    other = drawer.opened("A", "C")
    again = drawn(drawer, other, {"keep": False, "seed": 7})
    assert (again["alternatives"], drawer.ground(other)) == (first["alternatives"], ground)
    drawer.asked(number, "undo")
    drawn(drawer, number, {"keep": False, "seed": 7, "blocks": "anew"})
    twice = grids_of(drawer.ground(number))
    assert sorted(map(str, twice.values())) == sorted(map(str, grids_of(ground).values()))
    new = {code for code in grids_of(ground) if "-" in code}
    assert new.isdisjoint(twice), "a code that was given once is not given again"


def test_only_the_communities_that_are_named(drawer: Drawer) -> None:
    number = drawer.opened("A", "B", "C")
    before = drawer.ground(number)
    told = drawn(drawer, number, {"communities": ["C"], "keep": False})
    assert [one["code"] for one in told["alternatives"][0]["communities"]] == ["C"]
    after = drawer.ground(number)
    away = ("A01", "A02", "A03", "A04", "B01", "B03")
    assert [grids_of(after)[code] for code in away] == [grids_of(before)[code] for code in away]
    assert shapes_of(after, "B02", "B04") == shapes_of(before, "B02", "B04"), "beside it they only gain nodes"


def test_special_grids_stay(drawer: Drawer) -> None:
    number = drawer.opened("A")
    drawer.asked(number, "edits", {"edits": [{"op": "set", "grid": "A04", "kind": "special"}]})
    before = drawer.ground(number)
    told = drawn(drawer, number, {"keep": False})
    assert shapes_of(drawer.ground(number), "A04") == shapes_of(before, "A04")
    assert {"code": "A04", "households": 192, "verdict": "none"} in told["alternatives"][0]["communities"][0]["grids"]
    others = sorted(grids_of(drawer.ground(number)).keys() - {"A04"})
    edits = [{"op": "set", "grid": grid, "kind": "special"} for grid in others]
    drawer.asked(number, "edits", {"edits": edits})
    told = drawn(drawer, number, {})
    assert (told["step"], told["revision"]) == (None, 4)
    assert [one["code"] for one in told["left"]] == ["A"]


def test_alternatives_are_ranked_and_the_plan_gets_one(drawer: Drawer) -> None:
    number = drawer.opened("A")
    wish = {"keep": False, "alternatives": 3, "blocks": "anew"}
    first = drawn(drawer, number, wish)
    ways = first["alternatives"]
    assert [way["rank"] for way in ways] == [*range(1, len(ways) + 1)]
    assert len(ways) > 1
    best = grids_of(drawer.ground(number))
    drawer.asked(number, "undo")
    second = drawn(drawer, number, {**wish, "alternative": 2})
    assert second["chosen"] == 2
    assert [figures(way) for way in second["alternatives"]] == [figures(way) for way in ways]
    assert {*map(str, grids_of(drawer.ground(number)).values())} != {*map(str, best.values())}


def test_a_plan_that_was_changed_meanwhile_keeps_what_it_is(drawer: Drawer) -> None:
    """Of two drawings of one revision the first is made, the second is refused as an edit is."""
    number = drawer.opened("A")
    headers = {"If-Match": '"1"'}
    first, second = (drawer.post(f"/v1/plans/{number}/draw", {"keep": False}, headers).told["id"] for _ in range(2))
    assert become(drawer.url, first, *ENDED, within_s=SOON_S)["state"] == "done"
    ground = drawer.ground(number)
    ended = become(drawer.url, second, *ENDED, within_s=SOON_S)
    assert (ended["state"], ended["result"]) == ("failed", None)
    edit = drawer.post(f"/v1/plans/{number}/edits", {"edits": [{"op": "set", "grid": "A01", "name": "x"}]}, headers)
    same = ("type", "title", "status", "detail", "current_etag")
    assert {name: ended["problem"][name] for name in same} == {name: edit.told[name] for name in same}
    assert (drawer.ground(number), drawer.plan(number)["revision"]) == (ground, 2)


def test_a_grid_that_is_not_there(drawer: Drawer) -> None:
    number = drawer.opened("A")
    for body in ({"grids": ["B01"]}, {"grids": ["A01"], "communities": ["A"], "number": 1}, {"grids": ["none"]}):
        ended = become(drawer.url, drawer.begun(number, body), *ENDED, within_s=SOON_S)
        if body["grids"] == ["A01"]:
            assert ended["state"] == "done", ended
            continue
        assert ended["state"] == "failed"
        assert (ended["problem"]["type"], ended["problem"]["reason"]) == ("/problems/edit-refused", "grid-missing")


def test_the_least_change_is_what_is_drawn_where_nothing_else_is_said(drawer: Drawer) -> None:
    """Grids that nothing ails keep their ground to the byte, and so does a plan in which nothing ails any."""
    number = drawer.opened("A", "B")
    before = drawer.ground(number)
    told = drawn(drawer, number)
    (way,) = told["alternatives"]
    assert (way["violation"], [one["code"] for one in way["communities"]]) == (0, ["A", "B"])
    anew = drawn(drawer, drawer.opened("A", "B"), {"keep": False})["alternatives"][0]
    assert 0 < way["moved"] < anew["moved"]
    after = drawer.ground(number)
    good = ("B01", "B02", "B03", "B04")
    assert shapes_of(after, *good) == shapes_of(before, *good)
    assert told["left"] == []
    again = drawn(drawer, number)
    assert (again["step"], again["revision"], again["alternatives"][0]["moved"]) == (None, 2, 0)
    assert drawer.ground(number) == after


def test_one_is_split_and_two_are_merged(drawer: Drawer) -> None:
    """Only the ground of the grids that are named changes; the others stay to the byte."""
    number = drawer.opened("A")
    before = grids_of(drawer.ground(number))
    told = drawn(drawer, number, {"grids": ["A01"], "number": 2})
    split = grids_of(drawer.ground(number))
    assert (len(split), told["revision"]) == (5, 2)
    assert shapes_of(drawer.ground(number), "A04") == {"A04": normal(before["A04"])}
    counts = {grid["code"]: grid["households"] for grid in told["alternatives"][0]["communities"][0]["grids"]}
    assert sorted(counts.values()) == [192, 192, 360, 360, 720]
    told = drawn(drawer, number, {"grids": ["A03", "A04"], "number": 1})
    merged = drawer.ground(number)
    assert len(grids_of(merged)) == 4
    whole = {one["households"] for one in told["alternatives"][0]["communities"][0]["grids"]}
    assert whole == {360, 384, 720}
    untouched = grids_of(merged).keys() - {"A03", "A04"}
    assert {code: normal(grids_of(merged)[code]) for code in untouched} == {
        code: normal(split[code]) for code in untouched
    }


@pytest.mark.parametrize("keep", [True, False])
def test_as_many_grids_as_are_wished_for(drawer: Drawer, keep: bool) -> None:
    number = drawer.opened("A")
    told = drawn(drawer, number, {"number": 3, "keep": keep})
    assert len(told["alternatives"][0]["communities"][0]["grids"]) == 3
    assert len(grids_of(drawer.ground(number))) == 3


@pytest.mark.parametrize("keep", [True, False])
def test_neighbours_are_balanced(drawer: Drawer, keep: bool) -> None:
    number = drawer.opened("A")
    before = grids_of(drawer.ground(number))
    told = drawn(drawer, number, {"grids": ["A02", "A04"], "keep": keep})
    after = grids_of(drawer.ground(number))
    assert {code: normal(after[code]) for code in ("A01", "A03")} == {
        code: normal(before[code]) for code in ("A01", "A03")
    }
    counts = {one["code"]: one["households"] for one in told["alternatives"][0]["communities"][0]["grids"]}
    assert all(300 <= count <= 500 for code, count in counts.items() if code not in ("A01", "A03"))


def test_what_stays_whatever_is_wished(drawer: Drawer) -> None:
    number = drawer.opened("A")
    drawer.asked(number, "edits", {"edits": [{"op": "set", "grid": "A04", "kind": "special"}]})
    told = drawn(drawer, number, {"grids": ["A04"]})
    assert (told["step"], [one["code"] for one in told["left"]]) == (None, ["A"])
    assert "A04" in told["left"][0]["why"]
    several = drawer.opened("A", "B")
    ended = become(drawer.url, drawer.begun(several, {"grids": ["A01", "B01"], "number": 2}), *ENDED, within_s=SOON_S)
    assert (ended["state"], ended["problem"]["errors"][0]["pointer"]) == ("failed", "#/number")


def test_blocks_are_kept_with_the_plan(drawer: Drawer, store: Store) -> None:
    number = drawer.opened("A", "B")
    told = drawn(drawer, number, {"blocks": "only"})
    assert (told["step"], told["revision"], told["chosen"], told["alternatives"]) == (None, 1, None, [])
    first = kept(store, number, "A")
    assert len(first) > 4
    listed = drawer.get(f"/v1/plans/{number}/blocks?community=A")["features"]
    assert len(listed) == len(first)
    assert is_whole(first, shapes_of(drawer.ground(number)), "A")
    drawn(drawer, number, {"communities": ["A"], "keep": False})
    assert kept(store, number, "A") == first, "the next drawing begins with the same ones"
    assert kept(store, number, "B") != []
    half = [shapely.union_all(first[: len(first) // 2]), *first[len(first) // 2 :]]
    with session(store.service) as work, work.begin():
        plan_blocks.keep(work, UUID(number), "A", [one for one in half if isinstance(one, Polygon)])
    drawn(drawer, number, {"communities": ["A"], "keep": False, "blocks": "anew"})
    assert sorted(map(str, kept(store, number, "A"))) == sorted(map(str, first))


def kept(store: Store, number: str, community: str) -> list[Polygon]:
    with session(store.service) as work:
        return plan_blocks.kept(work, UUID(number), community)


def is_whole(blocks: Sequence[Polygon], grids: Mapping[str, BaseGeometry], community: str) -> bool:
    """Whether blocks are the ground of a community."""
    own = [one for code, one in grids.items() if code.startswith(community)]
    return bool(shapely.union_all([*blocks]).symmetric_difference(shapely.union_all(own)).is_empty)
