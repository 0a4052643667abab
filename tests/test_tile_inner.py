"""Can anything that is not for everybody occur in a public tile?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from conftest import Store, fresh
from district import at, publish, served
from divisions import community
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from sqlalchemy.exc import ProgrammingError
from test_tiles_http import square
from tile_desk import COUNT, MARKS, PUBLIC, Desk, decoded, desk_of, marked, squares

from geo.matrix import MATRICES, MOST_ZOOM
from geo.model import Building
from geo.store import embedded
from tiles.layers import tile


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, marked())
        yield one


@pytest.fixture(scope="module")
def desk(store: Store) -> Iterator[Desk]:
    with desk_of(store) as made:
        yield made


@pytest.mark.parametrize("matrix", MATRICES)
def test_nothing_inner_is_in_the_bytes_of_public_tiles(desk: Desk, matrix: str) -> None:
    """Every square of every public layer at every zoom; inner layers of the same squares do have it."""
    inner = bytearray()
    numbers: set[object] = set()
    for zoom in range(MATRICES[matrix].least_zoom, MOST_ZOOM + 1):
        for x, y in squares(desk.state, zoom, matrix):
            for layer in PUBLIC:
                body = desk.bytes(layer, (zoom, x, y), matrix)
                assert not [mark for mark in (*MARKS, str(COUNT)) if mark.encode() in body], (layer, zoom, x, y)
                numbers |= {value for one in decoded(body, layer) for value in one["properties"].values()}
            inner += desk.bytes("inner-buildings", (zoom, x, y), matrix) + desk.bytes(
                "inner-grids", (zoom, x, y), matrix
            )
    assert COUNT not in numbers
    assert "1000+" in numbers
    assert [mark for mark in MARKS[:2] if mark.encode() not in inner] == []
    told = vector_tile_pb2.tile()
    told.ParseFromString(bytes(inner))
    assert COUNT in {
        value.int_value or value.uint_value or value.sint_value for one in told.layers for value in one.values
    }


@pytest.mark.parametrize("layer", ["inner-grids", "inner-buildings", "blocks", f"plan-{UUID(int=0)}"])
def test_who_sees_what_is_public_cannot_make_inner_tiles(desk: Desk, layer: str) -> None:
    zoom = 16
    x, y = squares(desk.state, zoom)[0]
    desk.derive(layer, zoom, "mercator")
    with desk.public.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        tile(connection, layer, desk.state.publication, "mercator", zoom, x, y)


BANDS = {None: None, 0: "0", 1: "1-99", 99: "1-99", 100: "100-199", 310: "300-399", 999: "900-999", 1000: "1000+"}


def test_households_are_told_in_bands(cluster: embedded.Cluster) -> None:
    plan = community("Z", 0, 0, 3)
    houses = [
        Building(id=f"z{n}", households=count, shape=at(0.5 + n % 3, 0.5 + n // 3)) for n, count in enumerate(BANDS)
    ]
    with fresh(cluster) as one:
        publish(one, replace(plan, buildings=tuple(houses)))
        with desk_of(one) as desk:
            told, exact = _by_code(desk, "grids"), _by_code(desk, "inner-grids")
    codes = [f"Z{n + 1:02}" for n in range(len(BANDS))]
    assert [told[code].get("households") for code in codes] == list(BANDS.values())
    assert [exact[code].get("households") for code in codes] == list(BANDS)
    assert (exact["Z02"]["buildings"], "households" in told["Z09"]) == (1, False)
    assert {code: one["verdict"] for code, one in told.items()} == {code: one["verdict"] for code, one in exact.items()}


def _by_code(desk: Desk, layer: str) -> dict[str, dict[str, Any]]:
    return {one["properties"]["code"]: one["properties"] for _, one in desk.shown(layer, 13)}


@pytest.mark.parametrize("layer", ["inner-grids", "inner-buildings", "inner-map"])
def test_who_has_an_inner_tile_is_told_so(store: Store, layer: str) -> None:
    """By a strong tag, in gzip and without; nothing on the way may keep it."""
    address = f"/tiles/current/{layer}/{square(at(0.5, 0.5).x, at(0.5, 0.5).y, 16)}"
    with served(store) as client:
        for coding in ("identity", "gzip"):
            told = client.get(address, headers={"Accept-Encoding": coding})
            tag = told.headers["ETag"]
            assert (told.status_code, tag[0]) == (200, '"')
            again = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": tag})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
            other = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": '"other"'})
            assert (other.status_code, other.content) == (200, told.content)
            assert {one.headers["Cache-Control"] for one in (told, again, other)} == {"no-store"}
