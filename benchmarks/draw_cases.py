"""Which communities are drawn, and how is what was drawn read and written? Cases are folders (`geo.files.case`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo.draw.task import Task
from geo.files.case import read_case
from geo.model import Ground


@dataclass(frozen=True)
class Case:
    """A community to draw; `kind` is what its `case.json` says it is like, `given` its ground with all its digits."""

    name: str
    kind: str
    folder: Path
    task: Task
    given: Ground

    @property
    def households(self) -> int:
        return sum(building.households or 0 for building in self.task.buildings)


def case_of(folder: Path) -> Case:
    """A case as its files tell it, on the lattice. Raises FileUnreadable."""
    about = folder / "case.json"
    told = json.loads(about.read_text("utf-8")) if about.is_file() else {}
    read = read_case(folder)
    return Case(folder.name, str(told.get("kind") or "other"), folder, read.task, read.given)


def grids_of(plan: Path) -> list[BaseGeometry]:
    """The grids of a plan file, in its order; what else it shows is left out."""
    told = json.loads(plan.read_text("utf-8"))["features"]
    grids = [one["geometry"] for one in told if one["properties"].get("layer") == "grid"]
    return [shapely.from_geojson(json.dumps(grid)) for grid in grids]


def written(grids: Sequence[BaseGeometry], plan: Path) -> None:
    """Grids as a file that has nothing else in it."""
    drawn = [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(grid))} for grid in grids]
    plan.write_text(json.dumps({"type": "FeatureCollection", "features": drawn}), "utf-8")
