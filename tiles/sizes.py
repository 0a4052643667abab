"""With which numbers of households is a grid small or large, as the statements of tiles are told it?"""

from collections.abc import Mapping

import orjson

from geo.model import GridKind
from geo.ruleset import Limits
from geo.state import Map

EVERYWHERE = ""
"""Stands for all regions without limits of their own: no region has an empty code."""
KEPT = 8
"""Rulesets of publications that are asked for in turn."""
_kept: dict[int, tuple[Mapping[str, Limits], str]] = {}
"""By the identity of a state's limits, which are held here, so that no others come to have it."""


def size_limits(state: Map) -> str:
    """Fewest and most households by region and kind, as JSON: for the whole map, then where a region differs."""
    limits = state.limits
    kept = _kept.get(id(limits))
    if kept is None:
        kept = limits, _told(state)
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[id(limits)] = kept
    return kept[1]


def _told(state: Map) -> str:
    usual = _sizes(state.ruleset.within(()))
    own = ((code, _sizes(limits)) for code, limits in state.limits.items()) if state.ruleset.regions else ()
    return orjson.dumps({EVERYWHERE: usual} | {code: sizes for code, sizes in own if sizes != usual}).decode()


def _sizes(limits: Limits) -> dict[str, tuple[float | None, float | None]]:
    return {k.value: (limits.of("households_least", k), limits.of("households_most", k)) for k in GridKind}
