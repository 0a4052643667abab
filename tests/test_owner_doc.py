"""Does docs/owner.md say what the service answers, in its pictures and in its table of points?"""

import csv
import re
from pathlib import Path

import owner_pages
from commands import process

from geo.lookup import STATUSES

PAGE = owner_pages.PAGE.read_text("utf-8")


def test_each_picture_shows_the_answer_it_is_named_after() -> None:
    assert tuple(owner_pages.CASES) == STATUSES
    assert [owner_pages.answered(case()).status for case in owner_pages.CASES.values()] == [*STATUSES]


def test_the_pictures_are_as_the_code_draws_them() -> None:
    kept = {path.stem: path.read_text("utf-8") for path in owner_pages.PICTURES.iterdir()}
    drawn = {status.value: picture for status, picture in owner_pages.pictures().items()}
    assert kept == drawn, "python tests/owner_pages.py draws them anew"
    assert all(f"(owner/{status}.svg)" in PAGE for status in STATUSES)


def test_the_table_of_points_is_answered_as_the_page_has_it(district_text: str, tmp_path: Path) -> None:
    found = re.search(r"\$ cat points\.csv\n(.*?)\$ wangge owner.*?\$ cut [^\n]*\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    given, told = found.groups()
    (tmp_path / "points.csv").write_text(given, "utf-8")
    (tmp_path / "district.geojson").write_text(district_text, "utf-8")
    out = tmp_path / "answers.csv"
    done = process("owner", tmp_path / "points.csv", "-o", out, "--map", tmp_path / "district.geojson")
    assert done.status == 1, done.err
    with out.open(encoding="utf-8-sig", newline="") as file:
        answers = [[row[0], *row[5:]] for row in csv.reader(file)]
    number = answers[0].index("publication")
    expected = [*csv.reader(told.splitlines())]
    assert [_without(row, number) for row in answers] == [_without(row, number) for row in expected]


def _without(row: list[str], column: int) -> list[str]:
    """A plan file has no publication."""
    return [cell for at, cell in enumerate(row) if at != column]
