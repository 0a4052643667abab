"""How does each edit of a plan look? `python tests/plan_pages.py` draws the pictures of docs/plans.md anew.

Each is a small board before and after the edit of that name, and what comes of it is what the edit makes.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import shapely
from rule_examples import CODE, HOUSES, NODES, OUTLINE, STREET, box, grid, ground, placed, point, ring, sound
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from api.texts import edits
from geo import lattice
from geo.model import Grid, GridKind, Region
from geo.picture import Change, Outline, Patch, Scene, Tone, svg
from geo.redraw import written
from geo.redraw.board import Board, Codes, Surroundings
from geo.redraw.drawn import redrawn
from geo.store.possible import POSSIBLE

PAGE = Path(__file__).parents[1] / "docs" / "plans.md"
PICTURES = PAGE.parent / "plans"
WIDTH, HEIGHT, SEEN = 664, 330, 402
"""Pixels of one side, and how many of its width are the map: the legend is left out."""
EAST = "510108001002"
MOST = 420
"""Letters of an edit that the page shows."""
VALUE = re.compile(r"\{(\w+)[^}]*\}")
Edit = dict[str, Any]


def geojson(one: BaseGeometry) -> dict[str, Any]:
    """As it stands in a body."""
    found: dict[str, Any] = json.loads(shapely.to_geojson(one))
    return found


def line(*places: tuple[float, float]) -> dict[str, Any]:
    """A drawn line of metres from the corner of the plan."""
    return geojson(lattice.rounded(shapely.LineString(placed(places))))


def place(x: float, y: float) -> list[float]:
    return [*shapely.get_coordinates(point(x, y))[0].tolist()]


def code(number: str) -> str:
    return f"{CODE}{number}"


EDITS: Mapping[str, Callable[[], Edit]] = MappingProxyType(
    {
        "split": lambda: {"op": "split", "grid": code("02"), "line": line((268, -20), (270, 220))},
        "merge": lambda: {"op": "merge", "grids": [code("01"), code("03")]},
        "move_node": lambda: {"op": "move_node", "from": place(*NODES["e"]), "to": place(240, 170)},
        "move_edge": lambda: {
            "op": "move_edge",
            "from": line((207.7, 240), (213.1, 340)),
            "to": line((168, 240), (172, 340)),
        },
        "reshape": lambda: {
            "op": "reshape",
            "line": line((209, 40), (160, 60), (168, 150), (207, 165)),
        },
        "assign": lambda: {"op": "assign", "ground": geojson(box(206, 240, 70, 90)), "grid": code("03")},
        "claim_gap": lambda: {"op": "claim_gap", "place": place(190, 180), "grid": code("01")},
        "replace": lambda: {"op": "replace", "community": CODE, "grids": _drawn_anew()},
        "recode": lambda: {"op": "recode", "from": code("04"), "to": code("09")},
        "set": lambda: {"op": "set", "grid": code("04"), "name": "公园", "kind": "special"},
        "order": lambda: {"op": "order", "region": CODE, "boundary": geojson(_ordered())},
    }
)


def board(name: str) -> Board:
    """What the edit of a name is made on."""
    plan = sound()
    grids, regions = {one.code: one for one in plan.grids}, {CODE: plan.regions[1]}
    if name == "claim_gap":
        grids[code("01")] = grid("01", ground(ring("abed", e=[(160, 150)])))
    if name == "order":
        east = ground([NODES["c"], (560, 0), (556, 410), NODES["i"], NODES["f"]])
        regions[EAST] = Region(code=EAST, name="东社区", level="community", parent=STREET, shape=east)
        grids[f"{EAST}01"] = Grid(code=f"{EAST}01", region=EAST, shape=east)
    faulty = frozenset({CODE} if name == "claim_gap" else ())
    codes = Codes(given=grids.keys(), schemes=dict.fromkeys(regions, "14"))
    return Board(regions=regions, grids=grids, faulty=faulty, codes=codes, surroundings=Surroundings(HOUSES))


def after(name: str) -> Board:
    """What comes of it."""
    return redrawn(board(name), [written.read(EDITS[name]())])[0]


@cache
def pictures() -> Mapping[str, str]:
    """Before and after each edit, as SVG."""
    return MappingProxyType({name: _pair(name) for name in EDITS})


def blocks() -> dict[str, str]:
    """What of the page follows from the code, by name."""
    return {
        "states": _table(("state", "what may be done"), _states()),
        **{name: f"```json\n{_shown(edit())}\n```\n\n![{name}](plans/{name}.svg)\n" for name, edit in EDITS.items()},
        "refusals": _table(("refused", "what it says"), _refusals()),
    }


def page(told: str) -> str:
    """The page with every block as it should be. Raises ValueError where one has no place."""
    for name, block in blocks().items():
        mark = f"<!-- {name} -->\n"
        before, _, rest = told.partition(mark)
        _, found, after_ = rest.partition(mark)
        if not found:
            raise ValueError(f"no place for {name}")
        told = f"{before}{mark}{block}{mark}{after_}"
    return told


def _shown(edit: Edit) -> str:
    whole = json.dumps(edit, ensure_ascii=False)
    return whole if len(whole) < MOST else f"{whole[:MOST].rpartition(', [')[0]}, …"


def _states() -> Iterator[tuple[str, str]]:
    for state, actions in POSSIBLE.items():
        yield f"`{state}`", ", ".join(f"`{one}`" for one in actions) or "nothing more"


def _refusals() -> Iterator[tuple[str, str]]:
    for name, (_, english) in sorted(edits.TEXTS.items()):
        if name.startswith("edit.") and not name.startswith("edit.edit-"):
            yield f"`{name.removeprefix('edit.')}`", VALUE.sub(lambda value: f"‹{value[1]}›", english)


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def _drawn_anew() -> dict[str, Any]:
    """Three strips, some metres off everything that is there."""
    strips = (
        [(1, 1), (150, -8), (151, 397), (2, 401), (-7, 197)],
        [(150, -6), (211, -9), (268, -7), (267, 396), (150, 396)],
        [(269, -6), (423, 3), (431, 201), (421, 404), (268, 397)],
    )
    shapes = [geojson(lattice.rounded(shapely.Polygon(placed(strip)))) for strip in strips]
    features = [{"type": "Feature", "geometry": dict(one), "properties": None} for one in shapes]
    return {"type": "FeatureCollection", "features": features}


def _ordered() -> BaseGeometry:
    return ground(ring(OUTLINE, c=[NODES["c"], (470, 3)], f=[(476, 205)], i=[(468, 407), NODES["i"]]))


def _pair(name: str) -> str:
    """Both sides as one picture."""
    edit, sides = EDITS[name](), (board(name), after(name))
    drawn = _drawn(edit)
    titles = ("之前 before", f"之后 {name}")
    gone = [(Change.CHANGED, one) for one in drawn]
    made = [
        svg(_scene(title, side, change), WIDTH, HEIGHT)
        for title, side, change in zip(titles, sides, (gone, ()), strict=True)
    ]
    named = [_named(one, f"{name}-{number}") for number, one in enumerate(made)]
    placed_ = "".join(_beside(one, number) for number, one in enumerate(named))
    wide = 2 * SEEN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{HEIGHT}" viewBox="0 0 {wide} {HEIGHT}"'
    return f'{head} role="img">{placed_}</svg>\n'


def _beside(picture: str, number: int) -> str:
    size = f'x="{number * SEEN}" width="{SEEN}" height="{HEIGHT}" viewBox="0 0 {SEEN} {HEIGHT}" overflow="hidden"'
    return re.sub(r' width="\d+" height="\d+" viewBox="[^"]*"', f" {size}", picture, count=1)


def _named(picture: str, name: str) -> str:
    """A picture whose ids are those of no other."""
    return picture.replace("picture-", f"picture-{name}-")


def _scene(title: str, side: Board, changes: Sequence[tuple[Change, BaseGeometry]]) -> Scene:
    return Scene(
        title=title,
        grids=[Patch(one.shape, _tone(one), (one.code[-4:],)) for one in side.grids.values()],
        buildings=[one.shape for one in HOUSES],
        outlines=[Outline(side.boundary(code)) for code in side.regions],
        changes=changes,
    )


def _tone(one: Grid) -> Tone:
    return Tone.SPECIAL if one.kind is GridKind.SPECIAL else Tone.GOOD


def _drawn(edit: Edit) -> list[BaseGeometry]:
    """What of an edit is drawn on the map."""
    found = [shape(edit[name]) for name in ("line", "ground", "boundary") if name in edit]
    found += [shape(edit[name]) for name in ("from", "to") if isinstance(edit.get(name), dict)]
    found += (
        [shape(one["geometry"]) for one in edit.get("grids", {}).get("features", [])] if "community" in edit else []
    )
    if edit["op"] == "move_node":
        found.append(shapely.LineString([edit["from"], edit["to"]]))
    if edit["op"] == "claim_gap":
        found.append(shapely.Point(edit["place"]))
    return found


def main() -> None:
    """Write the pictures, and the edits into the page."""
    PICTURES.mkdir(exist_ok=True)
    for name, drawn in pictures().items():
        (PICTURES / f"{name}.svg").write_text(drawn, "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
