"""What does METIS make of blocks: multilevel partitioning, by bisections and k-way?

G. Karypis and V. Kumar, "A fast and high quality multilevel scheme for partitioning irregular graphs", SIAM Journal on
Scientific Computing 20 (1998). pymetis (MIT) with METIS (Apache-2.0): `pip install pymetis`.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pymetis

from benchmarks.draw_graph import BlockGraph, Metres, Numbers

SEEDS = 4
UFACTORS = (1, 10, 50)
"""Imbalance that is allowed, thousandths: the least, a hundredth, and one that leaves more room for short borders."""
OFF_STREETS = 2.0
"""How dear a metre off streets is, for those who care for streets: three, or more, drew worse shapes."""
TENTHS = 10
"""Borders weigh their metres, to a decimetre: weights are whole numbers."""


def plans(graph: BlockGraph, seed: int) -> Iterator[Numbers]:
    """Borders weigh their metres."""
    yield from _plans(graph, graph.metres, seed)


def plans_on_streets(graph: BlockGraph, seed: int) -> Iterator[Numbers]:
    """Metres of borders that run along no line weigh more."""
    yield from _plans(graph, graph.metres + (OFF_STREETS - 1) * (graph.metres - graph.on_line), seed)


def _plans(graph: BlockGraph, dear: Metres, seed: int) -> Iterator[Numbers]:
    """Every way, allowance and seed for each number of grids: bisections, k-way, and k-way with parts in one piece,
    which METIS does only for ground in one piece. `dear`: what the border of each pair weighs (m,)."""
    first, near, weight = _adjacency(graph, dear)
    ways = [(True, 0), (False, 0), *([(False, 1)] if graph.is_connected() else [])]
    for grids, ufactor, number in product(graph.numbers, UFACTORS, range(SEEDS)):
        for recursive, contiguous in ways:
            _, found = pymetis.part_graph(
                grids,
                pymetis.CSRAdjacency(first, near),
                vweights=graph.weights(grids),
                eweights=weight,
                recursive=recursive,
                options=pymetis.Options(seed=seed * SEEDS + number, ufactor=ufactor, contig=contiguous),
            )
            yield np.asarray(found, dtype=np.int64)


def _adjacency(graph: BlockGraph, dear: Metres) -> tuple[Numbers, Numbers, Numbers]:
    """Where each block's neighbours begin (n + 1,), the neighbours, and what the borders with them weigh (2 m,)."""
    one = np.concatenate([graph.pairs[:, 0], graph.pairs[:, 1]])
    other = np.concatenate([graph.pairs[:, 1], graph.pairs[:, 0]])
    weight = np.tile(np.maximum(1, np.rint(dear * TENTHS)), 2).astype(np.int64)
    order = np.lexsort((other, one))
    first = np.searchsorted(one[order], np.arange(len(graph) + 1))
    return first.astype(np.int64), other[order], weight[order]
