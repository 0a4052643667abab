"""Which rings does a tile's bytes have? Read by the letter of MVT 2.1 (4.3), not by what a library makes of it."""

from dataclasses import dataclass

from mapbox_vector_tile.Mapbox import vector_tile_pb2

Ring = list[tuple[int, int]]


@dataclass(frozen=True)
class Raw:
    """One feature: its kind (1 points, 2 lines, 3 polygons), and the positions of each path as they are written."""

    id: int
    kind: int
    paths: list[Ring]


def rings(body: bytes) -> list[Raw]:
    """The features of all layers of a tile."""
    tile = vector_tile_pb2.tile()
    tile.ParseFromString(body)
    return [Raw(one.id, one.type, _paths(list(one.geometry))) for layer in tile.layers for one in layer.features]


def twice_area(ring: Ring) -> int:
    """By the surveyor's formula, in a tile's own positions: positive for an outer ring (4.3.3.3)."""
    after = [*ring[1:], ring[0]]
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, after, strict=True))


def _paths(commands: list[int]) -> list[Ring]:
    found: list[Ring] = []
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            x, y = x + _signed(commands[at]), y + _signed(commands[at + 1])
            at += 2
            if command == 1:
                found.append([])
            found[-1].append((x, y))
    return found


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)
