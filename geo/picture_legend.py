"""What do the colours and marks of a picture mean, how long is a hundred metres, and where is north?"""

import math

from geo.picture_frame import Box, View
from geo.picture_ground import Drawn
from geo.picture_scene import Fault, Scene
from geo.picture_style import TONES, written

ENTRIES = (
    *TONES,
    "houses",
    "water",
    "divided",
    "upper",
    "new",
    "changed",
    "removed",
    "fault",
    "warning",
    "refused",
)
"""Ids of `Scene.words` for the legend, in its order; others are `grids`, `faults`, `more`, `left-out.*`, `north`."""
ROW_PX = 21.0
LONGEST_BAR = 0.22
"""Part of the frame's width that the scale bar may take."""
LETTERS = 19.0
"""Widths of a Chinese character that a line of the legend has room for."""


def drawn(scene: Scene, ground: Drawn, side: Box) -> list[str]:
    """The legend for what is on the map, then the first findings in words as far as there is room."""
    told, y = [], side.top + 12
    if any(name in ground.entries for name in TONES) and "grids" in scene.words:
        told.append(_line("head", side.left, y, scene.words["grids"]))
        y += ROW_PX
    for name in ENTRIES:
        if name in ground.entries and name in scene.words:
            told += [_swatch(name, side.left, y - 4), _line("entry", side.left + 32, y, scene.words[name])]
            y += ROW_PX
    for name, number in ground.left_out.items():
        if f"left-out.{name}" in scene.words:
            told.append(_line("small", side.left, y, scene.words[f"left-out.{name}"].format(number=number)))
            y += ROW_PX
    return told + _list(scene, side, y + 12)


def scale_bar(view: View, base: float) -> list[str]:
    """A bar of a round number of metres and an arrow north, under the map at the right; they must hide no fault."""
    metres = _round_below(view.frame.width * LONGEST_BAR / view.pixels_per_metre)
    long, north = metres * view.pixels_per_metre, view.frame.right - 7
    told = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    left = north - 22 - long
    return [
        f'<path class="bar" d="M{left:.1f} {base - 5:g}v6h{long:.1f}v-6"/>',
        f'<text class="small" x="{left - 7:.1f}" y="{base:g}" text-anchor="end">{told}</text>',
        f'<path d="M{north:g} {base - 11:g}l5 14l-5 -3.5l-5 3.5Z" fill="#1d2b31"/>',
        f'<text class="small" x="{north:g}" y="{base + 11:g}" text-anchor="middle">N</text>',
    ]


def _list(scene: Scene, side: Box, top: float) -> list[str]:
    """Numbered captions of the worst findings, and how many there are besides."""
    captioned = sorted((fault for fault in scene.faults if fault.caption), key=lambda fault: fault.number)
    room = int((side.bottom - top - 2 * ROW_PX) // ROW_PX)
    if not captioned or room < 1 or "faults" not in scene.words:
        return []
    told = [
        f'<path class="rule" d="M{side.left:g} {top - 17:.1f}H{side.right:g}"/>',
        _line("head", side.left, top + 4, scene.words["faults"]),
    ]
    for n, fault in enumerate(captioned[:room], start=1):
        told += _row(fault, side.left, top + 4 + n * ROW_PX)
    more = len(scene.faults) - min(room, len(captioned))
    if more > 0 and "more" in scene.words:
        told.append(_line("small", side.left, top + 4 + (room + 1) * ROW_PX, scene.words["more"].format(number=more)))
    return told


def _row(fault: Fault, x: float, y: float) -> list[str]:
    number, mild = str(fault.number), "" if fault.blocking else "mild "
    wide = max(20.0, 6.6 * len(number) + 9)
    return [
        f'<rect class="{mild}tag" x="{x:g}" y="{y - 12.5:.1f}" width="{wide:g}" height="17" rx="8.5"/>',
        f'<text class="number" x="{x + wide / 2:.1f}" y="{y:.1f}">{number}</text>',
        _line("entry", x + wide + 7, y, fault.caption),
    ]


def _line(style: str, x: float, y: float, told: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{written(_cut(told))}</text>'


def _cut(told: str) -> str:
    """As much of a line as the legend has room for."""
    width = 0.0
    for n, letter in enumerate(told):
        width += 1.0 if ord(letter) > 0x2E7F else 0.52
        if width > LETTERS:
            return told[:n].rstrip() + "…"
    return told


def _swatch(name: str, x: float, y: float) -> str:
    if name in TONES:
        return f'<rect x="{x:g}" y="{y - 7:g}" width="22" height="14" rx="2" fill="{TONES[name]}"/>'
    if name in {"divided", "upper"}:
        return f'<path class="{name}" d="M{x:g} {y:g}h22"/>'
    if name in {"fault", "warning"}:
        mild = "mild " if name == "warning" else ""
        return f'<circle class="{mild}ring" cx="{x + 11:g}" cy="{y:g}" r="7"/>'
    if name == "refused":
        return f'<path class="refused" d="M{x + 8:g} {y - 3:g}l6 6m0 -6l-6 6"/>'
    return f'<rect class="{name}" x="{x + 1:g}" y="{y - 6:g}" width="20" height="12"/>'


def _round_below(metres: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1e-3)))
    return max(step * power for step in (1, 2, 5) if step * power <= metres * (1 + 1e-9))
