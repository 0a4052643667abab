"""How are tiles kept? Once made, within their room, and right for what they are asked for."""

import gzip
import os
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

from api.tile_answer import takes_gzip, told
from api.tile_cache import OVERHEAD, Tile, TileCache
from api.tile_disk import TileDisk
from api.tile_flight import Crowded, Flight
from api.tile_place import Place, grounds, plainly
from geo.matrix import EXTENT, MATRICES

HERE = Place("mercator", "grids", 15, 25847, 13474)


def place(x: int) -> Place:
    return HERE._replace(x=x)


def test_an_address_is_read_as_it_is_written() -> None:
    assert plainly("/tiles/current/grids/15/25847/13474") == ("current", HERE)
    assert plainly("/tiles/7/map/0/0/0") == ("7", Place("mercator", "map", 0, 0, 0))
    assert plainly("/tiles/gcj02/7/map/1/0/1") == ("7", Place("gcj02", "map", 1, 0, 1))
    for other in (
        "/tiles/0/grids/1/0/0",
        "/tiles/07/grids/1/0/0",
        "/tiles/now/grids/1/0/0",
        "/tiles/mercator/7/grids/1/0/0",
        "/tiles/7/inner-grids/1/0/0",
        "/tiles/7/grids/01/0/0",
        "/tiles/7/grids/1/0/0/",
        "/tiles/7/grids/1/0/0\n",
        "/tiles/7/grids/1/0/٣",
        "/tiles/7/grids/1/0/-1",
        "//tiles/7/grids/1/0/0",
    ):
        assert plainly(other) is None, other


@pytest.mark.parametrize("matrix", ["mercator", "gcj02", "cgcs2000"])
def test_the_ground_of_a_square_is_in_degrees_and_more_than_it(matrix: str) -> None:
    inside = np.array([[104.06, 30.67], [121.47, 31.23]])
    for zoom in (11, 14, 17):
        units = MATRICES[matrix].units(inside, zoom)
        boxes = grounds(matrix, zoom, (units // EXTENT).astype(np.int64))
        assert np.all((boxes[:, :2] < inside) & (inside < boxes[:, 2:]))
        assert np.all(boxes[:, 2] - boxes[:, 0] < 3 * 360 / 2**zoom)
    edges = grounds(matrix, 11, np.array([[0, 0], [2047, 1023]]))
    assert np.all(np.abs(edges) <= 180)


def test_a_tile_is_found_for_the_publications_it_is_good_for() -> None:
    cache = TileCache(1_000_000)
    old = cache.put(HERE, Tile.of(b"old", 3))
    cache.stretch(old, 5)
    assert [cache.find(HERE, number) is old for number in range(1, 8)] == [False, False, True, True, True, False, False]
    new = cache.put(HERE, Tile.of(b"new", 9))
    assert cache.near(HERE, 7) == (old, new)
    assert cache.put(HERE, Tile.of(b"old", 6)) is old
    assert (old.first, old.last) == (3, 6)
    assert cache.put(HERE, Tile.of(b"old", 8)) is not old, "of 7 nothing is known"
    assert cache.find(HERE, 9) is new
    cache.clear()
    assert (cache.find(HERE, 9), cache.size, len(cache)) == (None, 0, 0)


def test_memory_is_bounded_and_what_is_used_stays() -> None:
    cache = TileCache(10 * (OVERHEAD + 500))
    for n in range(200):
        cache.put(place(n), Tile.of(n.to_bytes(2, "big") * 250, 1))
        assert cache.size <= 10 * (OVERHEAD + 500)
        assert cache.find(place(0), 1) is not None
    assert cache.find(place(199), 1) is not None
    assert cache.find(place(100), 1) is None
    assert cache.size == sum(tile.size for _, tile in cache.newest())
    assert [one.x for one, _ in cache.newest()][:2] in ([199, 0], [0, 199])


def test_what_gzip_takes_is_counted() -> None:
    cache = TileCache(100_000)
    tile = cache.put(HERE, Tile.of(bytes(range(256)) * 100, 1))
    assert (tile.is_packed, cache.size) == (False, OVERHEAD + 25_600)
    cache.pack(HERE, tile)
    assert tile.packed is not None
    assert cache.size == tile.size == OVERHEAD + 25_600 + len(tile.packed)
    cache.pack(HERE, tile)
    assert cache.size == tile.size
    noise = cache.put(place(1), Tile.of(os.urandom(2000), 1))
    cache.pack(place(1), noise)
    assert (noise.is_packed, noise.packed) == (True, None)
    stray = Tile.of(bytes(5000), 1)
    cache.pack(place(2), stray)
    assert cache.size == tile.size + noise.size


def test_nothing_fits_into_no_room() -> None:
    cache = TileCache(0)
    assert cache.put(HERE, Tile.of(b"x", 1)).body == b"x"
    assert (cache.find(HERE, 1), cache.size) == (None, 0)


def test_a_crowd_has_a_thing_made_once() -> None:
    flight: Flight[int] = Flight("test", 4, 100)
    gate, calls = threading.Event(), []

    def make() -> int:
        calls.append(1)
        assert gate.wait(10)
        return 42

    futures = [flight.made("one", make) for _ in range(50)]
    assert flight.busy == 1
    gate.set()
    assert {one.result(10) for one in futures} == {42}
    assert len(calls) == 1
    assert flight.made("one", lambda: 43).result(10) == 43, "nothing is kept"
    flight.stop()


def test_a_failure_is_told_to_all_and_not_kept() -> None:
    flight: Flight[int] = Flight("test", 2, 100)
    gate = threading.Event()

    def fail() -> int:
        assert gate.wait(10)
        raise ValueError("once")

    futures = [flight.made("one", fail) for _ in range(5)]
    gate.set()
    for one in futures:
        with pytest.raises(ValueError, match="once"):
            one.result(10)
    assert flight.made("one", lambda: 1).result(10) == 1
    flight.stop()


def test_what_waits_is_bounded_and_given_up_at_the_end() -> None:
    flight: Flight[int] = Flight("test", 1, 2)
    gate, begun = threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        assert gate.wait(10)
        return 1

    first = flight.made("first", make)
    assert begun.wait(10)
    second = flight.made("second", make)
    with pytest.raises(Crowded):
        flight.made("third", make)
    flight.stop()
    with pytest.raises(CancelledError):
        second.result(10)
    gate.set()
    assert first.result(10) == 1
    with pytest.raises(Crowded):
        flight.made("fourth", make)


def test_the_disk_gives_back_what_it_got(tmp_path: Path) -> None:
    disk, body = TileDisk(tmp_path / "tiles", "maker", 10_000_000), bytes(range(256)) * 20
    packed = Tile.of(body, 4)
    TileCache(0).pack(HERE, packed)
    disk.write(HERE, packed, "4.123")
    disk.write(place(7), Tile.of(body, 4), "4.123")
    disk.write(HERE, Tile.of(b"", 5), "5.456")
    again = TileDisk(tmp_path / "tiles", "maker", 10_000_000)
    found, empty = again.read(HERE, 4, "4.123"), again.read(HERE, 5, "5.456")
    plain = again.read(place(7), 4, "4.123")
    assert found is not None
    assert found.packed is not None
    assert empty is not None
    assert plain is not None
    assert (plain.body, plain.packed, plain.is_packed) == (body, None, False)
    assert (found.body, gzip.decompress(found.packed), found.first, found.last) == (body, body, 4, 4)
    assert (empty.body, empty.packed) == (b"", None)
    assert again.read(HERE, 4, "4.124") is None, "the same number of another store"
    assert again.read(place(1), 4, "4.123") is None
    assert TileDisk(tmp_path / "tiles", "another", 10_000_000).read(HERE, 4, "4.123") is None
    assert not TileDisk(tmp_path / "tiles", "maker", 0).is_on


@pytest.mark.parametrize("cut", [0, 10, 23, 24, 1000, -1])
def test_a_damaged_file_is_no_tile(tmp_path: Path, cut: int) -> None:
    disk = TileDisk(tmp_path, "maker", 10_000_000)
    disk.write(HERE, Tile.of(bytes(range(256)) * 20, 4), "4.1")
    (path,) = tmp_path.glob("??/*")
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    assert disk.read(HERE, 4, "4.1") is None
    assert not path.exists()
    path.write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])
    assert disk.read(HERE, 4, "4.1") is None


