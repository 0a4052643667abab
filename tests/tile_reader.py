"""What is in a Mapbox vector tile, read by somebody who has seen nothing but its specification?

Vector Tile Specification 2.1 (github.com/mapbox/vector-tile-spec): protobuf by hand, geometry commands, winding. Shares
no code with the service or PostGIS, and is strict: what the specification forbids is a `BrokenTileError`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
POINT, LINE, POLYGON = 1, 2, 3
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
ZIGZAG = np.uint64(1)

Value: TypeAlias = str | float | int | bool
Path: TypeAlias = NDArray[np.int64]
"""x, y (n, 2), tile units, y down; a ring without its first point again."""


class BrokenTileError(ValueError):
    """It is not what the specification says."""


@dataclass(frozen=True, slots=True)
class Feature:
    """`parts` are points, lines, or the rings of polygons; `shells` says which rings are outer ones."""

    id: int | None
    kind: int
    properties: dict[str, Value]
    parts: list[Path]
    shells: list[bool]

    @property
    def polygons(self) -> Iterator[list[Path]]:
        """Each polygon as its shell and its holes."""
        begins = [n for n, is_shell in enumerate(self.shells) if is_shell]
        for begin, end in zip(begins, [*begins[1:], len(self.parts)], strict=True):
            yield self.parts[begin:end]


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    extent: int
    features: list[Feature]


def read(tile: bytes) -> dict[str, Layer]:
    """The layers by name. Raises BrokenTileError."""
    found: dict[str, Layer] = {}
    for number, content in _fields(tile):
        _must(number == 3 and isinstance(content, bytes), f"field {number} in a tile")
        layer = _layer(bytes(content))
        _must(layer.name not in found, f"two layers {layer.name}")
        found[layer.name] = layer
    return found


def _layer(message: bytes) -> Layer:
    names, extents, versions = list[str](), list[int](), list[int]()
    keys, values, features = list[str](), list[Value](), list[bytes]()
    for number, content in _fields(message):
        match number, content:
            case 1, bytes():
                names.append(content.decode("utf-8"))
            case 2, bytes():
                features.append(content)
            case 3, bytes():
                keys.append(content.decode("utf-8"))
            case 4, bytes():
                values.append(_value(content))
            case 5, int():
                extents.append(content)
            case 15, int():
                versions.append(content)
            case _:
                raise BrokenTileError(f"field {number} in a layer")
    _must(len(names) == 1 and bool(names[0]), "a layer has one name")
    _must(versions == [2], f"version {versions}")
    _must(len(set(keys)) == len(keys), "a key twice")
    _must(len(features) > 0, "a layer without features")
    extent = extents[0] if extents else 4096
    return Layer(names[0], extent, [_feature(one, keys, values) for one in features])


def _feature(message: bytes, keys: list[str], values: list[Value]) -> Feature:
    number: int | None = None
    kind, tags, commands = 0, np.empty(0, np.uint64), np.empty(0, np.uint64)
    for field, content in _fields(message):
        match field, content:
            case 1, int():
                number = content
            case 2, bytes():
                tags = _numbers(content)
            case 3, int():
                kind = content
            case 4, bytes():
                commands = _numbers(content)
            case _:
                raise BrokenTileError(f"field {field} in a feature")
    _must(kind in (POINT, LINE, POLYGON), f"geometry type {kind}")
    _must(len(tags) % 2 == 0, "an odd number of tags")
    pairs = tags.reshape(-1, 2).tolist()
    _must(all(key < len(keys) and value < len(values) for key, value in pairs), "a tag beyond the lists")
    properties = {keys[key]: values[value] for key, value in pairs}
    _must(len(properties) == len(pairs), "a key twice in a feature")
    parts = list(_paths(commands, kind))
    shells = _shells(parts) if kind == POLYGON else []
    return Feature(number, kind, properties, parts, shells)


def _paths(commands: NDArray[np.uint64], kind: int) -> Iterator[Path]:
    """4.3.3: points, or each a MoveTo, a LineTo and, for rings, a ClosePath."""
    place, cursor = 0, np.zeros(2, np.int64)
    _must(len(commands) > 0, "no geometry")
    while place < len(commands):
        begin, place = _run(commands, place, MOVE_TO)
        _must(len(begin) == 1 or kind == POINT, "several points to begin at")
        path = cursor + np.cumsum(begin, axis=0)
        if kind != POINT:
            steps, place = _run(commands, place, LINE_TO)
            _must(bool((steps != 0).any(axis=1).all()), "a step to where it stands")
            path = np.concatenate([path, path[-1] + np.cumsum(steps, axis=0)])
        cursor = path[-1]
        if kind == POLYGON:
            _must(place < len(commands) and int(commands[place]) == (1 << 3 | CLOSE_PATH), "a ring is not closed")
            place += 1
            _must(len(path) >= 3, "a ring of two points")
            _must(bool((path[0] != path[-1]).any()), "a ring repeats its first point")
        yield path


def _run(commands: NDArray[np.uint64], place: int, wanted: int) -> tuple[Path, int]:
    """The steps of one command, which must be the wanted one, and where the next stands."""
    _must(place < len(commands), "the geometry ends too early")
    word = int(commands[place])
    count, end = word >> 3, place + 1 + 2 * (word >> 3)
    _must(word & 7 == wanted and count > 0, f"command {word & 7} of {count} steps instead of {wanted}")
    _must(end <= len(commands), "fewer steps than told")
    coded = commands[place + 1 : end]
    return ((coded >> ZIGZAG).astype(np.int64) ^ -(coded & ZIGZAG).astype(np.int64)).reshape(-1, 2), end


def _shells(rings: list[Path]) -> list[bool]:
    """4.3.3.3: outer rings have a positive area by the surveyor's formula in tile units, holes a negative one."""
    areas = [doubled_area(ring) for ring in rings]
    _must(all(areas), "a ring without area")
    _must(areas[0] > 0, "a polygon begins with a hole")
    return [area > 0 for area in areas]


