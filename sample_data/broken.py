"""Which small plans have exactly one fault each? `python -m sample_data.broken DIR` writes them, and the sound one."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sample_data import faults
from sample_data.faults_of_features import EDITS
from sample_data.make import text
from sample_data.mini import Mini, sound

FAULTS: dict[str, Callable[[Mini], None]] = {
    "ring-invalid": faults.ring_invalid,
    "gap-inside": faults.gap_inside,
    "gap-edge": faults.gap_edge,
    "gap-missing-grid": faults.gap_missing_grid,
    "gap-pinhole": faults.gap_pinhole,
    "overlap": faults.overlap,
    "overlap-sliver": faults.overlap_sliver,
    "duplicate": faults.duplicate,
    "spill": faults.spill,
    "node-unmatched-slanted": faults.node_unmatched_slanted,
    "node-unmatched-axis": faults.node_unmatched_axis,
    "vertex-moved": faults.vertex_moved,
    "building-unassigned": faults.building_unassigned,
    "building-split": faults.building_split,
    "unassigned": faults.unassigned,
    "outside-parent": faults.outside_parent,
    "households-low": faults.households_low,
    "households-high": faults.households_high,
    "spike": faults.spike,
    "needle": faults.needle,
}


def plan(name: str) -> dict[str, Any]:
    """One plan file: `sound`, or the sound one with the fault of that name. Raises KeyError for other names."""
    mini = sound()
    if name == "sound":
        return mini.plan(name, "Invented. No fault.")
    if name in EDITS:
        edit = EDITS[name]
        made = mini.plan(name, _described(edit))
        edit(made["features"])
        return made
    FAULTS[name](mini)
    return mini.plan(name, _described(FAULTS[name]))


def _described(plant: Callable[..., None]) -> str:
    return f"Invented. One fault: {' '.join((plant.__doc__ or '').split())}"


def plans() -> dict[str, str]:
    """The text of every plan file, by name."""
    return {name: text(plan(name)) for name in ("sound", *FAULTS, *EDITS)}


def main(arguments: list[str] | None = None) -> int:
    """Write all plans into a folder; exit status 0."""
    parser = argparse.ArgumentParser(prog="sample_data.broken", description="Write the deliberately broken plans.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in plans().items():
        (folder / f"{name}.geojson").write_text(content, encoding="utf-8")
    print(f"{len(plans())} plans -> {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
