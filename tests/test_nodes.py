"""Are the columns of nodes the shapes that they were made of, and is what lies across an edge the ground there?"""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
import shapely
from ground_by_hand import DOUBTFUL, SOUND, blocks, box, named
from hypothesis import strategies as st
from plans_drawn import Drawn, hold, plans

from geo.cutting import cut
from geo.index import Claim
from geo.nodes import Nodes


def columns_equal(one: Nodes, other: Nodes) -> None:
    for part in fields(Nodes):
        a, b = getattr(one, part.name), getattr(other, part.name)
        assert a.dtype == b.dtype, part.name
        assert np.array_equal(a, b), part.name


def among(claims: Sequence[Claim]) -> Nodes:
    return Nodes.among(np.array([claim.shape for claim in claims], dtype=object), 0)


@pytest.mark.parametrize("name", [*SOUND, *DOUBTFUL])
def test_the_ground_of_a_claim_is_the_shape_that_came(name: str) -> None:
    claims = {**SOUND, **DOUBTFUL}[name]
    nodes = among(claims)
    for number, claim in enumerate(claims):
        assert nodes.ground(number).wkb == claim.shape.wkb, claim.code
        assert shapely.is_valid(claim.shape) is not bool(nodes.odd[number])


def test_nodes_taken_over_are_nodes_made_anew(full: bool) -> None:
    """Some claims of two states, in any order: as if all of them had been made at once."""

    def promise(value: tuple[Drawn, int]) -> None:
        drawn, chance = value[0], np.random.default_rng(value[1])
        shapes = [shape for region in drawn.regions for shape in drawn.division(region).grounds]
        claims = named(shapes)
        assert [among(claims).ground(number).wkb for number in range(len(shapes))] == [shape.wkb for shape in shapes]
        cut_at = int(chance.integers(0, len(claims) + 1))
        parts = [claims[:cut_at], claims[cut_at:]]
        order = chance.permutation(len(claims))[: int(chance.integers(0, len(claims) + 1))]
        source = (order >= cut_at).astype(np.int64)
        joined = Nodes.joined([among(part) for part in parts], source, order - source * cut_at)
        columns_equal(joined, among([claims[n] for n in order]))

    hold(st.tuples(plans(most_regions=3), st.integers(0, 2**32 - 1)), promise, full, small=20)


def test_what_lies_across_an_edge_is_the_one_claim_there() -> None:
    nodes = among(named(blocks(9, 2)))
    for claim in range(4):
        ax, ay, bx, by, across = nodes.edges(claim)
        for place, other in zip(np.column_stack([(ax + bx) / 2, (ay + by) / 2]).tolist(), across.tolist(), strict=True):
            others = [
                n
                for n, one in enumerate(named(blocks(9, 2)))
                if n != claim and one.shape.exterior.distance(shapely.Point(place)) < 1e-9
            ]
            assert others == ([other] if other >= 0 else [])
    doubled = among(named([box(0, 0, 9, 9), box(9, 0, 18, 9), box(9, 0, 18, 9)]))
    assert set(doubled.across.tolist()) == {-1, -2}, "nobody alone is across an edge of three"


def test_cut_again_is_cut_the_same() -> None:
    """No chance in it: processes that cut the same ground write the same file."""
    for claims in (SOUND["very long edges"], DOUBTFUL["5 deep"], DOUBTFUL["a bow over sound ground"]):
        nodes = among(claims)
        one, other = cut(nodes).columns, cut(nodes).columns
        assert all(np.array_equal(one[name], other[name]) for name in one)
