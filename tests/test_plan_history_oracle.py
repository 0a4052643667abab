"""Publications of all kinds and reverts by chance: is every past state what a list of the states says it is?

The list is kept by the test: a plan replaces the ground of its communities, data what they tell of, a revert is an
older entry. It is asked place by place and instant by instant, and compared with the difference of any two entries.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import shapely
from asked_edits import edits
from conftest import Store, fresh
from district import publish, refresh, served
from divisions import STEP
from drafting import asked, opened
from fastapi.testclient import TestClient
from jittered import blocks
from proofs import Proof
from publishing import faults, following
from shared_ground import DOUBT, HAIR
from test_difference import is_same
from uploading import key, slug

from geo import lookup
from geo.difference import Side, applied, difference
from geo.model import Building, Ground, Plan
from geo.store import embedded, schedule, sides, things
from geo.store.connect import session
from geo.store.door import Published

CODES = "ABCD"
BEGIN = datetime(2100, 1, 1, tzinfo=UTC)
"""Plans are scheduled for a time so far away that no running service publishes them: the test moves the clock."""


@dataclass(frozen=True)
class State:
    """One entry of the list: grids by code with region, name and ground, and buildings by id."""

    grids: Mapping[str, tuple[str, str, Ground]] = field(default_factory=dict)
    homes: Mapping[str, Building] = field(default_factory=dict)

    def owner(self, spot: shapely.Point) -> str | None:
        return next((code for code, (_, _, shape) in self.grids.items() if shape.covers(spot)), None)

    def is_plain(self, spot: shapely.Point) -> bool:
        """Whether nodes that others put on a border cannot change the owner of a place."""
        return all(shape.boundary.distance(spot) > DOUBT for _, _, shape in self.grids.values())

    def households(self) -> dict[str, int] | None:
        """Of each grid: a building counts where most of it lies. None where one lies in two grids, half and half."""
        found = dict.fromkeys(self.grids, 0)
        for home in self.homes.values():
            parts = {code: home.shape.intersection(shape).area for code, (_, _, shape) in self.grids.items()}
            first, second = sorted(parts, key=lambda code: -parts[code])[:2]
            if parts[first] - parts[second] < home.shape.area / 100:
                return None
            found[first] += home.households or 0
        return found


@dataclass
class Story:
    """What happens to a store, and the list of what it must hold; entry n - 1 is publication n."""

    store: Store
    client: TestClient
    chance: random.Random
    states: list[State]
    now: datetime = BEGIN
    waiting: list[tuple[datetime, str, set[str], State]] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    def step(self) -> None:
        what = self.chance.choice(("plan", "plan", "plan", "data", "revert", "revert", "schedule", "clock"))
        if getattr(self, what)():
            self.told[what] += 1

    @property
    def reserved(self) -> set[str]:
        return {code for _, _, codes, _ in self.waiting for code in codes}

    def plan(self) -> bool:
        """Some communities are redrawn; where others wait for their instant that is refused."""
        number, codes, drawn = self._drawn()
        told = asked(self.client, number, "publish")
        if codes & self.reserved:
            assert slug(told) == (409, "region-reserved")
            return False
        assert told.status_code == 200, told.text
        return self._published(told.json()["number"], self._with(drawn, codes))

    def data(self) -> bool:
        """Other households of a house, and now and then a new one."""
        last = self.states[-1].homes
        one = self.chance.choice([*last.values()])
        changed = replace(one, households=self.chance.randrange(900))
        if self.chance.random() < 0.4:
            changed = replace(
                changed, id=f"h{len(last) + 1}-{len(self.states)}", shape=self.spot().buffer(STEP / 40, 1)
            )
        number = publish(self.store, Plan(buildings=(changed,)))
        with session(self.store.service) as work:
            kept = {one.id: one for one in things.buildings(work, number)}
        return self._published(number, replace(self.states[-1], homes={**last, changed.id: kept[changed.id]}))

    def revert(self) -> bool:
        number, what = self.chance.randint(1, len(self.states)), self.chance.choice(("all", "ground"))
        past, last = self.states[number - 1], self.states[-1]
        then = past if what == "all" else replace(past, homes=last.homes)
        told = self.client.post(
            f"/v1/publications/{number}/revert", json={"what": what, "reason": "back"}, headers=key()
        )
        differ = {code for code in CODES if not self.is_like(then, last, code)}
        if told.status_code == 409:
            assert slug(told) == (409, "region-reserved")
            assert differ & self.reserved
            return False
        if told.status_code == 422:
            assert slug(told) == (422, "nothing-to-publish")
            assert not differ
            return False
        assert told.status_code == 200, told.text
        assert not differ & self.reserved
        return self._published(told.json()["number"], then)

    def schedule(self) -> bool:
        """Some communities are redrawn, for an instant to come: nothing is to be seen of it until then."""
        number, codes, drawn = self._drawn()
        at = self.now + timedelta(days=self.chance.randint(1, 5), seconds=len(self.waiting))
        told = asked(self.client, number, "publish", {"at": at.isoformat()})
        if codes & self.reserved:
            assert slug(told) == (409, "region-reserved")
            return False
        assert told.status_code == 202, told.text
        self.waiting.append((at, number, codes, drawn))
        return True

    def clock(self) -> bool:
        """The clock is moved: what is due comes into force in the order of the instants."""
        self.now += timedelta(days=self.chance.randint(1, 4))
        done = schedule.publish_due(self.store.service, self.now)
        due = sorted((one for one in self.waiting if one[0] <= self.now), key=lambda one: one[0])
        self.waiting = [one for one in self.waiting if one[0] > self.now]
        assert len(done) == len(due)
        for told, (_, _, codes, drawn) in zip(done, due, strict=True):
            assert isinstance(told, Published), told
            self._published(told.number, self._with(drawn, codes))
        return bool(due)

    def _drawn(self) -> tuple[str, set[str], State]:
        """A plan of one community or two in which something is changed, and its ground."""
        codes = self.chance.sample(CODES, self.chance.choice((1, 1, 2)))
        number = str(opened(self.client, *codes)["id"])
        before = self.states[-1].grids
        for _ in range(30):
            shapes = {code: shape for code, (region, _, shape) in before.items() if region in codes}
            told = asked(self.client, number, "edits", {"edits": edits(self.chance, shapes, uuid4().hex[:6])})
            if told.status_code == 200 and (told.json()["grids"]["features"] or told.json()["gone"]):
                break
        features = self.client.get(f"/v1/plans/{number}?f=geojson").json()["features"]
        grids = {
            one["properties"]["code"]: (
                one["properties"]["region"],
                one["properties"]["name"],
                shapely.geometry.shape(one["geometry"]),
            )
            for one in features
            if one["properties"]["layer"] == "grid"
        }
        touched = {code for code in codes if not self.is_like(State(grids), self.states[-1], code)}
        return number, touched, State(grids)

    def _with(self, drawn: State, codes: set[str]) -> State:
        last = self.states[-1]
        kept = {code: one for code, one in last.grids.items() if one[0] not in codes}
        return replace(last, grids=kept | {code: one for code, one in drawn.grids.items() if one[0] in codes})

    def is_like(self, one: State, other: State, region: str) -> bool:
        own, others = ({c: g for c, g in state.grids.items() if g[0] == region} for state in (one, other))
        return own.keys() == others.keys() and all(
            own[code][:2] == others[code][:2] and is_like(own[code][2], others[code][2]) for code in own
        )

    def _published(self, number: int, state: State) -> bool:
        assert number == len(self.states) + 1
        self.states.append(state)
        return True

    def spot(self) -> shapely.Point:
        whole = shapely.union_all([shape for _, _, shape in self.states[0].grids.values()]).buffer(-STEP / 10)
        west, south, east, north = whole.bounds
        while True:
            spot = shapely.Point(self.chance.uniform(west, east), self.chance.uniform(south, north))
            if whole.covers(spot):
                return spot


def is_like(one: Ground, other: Ground) -> bool:
    """The same ground but for hairs that nodes leave behind."""
    return bool(one.symmetric_difference(other).buffer(-HAIR).is_empty)


@pytest.fixture(scope="module")
def story(cluster: embedded.Cluster, full: bool) -> Iterator[Story]:
    """Everything that happened."""
    chance = random.Random(41)
    plan = blocks(chance, CODES, 2, 2)
    homes = tuple(
        Building(id=f"h{n}", households=chance.randrange(300), shape=grid.shape.centroid.buffer(STEP / 30, 1))
        for n, grid in enumerate(plan.grids)
    )
    with fresh(cluster) as store:
        publish(store, replace(plan, buildings=homes))
        with session(store.service) as work:
            kept = {one.id: one for one in things.buildings(work, 1)}
        first = State({grid.code: (grid.region, grid.name, grid.shape) for grid in plan.grids}, kept)
        with served(store) as client:
            found = Story(store, client, chance, [first])
            while len(found.states) < (100 if full else 6):
                found.step()
            yield found


def test_every_state_is_what_the_list_says(story: Story, full: bool, proof: Proof) -> None:
    """Asked for the owner of places at instants: by the clock, and by the number."""
    pairs, compared = 2000 if full else 40, 0
    refresh(story.client)
    instants = [instant(story, number) for number in range(1, len(story.states) + 1)]
    with following(story.store.service) as live:
        while compared < pairs:
            number = story.chance.randint(1, len(story.states))
            state, spot = story.states[number - 1], story.spot()
            if not state.is_plain(spot):
                continue
            end = instants[number] if number < len(instants) else datetime.now(UTC)
            at = story.chance.choice((instants[number - 1], end - timedelta(microseconds=1)))
            told = story.client.get("/v1/owner", params={**place(spot), "as_of": at.isoformat()})
            assert told.headers["x-publication"] == str(number)
            held(state, spot, told.json()["owner"])
            past = live.map_at(number)
            assert past is not None
            found = lookup.answer(past, spot.x, spot.y).owner
            assert (found and found.code) == state.owner(spot)
            compared += 1
    assert faults(story.store.owner) == {}
    proof(
        "publications, reverts and scheduled plans replayed against a list, (place, time) pairs",
        pairs,
        f"{len(story.states)} publications ({dict(sorted(story.told.items()))}), each answer that of the list",
    )


def instant(story: Story, number: int) -> datetime:
    return datetime.fromisoformat(story.client.get(f"/v1/publications/{number}").json()["at"])


def place(spot: shapely.Point) -> dict[str, Any]:
    return {"lon": spot.x, "lat": spot.y, "datum": "wgs84"}


def held(state: State, spot: shapely.Point, owner: Any) -> None:
    code = state.owner(spot)
    assert (owner and owner["code"]) == code
    if code is not None:
        assert (owner["region"], owner["name"]) == state.grids[code][:2]
        households = state.households()
        assert households is None or (owner["households"] or 0) == households[code]


def test_a_difference_makes_the_one_state_of_the_other(story: Story, full: bool, proof: Proof) -> None:
    pairs = 300 if full else 8
    for _ in range(pairs):
        one, other = (story.chance.randint(1, len(story.states)) for _ in range(2))
        with session(story.store.service) as work:
            readers = [sides.of_publication(work, number, CODES) for number in (one, other)]
            before, after = sides.pair(*readers)
            differing = sides.differing_regions(work, one, other)
        for side, number in ((before, one), (after, other)):
            is_listed(side, story.states[number - 1])
        made = applied(before, difference(before, after))
        assert made.grids.keys() == after.grids.keys()
        for code, grid in after.grids.items():
            assert replace(made.grids[code], shape=grid.shape) == grid
            assert is_same(made.grids[code].shape, grid.shape, but_hairs=True), code
        assert (made.homes, made.standings, made.households) == (after.homes, after.standings, after.households)
        listed = {code for code in CODES if not story.is_like(story.states[one - 1], story.states[other - 1], code)}
        assert listed <= differing
    proof("diff(A, B) of publications applied to A", pairs, "B: ground, names, households, buildings, standings")


def is_listed(side: Side, state: State) -> None:
    """What the store tells of a publication is what the list has."""
    assert side.grids.keys() == state.grids.keys()
    for code, grid in side.grids.items():
        region, name, shape = state.grids[code]
        assert (grid.region, grid.name) == (region, name)
        assert is_like(grid.shape, shape)
    assert {id_: home.households for id_, home in side.homes.items()} == {
        id_: home.households for id_, home in state.homes.items()
    }
    households = state.households()
    assert households is None or {code: count or 0 for code, count in side.households.items()} == households
