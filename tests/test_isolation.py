"""Does the door hold at every isolation level, whoever calls it and however?"""

from functools import partial
from uuid import UUID

import pytest
from conftest import Store
from divisions import together
from proofs import Proof
from publishing import all_at_once, at_once, drafted, engines, faults, halves, head, publish
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from geo.store.connect import session
from geo.store.staging import stage

LEVELS = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


@pytest.mark.parametrize("level", LEVELS)
def test_a_session_that_sees_an_older_state_does_not_pass(store: Store, level: str) -> None:
    """Whoever calls the door in SQL at whatever level: a state proven against the past is never switched on."""
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    mine, theirs = (drafted(store.service, halves("A", 0, cut)) for cut in (0.5, 1.5))
    with session(store.service) as work:
        work.connection(execution_options={"isolation_level": level})
        stage(work, mine)
        publish(store.service, theirs)
        with pytest.raises(DBAPIError) as refused:
            work.execute(select(func.publish(mine, "planner", "")))
        assert sqlstate(refused.value) == ("WG001" if level == LEVELS[0] else "40001")
    assert head(store.service) == 2
    assert faults(store.owner) == {}


def test_levels_mixed_at_once(store: Store, full: bool, proof: Proof) -> None:
    rounds = 60 if full else 3
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    with engines(store.service_url, 6) as several:
        for n in range(rounds):
            before = head(store.service)
            drawn = [halves(code, column, 0.5 + n / 200) for code, column in (("A", 0), ("B", 2)) for _ in LEVELS]
            plans = [drafted(store.service, plan) for plan in drawn]
            calls = zip(several, plans, LEVELS * 2, strict=True)
            told = at_once([partial(called, engine, plan, level) for engine, plan, level in calls])
            numbers = sorted(one for one in told if isinstance(one, int))
            assert numbers == list(range(before + 1, before + 1 + len(numbers)))
            assert 1 <= len(numbers) <= 2
            assert {one for one in told if isinstance(one, str)} <= {"WG001", "WG002", "40001"}
            assert faults(store.owner) == {}
    proof("six sessions at three isolation levels at once, two regions", rounds, "at most one a region passes")


def called(engine: Engine, plan: UUID, level: str) -> int | str:
    """The number that the door gives when it is called in SQL, or the state it refuses with."""
    try:
        with session(engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": level})
            stage(work, plan)
            return int(work.execute(select(func.publish(plan, "planner", ""))).scalar_one())
    except DBAPIError as error:
        return sqlstate(error)


def sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None))


@pytest.mark.parametrize("default", LEVELS[1:])
def test_the_level_of_the_database_does_not_matter(store: Store, default: str) -> None:
    """Whatever a database's own default is, neighbours published at once both pass."""
    with store.owner.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = '{default}'"))
        connection.commit()
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    with engines(store.service_url, 2) as several:
        plans = [drafted(store.service, halves("A", 0, 0.5)), drafted(store.service, halves("B", 2, 0.5))]
        told = all_at_once(several, plans)
        assert sorted(getattr(one, "number", 0) for one in told) == [2, 3], told
