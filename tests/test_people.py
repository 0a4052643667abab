"""Who is bound to a place at an instant, and can that be told fast for a city?"""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.model import Layer, Person, Post, Role
from geo.people import Roster, instant, is_in_order, microseconds

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))
CITY = 140_000
"""Bindings of a city, as the issue states them."""
MOST_BYTES = 120
"""A binding, with names of three characters, phones of thirteen and codes of fifteen."""


def bound(name: str, place: str = "A01", role: Role = Role.MEMBER, **more: object) -> Person:
    one = Person(id=f"p-{name}", name=name, phone="000-0000-0001", place=place, place_layer=Layer.GRID, role=role)
    return replace(one, **more)  # type: ignore[arg-type]


def test_the_responsible_come_first_then_members_by_name() -> None:
    people = [
        bound("丁", role=Role.ORGANISATION),
        bound("丙"),
        bound("甲", role=Role.PART_TIME),
        bound("乙", role=Role.RESPONSIBLE, post=Post.AREA),
        bound("one", "A02"),
        bound("三"),
    ]
    roster = Roster.made(people)
    assert roster.of("A01", NOON) == [people[3], people[5], people[1], people[2], people[0]]
    assert roster.of("A02", NOON) == [people[4]]
    assert roster.of("A03", NOON) == roster.of("", NOON) == roster.of("A", NOON) == roster.of("B", NOON) == []
    assert len(roster) == 6


def test_a_date_begins_at_midnight_of_the_zone_and_the_end_is_not_in_it() -> None:
    roster = Roster.made([bound("甲", since="2026-03-01", until="2026-04-01")])
    begins = datetime(2026, 2, 28, 16, tzinfo=UTC)  # 00:00 in Shanghai
    ends = datetime(2026, 3, 31, 16, tzinfo=UTC)
    step = timedelta(microseconds=1)
    told = [bool(roster.of("A01", at)) for at in (begins - step, begins, ends - step, ends)]
    assert told == [False, True, True, False]
    urumqi = Roster.made([bound("甲", since="2026-03-01")], ZoneInfo("Asia/Urumqi"))
    assert not urumqi.of("A01", begins)
    assert urumqi.of("A01", begins + timedelta(hours=2))


def test_an_instant_is_the_same_in_every_zone() -> None:
    assert instant("2026-03-01T08:00:00+08:00") == instant("2026-03-01T00:00:00Z", ZoneInfo("Asia/Urumqi"))
    assert instant("2026-03-01T08:00", UTC) == instant("2026-03-01T08:00:00+00:00")
    assert instant("1970-01-01T00:00:00.000001+00:00") == 1
    assert is_in_order("2026-03-01", None)
    assert is_in_order(None, None)
    assert is_in_order("2026-03-01", "2026-03-02")
    assert not is_in_order("2026-03-01", "2026-03-01")
    assert not is_in_order("2026-03-02", "2026-03-01T12:00")
    with pytest.raises(ValueError, match="offset"):
        microseconds(datetime(2026, 3, 1))
    with pytest.raises(ValueError, match="Invalid"):
        instant("yesterday")


def test_a_grid_and_a_region_of_one_code_are_two_places() -> None:
    grid, region = bound("甲"), bound("乙", place_layer=Layer.REGION)
    roster = Roster.made([region, grid])
    assert roster.of("A01", NOON, Layer.GRID) == [grid]
    assert roster.of("A01", NOON, Layer.REGION) == [region]
    assert roster.of("A01", NOON) == [grid, region]
    with pytest.raises(ValueError, match="neither a grid nor a region"):
        Roster.made([replace(grid, place_layer=None)])


def test_a_chain_is_told_from_the_grid_up() -> None:
    grid, community, street = (
        bound("甲"),
        bound("乙", "A", place_layer=Layer.REGION),
        bound("丙", "S", place_layer=Layer.REGION),
    )
    double = bound("丁", "A")  # of a grid that is called as the community is
    roster = Roster.made([street, community, double, grid])
    assert roster.of_chain(["A01", "A", "S", "D"], NOON) == [grid, community, street]
    assert roster.of_chain(["A", "S"], NOON, has_grid=False) == [community, street]
    assert roster.of_chain([], NOON) == []


def test_nobody_at_all() -> None:
    nobody = Roster.made(())
    assert nobody.of("A01", NOON) == list(nobody) == []
    assert len(nobody) == 0
    assert nobody.places == {Layer.GRID: set(), Layer.REGION: set()}


PEOPLE = st.lists(
    st.builds(
        Person,
        id=st.text(min_size=1, max_size=8),
        name=st.text(max_size=5),
        phone=st.text("0123-", max_size=8),
        place=st.sampled_from(["A", "A\x000", "A0", "网格", "B", ""]),
        place_layer=st.sampled_from([Layer.GRID, Layer.REGION]),
        role=st.sampled_from(Role),
        post=st.none() | st.sampled_from(Post),
        subject=st.text(max_size=3),
        since=st.none() | st.sampled_from(["2026-01-01", "2026-02-01T08:00:00+08:00"]),
        until=st.none() | st.sampled_from(["2026-02-01", "2026-03-01T08:00:00"]),
    ),
    max_size=12,
)


@given(PEOPLE, st.datetimes(datetime(2025, 12, 1), datetime(2026, 4, 1), timezones=st.just(UTC)))
def test_it_is_what_a_list_would_say(people: list[Person], at: datetime) -> None:
    roster, now = Roster.made(people), microseconds(at)
    for place in {one.place for one in people} | {"C"}:
        held = [
            one
            for one in people
            if one.place == place
            and (one.since is None or instant(one.since) <= now)
            and (one.until is None or now < instant(one.until))
        ]
        assert sorted(map(repr, roster.of(place, at))) == sorted(map(repr, held))
    assert sorted(map(repr, roster)) == sorted(map(repr, people))


def test_its_arrays_can_be_stored_and_mapped_back(tmp_path: object) -> None:
    people = [bound("甲", since="2026-01-01"), bound("乙", "网格1"), bound("丙", "S", place_layer=Layer.REGION)]
    mapped = {}
    for name, array in Roster.made(people).arrays.items():
        np.save(f"{tmp_path}/{name}.npy", array)
        mapped[name] = np.load(f"{tmp_path}/{name}.npy", mmap_mode="r" if array.size else None)
    again = Roster(mapped)
    assert [one.name for one in again] == ["甲", "丙", "乙"]
    assert again.of("网格1", NOON) == [people[1]]


def test_a_city_of_people_does_not_slow_a_lookup() -> None:
    """Of 140,000 bindings one place is found about as fast as of 700: by halving, not by looking through."""
    people = [
        Person(
            id=f"person-{number:016x}",
            name="王小明",
            phone=f"000-0000-{number % 10_000:04}",
            place=f"5199010{number // 5:08}",
            place_layer=Layer.GRID,
            role=Role.MEMBER if number % 5 else Role.RESPONSIBLE,
        )
        for number in range(CITY)
    ]
    city, quarter = Roster.made(people), Roster.made(people[: CITY // 200])
    assert city.nbytes / CITY < MOST_BYTES
    some = [one.place for one in people[: CITY // 200 : 5]]

    def seconds(roster: Roster, places: list[str]) -> float:
        began = time.process_time()
        for place in places:
            assert len(roster.of(place, NOON)) == 5
        return (time.process_time() - began) / len(places)

    far = [one.place for one in people[:: CITY // 140]]
    assert min(seconds(city, far) for _ in range(5)) < 4 * min(seconds(quarter, some) for _ in range(5))
