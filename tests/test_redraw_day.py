"""Does a planner's day of redrawing go as docs/redraw.md tells it, over HTTP on a real store?

The page is made of what the day came to (`tests/redraw_pages.py`), so that it cannot tell anything else.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import redraw_blocks
import redraw_day
import redraw_pages
import shapely
from conftest import Store, fresh
from redraw_day import Day
from shapely.geometry import shape

from api import planned, schemas
from geo.coverage import is_exact
from geo.store import embedded

TOWER = redraw_pages.TOWER


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


@pytest.fixture(scope="module")
def day(store: Store, district_text: str) -> Iterator[Day]:
    with redraw_day.day(store, district_text) as one:
        one.run()
        yield one


def households(told: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    return {one["code"]: (one["before"], one["after"]) for one in told["households"]}


def rules(told: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return sorted((one["rule"], one["codes"]) for one in told)


def grids(ground: dict[str, Any]) -> dict[str, shapely.Polygon]:
    found = [one for one in ground["features"] if one["properties"]["layer"] == "grid"]
    return {one["properties"]["code"]: shape(one["geometry"]) for one in found}


def owners(told: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["owner"] for one in told["results"]}


def test_a_line_through_houses_is_refused_with_the_houses_and_a_way_round(day: Day) -> None:
    told = day.told["cuts"]
    assert (day.status["cuts"], told["type"]) == (422, "/problems/building-cut")
    places = told["features"]["features"]
    assert [one["properties"]["role"] for one in places] == ["building", "building", "detour"]
    cut, detour = [shape(one["geometry"]) for one in places[:2]], shape(places[2]["geometry"])
    drawn = shape(day.desk["split"]["edits"][0]["line"])
    assert all(drawn.intersection(house).length > 1e-5 for house in cut)
    assert not any(detour.crosses(house) for house in cut)
    assert len(set(detour.coords)) == len(detour.coords)
    assert day.ground["cuts"] == day.ground["before"]


def test_the_tower_stands_alone(day: Day) -> None:
    told, host = day.told["split"], day.sites.host
    planned.EditAnswer.model_validate(told)
    (new,) = [code for code, (before, _) in households(told).items() if before is None]
    assert (households(told)[host], households(told)[new]) == ((1073, 600), (None, 473))
    ground = grids(day.ground["split"])
    inside = [one.id for one in day.sites.board.surroundings.buildings if ground[host].covers(one.shape)]
    assert inside == [TOWER]
    assert {one["to"] for one in told["moved"]} == {new}
    names = {one["properties"]["code"]: one["properties"]["name"] for one in told["grids"]["features"]}
    assert names[new] == redraw_day.FIFTH


def test_a_dry_run_tells_the_same_and_keeps_nothing(day: Day) -> None:
    tried, split = day.told["tried"], day.told["split"]
    assert day.ground["tried"] == day.ground["before"]
    told = ("households", "appeared", "vanished", "moved", "lineage", "gone", "amended", "drawn", "counts")
    assert {name: tried[name] for name in told} == {name: split[name] for name in told}


def test_two_small_ones_become_one(day: Day) -> None:
    told, small = day.told["merge"], day.sites.small
    assert told["gone"] == [day.sites.tower]
    assert households(told) == {day.sites.tower: (150, None), small: (190, 340)}
    assert rules(told["vanished"]) == [("households-low", [day.sites.tower]), ("households-low", [small])]


def test_the_border_lies_in_the_middle_of_the_river(day: Day) -> None:
    told, (bank, other) = day.told["river"], (day.sites.bank, day.sites.other_bank)
    (river,) = [one.shape for one in day.sites.board.surroundings.lines if one.category == "river"]
    ground = grids(day.ground["river"])
    border = shapely.line_merge(ground[bank].intersection(ground[other]))
    assert border.equals(day.sites.bend)
    assert river.covers(border)
    hand = shape(day.desk["river"]["edits"][0]["line"])
    assert not river.covers(hand)
    assert sorted(one["properties"]["code"] for one in told["regions"]["features"]) == ["519901007003", "519901009002"]
    assert (told["moved"], rules(told["appeared"])) == ([], [])


def test_the_courtyard_is_the_neighbours(day: Day) -> None:
    told, (bank, neighbour) = day.told["courtyard"], (day.sites.bank, day.sites.neighbour)
    assert [(one["from"], one["to"], one["households"]) for one in told["moved"]] == [(neighbour, bank, 95)]
    assert households(told) == {neighbour: (524, 429), bank: (363, 458)}
    assert rules(told["vanished"]) == [("households-high", [neighbour])]
    assert grids(day.ground["courtyard"])[bank].covers(day.sites.house.shape)


@pytest.mark.parametrize("name", ["before", "split", "merge", "river", "courtyard", "rebased"])
def test_after_each_edit_the_ground_is_covered_exactly(day: Day, name: str) -> None:
    features = day.ground[name]["features"]
    regions = [one for one in features if one["properties"]["layer"] == "region"]
    assert len(regions) == 3
    for region in regions:
        own = [one for one in features if one["properties"].get("region") == region["properties"]["code"]]
        assert is_exact(shape(region["geometry"]), [shape(one["geometry"]) for one in own])


def test_what_is_left_is_told(day: Day) -> None:
    schemas.Checked.model_validate(day.told["findings"])
    assert rules(day.told["findings"]["findings"]) == [
        ("households-high", [day.sites.host]),
        ("tower-over", [TOWER, day.sites.host]),
    ]
    sums = day.told["diff"]["sums"]
    assert (sums["grids"], sums["buildings"], sums["households_moved"]) == (7, 19, 473 + 150 + 95)
    assert [one["kind"] for one in day.told["steps"]["steps"]] == ["edit"] * 4
    assert "Before and after" in day.pages["diff"]


def test_back_and_forth_to_the_byte(day: Day) -> None:
    assert day.ground["undone"] == day.ground["before"]
    assert day.ground["redone"] == day.ground["courtyard"]


def test_what_a_colleague_published_is_carried_over(day: Day) -> None:
    assert (day.status["stale"], day.told["stale"]["type"]) == (409, "/problems/stale-base")
    planned.RebaseAnswer.model_validate(day.told["rebase"])
    mine, theirs, both = (grids(day.ground[name]) for name in ("redone", "arcade", "rebased"))
    special = day.sites.special
    assert both[special].equals_exact(theirs[special])
    assert not both[special].equals_exact(mine[special])
    assert both[day.sites.host].equals_exact(mine[day.sites.host])
    assert both[special].covers(day.sites.arcade.shape)


def test_from_hand_to_hand(day: Day) -> None:
    assert (day.status["too late"], day.told["too late"]["type"]) == (409, "/problems/plan-not-draft")
    assert (day.told["approve"]["state"], day.told["approve"]["approval"]) == ("approved", "文街网〔2026〕7号")
    assert (day.status["schedule"], day.told["schedule"]["scheduled"]) == (202, "2026-11-23T00:00:00+08:00")


def test_until_monday_the_old_map_answers_and_the_ground_waits(day: Day) -> None:
    before, at = owners(day.told["owners before"]), owners(day.told["owners at"])
    assert before == owners(day.told["published owners"])
    assert (day.status["reserved"], day.told["reserved"]["type"]) == (409, "/problems/region-reserved")
    assert day.plan in day.told["reserved"]["detail"]
    (new,) = [code for code, (was, _) in households(day.told["split"]).items() if was is None]
    sites = day.sites
    assert before == {"estate": sites.host, "courtyard": sites.neighbour, "river": sites.bank}
    assert at == {"estate": new, "courtyard": sites.bank, "river": sites.other_bank}
    assert day.told["owners at"]["publication"] == day.told["published"]["publication"] == 3
    assert day.told["publication"]["reason"] == "11月23日起施行"


def test_a_retired_code_names_who_has_its_ground(day: Day) -> None:
    told = day.told["retired"]
    assert (day.status["retired"], told["type"]) == (410, "/problems/code-retired")
    assert told["successors"] == [{"code": day.sites.small, "share": 1.0, "households": 150}]
    turns = day.told["archive"]["turns"]
    assert [(one["households_after"], one["approval"]) for one in turns] == [(1073, ""), (600, "文街网〔2026〕7号")]
    assert "文街网〔2026〕7号" in day.pages["archive"]


def test_as_it_was_before_monday(day: Day) -> None:
    assert (day.told["revert"]["kind"], day.told["revert"]["number"]) == ("revert", 4)
    assert owners(day.told["owners after"]) == owners(day.told["owners before"])
    assert day.told["nothing differs"]["same"]
    assert day.told["again"]["properties"]["code"] == day.retired


def test_the_pictures_are_of_this_day(day: Day) -> None:
    kept = {path.stem: path.read_text("utf-8") for path in redraw_pages.PICTURES.iterdir()}
    assert kept == redraw_pages.pictures(day), "python tests/redraw_pages.py draws them anew"


def test_the_page_tells_this_day(day: Day) -> None:
    page = redraw_pages.PAGE.read_text("utf-8")
    for picture in redraw_pages.PICTURES.iterdir():
        assert f"(redraw/{picture.name})" in page
    for name, block in redraw_blocks.blocks(day).items():
        assert f"```console\n{block}```" in page, f"{name}: python tests/redraw_pages.py writes it anew"
