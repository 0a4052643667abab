"""How is a Mapbox vector tile written by hand, faults and all? For tests of who reads them."""

from collections.abc import Iterable, Mapping, Sequence

Ring = Sequence[tuple[int, int]]


def tile(*layers: bytes) -> bytes:
    return b"".join(_message(3, layer) for layer in layers)


def layer(name: str, features: Iterable[tuple[int, Mapping[str, str], Sequence[Ring]]], version: int = 2) -> bytes:
    """Polygons with texts as properties."""
    keys, values, written = list[str](), list[str](), list[bytes]()
    for number, properties, rings in features:
        tags = [n for key, value in properties.items() for n in (_place(keys, key), _place(values, value))]
        body = _message(2, _packed(tags)) + _number(3, 3) + _message(4, _packed(commands(rings)))
        written.append(_number(1, number) + body)
    texts = [_message(3, key.encode()) for key in keys] + [_message(4, _message(1, one.encode())) for one in values]
    features_ = b"".join(_message(2, one) for one in written)
    return _number(15, version) + _message(1, name.encode()) + features_ + b"".join(texts) + _number(5, 4096)


def commands(rings: Sequence[Ring]) -> list[int]:
    """MoveTo, LineTo, ClosePath of each ring (4.3)."""
    x = y = 0
    found: list[int] = []
    for ring in rings:
        for n, (px, py) in enumerate(ring):
            found += [9] if n == 0 else [(len(ring) - 1) << 3 | 2] if n == 1 else []
            found += [_zigzag(px - x), _zigzag(py - y)]
            x, y = px, py
        found.append(15)
    return found


def _place(known: list[str], one: str) -> int:
    if one not in known:
        known.append(one)
    return known.index(one)


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _varint(number: int) -> bytes:
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])
