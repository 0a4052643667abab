"""What is told of an import or a check once it is over? A folder: the document, the bad rows, a picture, a page."""

from api.report.bad_rows import BadRow, bad_rows
from api.report.drawing import picture
from api.report.folder import write_page, write_report
from api.report.imported import import_picture, plan_of, write_import_report
from api.report.regions import by_region

__all__ = [
    "BadRow",
    "bad_rows",
    "by_region",
    "import_picture",
    "picture",
    "plan_of",
    "write_import_report",
    "write_page",
    "write_report",
]
