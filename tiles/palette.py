"""Which colours has a map of the tiles, by day and by night? Told apart without red against green."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as a MapLibre style writes them. `outside` is the ground of nobody."""

    outside: str
    ground: str
    good: str
    low: str
    high: str
    special: str
    rural: str
    none: str
    residential: str
    border: str
    divided: str
    upper: str
    water: str
    waterside: str
    street: str
    casing: str
    path: str
    railway: str
    wall: str
    building: str
    facility: str
    ink: str
    faint: str
    wet: str
    halo: str


DAY: Final = Palette(
    outside="#f4f2ee",
    ground="#e9ebe6",
    good="#c3e2d5",
    low="#f3dc97",
    high="#e39678",
    special="#c6d2bd",
    rural="#ebe7d0",
    none="#dddfe0",
    residential="#d6dfee",
    border="#74888f",
    divided="#55707a",
    upper="#263d47",
    water="#b4d3e3",
    waterside="#8fb9cf",
    street="#ffffff",
    casing="#a9b4b6",
    path="#fbfaf7",
    railway="#8b8f92",
    wall="#a59c90",
    building="#5d6e75",
    facility="#0f4fa8",
    ink="#1d2b31",
    faint="#54656d",
    wet="#3b6f8c",
    halo="rgba(255, 255, 255, 0.88)",
)
NIGHT: Final = Palette(
    outside="#14191c",
    ground="#1d2427",
    good="#28574c",
    low="#8d742b",
    high="#9b4d33",
    special="#3d4a39",
    rural="#47442f",
    none="#343b3e",
    residential="#34455c",
    border="#0d1113",
    divided="#8fa7b0",
    upper="#b3c6cd",
    water="#1c3b4d",
    waterside="#2f5a72",
    street="#4d5a5e",
    casing="#14191c",
    path="#3a4548",
    railway="#7a8286",
    wall="#5b554d",
    building="#aebbc1",
    facility="#8ec1ff",
    ink="#f0f5f6",
    faint="#b4c1c6",
    wet="#86b5cf",
    halo="rgba(16, 21, 24, 0.85)",
)
