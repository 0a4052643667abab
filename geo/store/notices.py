"""When has a job ended? Told by PostgreSQL, whichever service did it."""

import time
from uuid import UUID

from psycopg import Connection
from sqlalchemy import Engine

from geo.store import jobs
from geo.store.connect import reachable, session
from geo.store.jobs import CHANNEL, ENDED, Job


def ended(engine: Engine, job: Job, seconds: float) -> Job:
    """The job when it has ended, or as it is after `seconds`. Raises NoSuchJob, StoreUnavailable."""
    until = time.monotonic() + seconds
    with reachable(), engine.connect() as outer:
        outer.execution_options(isolation_level="AUTOCOMMIT")
        outer.exec_driver_sql(f"LISTEN {CHANNEL}")
        try:
            driver = outer.connection.driver_connection
            assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
            found = _now(engine, job.id)
            while found.state not in ENDED and (left := until - time.monotonic()) > 0:
                for _ in driver.notifies(timeout=left, stop_after=1):
                    pass
                found = _now(engine, job.id)
        finally:
            outer.exec_driver_sql(f"UNLISTEN {CHANNEL}")
    return found


def _now(engine: Engine, number: UUID) -> Job:
    with session(engine) as work:
        return jobs.find(work, number)
