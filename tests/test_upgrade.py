"""Is a store of an earlier version put right when it is upgraded?"""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import shapely
from conftest import Store, superuser
from district import publish, small
from divisions import cell
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geo.model import Building
from geo.store import cluster, embedded, publications, published, schema
from geo.store.connect import owner_engine, public_engine, session


def test_declared_buildings_go_to_the_ground_they_stand_on(store: Store) -> None:
    """As stores of an earlier rule have them: owned by a declared grid, wherever they stand."""
    far = Building(id="far", households=7, shape=cell(0.2, 0.2, 0.1, 0.1), grid="A04")
    near = Building(id="near", households=5, shape=cell(0.95, 0.2, 0.2, 0.1), grid="A01")
    publish(store, replace(small(), buildings=(far, near)))
    with store.owner.begin() as work:
        grids: dict[str, int] = dict(work.execute(text("SELECT code, id FROM identity WHERE layer = 'grid'")).all())
        work.execute(text("ALTER TABLE dwelling DISABLE TRIGGER USER"))
        work.execute(text("UPDATE dwelling SET grid = :other"), {"other": grids["A04"]})
        work.execute(text("ALTER TABLE dwelling ENABLE TRIGGER USER"))
        assert work.execute(text("SELECT rehouse_declared()")).scalar_one() == 2
        assert work.execute(text("SELECT rehouse_declared()")).scalar_one() is None
    with session(store.service) as work:
        tallies = {code: n for code, n in published.tallies(work, 2, grids).items() if n}
        last = publications.find(work, 2)
    assert tallies == {"A01": 12}
    assert last is not None
    assert (last.kind, last.bounds) == ("data", shapely.union(far.shape, near.shape).bounds)


def test_the_role_of_public_tiles_is_asked_for_where_it_is_missing(tmp_path: Path) -> None:
    """A database of one's own has it from whoever may make roles; a private cluster of an earlier version gets it."""
    with embedded.joined(tmp_path) as running:
        with psycopg.connect(**{**superuser(running), "dbname": "wangge"}, autocommit=True) as admin:
            admin.execute("DROP OWNED BY wangge_public; DROP ROLE wangge_public")
        owner = owner_engine(running.owner_url)
        with pytest.raises(ProgrammingError, match="CREATE ROLE wangge_public NOLOGIN; GRANT wangge_public TO"):
            schema.migrate(owner)
        owner.dispose()
        (running.place.cluster / cluster.PREPARED).write_text("1\n")
    with embedded.joined(tmp_path) as running:
        owner = owner_engine(running.owner_url)
        schema.migrate(owner)
        owner.dispose()
        public = public_engine(running.service_url)
        with public.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM tile_shape")) == 0
        public.dispose()
    embedded.erase(tmp_path)
