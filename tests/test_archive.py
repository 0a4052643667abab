"""Does the division archive of a grid hold all of it, for everybody what everybody may know, and print?"""

from collections.abc import Iterator

import pytest
from conftest import Store, fresh
from district import elsewhere, publish, served, small
from divisions import cell
from fastapi.testclient import TestClient
from publishing import drafted
from redrawing import QUARTERS, drawn, redraw
from uploading import slug

from api import schemas
from geo.model import Layer, Person, Plan, Role
from geo.store import door, drafts, embedded, plans
from geo.store.connect import session


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    """The district with somebody for A01; A02 is split by an approved plan, then A05 and A01 become A01."""
    with fresh(cluster) as one:
        person = Person(
            id="p1", name="示例网格长", phone="000-17", place="A01", place_layer=Layer.GRID, role=Role.RESPONSIBLE
        )
        publish(one, small())
        with session(one.service) as work, work.begin():
            named = drafts.save(work, Plan(people=(person,)), {}, {}, actor="planner")
        door.publish(one.service, door.Request(plan=named, actor="planner"))
        plan = drafted(one.service, drawn({**QUARTERS, "A02": cell(1.5, 0, 0.5), "A05": cell(1, 0, 0.5)}))
        with session(one.service) as work, work.begin():
            plans.submit(work, plans.locked(work, plan, None), "planner")
            plans.approve(work, plans.locked(work, plan, None), "街道办", approval="街办〔2026〕12号")
        door.publish(one.service, door.Request(plan=plan, actor="planner", reason="塔楼独立成格"))
        redraw(one, {"A01": cell(0, 0, 1.5), "A02": cell(1.5, 0, 0.5), "A03": QUARTERS["A03"], "A04": QUARTERS["A04"]})
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def test_all_that_is_known_of_a_grid(client: TestClient) -> None:
    told = client.get("/v1/grids/A01/archive").json()
    schemas.ArchiveDocument.model_validate(told)
    assert (told["in_force"], told["households"], told["verdict"], told["buildings"]) == (True, 730, "high", 2)
    assert [one["code"] for one in told["chain"]] == ["D", "S", "A"]
    assert told["neighbours"] == ["A02", "A03", "A04"]
    assert [(one["publication"], one["what"]) for one in told["turns"]] == [
        (1, ["made"]),
        (4, ["ground", "households"]),
    ]
    assert (told["ancestors"], told["successors"]) == (["A02", "A05"], [])
    assert told["certificate"].endswith("/v1/publications/4/certificate")
    assert told["people"][0]["name"] == "示例网格长"
    split = client.get("/v1/grids/A02/archive").json()["turns"][1]
    assert (split["reason"], split["approval"], split["approved_by"], split["actor"]) == (
        "塔楼独立成格",
        "街办〔2026〕12号",
        "街道办",
        "planner",
    )


def test_people_are_not_told_to_strangers(client: TestClient) -> None:
    for form in ("json", "html"):
        told = elsewhere(client).get(f"/v1/grids/A01/archive?f={form}")
        assert told.status_code == 200
        assert "示例网格长" not in told.text
        assert "000-17" not in told.text
        assert told.headers["cache-control"].startswith("public")
    assert elsewhere(client).get("/v1/grids/A01/archive").json()["people"] is None
    assert client.get("/v1/grids/A01/archive").headers["cache-control"] == "no-store"


def test_a_retired_grid_has_its_archive(client: TestClient) -> None:
    told = client.get("/v1/grids/A05/archive").json()
    assert (told["in_force"], told["as_of_publication"], told["publication"]) == (False, 3, 4)
    assert [one["what"] for one in told["turns"]] == [["made"], ["retired"]]
    assert told["neighbours"] == ["A01", "A02", "A04"]
    assert slug(client.get("/v1/grids/A77/archive")) == (404, "unknown-code")


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", ("网格划分档案", "批准文号")), ("en", ("Division archive", "Approval"))]
)
def test_a_page_to_print(client: TestClient, language: str, words: tuple[str, str]) -> None:
    page = client.get("/v1/grids/A02/archive?f=html", headers={"Accept-Language": language})
    assert (page.status_code, page.headers["content-language"]) == (200, language[:2])
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert all(word in page.text for word in words)
    assert page.text.count("<svg") == 1
    assert "<script" not in page.text
