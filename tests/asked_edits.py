"""Edits by chance as a planner asks for them over HTTP: of grids that are there, or were when somebody looked."""

import random
from collections.abc import Sequence
from typing import Any

import shapely

from geo.model import Ground


def line(spots: Sequence[Sequence[float]]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [[*spot] for spot in spots]}


def across(chance: random.Random, shape: Ground) -> dict[str, Any]:
    """A line through a shape, from beyond one side to beyond the other."""
    west, south, east, north = shape.bounds
    a, b = chance.uniform(0.25, 0.75), chance.uniform(0.25, 0.75)
    if chance.random() < 0.5:
        return line([(west - 1e-5, south + (north - south) * a), (east + 1e-5, south + (north - south) * b)])
    return line([(west + (east - west) * a, south - 1e-5), (west + (east - west) * b, north + 1e-5)])


def piece(chance: random.Random, shape: Ground) -> dict[str, Any]:
    """Some ground in and about a shape."""
    west, south, east, north = shape.bounds
    x, y = chance.uniform(west, east), chance.uniform(south, north)
    width, height = (chance.uniform(0.1, 0.6) * (b - a) for a, b in ((west, east), (south, north)))
    ring = [(x, y), (x + width, y + height * 0.1), (x + width * 0.9, y + height), (x - width * 0.1, y + height * 0.8)]
    return {"type": "Polygon", "coordinates": [[[*spot] for spot in (*ring, ring[0])]]}


def edits(chance: random.Random, grids: dict[str, Ground], unique: str) -> list[dict[str, Any]]:
    """One edit or two of grids that are there, or were when somebody looked."""
    return [_edit(chance, grids, f"{unique}{n}") for n in range(chance.choice((1, 1, 2)))]


def _edit(chance: random.Random, grids: dict[str, Ground], unique: str) -> dict[str, Any]:
    one = chance.choice([*grids])
    beside = [code for code in grids if code != one and is_beside(grids[code], grids[one])]
    drawn = chance.random()
    if len(grids) > 12 or (drawn < 0.2 and len(grids) > 4):
        return {"op": "merge", "grids": [one, chance.choice(beside)]} if beside else named(one, unique)
    if drawn < 0.5:
        return {"op": "split", "grid": one, "line": across(chance, grids[one])}
    if drawn < 0.8:
        taker = chance.choice(beside) if beside else one
        return {"op": "assign", "ground": piece(chance, grids[one]), "grid": taker}
    if drawn < 0.9:
        return {"op": "recode", "from": one, "to": f"{one[0]}-{unique}"}
    return named(one, unique)


def named(code: str, name: str) -> dict[str, Any]:
    return {"op": "set", "grid": code, "name": name}


def is_beside(one: Ground, other: Ground) -> bool:
    return bool(shapely.relate_pattern(one, other, "****1****"))
