"""Is the map in one file all of the public map, for readers that are not ours, and the same bytes each time?"""

import gzip
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely
from archive_reader import Reader, directory
from commands import Here
from conftest import Store, fresh
from district import at, publish, small

from api import exports
from geo.files import FileUnwritable
from geo.lookup import Map
from geo.matrix import GCJ, MERCATOR
from geo.model import Facility
from geo.store import embedded
from geo.store.live import Live
from geo.store.order import silent
from tiles.archive import About, archive
from tiles.archive_directory import ROOT_BYTES, Entry, directories
from tiles.layers import LAYERS, tile
from tiles.squares import numbers, zoom_of

ZOOM = 14
ABOUT = About(bounds=(104.0, 30.0, 105.0, 31.0), centre_zoom=30, metadata={"名": "划"})


def drawn(random_: random.Random) -> dict[int, bytes]:
    """Tiles by number: many empty, many alike."""
    found = {}
    for zoom in range(8):
        side = np.arange(2**zoom)
        for number in sorted(numbers(zoom, np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)).tolist()):
            chance = random_.random()
            if chance < 0.7:
                found[number] = b"sea" if chance < 0.5 else random_.randbytes(random_.randrange(1, 40))
    return found


def test_a_tile_is_where_the_curve_says() -> None:
    assert [zoom_of(number) for number in (0, 1, 4, 5, 20, 21, 19078479)] == [0, 1, 1, 2, 2, 3, 12]
    assert numbers(0, np.array([(0, 0)])).tolist() == [0]
    assert numbers(1, np.array([(0, 0), (0, 1), (1, 1), (1, 0)])).tolist() == [1, 2, 3, 4]
    assert numbers(12, np.array([(3423, 1763)])).tolist() == [19078479]  # the example of the specification
    side = np.arange(64)
    squares = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    order = np.argsort(found := numbers(6, squares))
    assert sorted(found.tolist()) == list(range((4**6 - 1) // 3, (4**7 - 1) // 3))
    assert np.abs(np.diff(squares[order], axis=0)).sum(axis=1).max() == 1


def test_a_reader_finds_what_was_put_in(tmp_path: Path) -> None:
    put = drawn(random.Random(1))
    with archive(tmp_path / "a.pmtiles", ABOUT) as found:
        for number, body in put.items():
            found.put(number, body)
    reader = Reader(tmp_path / "a.pmtiles")
    assert dict(reader.each()) == put
    assert reader.leaves[1] > 0
    assert reader.root[0] + reader.root[1] <= 16_384
    assert reader.addressed == len(put)
    assert reader.contents == len(set(put.values()))
    assert reader.entries < len(put)
    assert (reader.clustered, reader.inside, reader.of_tiles, reader.kind) == (1, 2, 2, 1)
    assert reader.metadata == {"名": "划"}
    assert reader.fault is None
    assert reader.tiles[0] + reader.tiles[1] == len(reader.data)
    pmtiles = pytest.importorskip("pmtiles.reader")
    with (tmp_path / "a.pmtiles").open("rb") as file:
        theirs = {place: gzip.decompress(body) for place, body in pmtiles.all_tiles(pmtiles.MmapSource(file))}
    assert len(theirs) == len(put)
    assert {int(numbers(z, np.array([(x, y)]))[0]): body for (z, x, y), body in theirs.items()} == put


def test_leaves_only_where_the_root_is_full() -> None:
    few = [Entry(number * 3, number * 1000, 1000, 1) for number in range(100)]
    assert directories(few)[1] == b""
    draw = random.Random(2)
    many = [
        Entry(number * 7 + draw.randrange(7), draw.randrange(2**40), draw.randrange(2**17), 1)
        for number in range(50_000)
    ]
    root, leaves = directories(many)
    assert len(root) <= ROOT_BYTES
    found = [one for n, run, length, offset in directory(root) for one in directory(leaves[offset : offset + length])]
    assert [Entry(number, offset, length, run) for number, run, length, offset in found] == many


def test_what_ends_early_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.pmtiles"

    def write(fault: BaseException | None) -> None:
        with archive(target, ABOUT) as found:
            found.put(0, b"a")
            if fault is not None:
                raise fault

    with pytest.raises(KeyboardInterrupt):
        write(KeyboardInterrupt())
    assert not list(tmp_path.iterdir())
    write(None)
    before = target.read_bytes()
    with pytest.raises(ValueError, match="after tile"):
        _put(target, 5, 4)
    assert [*tmp_path.iterdir()] == [target]
    assert target.read_bytes() == before
    with pytest.raises(FileUnwritable):
        _put(tmp_path / "none" / "a.pmtiles", 1)


def _put(target: Path, *several: int) -> None:
    with archive(target, ABOUT) as found:
        for number in several:
            found.put(number, b"%d" % number)


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    """A facility far from all ground has another name in the second publication."""
    with fresh(cluster) as one:
        for name in ("旧", "新"):
            far = Facility(id="f9", name=name, category="clinic", shape=at(12, 12))
            publish(one, replace(small(), facilities=(*small().facilities, far)))
        yield one


def state(store: Store, number: int) -> Map:
    live = Live(store.service)
    live.refresh()
    found = live.map_at(number)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def whole(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("archive") / "map.pmtiles"
    exports.write(store.service, state(store, 2), target, silent, most_zoom=ZOOM)
    return target


def test_every_tile_is_the_one_that_is_served(store: Store, whole: Path) -> None:
    """All squares around the map at all zooms: those with something in them, and no others, are in the file."""
    reader, shown = Reader(whole), state(store, 2)
    there = dict(reader.each())
    found = {}
    with store.service.connect() as connection:
        for zoom in range(ZOOM + 1):
            low, high = (
                MERCATOR.units(np.array([(at(*c).x, at(*c).y)]), zoom)[0] // 4096 for c in ((-9, 14), (14, -9))
            )
            (west, north), (east, south) = np.clip((low - 1, high + 1), 0, 2**zoom - 1).astype(int).tolist()
            for x in range(west, east + 1):
                for y in range(north, south + 1):
                    layers = (one for one in LAYERS.values() if one.profile == "public")
                    body = b"".join(
                        tile(connection, one.name, shown.publication, "mercator", zoom, x, y) for one in layers
                    )
                    if body:
                        found[int(numbers(zoom, np.array([(x, y)]))[0])] = body
    assert there == found
    assert reader.addressed == len(found) > ZOOM


def test_what_it_tells_of_itself(store: Store, whole: Path) -> None:
    reader = Reader(whole)
    assert reader.fault is None
    assert reader.most == ZOOM
    shapes = [region.shape for region in small().regions if region.shape is not None]
    assert reader.bounds == pytest.approx(shapely.total_bounds(shapes), abs=1e-7)
    told = reader.metadata
    assert (told["publication"], told["datum"]) == (2, "wgs84")
    layers = {one["id"]: one for one in told["vector_layers"]}
    assert set(layers) == {"water", "lines", "regions", "grids", "buildings", "facilities", "labels"}
    assert (layers["grids"]["minzoom"], layers["grids"]["maxzoom"]) == (13, ZOOM)
    assert layers["grids"]["fields"]["households"] == "String"
    codes = set()
    for number, body in reader.each():
        decoded = mapbox_vector_tile.decode(body)
        assert set(decoded) <= set(layers)
        for name, layer in decoded.items():
            for feature in layer["features"]:
                assert set(feature["properties"]) <= set(layers[name]["fields"]), number
        codes |= {one["properties"]["code"] for one in decoded.get("grids", {"features": []})["features"]}
    assert codes == {grid.code for grid in small().grids}


def test_gdal_reads_it(whole: Path) -> None:
    assert "PMTiles" in pyogrio.list_drivers()
    layers = {name for name, _ in pyogrio.list_layers(whole)}
    assert {"grids", "regions", "buildings", "labels"} <= layers
    frame = pyogrio.read_dataframe(whole, layer="grids")
    assert set(frame["code"]) == {grid.code for grid in small().grids}
    assert shapely.is_valid(frame.geometry.to_numpy()).all()


def test_the_same_publication_is_the_same_bytes(store: Store, whole: Path, tmp_path: Path) -> None:
    exports.write(store.service, state(store, 2), tmp_path / "again.pmtiles", silent, most_zoom=ZOOM)
    assert (tmp_path / "again.pmtiles").read_bytes() == whole.read_bytes()
    exports.write(store.service, state(store, 1), tmp_path / "older.pmtiles", silent, most_zoom=ZOOM)
    older = Reader(tmp_path / "older.pmtiles")
    assert older.metadata["publication"] == 1
    for archive_, own, other in ((older, "旧", "新"), (Reader(whole), "新", "旧")):
        bodies = b"".join(body for _, body in archive_.each())
        assert own.encode() in bodies
        assert other.encode() not in bodies


def test_over_the_maps_of_gcj02(store: Store, whole: Path, tmp_path: Path) -> None:
    exports.write(store.service, state(store, 2), tmp_path / "g.pmtiles", silent, matrix=GCJ, most_zoom=13)
    reader = Reader(tmp_path / "g.pmtiles")
    assert reader.metadata["datum"] == "gcj02"
    moved = np.array(reader.bounds) - np.array(Reader(whole).bounds)
    assert (np.abs(moved) > 1e-3).all()
    assert {number for number, _ in reader.each()}


def test_one_that_is_stopped_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def stop(phase: str, done: int, total: int) -> None:
        if phase == "tiles" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exports.write(store.service, state(store, 2), tmp_path / "a.pmtiles", stop, most_zoom=ZOOM)
    assert not list(tmp_path.iterdir())


def test_on_the_command_line(
    store: Store, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wangge = Here(store, monkeypatch, capsys)
    target = tmp_path / "map.pmtiles"
    done = wangge("export", "-o", target, "--max-zoom", str(ZOOM))
    assert done.status == 0, done.err
    assert "tiles written to" in done.err
    assert target.read_bytes() == whole.read_bytes()
    monkeypatch.chdir(tmp_path)
    assert wangge("export", "--pmtiles", "--max-zoom", str(ZOOM)).status == 0
    assert (tmp_path / "wangge-2.pmtiles").read_bytes() == whole.read_bytes()
    for refused in ([], ["--pmtiles", "-o", "a.csv"], ["-o", target, "--region", "A"]):
        assert wangge("export", *refused).status == 2
    assert wangge("export", "-o", tmp_path / "a.csv", "--max-zoom", "3").status == 2
    assert wangge("export", "-o", target, "--publication", "9").status == 2
