"""What should a person know before the rows of a file are taken?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import footprints, plausible
from geo.footprints import Estimate
from geo.index import Claim, Owners
from geo.model import Building, Layer, Thing
from geo.refusal import Value
from geo.store.known import Known
from geo.store.notes import MOST_CODES, Note
from geo.store.sorting import Key, Sorting


def estimate(sorting: Sorting, before: Mapping[Key, Thing], rule: Estimate) -> None:
    """Give households to the footprints of the rows that nobody counted, marked as estimates; a real count stays."""
    given = []
    for (layer, code), thing in list(sorting.things.items()):
        if not isinstance(thing, Building) or (thing.households is not None and not thing.estimated):
            continue
        known = before.get((layer, code))
        if isinstance(known, Building) and known.households is not None and not known.estimated:
            continue
        households = rule.of(thing)
        if households is not None:
            sorting.things[layer, code] = replace(thing, households=households, estimated=True)
            if (names := sorting.touched.get((layer, code))) is not None:
                sorting.touched[layer, code] = names | {"households", "estimated"}
            given.append(code)
    if given:
        told = {"count": len(given), "m2": rule.m2, "floors": rule.floors, "share": rule.share}
        sorting.notes.append(Note("households-estimated", Layer.BUILDING, given[:MOST_CODES], told))


def keep_counts(sorting: Sorting, before: Mapping[Key, Thing]) -> None:
    """An estimate that a row brings never takes the place of a real count."""
    kept = []
    for key, thing in list(sorting.things.items()):
        known = before.get(key)
        if not (isinstance(thing, Building) and isinstance(known, Building)):
            continue
        if thing.estimated and known.households is not None and not known.estimated:
            sorting.things[key] = replace(thing, households=known.households, estimated=False)
            if (names := sorting.touched.get(key)) is not None:
                sorting.touched[key] = names - {"households", "estimated"}
            kept.append(key[1])
    if kept:
        sorting.notes.append(Note("estimate-kept-out", Layer.BUILDING, kept[:MOST_CODES], {"count": len(kept)}))


def remarks(sorting: Sorting, before: Mapping[Key, Thing], known: Known) -> Iterator[Note]:
    """Places that are odd, and buildings that are: stacked over each other, or counted by nobody."""
    places = [(key, thing.shape) for key, thing in sorting.things.items() if thing.shape is not None]
    yield from _odd_places(places, before, known)
    yield from _unsound(sorting)
    buildings = list(sorting.of(Layer.BUILDING).values())
    for upper, lower, m2 in footprints.stacked(buildings):
        together = (upper.households or 0) + (lower.households or 0)
        told: dict[str, Value] = {"upper": upper.id, "lower": lower.id, "households": together, "area_m2": round(m2, 1)}
        yield Note("building-stacked", Layer.BUILDING, (upper.id, lower.id), told)
    missing = [b.id for b in buildings if b.households is None and b.shape.geom_type != "Point"]
    if missing:
        yield Note("households-missing", Layer.BUILDING, missing[:MOST_CODES], {"count": len(missing)})


def _unsound(sorting: Sorting) -> Iterator[Note]:
    """Outlines whose rings cross themselves, of things that no proof looks at; they are taken as they are."""
    for layer in (Layer.BUILDING, Layer.FACILITY, Layer.WATER):
        things = sorting.of(layer)
        sound = shapely.is_valid(np.asarray([thing.shape for thing in things.values()], dtype=object))
        if codes := [code for code, is_sound in zip(things, sound.tolist(), strict=True) if not is_sound]:
            told: dict[str, Value] = {"count": len(codes), "of": len(things)}
            yield Note("rings-unsound", layer, codes[:MOST_CODES], told)


def _odd_places(
    places: Sequence[tuple[Key, BaseGeometry]], before: Mapping[Key, Thing], known: Known
) -> Iterator[Note]:
    if not places:
        return
    xy = _middles([shape for _, shape in places])
    if strange := plausible.strangers(xy):
        west, east = plausible.LONGITUDES
        told: dict[str, Value] = {"count": strange, "of": len(xy), "west": west, "east": east}
        yield Note("longitude-unusual", None, (), told | {"lon": round(float(np.median(xy[:, 0])), 4)})
    pairs = [(at, shape) for at, (key, _) in enumerate(places) if (shape := _shape(before.get(key), known, key))]
    found = plausible.suspicion(xy[[at for at, _ in pairs]], _middles([shape for _, shape in pairs]))
    if found is None:
        fresh = [at for at, (key, _) in enumerate(places) if key[0] in (Layer.BUILDING, Layer.FACILITY)]
        found = plausible.better_fit(xy[fresh], _on_ground(known, xy[fresh])) if fresh else None
    if found is not None:
        told = {"datum": found.datum.name, "offset_m": round(found.offset_m, 1), "things": found.things}
        yield Note("datum-suspected", None, (), told)


def _shape(thing: Thing | None, known: Known, key: Key) -> BaseGeometry | None:
    """Where a thing is published: a divided region's row has no shape, its edition has."""
    if key[0] is Layer.REGION:
        one = known.edition(key[1])
        return one.boundary if one else None
    return None if thing is None else thing.shape


def _middles(shapes: Sequence[BaseGeometry]) -> NDArray[np.float64]:
    """The middle of each shape's box, (n, 2) lon/lat."""
    boxes = shapely.bounds(np.asarray(shapes, dtype=object)).reshape(-1, 4)
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2, dtype=np.float64)


def _on_ground(known: Known, xy: NDArray[np.float64]) -> Callable[[NDArray[np.float64]], NDArray[np.bool_]]:
    """Asks which places lie on loaded ground, near the ones given."""
    margin = 0.02  # BD-09 lies up to 1.4 km off: 0.015 degrees
    box = shapely.box(*(xy.min(axis=0) - margin), *(xy.max(axis=0) + margin))
    owners = Owners([Claim(one.region, one.boundary, one.standing) for one in known.near([box])])
    return lambda points: np.asarray(owners.owners(points) >= 0)
