"""What lies on a planner's desk in the morning? `python -m sample_data.morning DISTRICT.geojson DIR` makes it.

From the sample district: a street's new list of households as a workbook, with the slips that such lists have, and a
hotline's table of requests. The tour in `docs/morning.md` is walked with them. Same district, same bytes.
"""

import argparse
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

from sample_data import hotline, household_list
from sample_data.homes import homes_of

STREET = "519901009"
"""The street whose list is new."""
LIST, REQUESTS = "household-list.xlsx", "hotline.csv"


def write(district: dict[str, Any], folder: Path, street: str = STREET) -> None:
    """Write both files. Raises ValueError where the district (a plan file) has no homes in that street."""
    homes = homes_of(district, street)
    if not homes:
        raise ValueError(f"nobody lives in {street}")
    folder.mkdir(parents=True, exist_ok=True)
    household_list.write(household_list.rows(homes, Random(f"{street} list")), folder / LIST)
    hotline.write(hotline.rows(homes, Random(f"{street} hotline")), folder / REQUESTS)


def main(arguments: list[str] | None = None) -> int:
    """Write the files of the morning; exit status 0."""
    parser = argparse.ArgumentParser(prog="sample_data.morning", description="Write a planner's morning, invented.")
    parser.add_argument("district", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    write(json.loads(given.district.read_text(encoding="utf-8")), given.folder)
    print(f"{LIST}, {REQUESTS} -> {given.folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
