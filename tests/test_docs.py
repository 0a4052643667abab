"""Do the documents say what the code does?"""

import re
from pathlib import Path

import file_blocks

from api.settings import Settings
from geo.files.write_shp import SHORT_NAMES

ROOT = Path(__file__).parents[1]


def test_every_setting_is_documented() -> None:
    told = set(re.findall(r"`((?:WANGGE_|DATABASE_)[A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8")))
    fields = {"DATABASE_URL" if name == "database_url" else f"WANGGE_{name.upper()}" for name in Settings.model_fields}
    assert told == fields


def test_every_linked_file_of_the_documents_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "sample_data/README.md"]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_what_follows_from_the_code_is_as_the_code_has_it() -> None:
    page = file_blocks.PAGE.read_text("utf-8")
    assert page == file_blocks.written(page), "python tests/file_blocks.py writes it anew"


def test_short_names_of_shapefiles_are_told() -> None:
    lines = re.findall(r"^\| (\w+(?:, \w+)*) \| (\w+(?:, \w+)*) \|$", file_blocks.PAGE.read_text("utf-8"), re.MULTILINE)
    told = {
        ours: short
        for names, shorts in lines
        for ours, short in zip(names.split(", "), shorts.split(", "), strict=False)
        if ours in SHORT_NAMES
    }
    assert told == SHORT_NAMES


def test_locks_name_no_address() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")
    assert '"resolved"' not in (ROOT / "web/package-lock.json").read_text("utf-8")
