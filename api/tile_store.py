"""What does a tile take from the store, and which layers make it up?"""

from collections.abc import Sequence
from functools import cache, lru_cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

import tiles
from api.tile_place import ALL, INNER_ALL, Place
from geo.model import Finding
from geo.store.connect import once_more, reachable
from geo.store.tile_grids import GRID, derive_grids
from geo.store.tile_shapes import derive
from geo.store.tile_things import derive_things
from tiles.layers import LAYERS, Layer, layer_of, stacked, tile

MADE_BY = ("*.py", "*.sql")
"""Files of `tiles/` that say what is in a tile."""


@lru_cache(maxsize=256)
def shown(name: str) -> Sequence[Layer]:
    """The layers in a tile of that name, the lowest first; none where there is no such name."""
    if name in {ALL, INNER_ALL}:
        return [one for one in LAYERS.values() if is_of_map(one, is_inner=name == INNER_ALL)]
    found = layer_of(name)
    return [] if found is None else [found]


@lru_cache(maxsize=256)
def is_public(name: str) -> bool:
    """Whether everybody may read it."""
    several = shown(name)
    return bool(several) and all(one.profile == "public" for one in several)


def is_of_map(layer: Layer, *, is_inner: bool) -> bool:
    """Whether a layer is in the tiles of the whole map: what is published, of which the inner profile sees more."""
    return layer.part != "drawn" and (is_inner or layer.profile == "public")


def parts(place: Place) -> Sequence[str]:
    """What the tile is cut from, and has to be derived first."""
    return _parts(place.layer, place.z)


@lru_cache(maxsize=1024)
def _parts(layer: str, zoom: int) -> Sequence[str]:
    return list(dict.fromkeys(part for one in shown(layer) for part in one.parts_at(zoom)))


def derived(engine: Engine, matrix: str, part: str, publication: int) -> None:
    """Brings a part, a zoom or a layer of things, up to a publication. Raises StoreUnavailable."""
    if part.isdigit():
        derive(engine, matrix, int(part), publication)
    elif part == GRID:
        derive_grids(engine, publication)
    else:
        derive_things(engine, matrix, part, publication)


def body(engine: Engine, place: Place, publication: int, findings: Sequence[Finding] = ()) -> bytes:
    """The tile at a publication, its layers one after another. Raises StoreUnavailable."""
    with reachable():
        return once_more(partial(_body, engine, place, publication, findings))


def _body(engine: Engine, place: Place, publication: int, findings: Sequence[Finding]) -> bytes:
    names, square = [one.name for one in shown(place.layer)], (place.z, place.x, place.y)
    with engine.connect() as connection:
        if place.layer in {ALL, INNER_ALL}:
            return stacked(connection, names, publication, place.matrix, *square)
        return tile(connection, place.layer, publication, place.matrix, *square, findings)


def vector_layers(*, is_inner: bool, least: int) -> list[dict[str, Any]]:
    """The layers of the whole map, as TileJSON tells them."""
    several = [one for one in LAYERS.values() if is_of_map(one, is_inner=is_inner)]
    return [
        {"id": one.name, "fields": dict(one.fields), "minzoom": max(least, one.least), "maxzoom": one.most}
        for one in several
    ]


@cache
def maker() -> str:
    """Stands for what makes tiles: those that another version of it left on a disk are not taken for its own."""
    folder, digest = Path(str(tiles.__file__)).parent, blake2b(digest_size=16)
    for path in sorted(path for pattern in MADE_BY for path in folder.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
