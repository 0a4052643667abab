"""What lies on the desk of a planner who is to redraw a street? `python -m sample_data.redraw DISTRICT.geojson DIR`.

The sample district is divided as it should be, so there is nothing to redraw. `former.geojson` is the same district as
an older division might have left it, and beside it lies what the planner draws, as bodies of requests. The tour in
`docs/redraw.md` is walked with them. Every place is found by what stands there, in `sample_data.sites`. Same district,
same bytes.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry import mapping, shape

from geo.lattice import rounded
from geo.measure import metres_per_degree
from geo.redraw.board import Board
from geo.redraw.drawn import redrawn
from geo.redraw.edits import Assign, Edit, Merge, Reshape, Split
from sample_data.make import text
from sample_data.sites import Sites

FORMER = "former.geojson"
HAND_M = 4.0
"""How far the planner's hand is off the river at its bends, metres: to one side, then to the other."""
OVER_M = 3.0
"""How far a hand draws over the border that a line is to end on, metres."""


def write(district: dict[str, Any], folder: Path) -> Sites:
    """Write the older division and the requests of the day; the places they are about. Raises ValueError where the
    district (a plan file) has no such places."""
    sites = Sites.of(district)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FORMER).write_text(text(former(district, sites)), "utf-8")
    for name, body in requests(sites).items():
        (folder / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")
    return sites


def former(district: dict[str, Any], sites: Sites) -> dict[str, Any]:
    """The district as an older division had it: no tower yet in the grid it was built in, an estate in two, the
    river's bend cut off by a straight line, houses beside a border with the neighbour."""
    straight = LineString([sites.bend.coords[0], sites.bend.coords[-1]])
    edits: list[Edit] = [
        Merge(grids=(sites.host, sites.tower), into=sites.host),
        Split(grid=sites.small, lines=(sites.halving,), snap_m=0),
        Reshape(line=straight, grids=(sites.bank, sites.other_bank), snap_m=0),
        Assign(ground=sites.yard, grid=sites.neighbour, snap_m=0),
    ]
    board, _ = redrawn(sites.board, edits)
    (half,) = board.grids.keys() - sites.board.grids.keys()  # it has the place in the list that the tower's will have
    grids = {code: grid for code, grid in board.grids.items() if code != half}
    grids[sites.tower] = replace(board.grids[half], code=sites.tower, name=sites.board.grids[sites.tower].name)
    return _redivided(district, replace(board, grids=grids))


def requests(sites: Sites) -> dict[str, Any]:
    """Bodies by the names of their files, in the order of the day."""
    communities = sorted({sites.board.grids[code].region for code in (sites.tower, sites.bank, sites.other_bank)})
    return {
        "open": {"communities": communities, "title": "文庙坊街道网格调整", "reason": "新建高层,河道取直线不符"},
        "split": _edits({"op": "split", "grid": sites.host, "line": mapping(_across(sites))}, reason="高层单独成格"),
        "merge": _edits({"op": "merge", "grids": [sites.tower, sites.small]}, reason="两个小网格合并"),
        "river": _edits(
            {"op": "reshape", "line": mapping(_by_hand(sites.bend)), "snap_m": 8}, reason="边界以河道中心线为准"
        ),
        "courtyard": _edits(
            {"op": "assign", "ground": mapping(sites.yard), "grid": sites.bank}, reason="院落归本小区网格"
        ),
        "colleague-open": {"communities": [sites.board.grids[sites.bank].region], "title": "客运枢纽专属网格"},
        "colleague": _edits(
            {"op": "assign", "ground": mapping(sites.shops), "grid": sites.special}, reason="商业街并入枢纽"
        ),
        "points": {"datum": "wgs84", "points": [*_points(sites)]},
    }


def _points(sites: Sites) -> Iterator[dict[str, Any]]:
    """A place in the estate beside the tower, in the courtyard, and in the river's bend."""
    home = next(one for one in sites.houses(sites.host) if one.households)
    places = {"estate": home.shape, "courtyard": sites.house.shape, "river": Polygon(sites.bend.coords)}
    for name, ground in places.items():
        place = rounded(shapely.point_on_surface(ground))
        yield {"id": name, "lon": place.x, "lat": place.y}


def _edits(*edits: Mapping[str, Any], reason: str) -> dict[str, Any]:
    return {"edits": [*edits], "reason": reason}


def _across(sites: Sites) -> LineString:
    """From west to east through the host's ground, past the tower: in a hurry, through the houses next to it."""
    ground, lat = sites.ground(sites.host), sites.hasty_latitude
    west, _, east, _ = shapely.intersection(ground, LineString([(-180, lat), (180, lat)])).bounds
    over = OVER_M / metres_per_degree(lat)[0]
    return rounded(LineString([(west - over, lat), (east + over, lat)]))


def _by_hand(line: LineString) -> LineString:
    """A line as a hand follows it: its bends but not its smallest ones, each a little off."""
    scale = np.array(metres_per_degree(line.coords[0][1]))
    way = shapely.get_coordinates(shapely.simplify(shapely.transform(line, lambda xy: xy * scale), HAND_M))
    off = np.where(np.arange(len(way)) % 2, 1.0, -1.0)[:, None] * HAND_M / np.sqrt(2)
    off[[0, -1]] = 0
    return rounded(LineString((way + off) / scale))


def _redivided(district: dict[str, Any], board: Board) -> dict[str, Any]:
    """The plan file with the ground of the board; houses declare a grid only where they stand in it."""
    regions = {grid.region for grid in board.grids.values()}
    kept = list[dict[str, Any]]()
    for feature in district["features"]:
        told = feature["properties"]
        if told["layer"] == "region" and told["code"] in regions:
            kept.append({**feature, "geometry": mapping(board.boundary(told["code"]))})
        elif told["layer"] == "building":
            kept.append(_declared(feature, board))
        elif told["layer"] != "grid" or told["region"] not in regions:
            kept.append(feature)
        elif told["code"] in board.grids:
            kept.append({**feature, "geometry": mapping(board.grids[told["code"]].shape)})
    return {**district, "features": kept}


def _declared(feature: dict[str, Any], board: Board) -> dict[str, Any]:
    grid = board.grids.get(feature["properties"]["grid"] or "")
    if grid is None or shapely.intersects(grid.shape, shapely.point_on_surface(shape(feature["geometry"]))):
        return feature
    return {**feature, "properties": {**feature["properties"], "grid": None}}


def main(arguments: list[str] | None = None) -> int:
    """Write the files of the day; exit status 0."""
    parser = argparse.ArgumentParser(prog="sample_data.redraw", description="Write a planner's day of redrawing.")
    parser.add_argument("district", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    write(json.loads(given.district.read_text(encoding="utf-8")), given.folder)
    print(f"{FORMER} and the requests -> {given.folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
