"""How are layers written as shapefiles? One a layer and kind of shape, in one zip or side by side, in EPSG:4326.

Field names are ASCII of at most 10 characters, by one fixed table (`docs/files.md`); texts are UTF-8 and say so.
"""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import shapely
from pyproj import CRS
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.files.refusals import FileUnwritable
from geo.files.whole import beside, moved, replacing
from geo.files.write_sheet import Field, Kind, Sheet, Value
from geo.model import Layer

if TYPE_CHECKING:
    from shapefile import Writer

Row: TypeAlias = tuple[int, Sequence[Value], BaseGeometry | None]
"""Its number in the layer, its values, its shape."""

SHORT_NAMES = {
    "region_name": "reg_name",
    "publication": "publ",
    "community_code": "comm_code",
    "community_name": "comm_name",
    "street_code": "strt_code",
    "street_name": "strt_name",
    "district_code": "dist_code",
    "district_name": "dist_name",
    "province_code": "prov_code",
    "province_name": "prov_name",
    "courtyard_code": "yard_code",
    "courtyard_name": "yard_name",
}
"""Our name -> the field's name in a shapefile, where ours has more than 10 characters; all others stand as they are."""
NAME_BYTES = 10
MOST_BYTES = 254
"""Longest text of a DBF field, in UTF-8; a longer one is refused, never cut."""
DECIMALS = 3
"""Of numbers with a fraction."""
KINDS = {
    "Point": "point", "MultiPoint": "points", "LineString": "line", "MultiLineString": "line",
    "Polygon": "polygon", "MultiPolygon": "polygon",
}  # fmt: skip
"""Which kinds of shape one shapefile holds together."""
PARTS = (".shx", ".dbf", ".prj", ".cpg", ".shp")
"""What makes one shapefile; the last to get its name is the one that is opened."""


def short_names(fields: Sequence[Field]) -> list[str]:
    """The names in a shapefile of these fields: as they are, by the table, or `f01` for a longer or foreign one."""
    found: list[str] = []
    for number, field in enumerate(fields, start=1):
        name = SHORT_NAMES.get(field.name, field.name)
        found.append(name if name.isascii() and len(name) <= NAME_BYTES and name not in found else f"f{number:02}")
    return found


def write_shp(sheets: Iterable[Sheet], path: Path | str) -> int:
    """Write a zip of shapefiles, or for a path ending in `.shp` one layer of one kind with its siblings; how many rows.

    `FileUnwritable`: `text-too-long-for-dbf` (layer, row, field, length, limit), `shapes-mixed` (name, kinds) for a
    `.shp` of several layers or kinds, `file-not-written` past the format's size, and as all writers. The rows of one
    layer are in memory: the widths of its fields stand before them.
    """
    target = Path(path).resolve()
    with beside(target) as folder:
        made = [_layer(sheet, folder) for sheet in sheets]
        stems = [stem for names, _ in made for stem in names]
        if target.suffix.lower() == ".shp":
            _placed_beside(folder, stems, target)
        else:
            _zipped(folder, stems, target)
    return sum(count for _, count in made)


def _zipped(folder: Path, stems: Sequence[str], target: Path) -> None:
    with replacing(target, suffix=".zip") as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem in stems:
            for part in PARTS:
                archive.write(folder / f"{stem}{part}", f"{stem}{part}")


def _placed_beside(folder: Path, stems: Sequence[str], target: Path) -> None:
    if len(stems) != 1:
        raise FileUnwritable("shapes-mixed", name=target.name, kinds=", ".join(stems))
    for part in PARTS:
        moved(folder / f"{stems[0]}{part}", target.with_suffix(part))


def _layer(sheet: Sheet, folder: Path) -> tuple[list[str], int]:
    """Write the shapefiles of a layer; their names without suffix, and how many rows."""
    kinds: dict[str, list[Row]] = {}
    bare: list[Row] = []
    count = 0
    for batch in sheet.batches:
        for values, shape in zip(batch.rows, batch.shapes, strict=True):
            count += 1
            rows = bare if shape is None else kinds.setdefault(KINDS[shape.geom_type], [])
            rows.append((count, values, shape))
    first = next(iter(kinds), "polygon")
    kinds[first] = [*kinds.get(first, []), *bare]  # rows without a shape go with the others, as null shapes
    stems = {kind: sheet.layer.value if len(kinds) == 1 else f"{sheet.layer}_{kind}" for kind in kinds}
    for kind, rows in kinds.items():
        _shapefile(folder / stems[kind], kind, sheet.fields, rows, sheet.layer)
    return list(stems.values()), count


def _shapefile(stem: Path, kind: str, fields: Sequence[Field], rows: Sequence[Row], layer: Layer) -> None:
    import shapefile  # noqa: PLC0415 - only this function wants it

    types = {"point": shapefile.POINT, "points": shapefile.MULTIPOINT, "line": shapefile.POLYLINE}
    try:
        with shapefile.Writer(str(stem), shapeType=types.get(kind, shapefile.POLYGON), encoding="utf-8") as out:
            for place, (name, field) in enumerate(zip(short_names(fields), fields, strict=True)):
                out.field(name, *_width(field, [(row[0], row[1][place]) for row in rows], layer))
            texts = [field.kind is Kind.TEXT for field in fields]
            for _, values, shape in rows:
                _put(out, shape)
                out.record(*(_cell(v or "") if text else v for v, text in zip(values, texts, strict=True)))
    except shapefile.ShapefileException as error:
        raise FileUnwritable("file-not-written", name=f"{stem.name}.shp", reason=str(error)) from error
    stem.with_suffix(".cpg").write_text("UTF-8", "ascii")
    stem.with_suffix(".prj").write_text(CRS.from_epsg(4326).to_wkt("WKT1_ESRI"), "ascii")


def _width(field: Field, values: Sequence[tuple[int, Value]], layer: Layer) -> tuple[str, int, int]:
    """Type, width and decimals of a DBF field that holds all the values."""
    match field.kind:
        case Kind.FLAG:
            return "L", 1, 0
        case Kind.WHOLE:
            return "N", max((len(str(value)) for _, value in values if value is not None), default=1), 0
        case Kind.NUMBER:
            wide = (len(f"{value:.{DECIMALS}f}") for _, value in values if value is not None)
            return "N", max(wide, default=DECIMALS + 2), DECIMALS
    widest = 1
    for number, value in values:
        length = len(str(_cell(value) or "").encode())
        if length > MOST_BYTES:
            raise FileUnwritable(
                "text-too-long-for-dbf", layer=layer, row=number, field=field.name, length=length, limit=MOST_BYTES
            )
        widest = max(widest, length)
    return "C", widest, 0


def _cell(value: Value) -> Value:
    """A DBF pads texts with blanks, so that blanks at the end of one cannot be told from none."""
    return value.rstrip(" ") if isinstance(value, str) else value


def _put(out: "Writer", shape: BaseGeometry | None) -> None:
    """One shape, outer rings clockwise and holes the other way, as the format tells them apart."""
    if shape is None:
        out.null()
    elif isinstance(shape, Point):
        out.point(shape.x, shape.y)
    elif shape.geom_type == "MultiPoint":
        out.multipoint(shapely.get_coordinates(shape).tolist())
    elif KINDS[shape.geom_type] == "line":
        out.line([shapely.get_coordinates(part).tolist() for part in shapely.get_parts(shape)])
    else:
        rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shape), exterior_cw=True))
        out.poly([shapely.get_coordinates(ring).tolist() for ring in rings])
