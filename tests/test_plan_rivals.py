"""Eight planners on neighbouring communities, and two by two on one: is nothing lost, and is every conflict told?

Whether two changes go together is decided here by areas (`tests/shared_ground.py`), not by the faces of the rebase.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import shapely
from asked_edits import across, edits
from conftest import Store
from jittered import blocks, outline
from proofs import Proof
from publishing import faults, head, in_force
from shared_ground import DOUBT, HAIR, InDoubtError, Pair
from writers import Writer, kind, served_at, together, writers

from geo.model import Grid, Ground
from geo.store import embedded
from geo.store.connect import session
from geo.store.published import editions

MANY = 8
ROW = "ABCDEFGH"
"""Communities in two rows of four."""


@pytest.fixture(scope="module")
def web(cluster: embedded.Cluster) -> Iterator[tuple[Store, str]]:
    """A store with slanted communities beside each other, and a service on it."""
    with served_at(cluster, blocks(random.Random(3), ROW, 4, 2)) as found:
        yield found


def test_neighbours_publish_at_once_and_lose_nothing(web: tuple[Store, str], full: bool, proof: Proof) -> None:
    """Each cuts its community from border to border, with nodes on slanted borders that others cut at the same time."""
    rounds, (store, url) = 20 if full else 1, web
    before = head(store.service)
    with writers(url, MANY) as own:
        told = together([partial(cutting, one, code, random.Random(f"cut {code}"), rounds)
                         for one, code in zip(own, ROW, strict=True)])  # fmt: skip
        stale, busy = sum(one.stale for one in own), sum(one.busy for one in own)
    done = sorted((one for several in told for one in several), key=lambda one: one.number)
    assert [one.number for one in done] == [*range(before + 1, before + 1 + MANY * rounds)]
    assert stale == 0
    assert faults(store.owner) == {}
    with session(store.service) as work:
        for one in done:
            (found,) = editions(work, one.number, codes=[one.code])
            assert_is_led_through(found.grids, one.grids)
    now, amended = in_force(store.service), Counter(len(one.amended) > 0 for one in done)
    for code in ROW:
        last = max((one for one in done if one.code == code), key=lambda one: one.number)
        assert_is_led_through(now[code].grids, last.grids)
    assert amended[True] > 0
    proof(
        "neighbours publishing at once, plans",
        len(done),
        f"all published, none twice and none refused; {amended[True]} put nodes on a neighbour's border, {busy} `busy`",
    )


@dataclass(frozen=True)
class Done:
    """A publication, and the plan as its planner saw it last."""

    number: int
    code: str
    amended: list[str]
    grids: dict[str, Ground]


def cutting(writer: Writer, code: str, chance: random.Random, rounds: int) -> list[Done]:
    done = list[Done]()
    for _ in range(rounds):
        number = writer.opened(code)
        grids = writer.ground(number)
        whole = [{"op": "merge", "grids": [*grids]}] if len(grids) > 1 else []
        split = {"op": "split", "grid": min(grids), "line": across(chance, outline([*grids.values()])), "cut": True}
        keeping = [{**one, "into": min(grids)} for one in whole]
        writer.good(number, "edits", {"edits": [*keeping, split]})
        drawn = writer.ground(number)
        told = writer.good(number, "publish")
        done.append(Done(told["number"], code, told["amended"], drawn))
    return done


def assert_is_led_through(found: Sequence[Grid], drawn: dict[str, Ground]) -> None:
    """What is published has the nodes that were drawn, and others on its edges alone."""
    assert {grid.code for grid in found} == drawn.keys()
    for grid in found:
        shape = drawn[grid.code]
        nodes, own = ({(x, y) for x, y in shapely.get_coordinates(one).tolist()} for one in (grid.shape, shape))
        assert own <= nodes
        assert shapely.hausdorff_distance(grid.shape, shape) < HAIR * 3


# Two plans of one community


def test_two_plans_of_one_community(web: tuple[Store, str], full: bool, proof: Proof) -> None:
    """The second is stale and is rebased: always without a word where the changes are apart, always with a conflict
    where they are not; and what was chosen is published."""
    rounds, (store, url), tally = 15 if full else 1, web, Tally()
    with writers(url, MANY) as own:
        for n in range(rounds):
            together([partial(rivals, own[2 * m], own[2 * m + 1], code, random.Random(f"{code} {n}"), tally)
                      for m, code in enumerate(ROW[: MANY // 2])])  # fmt: skip
            assert faults(store.owner) == {}
    assert tally.told["together"] > 0
    told = ", ".join(f"{count} {what}" for what, count in sorted(tally.told.items()))
    proof("two plans of one community, pairs", tally.told.total(), f"{told}; as areas say, and all published then")


@dataclass
class Tally:
    told: Counter[str] = field(default_factory=Counter)


def rivals(one: Writer, other: Writer, code: str, chance: random.Random, tally: Tally) -> None:
    """Two planners draw, both publish at once, and the one who comes second carries the plan over."""
    numbers = [writer.opened(code) for writer in (one, other)]
    base, names = one.ground(numbers[0]), one.names(numbers[0])
    for writer, number in zip((one, other), numbers, strict=True):
        draw(writer, number, base, chance)
    drawn = [writer.ground(number) for writer, number in zip((one, other), numbers, strict=True)]
    called = [writer.names(number) for writer, number in zip((one, other), numbers, strict=True)]
    pair = Pair(base, (drawn[0], drawn[1]), (names, called[0], called[1]))
    told = together([partial(writer.write, number, "publish", {}, writer.plan(number)["revision"])
                     for writer, number in zip((one, other), numbers, strict=True)])  # fmt: skip
    assert sorted(reply.status for reply in told) == [200, 409], [reply.body for reply in told]
    late = [reply.status for reply in told].index(409)
    assert kind(told[late]) == "stale-base"
    writer, number = (one, other)[late], numbers[late]
    assert writer.plan(number)["stale"] == [code]
    try:
        expected: set[str] | None = pair.clashes
    except InDoubtError:
        expected = None
    places, choices = list[Any](), dict[str, str]()
    reply = writer.write(number, "rebase", {}, writer.plan(number)["revision"])
    while kind(reply) == "rebase-conflict":  # again, where a neighbour's node came into the ground meanwhile
        places, before = reply.told["features"]["features"], choices
        choices = {place["properties"]["conflict"]: chance.choice(("mine", "theirs")) for place in places}
        assert choices.keys() != before.keys(), "what was chosen was not taken"
        reply = writer.write(number, "rebase", {"choices": choices}, writer.plan(number)["revision"])
    assert reply.status == 200, reply.body
    found = {place["properties"]["matter"] for place in places}
    assert expected in (None, found), (code, expected, found)
    assert writer.plan(number)["stale"] == []
    took = {one["from"]: one["to"] for one in reply.told["recoded"]}
    mine = {took.get(code, code): shape for code, shape in drawn[late].items()}
    judge(chance, (base, mine, drawn[1 - late]), writer.ground(number), places, choices)
    done = writer.write(number, "publish", {}, writer.plan(number)["revision"])
    if kind(done) == "nothing-to-publish":  # whatever I drew was given up
        assert {*choices.values()} == {"theirs"}
    else:
        assert done.status == 200, done.body
        assert done.told["standing"] == {code: "proven"}
    tally.told["not decided" if expected is None else "conflict" if places else "together"] += 1


def draw(writer: Writer, number: str, grids: dict[str, Ground], chance: random.Random) -> None:
    """Something is changed."""
    reply = writer.write(number, "edits", {"edits": edits(chance, grids, uuid4().hex[:8])}, 1)
    while reply.status != 200 or not (reply.told["grids"]["features"] or reply.told["gone"]):
        assert kind(reply) in ("edit-refused", "good"), reply.body
        revision = writer.plan(number)["revision"]
        reply = writer.write(number, "edits", {"edits": edits(chance, grids, uuid4().hex[:8])}, revision)


def judge(
    chance: random.Random,
    states: tuple[dict[str, Ground], dict[str, Ground], dict[str, Ground]],
    found: dict[str, Ground],
    places: Sequence[Any],
    choices: dict[str, str],
) -> None:
    """By the three-way rule, place by place; where there was a conflict, by what was chosen."""
    conflicts = [
        (shapely.geometry.shape(one["geometry"]), choices[one["properties"]["conflict"]])
        for one in places
        if one["properties"]["matter"] not in ("name", "kind")
    ]
    whole = shapely.union_all([*found.values()])
    for _ in range(60):
        west, south, east, north = whole.bounds
        spot = shapely.Point(chance.uniform(west, east), chance.uniform(south, north))
        if any(shape.boundary.distance(spot) < DOUBT for state in (*states, found) for shape in state.values()):
            continue
        base, mine, theirs = (owner(state, spot) for state in states)
        take = next((take for shape, take in conflicts if shape.covers(spot)), "theirs" if mine == base else "mine")
        assert owner(found, spot) == (mine if take == "mine" else theirs), (spot, base, mine, theirs, take)


def owner(grids: dict[str, Ground], spot: shapely.Point) -> str | None:
    return next((code for code, shape in grids.items() if shape.covers(spot)), None)
