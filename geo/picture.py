"""What does a piece of the map look like? Shapes and labels -> SVG: every picture of a report is made here.

A picture only shows: shapes are thinned below what a pixel can tell, and what is too much to draw is left out and told.
It fetches nothing: fonts are those of the reader's machine.
"""

from geo import picture_ground, picture_labels, picture_legend, picture_marks
from geo.picture_frame import Box, view_of
from geo.picture_scene import Change, Fault, Outline, Patch, Scene, Stroke, Tone
from geo.picture_style import FONTS, sheet, written

__all__ = ["Change", "Fault", "Outline", "Patch", "Scene", "Stroke", "Tone", "svg"]

WIDTH, HEIGHT = 1280, 960
"""Pixels of a picture where nothing else is asked."""
HEADER, FOOTER, MARGIN, SIDE = 64, 38, 18, 264
"""Pixels kept for the title above, the attribution below, the rim, and the legend on the right."""


def svg(scene: Scene, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The scene as one SVG document of `width` x `height` pixels, north up, with legend, scale bar and attribution."""
    frame = Box(MARGIN, HEADER, width - SIDE - MARGIN, height - FOOTER)
    view = view_of(scene.extent, scene.refused, frame)
    ground = picture_ground.drawn(scene, view)
    marks = picture_marks.placed(scene.faults, view)
    covered = [*(mark.box for mark in marks), *picture_marks.rings(scene.faults, view)]
    labels = picture_labels.drawn(scene, view, covered)
    side = Box(width - SIDE + 2, HEADER, width - MARGIN, height - FOOTER)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-labelledby="picture-title" font-family="{written(FONTS)}">',
        f'<title id="picture-title">{written(scene.title)}</title>',
        sheet(frame),
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *_heading(scene),
        f'<rect class="ground" {frame.attributes}/>',
        '<g clip-path="url(#picture-frame)">',
        *ground.parts,
        *labels,
        *picture_ground.refused(scene.refused, view),
        *picture_marks.drawn(scene.faults, marks, view),
        "</g>",
        f'<rect class="rim" {frame.attributes}/>',
        *picture_legend.scale_bar(view, height - 14),
        *picture_legend.drawn(scene, ground, side),
        *_attribution(scene, frame, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _heading(scene: Scene) -> list[str]:
    told = [f'<text class="title" x="{MARGIN}" y="30">{written(scene.title)}</text>']
    if scene.subtitle:
        told.append(f'<text class="subtitle" x="{MARGIN}" y="51">{written(scene.subtitle)}</text>')
    return told


def _attribution(scene: Scene, frame: Box, height: int) -> list[str]:
    if not scene.attribution:
        return []
    return [f'<text class="small" x="{frame.left:g}" y="{height - 14}">{written(scene.attribution)}</text>']
