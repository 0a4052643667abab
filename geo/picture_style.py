"""Which colours, widths and letters does a picture have? The colours are those of the map page by day."""

import re
from collections.abc import Mapping
from html import escape

from geo.picture_frame import Box

FONTS = "'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"
"""Chinese letters first; whatever of these the reader's machine has."""

TONES: Mapping[str, str] = {
    "good": "#c3e2d5",
    "low": "#f3dc97",
    "high": "#e39678",
    "special": "#c6d2bd",
    "rural": "#ebe7d0",
    "none": "#dddfe0",
}
FAULT, WARNING, CHANGE = "#c4001f", "#8a5a00", "#0f4fa8"

STROKES: Mapping[str, tuple[str, float]] = {
    "motorway": ("#ffffff", 3.0),
    "trunk": ("#ffffff", 2.8),
    "primary": ("#ffffff", 2.6),
    "secondary": ("#ffffff", 2.2),
    "tertiary": ("#ffffff", 1.6),
    "river": ("#a9cbdd", 2.2),
    "railway": ("#8b8f92", 1.1),
}
"""Colour and width in pixels of lines by class, drawn in this order; other classes are too many to show."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RULES = f"""
.paper{{fill:#fff}} .ground{{fill:#f4f2ee}} .rim{{fill:none;stroke:#c9d1d4}}
.title{{font-size:21px;font-weight:600;fill:#1d2b31}} .subtitle{{font-size:13px;fill:#54656d}}
.small{{font-size:11px;fill:#54656d}} .head{{font-size:12px;font-weight:600;fill:#1d2b31}}
.entry{{font-size:12px;fill:#33444c}}
.water{{fill:#c5dce8}} .houses{{fill:#5d6e75;fill-opacity:.32}} .line{{fill:none;stroke-linejoin:round}}
.grid{{stroke:#fff;stroke-linejoin:round}}
.divided{{fill:none;stroke:#55707a;stroke-width:1.5;stroke-linejoin:round}}
.upper{{fill:none;stroke:#263d47;stroke-width:2.6;stroke-linejoin:round;stroke-opacity:.85}}
.label{{fill:#1d2b31;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-opacity:.88;stroke-width:3px;
stroke-linejoin:round}}
.region-label{{fill:#263d47;font-weight:600}}
.new{{fill:{CHANGE};fill-opacity:.16;stroke:{CHANGE};stroke-width:2.4}}
.changed{{fill:none;stroke:{CHANGE};stroke-width:2;stroke-dasharray:6 3}}
.removed{{fill:url(#picture-removed);stroke:#5b6165;stroke-width:1.6;stroke-dasharray:2 3}}
.fault{{fill:{FAULT};fill-opacity:.5;stroke:{FAULT};stroke-width:1.4;stroke-linejoin:round}}
.ring{{fill:none;stroke:{FAULT};stroke-width:2}} .halo{{fill:none;stroke:#fff;stroke-opacity:.85;stroke-width:5}}
.tag{{fill:{FAULT};stroke:#fff;stroke-width:1.2}} .number{{fill:#fff;font-size:11px;font-weight:600;text-anchor:middle}}
.mild.fault{{fill:{WARNING};stroke:{WARNING}}} .mild.ring{{stroke:{WARNING}}} .mild.tag{{fill:{WARNING}}}
.refused{{fill:none;stroke:#6a1b9a;stroke-width:2.2;stroke-linecap:round}}
.bar{{fill:none;stroke:#1d2b31;stroke-width:1.6}}
.rule{{stroke:#dde3e5}}
"""


def sheet(frame: Box) -> str:
    """The style sheet and the definitions of one picture; what is drawn on the map is cut at the frame."""
    return (
        f"<style>{_RULES}</style><defs>"
        f'<clipPath id="picture-frame"><rect {frame.attributes}/></clipPath>'
        '<pattern id="picture-removed" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" fill="#fff" fill-opacity=".45"/>'
        '<path d="M0 0V7" stroke="#5b6165" stroke-width="1.6" stroke-opacity=".6"/></pattern></defs>'
    )


def written(told: str) -> str:
    """A text as it may stand in an SVG document: escaped, and without what XML 1.0 (2.2) allows nowhere."""
    return escape(_FORBIDDEN.sub("\ufffd", told))
