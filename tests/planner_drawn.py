"""What does a planner ask for next? Edits aimed so that a good share of them is legal."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
import shapely
from ground_drawn import Hand
from plans_drawn import STREET
from shapely import LineString, Polygon

from geo.arrangement import joined
from geo.lattice import directed_edges, keys, steps_of, to_degrees, to_steps, uncancelled
from geo.model import GridKind, Ground, Rule
from geo.open_plan import OpenPlan
from geo.redraw.board import Board
from geo.redraw.drawn import redrawn
from geo.redraw.edits import (
    Assign,
    ClaimGap,
    Edit,
    Merge,
    MoveEdge,
    MoveNode,
    Order,
    Recode,
    Replace,
    Reshape,
    Set,
    Split,
)
from geo.redraw.refused import EditRefused

SIDES: Final = ((1, 0), (0, 1), (-1, 0), (0, -1))
Way = tuple[int, int]
Thing = TypeVar("Thing")


def outer_edges(board: Board) -> set[Way]:
    """The directed edges of the plan's own border, by the keys of their nodes: those that no other region answers."""
    start, end, _ = directed_edges([board.boundary(code) for code in sorted(board.regions)])
    low, high, sign = uncancelled(start, end, np.ones(len(start), dtype=np.int64))
    told = zip(low.tolist(), high.tolist(), sign.tolist(), strict=True)
    return {(a, b) if way > 0 else (b, a) for a, b, way in told}


