"""Which ground do the edges enclose that do not cancel, and whose is it?

How many grids lie over a point, less the boundary, changes nowhere but at edges that do not cancel: all faulty ground
lies in the faces between them. Found so, a fault costs what it is large, and not what its region is large.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import Keys, steps_of, to_degrees
from geo.model import Ground
from geo.noding import MAX_ROUNDS, Lack, Net


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of ground with the numbers of the shapes that lie over it, in order; the first shape is the boundary."""

    shape: shapely.Polygon
    over: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hair:
    """Ground between an edge and nodes of the other side that it passes within half a step of and lacks, a piece for
    each side of the edge; the numbers of the shapes that have the edge or the nodes."""

    pieces: Sequence[shapely.Polygon]
    shapes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Loose:
    """Edges that do not cancel, in degrees (n, 2, 2); the nodes that some of them lack; and all edges.

    An edge that lacks nodes of the other side, and cancels once it is led through them, is not among them: the node is
    the fault, and the hair between is how far its place was rounded.
    """

    edges: NDArray[np.float64]
    lacks: Sequence[Lack]
    hairs: Sequence[Hair]
    net: Net

    @classmethod
    def of(cls, shapes: Sequence[Ground], *, against_first: bool = True) -> "Loose":
        """Of shapes that are sound: a boundary and the grids that should cover it, or shapes side by side."""
        net = Net.of(shapely.orient_polygons(np.asarray(shapes, dtype=object), exterior_cw=False).tolist())
        lacking = net.lacking(net.loose(against_first))
        lacks, hairs = [*net.lacks(lacking)], list[Hair]()
        for _ in range(MAX_ROUNDS):
            lacking = lacking[_is_mended(net, lacking, against_first)]
            if len(lacking) == 0:
                break
            mended = net.with_nodes(lacking)
            hairs += _hairs(net, mended, lacking)
            net, lacking = mended, mended.lacking(mended.loose(against_first))
        return cls(_degrees(net.loose(against_first)), lacks, hairs, net)

    @property
    def lines(self) -> NDArray[np.object_]:
        return np.asarray(shapely.linestrings(self.edges), dtype=object)

    def faces(self, shapes: Sequence[Ground]) -> list[Face]:
        """The faces between loose edges, cut by every other edge in them, so that the same shapes lie over all of one.

        `shapes` are those that the loose edges are of.
        """
        blobs = _faces(self.lines)
        if len(blobs) == 0:
            return []
        every = _degrees(self.net.edges())
        west, south, east, north = shapely.total_bounds(blobs)
        near = (every.min(axis=1) <= (east, north)).all(axis=1) & (every.max(axis=1) >= (west, south)).all(axis=1)
        lines = np.asarray(shapely.linestrings(every[near]), dtype=object)
        faces = _faces(lines[np.unique(shapely.STRtree(lines).query(blobs, "intersects")[1])])
        x, y = shapely.get_coordinates(shapely.point_on_surface(faces)).T
        over = np.array([shapely.contains_xy(shape, x, y) for shape in shapes])
        return [Face(face, tuple(np.flatnonzero(column).tolist())) for face, column in zip(faces, over.T, strict=True)]


def _is_mended(net: Net, lacking: Keys, against_first: bool) -> NDArray[np.bool_]:
    """For each pair of a vertex and a node that its edge lacks (n, 2): whether the edge cancels with all its nodes.

    Where it does not, a node was moved, and the ground between is lost or doubled.
    """
    if len(lacking) == 0:
        return np.empty(0, dtype=bool)
    noded = net.with_nodes(lacking)
    left = np.isin(_packed(noded.undirected()), _packed(noded.loose(against_first)))
    return np.asarray(~np.isin(lacking[:, 0].astype(np.int64), _origin(net, lacking)[left]))


def _origin(net: Net, lacking: Keys) -> NDArray[np.int64]:
    """For each vertex of `net.with_nodes(lacking)` the vertex of the net that it is, or in whose edge it was put."""
    count = np.bincount(lacking[:, 0].astype(np.int64), minlength=len(net.node))
    return np.repeat(np.arange(len(net.node)), count + 1)


def _hairs(net: Net, noded: Net, lacking: Keys) -> Iterator[Hair]:
    """What lies between edges and the nodes that they were led through, edge by edge."""
    origin, ends = _origin(net, lacking), net.undirected()
    vertices = np.unique(lacking[:, 0].astype(np.int64))
    told: dict[tuple[int, int], set[int]] = {}
    for vertex in vertices.tolist():
        low, high = ends[vertex].tolist()
        told.setdefault((low, high), set()).add(vertex)
    for (_, _), own in sorted(told.items()):
        vertex = min(own)
        nodes = np.append(noded.node[origin == vertex], net.following[vertex])
        having = net.shape[np.isin(net.node, nodes[1:-1])]
        chain = to_degrees(steps_of(nodes))
        lines = shapely.linestrings(np.stack([chain, np.roll(chain, -1, axis=0)], axis=1))
        yield Hair(_faces(lines).tolist(), tuple(sorted({*having.tolist(), *net.shape[[*own]].tolist()})))


def _packed(edges: Keys) -> NDArray[np.void]:
    """Both nodes of an edge as one comparable value."""
    return np.ascontiguousarray(edges).view(np.dtype((np.void, 16))).ravel()


def _faces(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """The polygons between lines that may cross."""
    return np.asarray(shapely.get_parts(shapely.polygonize([shapely.union_all(lines)])), dtype=object)


def _degrees(edges: Keys) -> NDArray[np.float64]:
    return to_degrees(steps_of(edges.ravel())).reshape(-1, 2, 2)
