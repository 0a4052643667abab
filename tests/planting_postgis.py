"""What do PostGIS's own ST_Relate, ST_Union and ST_Difference say of a faulty plan?"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from planting_arithmetic import step_m2
from planting_source import STEPS
from sqlalchemy import Connection, text

from geo.model import Ground, Plan

NOISE_M2 = 1e-4
"""Overlay in doubles leaves pieces of this size on sound plans."""
REGION = text("""
    WITH grid AS (SELECT n, ST_GeomFromWKB(w) AS shape FROM unnest(CAST(:grids AS bytea[])) WITH ORDINALITY AS t(w, n)),
         own AS (SELECT ST_GeomFromWKB(:outline) AS shape),
         joined AS (SELECT coalesce(ST_Union(shape), ST_GeomFromText('POLYGON EMPTY')) AS shape FROM grid)
    SELECT ST_Area(ST_Difference(own.shape, joined.shape)), ST_Area(ST_Difference(joined.shape, own.shape)),
           ST_Equals(own.shape, joined.shape),
           (SELECT count(*) FILTER (WHERE ST_Relate(a.shape, b.shape, 'T********')) FROM grid AS a JOIN grid AS b
            ON a.n < b.n AND a.shape && b.shape),
           (SELECT coalesce(sum(ST_Area(ST_Intersection(a.shape, b.shape))), 0) FROM grid AS a JOIN grid AS b
            ON a.n < b.n AND a.shape && b.shape)
    FROM own, joined""")
PAIRS = text("""
    WITH region AS (SELECT n, ST_GeomFromWKB(w) AS shape FROM unnest(CAST(:all AS bytea[])) WITH ORDINALITY AS t(w, n))
    SELECT count(*) FILTER (WHERE ST_Relate(a.shape, b.shape, 'T********')),
           coalesce(sum(ST_Area(ST_Intersection(a.shape, b.shape))), 0)
    FROM region AS a JOIN region AS b ON a.n < b.n AND a.shape && b.shape""")
VALID = text("SELECT bool_and(ST_IsValid(ST_GeomFromWKB(w))) FROM unnest(CAST(:all AS bytea[])) AS w")


@dataclass(frozen=True)
class Answer:
    """Square metres, and which of its questions were answered with a fault."""

    lost_m2: float
    beyond_m2: float
    overlap_m2: float
    claimed_m2: float
    by_relate: bool
    by_equals: bool
    by_validity: bool

    @property
    def by_difference(self) -> bool:
        """ST_Union and ST_Difference, either way."""
        return max(self.lost_m2, self.beyond_m2) > NOISE_M2

    @property
    def by_intersection(self) -> bool:
        return max(self.overlap_m2, self.claimed_m2) > NOISE_M2


def asked(work: Connection, plan: Plan, regions: Sequence[str]) -> Answer:
    """PostGIS's answer about some regions of a plan; of invalid rings it is asked no more."""
    outlines = {region.code: region.shape for region in plan.regions if region.code in regions}
    grids = {code: [grid.shape for grid in plan.grids if grid.region == code] for code in regions}
    everything = [*outlines.values(), *(shape for own in grids.values() for shape in own)]
    if not work.execute(VALID, {"all": [_wkb(shape) for shape in everything if shape is not None]}).scalar_one():
        return Answer(0.0, 0.0, 0.0, 0.0, by_relate=False, by_equals=False, by_validity=True)
    lost = beyond = overlap = 0.0
    related, equal = 0, True
    for code in regions:
        shape = outlines[code]
        assert shape is not None
        scale = _scale(shape)
        given = {"outline": _wkb(shape), "grids": [_wkb(grid) for grid in grids[code]]}
        row = work.execute(REGION, given).one()
        lost, beyond, overlap = lost + row[0] * scale, beyond + row[1] * scale, overlap + row[4] * scale
        equal, related = equal and row[2], related + row[3]
    near = [region.shape for region in plan.regions if region.shape is not None and _is_near(region.shape, outlines)]
    pairs = work.execute(PAIRS, {"all": [_wkb(shape) for shape in near]}).one()
    claimed = pairs[1] * _scale(near[0])
    return Answer(lost, beyond, overlap, claimed, related + pairs[0] > 0, not equal, by_validity=False)


def _is_near(shape: Ground, outlines: dict[str, Ground | None]) -> bool:
    return any(
        own is not None and shapely.box(*own.bounds).intersects(shapely.box(*shape.bounds)) for own in outlines.values()
    )


def _wkb(shape: Ground) -> bytes:
    found = shapely.to_wkb(shape)
    assert isinstance(found, bytes)
    return found


def _scale(shape: Ground) -> float:
    """Square metres of a square degree there."""
    return step_m2(round(shape.centroid.y * STEPS)) * STEPS**2
