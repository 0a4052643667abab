"""What does the recombination of spanning trees make of blocks, as GerryChain does it?

D. DeFord, M. Duchin and J. Solomon, "Recombination: a family of Markov chains for redistricting", Harvard Data Science
Review 3 (2021); begun again from the best every few steps, as in S. Cannon, A. Goldbloom-Helzner, V. Gupta, J. Matthews
and B. Suwal, "Voting rights, Markov chains, and optimization by short bursts", Methodology and Computing in Applied
Probability 25 (2023). GerryChain (BSD-3-Clause): `pip install gerrychain`.
"""

import random
import warnings
from collections.abc import Iterator
from functools import partial

import networkx
import numpy as np
from gerrychain import Graph, Partition
from gerrychain.partition import recursive_seed_part, recursive_tree_part
from gerrychain.proposals import recom
from gerrychain.proposals.tree_proposals import MetagraphError
from gerrychain.tree import BalanceError, PopulationBalanceError, bipartition_tree

from benchmarks.draw_graph import BlockGraph, Numbers, badness

EPSILONS = (0.05, 0.1, 0.25)
"""How far from the mean load grids may be, the first for which a beginning is found; 0.25 is what 300-500 allows."""
BURSTS, BURST = 100, 10
"""Steps for each number of grids: so many bursts of so many."""
BEGIN_TREES, STEP_TREES = 60, 40
"""Spanning trees that are drawn for one cut before a beginning, or a pair of grids, is given up."""
LOAD = "load"


def plans(graph: BlockGraph, seed: int) -> Iterator[Numbers]:
    """The plans of a chain for each number of grids, the chains by turns, a burst each."""
    warnings.filterwarnings("ignore", module="gerrychain")
    chance = random.Random(seed)
    chains = []
    for grids in graph.numbers:
        if (begun := _begun(graph, grids, chance)) is not None:
            yield _labels(begun[0])
            chains.append(_Chain(graph, *begun, chance))
    for _ in range(BURSTS):
        for chain in chains:
            yield from chain.burst()


class _Chain:
    """Recombines two grids at a time, and begins each burst from the best plan it has met."""

    def __init__(self, graph: BlockGraph, begun: Partition, epsilon: float, chance: random.Random) -> None:
        self._graph, self._kept, self._epsilon, self._chance = graph, begun, epsilon, chance
        self._mean = graph.weights(len(begun)).sum() / len(begun)
        self._best = badness(graph, _labels(begun))

    def burst(self) -> Iterator[Numbers]:
        cut = partial(bipartition_tree, max_attempts=STEP_TREES, allow_pair_reselection=True)
        partition = self._kept
        for _ in range(BURST if len(partition) > 1 else 0):
            try:
                partition = recom(partition, LOAD, self._mean, self._epsilon, bipartition_tree_fn=cut, rng=self._chance)
            except MetagraphError:  # no two grids here can be divided in another way
                return
            labels = _labels(partition)
            if (worth := badness(self._graph, labels)) <= self._best:
                self._best, self._kept = worth, partition
            yield labels


def _begun(graph: BlockGraph, grids: int, chance: random.Random) -> tuple[Partition, float] | None:
    """A plan cut from spanning trees, and how far from the mean its grids may be; None where none was found."""
    known = networkx.Graph()
    known.add_nodes_from((n, {LOAD: load}) for n, load in enumerate(graph.weights(grids).tolist()))
    known.add_edges_from(graph.pairs.tolist())
    told = Graph.from_networkx(known)
    if grids == 1:
        return Partition(told, dict.fromkeys(known, 0), updaters={}), EPSILONS[-1]
    cut = partial(bipartition_tree, max_attempts=BEGIN_TREES)
    for epsilon in EPSILONS:
        for way in (recursive_tree_part, recursive_seed_part):
            begin = partial(way, bipartition_tree_fn=cut)
            try:
                found = Partition.from_random_assignment(
                    told, grids, epsilon, LOAD, updaters={}, partition_fn=begin, rng=chance
                )
            except (BalanceError, PopulationBalanceError, RuntimeError):  # the trees ran out
                continue
            return found, epsilon
    return None


def _labels(partition: Partition) -> Numbers:
    """The grid of each block, from 0: blocks have the numbers in which they were told."""
    given = partition.assignment.to_dict()
    return np.unique([given[n] for n in range(len(given))], return_inverse=True)[1].astype(np.int64)
