"""What is told of an import or a check once it is over? A folder: the document, the bad rows, a picture, a page."""

from api.report.atlas import atlas_of
from api.report.bad_rows import BadRow, bad_rows
from api.report.checked import Checked
from api.report.drawing import numbered, picture
from api.report.folder import write_page, write_report
from api.report.imported import import_picture, plan_of, write_import_report
from api.report.regions import by_region

__all__ = [
    "BadRow",
    "Checked",
    "atlas_of",
    "bad_rows",
    "by_region",
    "import_picture",
    "numbered",
    "picture",
    "plan_of",
    "write_import_report",
    "write_page",
    "write_report",
]
