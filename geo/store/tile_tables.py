"""What is derived for tiles, so that a tile only cuts and encodes?

Nothing here is published or proven: all of it can be derived again from what is. Shapes are on lattices of tiles
(`geo.matrix`), y down, without a reference system.
"""

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Column, Identity, Index, SmallInteger, Table, Text, func, text
from sqlalchemy.dialects.postgresql import INT8RANGE

from geo.store.request_tables import metadata
from geo.store.tables import building, dwelling, edition, facility, line, region, tally, water

__all__ = ["metadata", "tile_grid", "tile_shape", "tile_state", "tile_thing"]


def _shape(name: str) -> Column[object]:
    return Column(name, Geometry("GEOMETRY", spatial_index=False), nullable=False)


tile_shape = Table(
    "tile_shape",
    metadata,
    Column("row", BigInteger, Identity(always=True), primary_key=True),
    Column("matrix", Text, nullable=False),
    Column("zoom", SmallInteger, nullable=False),
    Column("subject", BigInteger, nullable=False),
    Column("numbers", INT8RANGE, nullable=False),
    _shape("shape"),
    _shape("label"),
    Index("tile_shape_subject_key", "matrix", "zoom", "subject", text("lower(numbers)"), unique=True),
    Index("tile_shape_shape_idx", "matrix", "zoom", "shape", postgresql_using="gist"),
)
"""A grid or region on the lattice of a zoom, in force for a range of publications. `subject` is its number in
`identity`; a negative one stands for the ground of that region which no region below it has, and is never shown."""

tile_thing = Table(
    "tile_thing",
    metadata,
    Column("matrix", Text, primary_key=True),
    Column("layer", Text, primary_key=True),
    Column("thing", BigInteger, primary_key=True, autoincrement=False),
    _shape("shape"),
    Index("tile_thing_shape_idx", "matrix", "layer", "shape", postgresql_using="gist"),
)
"""A published row (`thing`) of buildings, facilities, lines or water, on the lattice of zoom 17, for all zooms."""

tile_grid = Table(
    "tile_grid",
    metadata,
    Column("row", BigInteger, Identity(always=True), primary_key=True),
    Column("grid", BigInteger, nullable=False),
    Column("numbers", INT8RANGE, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("households", Text),
    Column("verdict", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("edition", BigInteger, nullable=False),
    Index("tile_grid_grid_key", "grid", text("lower(numbers)"), unique=True),
)
"""What public tiles tell of a grid at a range of publications: `households` is a band."""

tile_state = Table(
    "tile_state",
    metadata,
    Column("matrix", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("publication", BigInteger, nullable=False),
)
"""Up to which publication a part is derived: a zoom ('13') or a layer of things ('building') of a matrix, or what is
told of grids ('grid'), for all of them."""

CHANGING = (region, edition, building, facility, line, water, dwelling, tally)
"""Tables that are asked which rows began or ended in a publication."""
BELOW = Index("region_parent_idx", region.c.parent)
CLASSED = Index("line_category_idx", line.c.category)
BEGUN = [Index(f"{one.name}_begun_idx", func.lower(one.c.numbers)) for one in CHANGING]
ENDED = [
    Index(f"{one.name}_ended_idx", func.upper(one.c.numbers), postgresql_where=text("NOT upper_inf(numbers)"))
    for one in CHANGING
]
