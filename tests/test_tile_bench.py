"""Do the benchmarks of tiles ask for what they say they do?"""

from io import StringIO
from pathlib import Path

import geopandas
import shapely
from rich.console import Console
from tile_seams import SIDE, on_lattice

from benchmarks import published_city, tile_archive, tile_low, tile_places
from benchmarks.city import city

MADE = city(0.005)


def test_squares_that_are_asked_for_have_grids_in_them() -> None:
    asked = tile_places.mixed(MADE, 200)
    assert asked == tile_places.mixed(MADE, 200)
    assert {zoom for zoom, _, _ in asked} == set(tile_places.ZOOMS)
    for zoom, x, y in asked:
        there = shapely.transform(MADE.grids, lambda xy, zoom=zoom: on_lattice(xy, zoom) / SIDE)
        assert shapely.intersects(there, shapely.box(x, y, x + 1, y + 1)).any()
        assert (zoom, x, y) in tile_places.covering(MADE, zoom)


def test_layers_of_the_peer_are_the_whole_city(tmp_path: Path) -> None:
    tile_archive.write_layers(MADE, tmp_path)
    frames = {file.stem: geopandas.read_parquet(file) for file in tmp_path.iterdir()}
    assert {name.rsplit("-", 2)[0] for name in frames} >= {"grids", "grid_labels", "community", "street", "city"}
    whole = shapely.coverage_union_all(MADE.grids)
    for name, frame in frames.items():
        if "labels" not in name:
            assert shapely.coverage_union_all(frame.geometry.to_numpy()).equals(whole)
    assert len(frames["grids-13-15"]) == len(MADE.grids)


def test_what_tiles_weigh_is_told_by_zoom(tmp_path: Path) -> None:
    told = StringIO()
    with published_city.published(0.005, tmp_path) as (cluster, made):
        tile_low.run(cluster, made, Console(file=told, width=100), {"regions": (10,), "grids": (13, 14)})
    lines = [line.split() for line in told.getvalue().splitlines()]
    rows = {(line[0], line[1]): float(line[3]) for line in lines if line and line[0] in tile_low.ZOOMS}
    assert rows.keys() == {("regions", "10"), ("grids", "13"), ("grids", "14")}
    assert all(rows.values())
