"""Is every query parameter read strictly: refused when wrong, and named when refused?"""

import math
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Query
from fastapi.testclient import TestClient
from pydantic_core import PydanticCustomError

from api.cursor import Cursor
from api.frame import framed
from api.parameters import Flag, InBox, InHouseholds, InPage, InPosition, Text, strict_number
from api.settings import Settings

router = APIRouter(prefix="/v1")


@router.get("/where/{name}")
def where(name: str, position: InPosition, box: InBox, households: InHouseholds) -> dict[str, Any]:
    return {"position": position, "box": box, "households": households}


@router.get("/page")
def page(page: InPage, flag: Flag = False, level: Text = "x", kind: Annotated[list[str] | None, Query()] = None) -> Any:
    after = page.cursor.after if page.cursor else None
    return {"limit": page.limit, "after": after, "flag": flag, "kind": kind}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    made = framed(Settings())
    made.include_router(router)
    with TestClient(made) as client:
        yield client


HERE = "datum=wgs84"
GOOD = [("104.05", 104.05), ("-104.05", -104.05), ("0", 0.0), ("-0.5", -0.5), ("1e2", 100.0), ("1E-2", 0.01)]
BAD = ["", "+1", " 1", "1 ", "1_0", "１", "nan", "inf", "-Infinity", "1e400", "0x10", "01", ".5", "5.", "1,5", "--1"]


@pytest.mark.parametrize(("said", "meant"), GOOD)
def test_a_number_is_what_json_calls_one(client: TestClient, said: str, meant: float) -> None:
    told = client.get("/v1/where/a", params={"lon": said, "lat": "30", "datum": "wgs84"})
    assert told.json()["position"] == {"lon": meant, "lat": 30.0, "datum": "wgs84"}


@pytest.mark.parametrize("said", [*BAD, "1" * 41])
@pytest.mark.parametrize("name", ["lon", "lat"])
def test_anything_else_is_refused(client: TestClient, name: str, said: str) -> None:
    told = client.get("/v1/where/a", params={"lon": "1", "lat": "1", "datum": "wgs84", name: said})
    assert (told.status_code, told.json()["errors"][0]["parameter"]) == (400, name)


@pytest.mark.parametrize("said", ["nan", "1e400", "-1e400", math.inf, math.nan, True, None, [1]])
def test_no_way_in_for_what_is_not_finite(said: object) -> None:
    with pytest.raises(PydanticCustomError):
        strict_number(said)


@pytest.mark.parametrize(
    ("query", "slug", "parameter"),
    [
        ("lon=30.67&lat=104.06&datum=wgs84", "axes-swapped", "lon"),
        ("lon=30.67&lat=104.06&datum=EPSG:4490", "axes-swapped", "lon"),
        ("lon=104&lat=104&datum=wgs84", "invalid-parameter", "lat"),
        ("lon=181&lat=30&datum=wgs84", "invalid-parameter", "lon"),
        ("lon=30&lat=181&datum=wgs84", "invalid-parameter", "lat"),
        ("lon=1e9&lat=3&datum=EPSG:4544", "invalid-parameter", "lon"),
        ("lon=104&lat=30", "invalid-parameter", "datum"),
        ("lon=104&lat=30&datum=wgs", "invalid-parameter", "datum"),
        ("lon=104&lat=30&datum=EPSG:", "invalid-parameter", "datum"),
        ("lon=104&lat=30&datum=", "invalid-parameter", "datum"),
        ("lat=30&datum=wgs84", "invalid-parameter", "lon"),
        (f"lon=104&lat=30&{HERE}&Lon=3", "unknown-parameter", "Lon"),
        (f"lon=104&lat=30&{HERE}&lat=31", "repeated-parameter", "lat"),
        (f"lon=104&lat=30&{HERE}&bbox=1,2,3", "invalid-parameter", "bbox"),
        (f"lon=104&lat=30&{HERE}&bbox=1,2,3,nan", "invalid-parameter", "bbox"),
        (f"lon=104&lat=30&{HERE}&bbox=3,2,1,4", "invalid-parameter", "bbox"),
        (f"lon=104&lat=30&{HERE}&bbox=1,2,3,91", "invalid-parameter", "bbox"),
        (f"lon=104&lat=30&{HERE}&households=500..300", "invalid-parameter", "households"),
        (f"lon=104&lat=30&{HERE}&households=..", "invalid-parameter", "households"),
        (f"lon=104&lat=30&{HERE}&households=-1..3", "invalid-parameter", "households"),
        (f"lon=104&lat=30&{HERE}&households=1...3", "invalid-parameter", "households"),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, query: str, slug: str, parameter: str) -> None:
    told = client.get(f"/v1/where/a?{query}")
    assert (told.status_code, told.json()["type"]) == (400, f"/problems/{slug}")
    assert parameter in [error["parameter"] for error in told.json()["errors"]]


@pytest.mark.parametrize(
    ("said", "meant"), [("300..500", (300, 500)), ("300..", (300, None)), ("..500", (None, 500)), ("7", (7, 7))]
)
def test_households_and_box(client: TestClient, said: str, meant: tuple[int | None, int | None]) -> None:
    told = client.get(f"/v1/where/a?lon=4e5&lat=3e6&datum=epsg:4544&bbox=-1,2,3.5,4&households={said}").json()
    assert (told["households"]["low"], told["households"]["high"]) == meant
    assert told["box"] == {"west": -1.0, "south": 2.0, "east": 3.5, "north": 4.0}
    assert told["position"]["datum"] == "EPSG:4544"


@pytest.mark.parametrize(
    ("limit", "expected"), [("1", 1), ("10000", 10_000), ("10001", 10_000), ("999999999999999999", 10_000)]
)
def test_limit_is_clamped(client: TestClient, limit: str, expected: int) -> None:
    assert client.get(f"/v1/page?limit={limit}").json()["limit"] == expected


def test_lists_may_repeat_and_defaults_hold(client: TestClient) -> None:
    told = client.get("/v1/page?kind=a&kind=b&flag=true").json()
    assert told == {"limit": 100, "after": None, "flag": True, "kind": ["a", "b"]}


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=-1", "limit=1.0", "limit=1e3", "limit=", "limit=" + "9" * 19),
        *("flag=1", "flag=True", "flag=yes", "level=", "level=%07", "level=" + "x" * 201),
        *("cursor=", "cursor=x", "cursor=WzEsIngiXQ==", "cursor=W3RydWUsIngiXQ", "cursor=" + "A" * 600, "cursor=网"),
    ],
)
def test_page_refuses(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/page?{query}").status_code == 400


def test_a_cursor_comes_back_as_it_went(client: TestClient) -> None:
    for key in ("510108001001", "街道/1", ""):
        assert Cursor.read(str(Cursor(7, key))) == Cursor(7, key)
    assert client.get("/v1/page", params={"cursor": str(Cursor(7, "a"))}).json()["after"] == "a"
