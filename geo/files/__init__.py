"""What do files hold, and how are plans written to them? Reading and writing only: no rule, no database."""

from geo.files.limits import Limits
from geo.files.reading import read, read_batches, read_bytes, read_geojson
from geo.files.refusals import DatumMissing, FileUnreadable, FileUnwritable, RowProblem
from geo.files.rows import Encoding, Reading, Row
from geo.files.things import Patch, patches, plan_of, thing_of, things
from geo.files.write_geojson import write_geojson
from geo.files.write_gpkg import write_gpkg

__all__ = [
    "DatumMissing",
    "Encoding",
    "FileUnreadable",
    "FileUnwritable",
    "Limits",
    "Patch",
    "Reading",
    "Row",
    "RowProblem",
    "patches",
    "plan_of",
    "read",
    "read_batches",
    "read_bytes",
    "read_geojson",
    "thing_of",
    "things",
    "write_geojson",
    "write_gpkg",
]
