"""Is a question that is read at once read as the framework would read it, and is everything else left to that?"""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import strategies as st
from plans_drawn import hold
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.asking import Asked, InAsked, Plainly, plainly
from api.frame import framed
from api.settings import Settings


class Heard:
    """An app whose only route tells what was asked, read by the framework or, on another path, at once."""

    def __init__(self) -> None:
        self.asked: Asked | None = None
        app = framed(Settings(pool_workers=1))
        app.add_api_route("/closely", self.hear)
        app.router.add_api_route("/plainly", self.hear_request, route_class_override=Plainly)
        self.app: FastAPI = app

    async def hear(self, asked: InAsked) -> dict[str, str]:
        self.asked = asked
        return {"told": repr(asked)}

    async def hear_request(self, request: Request, asked: InAsked) -> Response:
        return JSONResponse(await self.hear(asked))


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def client(heard: Heard) -> Iterator[TestClient]:
    with TestClient(heard.app) as made:
        yield made


def closely(client: TestClient, heard: Heard, query: str) -> Asked | None:
    """What the framework reads; None for what it refuses."""
    heard.asked = None
    status = client.get(f"/closely?{query}").status_code
    assert (status == 200) is (heard.asked is not None), (status, query)
    assert status in {200, 400, 422}, query
    return heard.asked


NUMBERS = st.one_of(
    st.floats(-200, 200).map(lambda number: format(number, "f")),
    st.floats(-180, 180).map(repr),
    st.integers(-400, 400).map(str),
    st.sampled_from(["0", "-0", "-0.0", "180", "-180", "180.0000001", "90", "-90.00000", "0.1", "00", "01", ".5", "5.",
                     "1e2", "+1", " 1", "1_0", "nan", "inf", "", "１", "0." + "3" * 20, "0." + "3" * 21, "0" * 50,
                     "999999999", "9999999999", "5000", "5000.1", "0.0000001"]),
)  # fmt: skip
DATUMS = st.sampled_from(["wgs84", "cgcs2000", "gcj02", "bd09", "WGS84", "EPSG:4490", "EPSG:4547", "wgs", "", "wgs84 "])
MORE = st.lists(
    st.one_of(
        NUMBERS.map(lambda number: f"accuracy_m={number}"),
        st.sampled_from(["accuracy_level=68", "accuracy_level=95", "accuracy_level=96", "accuracy_level="]),
        st.sampled_from(["fields=owner", "fields=all", "fields="]),
        st.sampled_from(
            ["expect=A", "as_of=2026-01-01", "lon=1", "colour=red", "accuracy_m", "&", "%00", "#", "a=b;c"]
        ),
    ),
    max_size=4,
)


USUAL = st.tuples(
    NUMBERS.map(lambda number: f"lon={number}"),
    st.floats(-95, 95).map(lambda number: f"lat={number:.7f}"),
    DATUMS.map(lambda datum: f"datum={datum}"),
    st.sampled_from(["", "accuracy_m=20", "accuracy_m=0.5", "accuracy_m=0", "accuracy_m=5000", "accuracy_m=5001"]),
    st.sampled_from(["", "", "accuracy_level=68", "accuracy_level=95", "accuracy_level=5"]),
    st.sampled_from(["", "", "fields=owner", "fields=all"]),
).map(lambda parts: [part for part in parts if part])
"""As most ask, and as is nearly that."""
UNUSUAL = st.tuples(USUAL, MORE).flatmap(lambda both: st.permutations([*both[0], *both[1]]))
QUERIES = st.one_of(USUAL, USUAL, UNUSUAL).map("&".join)


def test_what_is_read_at_once_is_what_the_framework_reads(client: TestClient, heard: Heard, full: bool) -> None:
    seen = [0, 0]

    def promise(query: str) -> None:
        found = plainly(query.encode("utf-8", "replace"))
        seen[found is not None] += 1
        if found is not None:
            assert repr(found) == repr(closely(client, heard, query)), query

    hold(QUERIES, promise, full, small=200, large=5000)
    assert min(seen) > 40, "both kinds come about"


PLAIN = "lon=104.1&lat=30.7&datum=wgs84"


@pytest.mark.parametrize(
    "query",
    [
        PLAIN,
        "lon=-180&lat=-90.0&datum=bd09",
        f"{PLAIN}&fields=owner",
        f"{PLAIN}&accuracy_m=20",
        f"{PLAIN}&accuracy_m=5000&accuracy_level=95&fields=owner",
        f"{PLAIN}&accuracy_level=95",
    ],
)
def test_what_most_ask_is_read_at_once(client: TestClient, heard: Heard, query: str) -> None:
    found = plainly(query.encode())
    assert found is not None
    assert found == closely(client, heard, query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "lon=104.1&lat=30.7",
        f"{PLAIN}&",
        f"{PLAIN}\n",
        f"{PLAIN}&expect=A",
        f"{PLAIN}&as_of=2026-01-01T00:00:00Z",
        f"{PLAIN}&lon=1",
        f"{PLAIN}&fields=owner&accuracy_m=3",
        f"{PLAIN}&accuracy_m=0",
        f"{PLAIN}&accuracy_m=-1",
        f"{PLAIN}&accuracy_m=5000.01",
        "lat=30.7&lon=104.1&datum=wgs84",
        "lon=30.7&lat=104.1&datum=wgs84",
        "lon=1e2&lat=3&datum=wgs84",
        "lon=%31&lat=3&datum=wgs84",
        "lon=104,1&lat=3&datum=wgs84",
        "lon=１&lat=3&datum=wgs84",
    ],
)
def test_what_is_unusual_is_left_to_the_framework(query: str) -> None:
    assert plainly(query.encode()) is None


@pytest.mark.parametrize("query", [PLAIN, f"{PLAIN}&accuracy_m=9&accuracy_level=68", f"{PLAIN}&expect=A", "lon=1"])
def test_both_ways_answer_alike(client: TestClient, query: str) -> None:
    one, other = client.get(f"/plainly?{query}"), client.get(f"/closely?{query}")
    assert (one.status_code, one.text.replace("/plainly", "/closely")) == (other.status_code, other.text)
