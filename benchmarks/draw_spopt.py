"""What do the regionalisations of spopt make of blocks? They group what is alike, here what lies together.

SKATER: R. Assuncao and others, International Journal of Geographical Information Science 20 (2006). Max-p-regions:
J. Duque, L. Anselin and S. Rey, Journal of Regional Science 52 (2012); R. Wei, S. Rey and E. Knaap, International
Journal of Geographical Information Science 35 (2021). Region-k-means: k-means whose regions stay in one piece.
spopt (BSD-3-Clause): `pip install spopt`. Only max-p knows of households, and of the least alone.
"""

import warnings
from collections.abc import Iterator

import geopandas
import numpy as np
from libpysal.weights import W
from spopt.region import MaxPHeuristic, RegionKMeansHeuristic, Skater

from benchmarks.draw_graph import BlockGraph, Numbers

PLACE = ["x", "y"]


def skater(graph: BlockGraph, seed: int) -> Iterator[Numbers]:
    """A spanning tree of near centres, cut where that makes places most alike. Nothing is drawn by lot."""
    del seed
    for grids in graph.numbers:
        model = Skater(_frame(graph), _weights(graph), PLACE, n_clusters=grids)
        model.solve()
        yield np.asarray(model.labels_)


def k_means(graph: BlockGraph, seed: int) -> Iterator[Numbers]:
    """k-means of centres, in one piece each."""
    for grids in graph.numbers:
        model = RegionKMeansHeuristic(graph.centres, grids, _weights(graph), seed=seed)
        model.solve()
        yield np.asarray(model.labels_)


def max_p(graph: BlockGraph, seed: int) -> Iterator[Numbers]:
    """As many grids as can be of at least so many households, with places as alike as can be."""
    np.random.seed(seed)  # it draws from numpy's own
    model = MaxPHeuristic(_frame(graph), _weights(graph), PLACE, "households", graph.least)
    model.solve()
    yield np.asarray(model.labels_)


def _frame(graph: BlockGraph) -> geopandas.GeoDataFrame:
    x, y = graph.centres.T
    values = {"x": x, "y": y, "households": graph.households}
    return geopandas.GeoDataFrame(values, geometry=geopandas.points_from_xy(x, y))


def _weights(graph: BlockGraph) -> W:
    warnings.filterwarnings("ignore")
    return W({n: [near for near, _ in beside] for n, beside in enumerate(graph.beside())}, silence_warnings=True)
