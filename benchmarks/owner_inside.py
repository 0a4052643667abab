"""How fast is the owner found in one process, one point at a time and a million at once, beside shapely and PostGIS?"""

from collections.abc import Callable, Sequence

import geopandas
import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from rich.console import Console

from benchmarks import contests, rivals
from benchmarks.contests import Job
from benchmarks.owner_start import loaded
from benchmarks.peers import superuser_dsn
from geo import lookup
from geo.lookup import Map
from geo.store.embedded import Cluster

SINGLE = 5_000
"""Points that are asked about one at a time."""
TIMES_TREE, TIMES_SJOIN, TIMES_POSTGIS = 3.0, 3.0, 25.0
JOIN = """
    SELECT p.id, min(g.code) FROM asked AS p JOIN bench.grid AS g
        ON ST_Covers(g.shape, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)) GROUP BY p.id ORDER BY p.id"""

Degrees = NDArray[np.float64]
Codes = NDArray[np.object_]


def run(cluster: Cluster, xy: Degrees, rounds: int, console: Console) -> None:
    """Measure and print both contests; all must name the same owners. Points (n, 2) of degrees inside the city."""
    state = loaded(cluster).map
    rivals.prepare(cluster)
    console.print(contests.table("one point in process", _one_by_one(state, xy[:SINGLE]), rounds, cluster))
    console.print(contests.table(f"{len(xy):,} points", _at_once(state, cluster, xy), rounds, cluster))


def run_once(cluster: Cluster, xy: Degrees, console: Console) -> None:
    """Ours alone, once, on very many points."""
    owners = loaded(cluster).map.owners
    ours = Job("wangge Owners.owners", lambda: owners.owners(xy), len(xy))
    console.print(contests.table(f"{len(xy):,} points", [ours], 1, cluster))


def _one_by_one(state: Map, xy: Degrees) -> Sequence[Job]:
    points, shapes = xy.tolist(), np.asarray([one.grid.shape for one in state.holdings], dtype=object)
    shapely.prepare(shapes)
    tree, covering = shapely.STRtree(shapes), state.owners.covering
    return [
        Job("wangge, the owner alone", lambda: [covering(x, y) for x, y in points], len(xy)),
        Job("wangge, the whole answer", lambda: [lookup.answer(state, x, y) for x, y in points], len(xy)),
        Job(
            "STRtree + predicate",
            lambda: [tree.query(shapely.Point(x, y), "intersects") for x, y in points],
            len(xy),
            TIMES_TREE,
        ),
    ]


def _at_once(state: Map, cluster: Cluster, xy: Degrees) -> Sequence[Job]:
    """The peers' points are shapes or text before the clock runs where that is how they would have them."""
    frame = geopandas.GeoDataFrame(
        {"code": [one.code for one in state.holdings]}, geometry=[one.grid.shape for one in state.holdings]
    )
    dots = geopandas.GeoDataFrame(geometry=shapely.points(xy))
    codes = codes_of(state)
    ours, joined, asked = (
        lambda: codes[state.owners.owners(xy)],
        lambda: _first(geopandas.sjoin(dots, frame, predicate="intersects"), len(xy)),
        lambda: postgis(cluster, xy),
    )
    agree(ours, joined, asked)
    return [
        Job("wangge Owners.owners", lambda: state.owners.owners(xy), len(xy)),
        Job("geopandas sjoin", lambda: geopandas.sjoin(dots, frame, predicate="intersects"), len(xy), TIMES_SJOIN),
        Job("PostGIS COPY + join", asked, len(xy), TIMES_POSTGIS),
    ]


def codes_of(state: Map) -> Codes:
    """The grid code of each claim's number."""
    return np.array([state.holding(number).code for number in range(len(state.holdings))], dtype=object)


def postgis(cluster: Cluster, xy: Degrees) -> Codes:
    """The owners' codes by COPY and a join with an index, (n,)."""
    lines = "".join(f"{number}\t{x!r}\t{y!r}\n" for number, (x, y) in enumerate(xy.tolist()))
    with psycopg.connect(superuser_dsn(cluster)) as connection:
        connection.execute("SET jit = off")
        connection.execute("CREATE TEMP TABLE asked (id integer, lon float8, lat float8)")
        with connection.cursor().copy("COPY asked FROM STDIN") as copy:
            copy.write(lines)
        connection.execute("ANALYZE asked")
        found = np.full(len(xy), None, dtype=object)
        for number, code in connection.execute(JOIN).fetchall():
            found[number] = code
    return found


def agree(*contestants: Callable[[], Codes]) -> None:
    """Raises RuntimeError where they do not name the same owners."""
    first, *others = (one() for one in contestants)
    for other in others:
        if (first != other).any():
            raise RuntimeError(f"{(first != other).sum():,} of {len(first):,} points have another owner")


def _first(joined: geopandas.GeoDataFrame, count: int) -> Codes:
    """The smallest code that each point was joined with."""
    found = np.full(count, None, dtype=object)
    smallest = joined.groupby(level=0)["code"].min()
    found[smallest.index.to_numpy()] = smallest.to_numpy()
    return found
