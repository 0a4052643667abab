"""What does a picture show? Shapes in lon/lat with their labels, numbers and colours, all decided elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo.model import Ground


class Tone(StrEnum):
    """How the households of a grid stand to the size rule, or why no rule applies: its colour."""

    GOOD = "good"
    LOW = "low"
    HIGH = "high"
    SPECIAL = "special"
    RURAL = "rural"
    NONE = "none"


class Change(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Patch:
    """One grid: `labels` are lines of text to put inside, as many as there is room for."""

    shape: Ground
    tone: Tone = Tone.NONE
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A region's border; `divided` for one that grids divide, else one above."""

    shape: Ground
    label: str = ""
    divided: bool = True


@dataclass(frozen=True, slots=True)
class Stroke:
    """A street, river, railway or wall; `category` is its class in plan files."""

    shape: BaseGeometry
    category: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding: its number in the report's list, and a line about it. `painted`: its ground is the fault itself."""

    shape: BaseGeometry
    number: int
    caption: str = ""
    blocking: bool = True
    painted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is drawn, bottom first; all shapes lon/lat WGS-84, degrees."""

    title: str
    subtitle: str = ""
    attribution: str = ""
    water: Sequence[BaseGeometry] = ()
    grids: Sequence[Patch] = ()
    buildings: Sequence[BaseGeometry] = ()
    lines: Sequence[Stroke] = ()
    outlines: Sequence[Outline] = ()
    changes: Sequence[tuple[Change, BaseGeometry]] = ()
    faults: Sequence[Fault] = ()
    refused: Sequence[tuple[float, float]] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    """Texts of the legend by id (`geo.picture_legend.ENTRIES`); an entry without its text is left out."""

    @property
    def extent(self) -> list[BaseGeometry]:
        """What the picture is about and must show whole: ground, else whatever there is."""
        ground = [*(one.shape for one in self.grids), *(one.shape for one in self.outlines)]
        told = [*(shape for _, shape in self.changes), *(fault.shape for fault in self.faults)]
        return [*ground, *told] or [*self.buildings, *self.water, *(line.shape for line in self.lines)]
