"""Where is the invented city published, so that lookups in it can be measured?

In a private cluster under `.cache/bench`, through the project's own door, a district at a time: minutes the first
time, kept for later runs.
A kept city is brought up to date as any store is; `forget` makes room for one from the door of today.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from benchmarks.city import City, city
from geo.model import Grid, Plan, Region
from geo.store import door, drafts, embedded, schema
from geo.store.connect import owner_engine, service_engine, session
from geo.store.embedded import Cluster
from geo.store.published import current_publication

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".cache" / "bench"
COMMUNITIES_A_STREET, STREETS_A_DISTRICT = 10, 30
"""The tree above the communities: a city of size 1 has 300 streets in 10 districts."""
CITY = "5101"


@contextmanager
def published(size: float, kept: Path = KEPT) -> Iterator[tuple[Cluster, City]]:
    """The city of that size, published, on a running cluster; made and published where it was not yet."""
    made, folder = city(size), kept / f"city-{size:g}-{_source()}"
    with embedded.joined(folder) as cluster:
        owner = owner_engine(cluster.owner_url)
        schema.migrate(owner)
        owner.dispose()
        service = service_engine(cluster.service_url)
        try:
            _publish(service, made)
        finally:
            service.dispose()
        yield cluster, made


def forget(kept: Path = KEPT) -> None:
    """Erase every kept city, whatever it was made from."""
    for folder in sorted(kept.glob("city-*")):
        embedded.erase(folder)
        shutil.rmtree(folder, ignore_errors=True)


def plans(made: City) -> Iterator[Plan]:
    """The city with names and the tree above it, a district at a time: what one publication is to hold."""
    whole, across = made.plan, COMMUNITIES_A_STREET * STREETS_A_DISTRICT
    for number, first in enumerate(range(0, len(whole.regions), across)):
        communities = whole.regions[first : first + across]
        codes = {region.code for region in communities}
        grids = tuple(_named(grid) for grid in whole.grids if grid.region in codes)
        yield Plan(regions=tuple(_regions(number, communities)), grids=grids)


def _publish(service: Engine, made: City) -> None:
    """Publish the districts that are not published yet."""
    with session(service) as work:
        done = current_publication(work)
    console = Console(stderr=True)
    for number, plan in enumerate(plans(made)):
        if number >= done:
            begin = time.monotonic()
            outlines = {region.code: region.shape for region in plan.regions if region.shape is not None}
            with session(service) as work, work.begin():
                draft = drafts.save(work, plan, outlines, dict.fromkeys(outlines), actor="bench")
            door.publish(service, door.Request(plan=draft, actor="bench", reason="an invented city"))
            taken = time.monotonic() - begin
            console.print(f"published district {number + 1}, {len(plan.grids):,} grids, in {taken:.0f} s (kept)")


def _regions(district: int, communities: Sequence[Region]) -> Iterator[Region]:
    """A district with its streets and communities, the first one with the city above them."""
    own = f"{CITY}D{district + 1:02}"
    if district == 0:
        yield Region(code=CITY, name="样例市", level="city")
    yield Region(code=own, name=f"第{district + 1}区", level="district", parent=CITY)
    for number, region in enumerate(communities):
        street = f"{own}S{number // COMMUNITIES_A_STREET + 1:02}"
        if number % COMMUNITIES_A_STREET == 0:
            yield Region(code=street, name=f"第{number // COMMUNITIES_A_STREET + 1}街道", level="street", parent=own)
        yield replace(region, name=f"第{number + 1}社区", parent=street)


def _named(grid: Grid) -> Grid:
    return replace(grid, name=f"第{int(grid.code[-3:])}网格")


def _source() -> str:
    """A short hash of what decides which city is published."""
    files = (Path(__file__), Path(__file__).with_name("city.py"))
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=6).hexdigest()