class Planner(Hand):
    """Draws edits by chance; `unit` is how large a grid is about, steps."""

    @property
    def chance(self) -> np.random.Generator:
        return self._chance

    @property
    def unit(self) -> int:
        return self._unit

    def begin(self, seed: int) -> None:
        """What is drawn from now on depends on this alone."""
        self._chance = np.random.default_rng(seed)

    def legal(self, op: str, plan: OpenPlan) -> Edit:
        """An edit of a kind that is meant seriously; now and then one drawn without looking."""
        board = plan.board
        if op == "claim_gap":
            return self._claim_told(plan)
        if op in ROUGH and self._chance.random() < 0.15:
            return ROUGH[op](self, board)
        return AIMED[op](self, board)

    # --- aimed edits ---

    def through(self, board: Board) -> Edit:
        """Lines from border to border."""
        code = self._code(board)
        lines = tuple(self._across(board.grids[code].shape) for _ in range(int(self._chance.integers(1, 3))))
        stated = (self._fresh_code(board),) if self._chance.random() < 0.1 else ()
        return Split(grid=code, lines=lines, codes=stated, snap_m=self._snap(), cut=self._cut())

    def _across(self, shape: Ground) -> LineString:
        part = shapely.get_parts(shape)[0]
        xy = shapely.get_coordinates(part.exterior)
        one, other = self._chance.choice(len(xy) - 1, 2, replace=False).tolist()
        a, b = self._on(xy[one], xy[one + 1]), self._on(xy[other], xy[other + 1])
        beyond = 0.1 * (b - a) if self._chance.random() < 0.5 else 0.0
        middle = [shapely.get_coordinates(part.point_on_surface())[0]] if self._chance.random() < 0.5 else []
        return LineString([a - beyond, *middle, b + beyond])

    def _on(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """A place on a straight piece, its beginning as often as any other."""
        return np.asarray(a + (b - a) * (0.0 if self._chance.random() < 0.4 else self._chance.random()))

    def neighbours(self, board: Board) -> Edit:
        """Two or three grids along one border."""
        pairs = self.pairs(board, same_region=True)
        if not pairs:
            return self._merge(board)
        one, other, _ = pairs[int(self._chance.integers(len(pairs)))]
        third = [c for a, b, _ in pairs for c in (a, b) if {a, b} & {one, other} and c not in (one, other)]
        codes = (one, other, *third[:1]) if self._chance.random() < 0.3 else (one, other)
        return Merge(grids=codes, into=codes[0] if self._chance.random() < 0.3 else None)

    def node(self, board: Board) -> Edit:
        """A node within the plan a part of the way to its neighbour, or a place on an edge aside."""
        a, b = self._inner_edge(board)
        start = self._on(a, b)
        aside = (self._chance.random(2) - 0.5) * np.hypot(*(b - a)) * self.one_of((0.1, 0.5, 2.0))
        return MoveNode(start=place_of(start), end=place_of(start + aside), snap_m=self._snap(), cut=self._cut())

    def edge(self, board: Board) -> Edit:
        """A stretch of border with a bend, or laid beside itself."""
        pairs = self.pairs(board)
        if not pairs:
            return self.node(board)
        border = pairs[int(self._chance.integers(len(pairs)))][2]
        xy = to_degrees(steps_of(np.array(self._stretch(border), dtype=np.uint64)))
        aside = (self._chance.random(2) - 0.5) * np.hypot(*(xy[-1] - xy[0])) * self.one_of((0.1, 0.4, 1.0))
        middle = (xy[0] + xy[-1]) / 2 + aside
        ends = (xy[0] + aside, xy[-1] + aside) if self._chance.random() < 0.2 else (xy[0], xy[-1])
        end = LineString([ends[0], middle, ends[1]])
        return MoveEdge(start=LineString(xy), end=end, snap_m=self._snap(), cut=self._cut())

    def returning(self, board: Board) -> Edit:
        """A line from one place of a border to another, through the ground beside it."""
        pairs = self.pairs(board)
        if not pairs:
            return self._reshape(board)
        one, other, border = pairs[int(self._chance.integers(len(pairs)))]
        xy = to_degrees(steps_of(np.array(self._stretch(border), dtype=np.uint64)))
        a, b = (self._on(xy[0], xy[1]), self._on(xy[-1], xy[-2])) if self._chance.random() < 0.5 else (xy[0], xy[-1])
        inside = shapely.get_coordinates(board.grids[one].shape.point_on_surface())[0]
        bend = (a + b) / 2 + (inside - (a + b) / 2) * self._chance.random()
        beyond = 0.2 * (a - bend) if self._chance.random() < 0.3 else 0.0
        grids = (one, other) if self._chance.random() < 0.6 else None
        return Reshape(line=LineString([a + beyond, bend, b]), grids=grids, snap_m=self._snap(), cut=self._cut())

    def ground(self, board: Board) -> Edit:
        """Ground about a place on a border, or all of a neighbour's."""
        pairs = self.pairs(board)
        if not pairs:
            return self._assign(board)
        one, other, border = pairs[int(self._chance.integers(len(pairs)))]
        if self._chance.random() < 0.1:
            return Assign(ground=board.grids[other].shape, grid=one, snap_m=0.0, cut=self._cut())
        way = to_degrees(steps_of(np.array(border[int(self._chance.integers(len(border)))], dtype=np.uint64)))
        return Assign(ground=self.about(self._on(way[0], way[1])), grid=one, snap_m=self._snap(), cut=self._cut())

    def about(self, place: np.ndarray) -> Polygon:
        """Three to six corners round a place."""
        angles = np.sort(self._chance.random(int(self._chance.integers(3, 7)))) * 2 * np.pi
        reach = self._unit * self.one_of((0.1, 0.3, 0.8)) * (0.5 + self._chance.random(len(angles))) + 1.0
        around = Polygon(place + np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None] / 1e7)
        return around if around.is_valid else place_box(place, self._unit)

    def _claim_told(self, plan: OpenPlan) -> Edit:
        """A gap that the report tells of; where there is none, anywhere."""
        gaps = [one for one in plan.report.findings if one.rule is Rule.GAP and one.geometry is not None]
        if not gaps:
            return self._claim(plan.board)
        gap = gaps[int(self._chance.integers(len(gaps)))]
        assert gap.geometry is not None
        beside = [code for code in gap.codes if code in plan.board.grids]
        place = shapely.point_on_surface(gap.geometry)
        home = beside[0] if beside and self._chance.random() < 0.7 else None
        return ClaimGap(place=(place.x, place.y), grid=home)

    def anew(self, board: Board) -> Edit:
        """A region as other edits would leave it, or as it is with trembling nodes."""
        region = self.one_of(sorted(board.regions))
        if self._unit >= STREET and self._chance.random() < 0.4:
            grids = [replace(one, shape=self._shaken(one.shape)) for one in board.grids_of(region)]
            return Replace(region=region, grids=tuple(grids), snap_m=3.0, cut=self._cut())
        after = board
        for edit in (self.through(board), self.neighbours(board), self.through(board)):
            try:
                after = redrawn(after, [edit])[0]
            except EditRefused:
                continue
        named = [one if one.code in board.grids else replace(one, code="") for one in after.grids_of(region)]
        return Replace(region=region, grids=tuple(named or board.grids_of(region)), snap_m=0.0, cut=self._cut())

    def _shaken(self, shape: Ground) -> Ground:
        """Every node of it a few steps elsewhere."""

        def shaken(xy: np.ndarray) -> np.ndarray:
            nodes, number = np.unique(keys(to_steps(xy)), return_inverse=True)
            return to_degrees(steps_of(nodes) + self._chance.integers(-8, 9, (len(nodes), 2)))[number]

        return shapely.transform(shape, shaken)

    def recode(self, board: Board) -> Edit:
        return Recode(start=self._code(board), end=self._fresh_code(board))

    def named(self, board: Board) -> Edit:
        kind = self.one_of((None, *GridKind))
        name = self.one_of((None, "东", "西", "市场"))
        return Set(grid=self._code(board), name=name, kind=kind)

    def ordered(self, board: Board) -> Edit:
        """A region gets a grid of the one beside it, or ground about their border; alone it gets any boundary."""
        pairs = [pair for pair in self.pairs(board) if len({board.grids[code].region for code in pair[:2]}) == 2]
        if not pairs:
            return self.order(board)
        one, other, border = pairs[int(self._chance.integers(len(pairs)))]
        region = board.grids[one].region
        if self._chance.random() < 0.6:
            parts = [*shapely.get_parts(board.boundary(region)), *shapely.get_parts(board.grids[other].shape)]
            return Order(region=region, boundary=joined(parts))
        way = to_degrees(steps_of(np.array(border[0], dtype=np.uint64)))
        both = shapely.union(board.boundary(region), board.boundary(board.grids[other].region))
        gained = shapely.intersection(both, self.about(self._on(way[0], way[1])))
        drawn = shapely.union(board.boundary(region), gained)
        return Order(region=region, boundary=drawn if isinstance(drawn, Ground) else board.boundary(region))

    # --- what is there ---

    def one_of(self, things: Collection[Thing]) -> Thing:
        return [*things][int(self._chance.integers(len(things)))]

    def _cut(self) -> bool:
        return bool(self._chance.random() < 0.6)

    def _fresh_code(self, board: Board) -> str:
        region = self.one_of(sorted(board.regions))
        return f"{region}{int(self._chance.integers(50, 99))}"

    def pairs(self, board: Board, same_region: bool = False) -> list[tuple[str, str, list[Way]]]:
        """Pairs of grids that share edges, with these as the first one has them."""
        codes = sorted(board.grids)
        start, end, owner = directed_edges([board.grids[code].shape for code in codes])
        ways: Mapping[Way, int] = dict(zip(zip(start.tolist(), end.tolist(), strict=True), owner.tolist(), strict=True))
        found: dict[tuple[str, str], list[Way]] = {}
        for (a, b), n in ways.items():
            other = ways.get((b, a))
            if other is not None and other != n:
                found.setdefault((codes[n], codes[other]), []).append((a, b))
        return [
            (one, other, border)
            for (one, other), border in sorted(found.items())
            if not same_region or board.grids[one].region == board.grids[other].region
        ]

    def _stretch(self, border: list[Way]) -> list[int]:
        """Some edges of a border that follow each other, as nodes."""
        after = dict(border)
        nodes = [*border[int(self._chance.integers(len(border)))]]
        for _ in range(int(self._chance.integers(0, 5))):
            if (ahead := after.get(nodes[-1])) is None or ahead in nodes:
                break
            nodes.append(ahead)
        return nodes

    def _inner_edge(self, board: Board) -> tuple[np.ndarray, np.ndarray]:
        """An edge within the plan, as two places; any edge where there is none."""
        outer = {node for edge in outer_edges(board) for node in edge}
        start, end, _ = directed_edges([board.grids[code].shape for code in sorted(board.grids)])
        inside = [n for n, node in enumerate(start.tolist()) if node not in outer]
        n = self.one_of(inside or range(len(start)))
        places = to_degrees(steps_of(np.array([start[n], end[n]], dtype=np.uint64)))
        return places[0], places[1]


def place_box(place: np.ndarray, unit: int) -> Polygon:
    x, y = place.tolist()
    return shapely.box(x, y, x + (unit + 2) / 1e7, y + (unit + 2) / 1e7)


def place_of(xy: np.ndarray) -> tuple[float, float]:
    x, y = xy.tolist()
    return x, y


AIMED: Final[Mapping[str, Callable[[Planner, Board], Edit]]] = {
    "split": Planner.through,
    "merge": Planner.neighbours,
    "move_node": Planner.node,
    "move_edge": Planner.edge,
    "reshape": Planner.returning,
    "assign": Planner.ground,
    "replace": Planner.anew,
    "recode": Planner.recode,
    "set": Planner.named,
    "order": Planner.ordered,
}
ROUGH: Final[Mapping[str, Callable[[Planner, Board], Edit]]] = {
    "split": Hand._split,
    "merge": Hand._merge,
    "reshape": Hand._reshape,
    "assign": Hand._assign,
    "order": Hand.order,
}
OPS: Final = (*AIMED, "claim_gap")