def doubled_area(ring: Path) -> int:
    """Twice the area by the surveyor's formula."""
    following = np.roll(ring, -1, axis=0)
    return int((ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum())


def _value(message: bytes) -> Value:
    fields = list(_fields(message))
    _must(len(fields) == 1, "a value has one kind")
    match fields[0]:
        case 1, bytes() as told:
            return told.decode("utf-8")
        case 2, bytes() as told:
            return float(struct.unpack("<f", told)[0])
        case 3, bytes() as told:
            return float(struct.unpack("<d", told)[0])
        case ((4 | 5), int() as told):
            return told
        case 6, int() as told:
            return told >> 1 ^ -(told & 1)
        case 7, int() as told:
            return bool(told)
    raise BrokenTileError(f"a value of kind {fields[0][0]}")


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Protocol buffers, wire format: number and content of each field."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        kind = key & 7
        if kind == VARINT:
            content, place = _varint(message, place)
            yield key >> 3, content
            continue
        _must(kind in (FIXED64, BYTES, FIXED32), f"wire type {kind}")
        length, place = _varint(message, place) if kind == BYTES else (8 if kind == FIXED64 else 4, place)
        _must(place + length <= len(message), "a field ends behind its message")
        yield key >> 3, message[place : place + length]
        place += length


def _varint(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        _must(place < len(message) and shift < 70, "a number without end")
        byte = message[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place


def _numbers(packed: bytes) -> NDArray[np.uint64]:
    """Varints one behind the other."""
    raw = np.frombuffer(packed, np.uint8)
    if len(raw) == 0:
        return np.empty(0, np.uint64)
    _must(bool(raw[-1] < 0x80), "a list of numbers without end")
    ends = np.flatnonzero(raw < 0x80)
    begins = np.r_[0, ends[:-1] + 1]
    within = np.arange(len(raw)) - np.repeat(begins, ends - begins + 1)
    _must(int(within.max()) < 5, "a number of more than 32 bits")
    return np.add.reduceat((raw & 0x7F).astype(np.uint64) << (7 * within).astype(np.uint64), begins)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BrokenTileError(otherwise)
