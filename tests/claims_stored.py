"""How do tests put claims into a store as they are, also such as the door would not let pass?"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.index import Claim

IDENTITY = text("INSERT INTO identity (layer, code) VALUES (:layer, :code) RETURNING id")
EDITION = text(
    "INSERT INTO edition (region, numbers, boundary, standing, cause, intent)"
    " VALUES (:region, '[1,)', ST_GeomFromWKB(:shape, 4326), :standing, 'publish', 0) RETURNING id"
)
GRID = text(
    "INSERT INTO grid (edition, id, kind, shape) VALUES (:edition, :id, 'residential', ST_GeomFromWKB(:shape, 4326))"
)


def publish_claims(work: Session, claims: Sequence[Claim]) -> None:
    """Each claim as the only grid of a region of its own, in the caller's transaction, as publication 1."""
    for claim in claims:
        region = work.execute(IDENTITY, {"layer": "region", "code": f"of {claim.code}"}).scalar_one()
        grid = work.execute(IDENTITY, {"layer": "grid", "code": claim.code}).scalar_one()
        values = {"region": region, "shape": claim.shape.wkb, "standing": claim.standing.value}
        edition = work.execute(EDITION, values).scalar_one()
        work.execute(GRID, {"edition": edition, "id": grid, "shape": claim.shape.wkb})
    work.execute(text("UPDATE head SET publication = 1"))
