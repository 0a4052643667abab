"""Are blocks kept with a plan to the byte, told with what stands on them, and taken by edits?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from conftest import Store, fresh
from district import elsewhere, publish, served, small
from divisions import cell
from drafting import asked, edit, good, ground, opened, plan
from fastapi.testclient import TestClient
from shapely import Polygon
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from uploading import slug

from api import planned
from geo.store import embedded, opening, plan_blocks
from geo.store.connect import session
from geo.store.plan_tables import plan_block
from geo.store.tables import plan as plans

HALVES = (0.0, 0.5)


def quarters(column: float, row: float) -> list[Polygon]:
    """A cell as four blocks, those in the north first."""
    return [block(column + x, row + y) for y in HALVES[::-1] for x in HALVES]


def block(column: float, row: float) -> Polygon:
    shape = cell(column, row, 0.5, 0.5)
    assert isinstance(shape, Polygon)
    return shape


NAMED = {"op": "set", "grid": "A01", "name": "x"}
A01, A02 = quarters(0, 0), quarters(1, 0)


def kept(store: Store, number: str | UUID, community: str = "A") -> list[Polygon]:
    with session(store.service) as work:
        return plan_blocks.kept(work, UUID(str(number)), community)


def keep(store: Store, number: str | UUID, shapes: list[Polygon], community: str = "A") -> None:
    with session(store.service) as work, work.begin():
        plan_blocks.keep(work, UUID(str(number)), community, shapes)


def draft(store: Store, *codes: str) -> UUID:
    with session(store.service) as work, work.begin():
        return opening.opened(work, codes, title="", reason="", actor="ann")


def wkb(shapes: list[Polygon]) -> list[bytes]:
    return [shape.wkb for shape in shapes]


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


class TestStore:
    def test_the_same_bytes_in_the_same_order(self, store: Store) -> None:
        number = draft(store, "A")
        given = [*A02, Polygon([*A01[0].exterior.coords][1:4]), *A01[1:]]
        keep(store, number, given)
        assert wkb(kept(store, number)) == wkb(given)
        keep(store, number, A01[::-1])
        assert wkb(kept(store, number)) == wkb(A01[::-1])
        assert kept(store, number, "B") == kept(store, uuid4()) == []

    def test_numbers_run_from_west_to_east_then_from_north_to_south(self, store: Store) -> None:
        number = draft(store, "A", "B")
        keep(store, number, quarters(2, 0), "B")
        keep(store, number, [*A02, *A01])
        with session(store.service) as work:
            told = plan_blocks.listed(work, number, limit=99)
            assert plan_blocks.listed(work, number, communities=["B"], limit=2) == told[8:10]
            assert plan_blocks.listed(work, number, after=("A", 7), limit=2) == told[7:9]
            found = plan_blocks.found(work, number, ["A-1", "A-8", "A-9", "A-01", "A-0", "A", "-1", "B-4", "A-1\n", ""])
        assert [one.id for one in told] == [*(f"A-{n}" for n in range(1, 9)), *(f"B-{n}" for n in range(1, 5))]
        west, *_, east = told[:8]
        assert (west.shape.wkb, east.shape.wkb) == (A01[0].wkb, A02[3].wkb)
        assert {id: shape.wkb for id, shape in found.items()} == {
            "A-1": A01[0].wkb,
            "A-8": A02[3].wkb,
            "B-4": quarters(2, 0)[3].wkb,
        }

    def test_each_keeping_counts_and_none_is_one_too(self, store: Store) -> None:
        number, counts = draft(store, "A", "B"), []
        for shapes, community in ((A01, "A"), (A01, "A"), ([], "A"), (quarters(2, 0), "B")):
            keep(store, number, shapes, community)
            with session(store.service) as work:
                counts.append(plan_blocks.times(work, number))
        assert counts == [1, 2, 3, 4]
        assert kept(store, number) == []

    def test_blocks_go_with_their_plan_and_with_no_other(self, store: Store) -> None:
        number, other = draft(store, "A"), draft(store, "A")
        keep(store, number, A01)
        keep(store, other, A02)
        with store.owner.begin() as work:
            work.execute(plans.delete().where(plans.c.id == number))
        with session(store.service) as work:
            left = work.scalar(select(func.count()).where(plan_block.c.plan == number))
        assert (left, len(kept(store, other))) == (0, 4)

    def test_only_ground_on_the_lattice_of_a_plan_that_there_is(self, store: Store) -> None:
        number = draft(store, "A")
        with pytest.raises(DBAPIError, match="on_lattice"):
            keep(store, number, [Polygon([(104.1, 30.7), (104.10000003, 30.7), (104.1, 30.8)])])
        with pytest.raises(DBAPIError, match="plan_blocks_plan_fkey"):
            keep(store, uuid4(), A01)
        with session(store.service) as work, pytest.raises(DBAPIError, match="permission denied"):
            work.execute(text("UPDATE plan_block SET number = number + 1"))
        with session(store.service) as work, pytest.raises(DBAPIError, match="permission denied"):
            work.execute(text("DELETE FROM plan_blocks"))


def blocks(client: TestClient, number: str, query: str = "", **headers: str) -> Any:
    return client.get(f"/v1/plans/{number}/blocks{query}", headers=headers)


def told(answer: Any) -> dict[str, dict[str, Any]]:
    """What is told of each block, by its id."""
    found = good(answer)
    planned.PlanBlocks.model_validate(found)
    return {one["id"]: one["properties"] for one in found["features"]}


class TestGet:
    def test_what_stands_on_them_and_whose_they_are_now(self, client: TestClient, store: Store) -> None:
        number = opened(client, "A", "B")["id"]
        empty = blocks(client, number)
        assert (told(empty), empty.headers["content-type"]) == ({}, "application/geo+json")
        keep(store, number, [*A01, cell(1, 0.5, 1, 1), cell(0.8, 1.5, 0.4, 0.5)])  # type: ignore[list-item]
        first = told(blocks(client, number))
        # house h-A01 stands across all four quarters of its grid, and its entrance in the south-west
        assert [first[f"A-{n}"]["households"] for n in range(1, 5)] == [0, 310, 0, 0]
        assert {one["grid"] for one in list(first.values())[:4]} == {"A01"}
        assert [first[id]["grid"] for id in ("A-5", "A-6")] == [None, None]
        assert {one["community"] for one in first.values()} == {"A"}
        good(edit(client, number, [{"op": "assign", "grid": "A02", "blocks": ["A-2"], "cut": True}]))
        assert told(blocks(client, number))["A-2"] == {**first["A-2"], "grid": "A02"}
        assert told(blocks(client, number, "?community=A")) == told(blocks(client, number))
        assert told(blocks(client, number, "?community=B")) == {}

    def test_a_list_in_pages_counts_as_it_does_whole(self, client: TestClient, store: Store) -> None:
        number = opened(client, "A", "B")["id"]
        keep(store, number, A01)
        keep(store, number, quarters(2, 0), "B")
        whole, pages, address = told(blocks(client, number)), dict[str, Any](), f"/v1/plans/{number}/blocks?limit=3"
        for _ in range(3):
            answer = client.get(address)
            pages |= told(answer)
            links = {one["rel"]: one["href"] for one in answer.json()["links"]}
            address = links.get("next", "")
        assert (pages, address) == (whole, "")
        assert len(whole) == 8
        for query in ("?cursor=x", "?limit=0", "?colour=red"):
            assert blocks(client, number, query).status_code == 400

    def test_the_tag_is_another_one_when_plan_blocks_or_map_are(self, client: TestClient, store: Store) -> None:
        number, tags = opened(client, "A")["id"], list[str]()

        def look() -> None:
            tags.append(blocks(client, number).headers["etag"])
            assert blocks(client, number, **{"If-None-Match": tags[-1]}).status_code == 304

        look()
        keep(store, number, A01)
        look()
        match = {"If-Match": tags[-1]}
        good(edit(client, number, [{"op": "assign", "grid": "A02", "blocks": ["A-1"], "cut": True}], **match))
        look()
        keep(store, number, A01)
        look()
        homes = tuple(replace(one, households=1) if one.id == "h-A01" else one for one in small().buildings)
        publish(store, replace(small(), buildings=homes))
        look()
        assert told(blocks(client, number))["A-2"]["households"] == 1
        publish(store, small())
        assert len(set(tags)) == len(tags) == 5

    def test_who_may_not_read_the_plan_may_not_read_its_blocks(self, client: TestClient) -> None:
        number = opened(client, "A")["id"]
        assert slug(blocks(elsewhere(client), number)) == (401, "token-required")
        assert slug(blocks(client, str(uuid4()))) == (404, "unknown-plan")


class TestEdits:
    def test_there_and_back_again_to_the_byte(self, client: TestClient, store: Store) -> None:
        number = opened(client, "A", "B")["id"]
        keep(store, number, [*A01, *A02])
        before = ground(client, number)
        south = {"op": "split", "grid": "A01", "blocks": ["A-2", "A-4"], "cut": True}
        made = good(edit(client, number, [south]))
        assert made["coverage"]["gap_m2"] == made["coverage"]["overlap_m2"] == 0
        (new,) = [one["to"] for one in made["lineage"] if one["to"] != "A01" and one["kind"] == "split"]
        after = ground(client, number)
        step = client.get(f"/v1/plans/{number}/steps").json()["steps"][-1]["edits"][0]
        assert ("blocks" in step, len(step["grounds"]), step["snap_m"]) == (False, 2, 0)
        keep(store, number, [])  # no step needs its blocks
        good(asked(client, number, "undo"))
        assert ground(client, number) == before
        assert good(asked(client, number, "redo"))["grids"]["features"] != []
        assert ground(client, number) == after
        keep(store, number, [*A01, *A02])
        whole = {"op": "assign", "grid": "A01", "blocks": [f"A-{n}" for n in range(1, 5)]}
        assert good(edit(client, number, [whole]))["gone"] == [new]
        good(asked(client, number, "undo", {"steps": 2}))
        assert ground(client, number) == before
        done = good(edit(client, number, [{"op": "split", "grid": "A02", "blocks": ["A-5"], "cut": True}]))
        assert done["counts"]["blocking"] == 0
        good(asked(client, number, "publish", query="?dry_run=true"))

    @pytest.mark.parametrize(
        ("edits", "number", "reason"),
        [
            ([{"op": "split", "grid": "A01", "blocks": ["A-99"]}], 0, "block-missing"),
            ([{"op": "assign", "grid": "A01", "blocks": ["A-7", "nonsense"]}], 0, "block-missing"),
            ([NAMED, {"op": "split", "grid": "A01", "blocks": ["B-1"]}], 1, "block-missing"),
            ([{"op": "split", "grid": "A01", "blocks": ["A-1", "A-5"]}], 0, "ground-misses-grid"),
            ([{"op": "split", "grid": "A01", "blocks": ["A-1", "A-2", "A-3", "A-4"]}], 0, "ground-does-not-divide"),
            ([{"op": "split", "grid": "A01", "blocks": ["A-1", "A-4"], "cut": True}], 0, "ground-apart"),
            ([{"op": "split", "grid": "Z", "blocks": ["A-1"]}], 0, "grid-missing"),
            ([{"op": "split", "grid": "A01", "blocks": ["A-1"]}], 0, "building-cut"),
        ],
    )  # fmt: skip
    def test_refused(self, client: TestClient, store: Store, edits: list[Any], number: int, reason: str) -> None:
        mine, other = opened(client, "A")["id"], opened(client, "A", "B")["id"]
        keep(store, mine, [*A01, *A02])
        keep(store, other, quarters(2, 0), "B")
        answer = edit(client, mine, edits)
        assert slug(answer) == (422, "building-cut" if reason == "building-cut" else "edit-refused")
        assert (answer.json()["edit"], answer.json()["reason"]) == (number, reason)
        assert plan(client, mine)["revision"] == 1

    def test_the_middle_and_the_two_ends_of_a_grid(self, client: TestClient, store: Store) -> None:
        number = opened(client, "A")["id"]
        thirds: list[Any] = [cell(n / 3, 0, 1 / 3, 1) for n in range(3)]
        keep(store, number, [*thirds, cell(1.2, 0.2, 0.1, 0.1)])  # type: ignore[list-item]
        reasons = [
            edit(client, number, [{"op": "split", "grid": grid, "cut": True, "blocks": ids}]).json()["reason"]
            for grid, ids in (("A01", ["A-2"]), ("A01", ["A-1", "A-3"]), ("A02", ["A-4"]))
        ]
        assert reasons == ["ground-leaves-parts", "ground-apart", "ground-leaves-hole"]

    @pytest.mark.parametrize(
        ("told", "pointer"),
        [
            ({"op": "split", "grid": "A01", "blocks": []}, "#/edits/0/blocks"),
            ({"op": "split", "grid": "A01", "blocks": {}}, "#/edits/0/blocks"),
            ({"op": "split", "grid": "A01", "blocks": [["A-1"]]}, "#/edits/0/blocks/0"),
            ({"op": "split", "grid": "A01"}, "#/edits/0"),
            ({"op": "assign", "grid": "A01", "blocks": ["A-1"], "ground": cell(0, 0).__geo_interface__}, "#/edits/0"),
            ({"op": "assign", "grid": "A01", "blocks": ["A-1"], "snap_m": 1}, "#/edits/0"),
            ({"op": "merge", "grids": ["A01", "A02"], "blocks": ["A-1"]}, "#/edits/0"),
        ],
    )
    def test_what_cannot_be_meant(self, client: TestClient, store: Store, told: Any, pointer: str) -> None:
        number = opened(client, "A")["id"]
        keep(store, number, A01)
        answer = edit(client, number, [told])
        assert slug(answer) == (400, "invalid-body")
        assert answer.json()["errors"][0]["pointer"] == pointer

    def test_what_is_wanted_is_told_in_both_languages(self, client: TestClient) -> None:
        number = opened(client, "A")["id"]
        body = [{"op": "assign", "grid": "A01"}]
        assert "ground, blocks" in edit(client, number, body).json()["errors"][0]["detail"]
        assert "恰好" in edit(client, number, body, **{"Accept-Language": "zh"}).json()["errors"][0]["detail"]
