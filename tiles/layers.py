"""Which layers are there, and what are the bytes of one square of them?

Public layers are made on a connection of the role `wangge_public`, which can read nothing else; inner ones on one of
the service's. What a square is cut from (`Layer.parts_at`) is to be derived up to the publication first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from geo.generalise import LEAST_GRID_ZOOM
from geo.matrix import EXTENT, MATRICES, MOST_ZOOM
from geo.model import Finding
from tiles import drawn

Profile: TypeAlias = Literal["public", "inner"]
Part: TypeAlias = Literal["shape", "building", "facility", "line", "water", "drawn"]
"""Generalised shapes of the zoom; things of one layer; or what is drawn as it is when somebody asks."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of squares, with the attributes that it may have as TileJSON tells them."""

    name: str
    fields: Mapping[str, str]
    part: Part
    least: int = 0
    most: int = MOST_ZOOM
    profile: Profile = "public"
    tells_grids: bool = False
    """Whether it says more of grids than where they are."""

    def parts_at(self, zoom: int) -> tuple[str, ...]:
        """What a square of this zoom is derived from: the zoom itself, what is told of grids, a layer of things."""
        if not self.least <= zoom <= self.most or self.part == "drawn":
            return ()
        if self.part != "shape":
            return (self.part,)
        return (str(zoom), "grid") if self.tells_grids and zoom >= LEAST_GRID_ZOOM else (str(zoom),)


def _fields(texts: str, numbers: str = "", truths: str = "") -> Mapping[str, str]:
    kinds = (("String", texts), ("Number", numbers), ("Boolean", truths))
    return MappingProxyType({name: kind for kind, names in kinds for name in names.split()})


GRIDS = _fields("code name kind region households verdict standing", "edition")
INNER_GRIDS = _fields("code name kind region verdict standing", "households buildings edition")
HOUSES = _fields("code name kind", "levels")
INNER_HOUSES = _fields("code name kind address compound grid", "levels households", "estimated")
FOUND = _fields("rule severity codes", "area_m2 width_m length_m households", "accepted")
DRAWN_GRIDS = _fields("code name kind region plan")

LAYERS: Final[Mapping[str, Layer]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Layer("water", _fields("name"), "water"),
            Layer("lines", _fields("category name"), "line", 8),
            Layer("regions", _fields("code name level standing", "edition"), "shape"),
            Layer("grids", GRIDS, "shape", LEAST_GRID_ZOOM, tells_grids=True),
            Layer("buildings", HOUSES, "building", 14),
            Layer("facilities", _fields("code name category"), "facility", 13),
            Layer("labels", _fields("code name kind level verdict region"), "shape", tells_grids=True),
            Layer("inner-grids", INNER_GRIDS, "shape", LEAST_GRID_ZOOM, profile="inner", tells_grids=True),
            Layer("inner-buildings", INNER_HOUSES, "building", 14, profile="inner"),
            Layer("findings", FOUND, "drawn", 8, profile="inner"),
            Layer("blocks", _fields("code region plan", "number"), "drawn", LEAST_GRID_ZOOM, profile="inner"),
        )
    }
)
"""By name, from the bottom of a map to its top; the public ones first."""
PLAN: Final = re.compile(r"plan-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)


def layer_of(name: str) -> Layer | None:
    """The layer of that name: one of `LAYERS`, or `plan-` and a plan's id; None for any other name."""
    if PLAN.fullmatch(name):
        return Layer(name, DRAWN_GRIDS, "drawn", 8, profile="inner")
    return LAYERS.get(name)


def tile(
    connection: Connection,
    layer: str,
    publication: int,
    matrix: str,
    z: int,
    x: int,
    y: int,
    findings: Sequence[Finding] = (),
) -> bytes:
    """The Mapbox vector tile (2.1) of a layer at a publication; empty bytes where nothing is shown.

    `findings` are those of the layer of that name. KeyError for a layer or a matrix that does not exist; `Matrix.has`
    tells which squares do.
    """
    found = layer_of(layer)
    if found is None:
        raise KeyError(layer)
    if not found.least <= z <= found.most:
        return b""
    if found.part == "drawn":
        return _drawn(connection, layer, drawn.Square(MATRICES[matrix], z, x, y), findings)
    return stacked(connection, (layer,), publication, matrix, z, x, y)


def stacked(
    connection: Connection, layers: Sequence[str], publication: int, matrix: str, z: int, x: int, y: int
) -> bytes:
    """The same of several layers that are derived, one after another in one tile."""
    shown = tuple(name for name in layers if LAYERS[name].least <= z <= LAYERS[name].most)
    if not shown:
        return b""
    place = {
        "matrix": matrix,
        "zoom": z,
        "left": x * EXTENT,
        "top": y * EXTENT,
        "publication": publication,
    }
    statement, names = _statement(shown)
    return bytes(connection.exec_driver_sql(statement, {name: place[name] for name in names}).scalar_one())


def _drawn(connection: Connection, layer: str, square: drawn.Square, findings: Sequence[Finding]) -> bytes:
    if layer == "findings":
        return drawn.findings(connection, findings, square)
    if layer == "blocks":
        return drawn.blocks(connection, square)
    named = PLAN.fullmatch(layer)
    assert named is not None  # there is no other layer that is drawn
    return drawn.plan(connection, UUID(named[1]), square)


@cache
def _statement(layers: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The statements of layers in one, as the driver wants it, and the names it is to be given: put together once, not
    for each tile."""
    several = ((Path(__file__).parent / f"{layer}.sql").read_text("utf-8") for layer in layers)
    compiled = text("SELECT " + " || ".join(f"({one})" for one in several)).compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    return str(compiled), tuple(compiled.params)
