"""What ground do the regions above the divided ones have, and who is above whom?"""

from collections.abc import Mapping, Sequence

import shapely

from geo.coverage import outline
from geo.model import Ground, Region


def outlines(regions: Sequence[Region], boundaries: Mapping[str, Ground]) -> dict[str, Ground]:
    """The outline of every region that has ground: a divided one's boundary, a parent's by cancelling its children.

    Ground of a parent that none of its children has stays a hole, or outside.
    """
    children: dict[str, list[str]] = {}
    for region in regions:
        if region.parent is not None:
            children.setdefault(region.parent, []).append(region.code)
    found: dict[str, Ground] = dict(boundaries)
    for code in deepest_first(regions):
        parts = [found[child] for child in children.get(code, []) if child in found]
        if parts:
            found[code] = outline([*parts, *([boundaries[code]] if code in boundaries else [])])
    return found


def deepest_first(regions: Sequence[Region]) -> list[str]:
    """Codes with every child before its parent."""
    parents = {region.code: region.parent for region in regions}
    return sorted(parents, key=lambda code: (-len(chain(code, parents)), code))


def chain(code: str, parents: Mapping[str, str | None]) -> list[str]:
    """The region and everything above it, up to the root."""
    found = [code]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


def filled(shape: Ground) -> Ground:
    """The ground with its holes."""
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)])
