"""What does a job tell of a drawing?"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from api.draw_documents import left_text, reason_text
from api.draw_ways import Alternative, Redrawn
from api.edit_documents import Sizes
from api.texts import Language
from geo.refusal import Refusal


def alternative_document(rank: int, way: Alternative, sizes: Sizes, language: Language) -> dict[str, Any]:
    """One way to draw what was asked for; the best has rank 1."""
    moved = [one.moved for one in way.regions if one.moved is not None]
    return {
        "rank": rank,
        "score": sum(one.figures.score for one in way.regions) / max(1, len(way.regions)),
        "violation": sum(one.figures.loads.violation for one in way.regions),
        "moved": sum(moved) if moved else None,
        "communities": [community_document(one, sizes, language) for one in way.regions],
        "left": left_documents(way.left, language),
    }


def community_document(one: Redrawn, sizes: Sizes, language: Language) -> dict[str, Any]:
    """A community as it was drawn."""
    grids = []
    for grid in one.grids:
        households = one.households[grid.code]
        verdict = sizes.verdict(grid, households, len(one.grids))
        grids.append({"code": grid.code, "households": households, "verdict": verdict})
    return {
        "code": one.undrawn.region.code,
        "figures": asdict(one.figures),
        "grids": grids,
        "reasons": [reason_text(why, language) for why in one.drawn.reasons],
    }


def left_documents(left: Mapping[str, Refusal], language: Language) -> list[dict[str, Any]]:
    """Communities that stay as they were, and why."""
    return [{"code": code, "why": left_text(why, language)} for code, why in sorted(left.items())]
