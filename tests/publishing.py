"""How do tests draft plans and publish them at once, and is the store whole afterwards?"""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import shapely
from divisions import cell
from sqlalchemy import Engine, text

from geo.files import write_geojson
from geo.model import Grid, Plan, Region
from geo.store import door, drafts, embedded
from geo.store.connect import owner_engine, service_engine, session
from geo.store.door import Published
from geo.store.live import Live
from geo.store.published import Edition, current_publication, editions
from geo.store.refusals import Refused

Result = TypeVar("Result")

FAULTS = {
    "the head is not the last publication": """
        SELECT publication FROM head WHERE publication <> (SELECT coalesce(max(number), 0) FROM publication)""",
    "the numbers have a gap": """
        SELECT n, m FROM (SELECT count(*) AS n, coalesce(max(number), 0) AS m FROM publication) AS p WHERE n <> m""",
    "the instants do not follow the numbers": """
        SELECT number FROM (SELECT number, at, lag(at) OVER (ORDER BY number) AS before FROM publication) AS p
        WHERE at <= before""",
    "a proven region is not covered exactly": """
        SELECT e.region FROM edition AS e WHERE in_force(e.numbers) AND e.standing = 'proven'
        AND NOT ground_is_exact(e.boundary, ARRAY(SELECT shape FROM grid WHERE edition = e.id))""",
    "two proven regions are not apart": """
        SELECT a.region, b.region FROM edition AS a JOIN edition AS b ON a.id < b.id AND a.boundary && b.boundary
        WHERE in_force(a.numbers) AND in_force(b.numbers) AND a.standing = 'proven' AND b.standing = 'proven'
        AND NOT grounds_are_apart(a.boundary, b.boundary)""",
    "an edition is left that was never in force": "SELECT id FROM edition WHERE isempty(numbers)",
    "a plan and its publication do not name each other": """
        SELECT p.id, q.number FROM (SELECT * FROM plan WHERE state = 'published' OR publication IS NOT NULL) AS p
        FULL JOIN (SELECT * FROM publication WHERE plan IS NOT NULL) AS q ON q.plan = p.id AND q.number = p.publication
        WHERE p.id IS NULL OR q.number IS NULL""",
    "the log does not tell each publication once": """
        SELECT number FROM publication FULL JOIN (SELECT publication AS number FROM log WHERE action = 'publish') AS l
        USING (number) GROUP BY number HAVING count(*) <> 1 OR number IS NULL""",
    "a kept answer names a publication that is not there": """
        SELECT key FROM answer WHERE body ? 'number'
        AND (body->>'number')::bigint NOT IN (SELECT number FROM publication)""",
    "a building has another owner than the rule says": """
        SELECT * FROM building_owners(ARRAY(SELECT id FROM building WHERE in_force(numbers))) AS o
        FULL JOIN (SELECT building, grid AS owner FROM dwelling WHERE in_force(numbers)) AS d USING (building)
        WHERE o.grid IS DISTINCT FROM d.owner""",
}
"""What must never be in a store, each as a query for the places where it is."""


def faults(owner: Engine) -> dict[str, list[tuple[object, ...]]]:
    """What is not whole in a store, with the places; empty when all is well."""
    with owner.connect() as connection:
        found = {fault: connection.execute(text(query)).all() for fault, query in FAULTS.items()}
    return {fault: [tuple(row) for row in rows] for fault, rows in found.items() if rows}


def halves(code: str, column: int, cut: float, name: str = "") -> Plan:
    """A community of two pitches square with a western and an eastern grid; `cut` (0 to 2) is where they meet."""
    parts = (cell(column, 0, cut, 2), cell(column + cut, 0, 2 - cut, 2))
    return divided(code, parts, name)


def divided(code: str, parts: Sequence[shapely.Polygon], name: str = "") -> Plan:
    """A community of some grids that lie side by side with every node on both sides."""
    grids = tuple(Grid(code=f"{code}{n + 1:02}", name=name, region=code, shape=part) for n, part in enumerate(parts))
    outline = shapely.coverage_union_all(list(parts))
    outline = outline.geoms[0] if isinstance(outline, shapely.MultiPolygon) else outline
    return Plan(regions=(Region(code=code, name=name or code, level="community", shape=outline),), grids=grids)


def file_of(plan: Plan) -> object:
    """The plan as a document to upload."""
    written = io.BytesIO()
    write_geojson(plan, written)
    return json.loads(written.getvalue())


def drafted(engine: Engine, plan: Plan, base: Mapping[str, int | None] | None = None) -> UUID:
    """The plan kept as a draft, drawn from the map in force unless another base is given."""
    outlines = {region.code: region.shape for region in plan.regions if region.shape is not None}
    with session(engine) as work, work.begin():
        current = {one.region: one.intent for one in editions(work, current_publication(work), codes=outlines)}
        return drafts.save(
            work, plan, outlines, base or {code: current.get(code) for code in outlines}, actor="planner"
        )


def in_force(engine: Engine) -> dict[str, Edition]:
    """The editions in force by region."""
    with session(engine) as work:
        return {one.region: one for one in editions(work, current_publication(work))}


def head(engine: Engine) -> int:
    with session(engine) as work:
        return current_publication(work)


@contextmanager
def opened(cluster: embedded.Cluster) -> Iterator[tuple[Engine, Engine]]:
    """The cluster's own database: as its owner, and as the service."""
    owner, service = owner_engine(cluster.owner_url), service_engine(cluster.service_url)
    try:
        yield owner, service
    finally:
        owner.dispose()
        service.dispose()


@contextmanager
def engines(url: str, count: int) -> Iterator[list[Engine]]:
    """Several services, each with connections of its own."""
    several = [service_engine(url) for _ in range(count)]
    yield several
    for engine in several:
        engine.dispose()


def publish(engine: Engine, plan: UUID, key: str | None = None) -> Published:
    return door.publish(engine, door.Request(plan=plan, actor="planner", key=key))


def all_at_once(several: Sequence[Engine], plans: Sequence[UUID]) -> list[Published | Refused]:
    return at_once([partial(publish, engine, plan) for engine, plan in zip(several, plans, strict=True)])


@contextmanager
def following(engine: Engine) -> Iterator[Live]:
    """The published map in memory, as a running service has it."""
    live = Live(engine)
    live.start()
    try:
        yield live
    finally:
        live.stop()


def at_once(actions: Sequence[Callable[[], Result]]) -> list[Result | Refused]:
    """What each of the actions gave, or the refusal it met; all begin together."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result | Refused:
        start.wait()
        try:
            return action()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))