def test_the_disk_is_bounded_and_whole_or_nothing(tmp_path: Path) -> None:
    most = 64 * 4096
    disk = TileDisk(tmp_path, "maker", most)
    for n in range(300):
        disk.write(place(n), Tile.of(bytes([n % 256]) * 900, 1), "1.1")
    files = list(tmp_path.glob("??/*"))
    assert 0 < len(files) * 4096 <= most
    assert not [path for path in files if path.name.startswith(".")]
    assert disk.read(place(299), 1, "1.1") is not None


def test_a_disk_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "tiles").write_text("a file where the folder should be")
    disk = TileDisk(tmp_path / "tiles", "maker", 1_000_000)
    disk.write(HERE, Tile.of(b"x", 1), "1.1")
    assert disk.read(HERE, 1, "1.1") is None


BIG = Tile.of(b"grid" * 1000, 3)
TileCache(0).pack(HERE, BIG)
TAG = b'"' + BIG.tag + b'"'
PACKED_TAG = b'"' + BIG.tag + b'-gzip"'


@pytest.mark.parametrize(
    ("asked", "status", "tag"),
    [
        ({}, 200, TAG),
        ({b"accept-encoding": b"gzip, br"}, 200, PACKED_TAG),
        ({b"accept-encoding": b"gzip;q=0"}, 200, TAG),
        ({b"accept-encoding": b"br"}, 200, TAG),
        ({b"if-none-match": TAG}, 304, TAG),
        ({b"if-none-match": PACKED_TAG, b"accept-encoding": b"gzip"}, 304, PACKED_TAG),
        ({b"if-none-match": b'W/"x", ' + TAG}, 304, TAG),
        ({b"if-none-match": b"W/" + TAG}, 304, TAG),
        ({b"if-none-match": b"*"}, 304, TAG),
        ({b"if-none-match": b'"' + BIG.tag[:-1] + b'"'}, 200, TAG),
        ({b"if-none-match": BIG.tag}, 200, TAG),
    ],
)
def test_tags_and_forms(asked: dict[bytes, bytes], status: int, tag: bytes) -> None:
    found, headers, body = told(BIG, 3, asked, is_current=True)
    assert (found, dict(headers)[b"etag"]) == (status, tag)
    if status == 200:
        is_packed = dict(headers).get(b"content-encoding") == b"gzip"
        assert is_packed == takes_gzip(asked.get(b"accept-encoding", b""))
        assert (gzip.decompress(body) if is_packed else body) == BIG.body
        assert dict(headers)[b"content-length"] == b"%d" % len(body)
    else:
        assert body == b""
