"""Are the shapes of tiles those of the map, and do their borders meet?"""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from conftest import Store
from district import publish, small
from tile_towns import Rows, assert_whole, codes, derived, merged, nodes_moved, of, rows, towns

from geo import coverage
from geo.assembled import assembled
from geo.generalise import LEAST_GRID_ZOOM, generalised, steps_above
from geo.lattice import rounded
from geo.matrix import MATRICES, MERCATOR
from geo.model import Ground
from geo.store.connect import session
from geo.store.published import current_publication, editions
from geo.store.tile_drawing import plain


def test_what_a_zoom_shows(store: Store) -> None:
    """Enclave E stands right below the district, the others below its street."""
    publish(store, small())
    shown = {0: "", 5: "D", 7: "D", 9: "DS", 12: "ABCDES", 13: "ABCDES", 17: "ABCDES"}
    for zoom, regions in shown.items():
        found = derived(store, zoom)
        assert "".join(codes(found, "region")) == regions
        assert len(codes(found, "grid")) == (11 if zoom >= LEAST_GRID_ZOOM else 0)
        if zoom >= 12:
            whole = [found["region", code][1] for code in "SE"]
            assert shapely.equals_identical(found["region", "D"][1], plain(assembled(whole)))


def test_first_publication(store: Store) -> None:
    publish(store, towns(1))
    for matrix, zoom in (("mercator", 13), ("mercator", 17), ("gcj02", 15), ("gcj02", 17), ("cgcs2000", 16)):
        assert matrix in MATRICES
        assert_whole(store, zoom, matrix)


def test_coarser_pieces_are_drawn_as_if_all_were(store: Store) -> None:
    """Also after a change of one community; one that leaves its boundary alone changes nothing."""
    zooms, chance, plan = (0, 4, 7, 9, 10, 11, 12), random.Random(4), towns(4)
    publish(store, plan)
    for zoom in zooms:
        assert_pieces(store, zoom)
    before = {zoom: derived(store, zoom) for zoom in zooms}
    joined = merged(plan, chance)
    publish(store, of(joined, {one.region for one in {*joined.grids} ^ {*plan.grids}}))
    for zoom in zooms:
        assert numbers(derived(store, zoom)) == numbers(before[zoom])
    moved = nodes_moved(joined, chance)
    publish(store, of(moved, {one.region for one in {*moved.grids} ^ {*joined.grids}}))
    for zoom in zooms:
        assert_pieces(store, zoom)


def numbers(found: Rows) -> dict[tuple[str, str], int]:
    """The row of each subject."""
    return {subject: row for subject, (row, _) in found.items()}


def assert_pieces(store: Store, zoom: int) -> None:
    found = derived(store, zoom)
    with session(store.service) as work:
        boundaries = {one.region: one.boundary for one in editions(work, current_publication(work))}
    over: dict[str, list[Ground]] = {}
    for code, boundary in boundaries.items():
        street = f"S{int(code[1:]) % 2}"
        over.setdefault([code, street, "D", "D"][steps_above(zoom)], []).append(boundary)
    names = sorted(over)
    drawn = [plain(one) for one in generalised([coverage.together(over[name]) for name in names], MERCATOR, zoom)]
    wanted = {name: shape for name, shape in zip(names, drawn, strict=True) if not shape.is_empty}
    for name, shape in wanted.items():
        assert shapely.equals_identical(found["region", name][1], shape)
    upper = {"T": {"D", "S0", "S1"}, "S": {"D"}, "D": set[str]()}
    assert codes(found, "region") == sorted({*wanted, *(above for name in wanted for above in upper[name[0]])})


def test_provisional_ground(store: Store) -> None:
    """Grids that overlap and leave gaps are shown each as it is; the region has the outline that it was given."""
    plan, zooms = towns(2), (12, 14, 17)
    first = plan.grids[0]
    other = rounded(shapely.affinity.scale(shapely.box(*first.shape.bounds), 0.7, 1.2))
    publish(store, replace(plan, grids=(replace(first, shape=other), *plan.grids[1:])), provisional=True)
    for zoom in zooms:
        found = derived(store, zoom)
        assert shapely.is_valid(np.array([shape for _, shape in found.values()], dtype=object)).all()
        assert len(codes(found, "grid")) == (64 if zoom > 12 else 0)
        exact = MERCATOR.shapes([one.shape for one in plan.regions if one.code == "T00" and one.shape], zoom)[0]
        assert shapely.hausdorff_distance(found["region", "T00"][1], exact) < 16
    publish(store, of(plan, {"T00"}))
    for zoom in zooms[1:]:
        found = derived(store, zoom)
        own = [found["grid", f"T00{n}"][1] for n in range(4)]
        assert shapely.equals_identical(found["region", "T00"][1], plain(assembled(own)))


def test_a_divided_region_above_others(store: Store) -> None:
    """A community with others below it is shown with all their ground, and with its own alone when they go."""
    plan = towns(3, 2, 2)
    under = {"T01": "T00", "T02": "T00"}
    publish(store, replace(plan, regions=tuple(replace(r, parent=under.get(r.code, r.parent)) for r in plan.regions)))
    grounds = {one.code: one.shape for one in plan.regions if one.shape is not None}
    under_t00 = ["T00", "T01", "T02"]
    whole = {"T00": under_t00, "S0": under_t00, "S1": ["T03"], "D": [*grounds]}
    shown = {7: "D S0", 9: "D S0 S1 T00", 12: "D S0 S1 T00 T01 T02 T03", 14: "D S0 S1 T00 T01 T02 T03"}
    first = {zoom: derived(store, zoom) for zoom in shown}
    for zoom, found in first.items():
        assert codes(found, "region") == shown[zoom].split()
        for code in codes(found, "region"):
            assert_about(found, zoom, code, [grounds[one] for one in whole.get(code, [code])])
    publish(store, plan)
    for zoom, found in first.items():
        again = derived(store, zoom)
        for code, own in {"S0": ["T00", "T02"], "S1": ["T01", "T03"], "D": [*grounds]}.items():
            if zoom > 7 or code == "D":
                assert_about(again, zoom, code, [grounds[one] for one in own])
        if zoom > 10:
            assert_about(again, zoom, "T00", [grounds["T00"]])
        assert numbers(rows(store, zoom, 1)) == numbers(found)


def assert_about(found: Rows, zoom: int, code: str, ground: Sequence[Ground]) -> None:
    """The shape of a region is near the ground that it has."""
    exact = MERCATOR.shapes([shapely.union_all(list(ground))], zoom)[0]
    assert shapely.hausdorff_distance(found["region", code][1], exact) < 20
