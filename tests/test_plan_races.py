"""Eight planners on one plan at once: is every acknowledged edit there, once, in its order?"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from asked_edits import edits, named
from conftest import Store
from jittered import communities, net, quads
from proofs import Proof
from publishing import engines, faults, head, in_force
from writers import GOOD, Kept, Writer, kind, served_at, together, writers

from geo.model import Ground
from geo.open_plan import OpenPlan
from geo.redraw.board import Board, Outcome
from geo.redraw.drawn import redrawn
from geo.redraw.written import read_all
from geo.store import drafts, embedded, opening, plans, steps
from geo.store.connect import session
from geo.store.possible import POSSIBLE
from geo.store.refusals import RevisionMoved

MANY = 8
ONE = "P"
"""The community that all draw."""
LETTERS = "ABCDEFGH"
STATES = {"submit": "submitted", "approve": "approved", "reopen": "draft", "withdraw": "withdrawn"}


@pytest.fixture(scope="module")
def web(cluster: embedded.Cluster) -> Iterator[tuple[Store, str]]:
    """A store with a slanted community, and a service on it."""
    grids = quads(net(random.Random(3), 3, 3, 0.7))
    with served_at(cluster, communities({ONE: [one for row in grids for one in row]})) as found:
        yield found


def test_eight_planners_on_one_plan(web: tuple[Store, str], full: bool, proof: Proof) -> None:
    """What the plan is in the end is what the acknowledged edits make one after the other."""
    rounds, each, (store, url) = 4 if full else 1, 20 if full else 4, web
    kept, several = 0, list[Writer]()
    for n in range(rounds):
        with writers(url, MANY) as own:
            number = own[0].opened(ONE)
            before = board_of(store, number)
            shapes = {code: grid.shape for code, grid in before.grids.items()}
            together([partial(write_on, one, number, shapes, random.Random(f"{n} {m}"), each)
                      for m, one in enumerate(own)])  # fmt: skip
            done = sorted((one for writer in own for one in writer.kept), key=lambda one: one.revision)
            assert [one.revision for one in done] == [*accumulate(map(writes, done), initial=1)][1:]
            assert own[0].plan(number)["revision"] == done[-1].revision
            assert own[0].plan(number)["state"] == replayed(store, number, before, done)
            kept, several = kept + len(done), [*several, *own]
    assert kept >= rounds * each  # the others were told in time
    stale, busy, repeated = (sum(getattr(w, name) for w in several) for name in ("stale", "busy", "repeated"))
    assert stale > 0
    assert repeated > 0
    proof(
        "eight planners on one plan, edits kept",
        kept,
        f"content and steps are those of the edits in the order of their revisions; {stale} answers 412 with the "
        f"present ETag, {repeated} repeated keys, {busy} answers 503 `busy`",
    )


def writes(one: Kept) -> int:
    """By how much a change moves the revision."""
    return int(one.body.get("steps", 1))


def write_on(writer: Writer, number: str, shapes: dict[str, Ground], chance: random.Random, count: int) -> None:
    """Edits, undo, redo and changes of state, from what this one planner knows; some again under their key."""
    revision = writer.plan(number)["revision"]
    for _ in range(count):
        (what, body), key = action(chance, shapes, uuid4().hex[:8]), uuid4().hex
        reply, revision = writer.insisting(number, what, body, revision, key)
        if reply.status in GOOD:
            writer.kept.append(Kept(reply.told["revision"], what, body, reply.told))
            if chance.random() < 0.3:
                writer.repeat(number, what, body, revision, key, reply)
            revision = reply.told["revision"]
        else:
            assert kind(reply) in ALLOWED, reply.body
        if chance.random() < 0.3:
            revision = writer.plan(number)["revision"]


def action(chance: random.Random, shapes: dict[str, Ground], unique: str) -> tuple[str, Any]:
    drawn = chance.random()
    if drawn < 0.7:
        return "edits", {"edits": edits(chance, shapes, unique), "reason": unique}
    if drawn < 0.9:
        return chance.choice((("undo", {}), ("undo", {"steps": 2}), ("redo", {})))
    return chance.choice((("submit", {}), ("approve", {}), ("withdraw", {}), *(("reopen", {}),) * 5))


ALLOWED = {"edit-refused", "building-cut", "nothing-to-undo", "nothing-to-redo", "wrong-state", "plan-not-draft"}


def board_of(store: Store, number: str) -> Board:
    with session(store.service) as work:
        content = plans.content(work, drafts.find(work, UUID(number)))
    return OpenPlan(content.plan, content.terms, content.codes).board


def replayed(store: Store, number: str, board: Board, done: Sequence[Kept]) -> str:
    """The state of the plan that acknowledged writes lead to, made one after the other without any service. Holds that
    the store has just these steps and just this ground."""
    told = Replay(board)
    for one in done:
        told.take(one)
    found = board_of(store, number)
    assert found.grids.keys() == told.board.grids.keys()
    for code, grid in told.board.grids.items():
        assert replace(found.grids[code], shape=grid.shape) == grid
        assert shapely.to_wkb(found.grids[code].shape) == shapely.to_wkb(grid.shape), code
    assert [shapely.to_wkb(found.boundary(code)) for code in found.regions] == [
        shapely.to_wkb(told.board.boundary(code)) for code in found.regions
    ]
    with session(store.service) as work:
        kept = [(one.number, one.reason, one.state) for one in steps.listed(work, UUID(number), limit=1000)]
    assert kept == [(n, reason, state) for n, (reason, state) in enumerate(told.steps, start=1)]
    return told.state


@dataclass
class Replay:
    """A plan as a list of boards: what it was before each step that is done, and after those that are undone."""

    board: Board
    state: str = "draft"
    past: list[tuple[int, Board]] = field(default_factory=list)
    future: list[tuple[int, Board]] = field(default_factory=list)
    steps: list[list[str]] = field(default_factory=list)

    def take(self, one: Kept) -> None:
        assert {"undo": "edit", "redo": "edit", "edits": "edit"}.get(one.what, one.what) in POSSIBLE[self.state]
        if one.what == "edits":
            for number, _ in self.future:
                self.steps[number][1] = "dropped"
            after, _ = redrawn(self.board, read_all(one.body["edits"]))
            self.past.append((len(self.steps), self.board))
            self.board, self.future = after, []
            self.steps.append([one.body["reason"], "done"])
        elif one.what in ("undo", "redo"):
            for _ in range(one.body.get("steps", 1)):
                self._back() if one.what == "undo" else self._forth()
        else:
            self.state = STATES[one.what]

    def _back(self) -> None:
        number, before = self.past.pop()
        self.future.append((number, self.board))
        self.board, self.steps[number][1] = self._knowing(before), "undone"

    def _forth(self) -> None:
        number, after = self.future.pop()
        self.past.append((number, self.board))
        self.board, self.steps[number][1] = self._knowing(after), "done"

    def _knowing(self, board: Board) -> Board:
        """Another board; codes that were given once stay given."""
        codes = replace(board.codes, given=board.codes.given | self.board.codes.given)
        return replace(board, codes=codes)


def test_one_key_at_once_is_one_step(web: tuple[Store, str], full: bool, proof: Proof) -> None:
    rounds, (_, url) = 40 if full else 1, web
    with writers(url, MANY) as own:
        number = own[0].opened(ONE)
        for n in range(rounds):
            key, revision = uuid4().hex, own[0].plan(number)["revision"]
            body = {"edits": [named(f"{ONE}01", f"{n}")]}
            told = together([partial(one.write, number, "edits", body, revision, key) for one in own])
            assert {reply.status for reply in told} == {200}
            assert all(reply.told == told[0].told for reply in told)
            assert own[0].plan(number)["revision"] == revision + 1
        assert own[0].plan(number)["steps"] == rounds
    proof("eight requests for one step with one key at once", rounds, "one step, eight times the same answer")


def test_of_eight_changes_from_one_revision_one_is_made(web: tuple[Store, str], full: bool, proof: Proof) -> None:
    """Edits, undo, withdrawing, handing in and publishing at once: one is acknowledged, all others are told why not."""
    rounds, (store, url) = 40 if full else 2, web
    won = Counter[str]()
    with writers(url, MANY) as own:
        for n in range(rounds):
            number, before = own[0].opened(ONE), head(store.service)
            was = own[0].names(number)[f"{ONE}01"]
            own[0].good(number, "edits", {"edits": [named(f"{ONE}01", f"first {n}")]})
            revision = own[0].plan(number)["revision"]
            wishes: list[tuple[str, Any]] = [
                (what, {}) for what in ("undo", "submit", "withdraw", "publish", "publish", "publish")
            ]
            wishes += [("edits", {"edits": [named(f"{ONE}01", f"then {n} {m}")]}) for m in range(2)]
            told = together([partial(one.write, number, what, body, revision)
                             for one, (what, body) in zip(own, wishes, strict=True)])  # fmt: skip
            (made,) = [wish for wish, reply in zip(wishes, told, strict=True) if reply.status in GOOD]
            refusals = {kind(reply) for reply in told} - {"good"}
            found = own[0].plan(number)
            after = {"submit": "submitted", "withdraw": "withdrawn", "publish": "published"}.get(made[0], "draft")
            assert found["state"] == after
            assert refusals <= ({"stale-state"} if after == "draft" else {"stale-state", "plan-not-draft"})
            assert head(store.service) == before + (after == "published")
            won[made[0]] += 1
            if after != "published":
                assert own[0].names(number)[f"{ONE}01"] == name_after(made, was, n)
            else:
                assert [g.name for g in in_force(store.service)[ONE].grids if g.code == f"{ONE}01"] == [f"first {n}"]
    assert faults(store.owner) == {}
    proof("eight different changes from one revision at once", rounds, f"one each time: {dict(sorted(won.items()))}")


def name_after(made: tuple[str, Any], was: str, n: int) -> str:
    if made[0] == "edits":
        return str(made[1]["edits"][0]["name"])
    return was if made[0] == "undo" else f"first {n}"


def test_eight_services_on_one_plan_of_the_store(web: tuple[Store, str], full: bool, proof: Proof) -> None:
    """Without HTTP: each adds its letters to a name that it read; not one letter is lost."""
    each, (store, _) = 25 if full else 3, web
    with session(store.service) as work, work.begin():
        number = opening.opened(work, [ONE], actor="planner")
        names = {grid.code: grid.name for grid in drafts.content(work, number).grids}
    with engines(store.service_url, MANY) as several:

        def write(engine: Any, letter: str) -> int:
            refused, kept = 0, 0
            while kept < each:
                with session(engine) as work:
                    seen = drafts.find(work, number).revision
                try:
                    add(engine, number, seen, letter)
                    kept += 1
                except RevisionMoved as moved:
                    refused += moved.revision > seen
            return refused

        refused = sum(
            together([partial(write, engine, letter) for engine, letter in zip(several, LETTERS, strict=True)])
        )
    with session(store.service) as work:
        found = drafts.content(work, number)
        (name,) = {grid.name for grid in found.grids if grid.code == f"{ONE}01"}
        assert {grid.code: grid.name for grid in found.grids} == {**names, f"{ONE}01": name}
        assert drafts.find(work, number).revision == 1 + each * MANY
        assert [one.reason for one in steps.listed(work, number, limit=1000)] == [*name.removeprefix(names[f"{ONE}01"])]
    assert Counter(name.removeprefix(names[f"{ONE}01"])) == dict.fromkeys(LETTERS, each)
    proof("eight services on one plan of the store", each * MANY, f"no edit lost; {refused} told that it moved")


def add(engine: Any, number: UUID, seen: int, letter: str) -> None:
    with session(engine) as work, work.begin():
        draft = plans.locked(work, number, {seen})
        content = drafts.content(work, number)
        before = Board(regions={r.code: r for r in content.regions}, grids={g.code: g for g in content.grids})
        grid = before.grids[f"{ONE}01"]
        outcome = Outcome(grids=(replace(grid, name=grid.name + letter),))
        steps.keep(work, draft, before, outcome, kind="edit", edits=[], actor=letter, reason=letter, answer={})
