"""What is the invented district made of, while it is being made?"""

from dataclasses import dataclass, field

from geo.model import GridKind
from sample_data.mesh import Ring
from sample_data.zones import Zone


@dataclass(slots=True, kw_only=True)
class GridDraft:
    """A grid: how large and how full it shall be, later its ring and blocks."""

    zone: Zone
    use: str
    """homes, village, tower, or what a special grid is for: park, campus, market, industry, transit."""
    area_m2: float
    households: int
    kind: GridKind = GridKind.RESIDENTIAL
    title: str = ""
    """The name of the park, campus ... of a special grid."""
    name: str = ""
    code: str = ""
    ring: Ring = field(default_factory=list)
    blocks: list[Ring] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CommunityDraft:
    """A community: where it lies, later its outline (several rings for an enclave), name and code."""

    cell: int
    zone: Zone
    grids: list[GridDraft]
    street: int = -1
    enclave: bool = False
    name: str = ""
    code: str = ""
    outline: list[Ring] = field(default_factory=list)

    @property
    def area_m2(self) -> float:
        return sum(grid.area_m2 for grid in self.grids)


@dataclass(slots=True, kw_only=True)
class StreetDraft:
    """A street (街道) or town (镇) and the large cells it is made of."""

    cells: list[int]
    town: bool
    part: int = -1
    """Which of the two 片区 it belongs to, 0 or 1."""
    name: str = ""
    code: str = ""
