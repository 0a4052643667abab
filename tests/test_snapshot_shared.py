"""What does a service do with the files of states: its own, those of other processes, damaged ones, another store's?"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from conftest import Store, fresh
from divisions import ORIGIN, STEP
from publishing import drafted, halves
from sqlalchemy import make_url
from test_snapshot import FOREIGN, equal, full_disk

from geo.packing import Packed
from geo.people import SHANGHAI
from geo.store import door, embedded, loading
from geo.store.connect import service_engine, session
from geo.store.live import Live
from geo.store.snapshot import MARK, Snapshots, read, write


def publish(store: Store, number: int) -> None:
    door.publish(
        store.service,
        door.Request(plan=drafted(store.service, halves("A", 0, 1.3 - 0.3 * (number % 2), str(number))), actor="a"),
    )


def owner(live: Live) -> tuple[int, str]:
    """The publication and the name of the owner of a point that is the western grid's for ever."""
    found = live.seen.map.owners.covering(ORIGIN[0] + STEP / 2, ORIGIN[1] + STEP / 2)
    return live.seen.map.publication, live.seen.map.holding(found[0]).name


def refreshed(store: Store, several: Snapshots | None) -> Live:
    live = Live(store.service, several)
    live.refresh()
    return live


def test_one_process_writes_and_the_other_reads_the_same_file(store: Store, tmp_path: Path) -> None:
    publish(store, 1)
    several = Snapshots(tmp_path)
    assert owner(refreshed(store, several)) == (1, "1")
    written = several.path(1).stat()
    assert owner(refreshed(store, several)) == (1, "1")
    assert several.path(1).stat() == written or several.path(1).stat().st_mtime_ns == written.st_mtime_ns


def test_who_comes_while_another_writes_waits_and_reads_its_file(store: Store, tmp_path: Path) -> None:
    publish(store, 1)
    several, live = Snapshots(tmp_path), Live(store.service, Snapshots(tmp_path))
    with ThreadPoolExecutor() as threads:
        with several.turn() as has_turn, session(store.service) as work:
            assert has_turn
            waiting = threads.submit(live.refresh)
            made = loading.load(work, 1, SHANGHAI)
            several.keep(Packed({**made.told, "by": "the first"}, made.columns))
            written = several.path(1).stat()
            assert not waiting.done()
        waiting.result()
    assert owner(live) == (1, "1")
    assert several.path(1).stat().st_ino == written.st_ino
    assert read(several.path(1)).told["by"] == "the first"


DAMAGES: Mapping[str, Callable[[bytes], bytes]] = {
    "cut short": lambda whole: whole[: len(whole) // 2],
    "a bit": lambda whole: whole[:-9] + bytes([whole[-9] ^ 4]) + whole[-8:],
    "empty": lambda whole: b"",
    "sealed nonsense": lambda whole: FOREIGN["no columns"],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_made_anew(store: Store, tmp_path: Path, damage: str) -> None:
    publish(store, 1)
    several = Snapshots(tmp_path)
    refreshed(store, several)
    several.path(1).write_bytes(DAMAGES[damage](several.path(1).read_bytes()))
    assert owner(refreshed(store, several)) == (1, "1")
    assert read(several.path(1)).told["publication"] == 1


def test_the_file_of_another_store_is_not_taken(store: Store, tmp_path: Path) -> None:
    """It has the same name and number, but came into force at another instant."""
    publish(store, 1)
    several = Snapshots(tmp_path)
    refreshed(store, several)
    one = read(several.path(1))
    names = np.frombuffer(b"x" * len(one.columns["grid.name.letters"]), np.uint8)
    other = {**one.told, "at": "2020-01-01T00:00:00+00:00"}
    write(several.path(1), Packed(other, {**one.columns, "grid.name.letters": names, "instants": np.array([1])}))
    assert owner(refreshed(store, several)) == (1, "1")
    assert equal(read(several.path(1)), one)


@pytest.mark.parametrize("file", [False, True], ids=["a full disk", "a file where the folder should be"])
def test_what_cannot_be_written_is_answered_from_memory(store: Store, tmp_path: Path, file: bool) -> None:
    publish(store, 1)
    if file:
        (tmp_path / "s").write_text("")
    with full_disk(1 if not file else 1 << 40):
        live = refreshed(store, Snapshots(tmp_path / "s" if not file else tmp_path / "s" / "t"))
        assert owner(live) == (1, "1")
        publish(store, 2)
        live.refresh()
        assert owner(live) == (2, "2")


def test_a_state_of_another_store_helps_nobody(cluster: embedded.Cluster) -> None:
    """Its editions have the same numbers and other ground."""
    with fresh(cluster) as one, fresh(cluster) as other, session(one.service) as former, session(other.service) as work:
        publish(one, 1)
        publish(other, 2)
        before = loading.load(former, 1, SHANGHAI)
        whole = loading.load(work, 1, SHANGHAI)
        assert not equal(before, whole)
        assert equal(loading.load(work, 1, SHANGHAI, before), whole)


def test_the_past_of_another_store_is_not_taken(store: Store, tmp_path: Path) -> None:
    publish(store, 1)
    several = Snapshots(tmp_path)
    live = refreshed(store, several)
    one = read(several.path(1))
    publish(store, 2)
    live = refreshed(store, several)
    names = np.frombuffer(b"x" * len(one.columns["grid.name.letters"]), np.uint8)
    told = {**one.told, "at": "2020-01-01T00:00:00+00:00"}
    write(several.path(1), Packed(told, {**one.columns, "grid.name.letters": names}))
    past = live.map_at(1)
    assert past is not None
    assert {holding.name for holding in past.holdings} == {"1"}


def test_a_service_begins_from_its_file_and_says_that_it_cannot_be_sure(store: Store, tmp_path: Path) -> None:
    publish(store, 1)
    refreshed(store, Snapshots(tmp_path))
    away = make_url(store.service_url).update_query_dict({"host": str(tmp_path / "nowhere")})
    engine = service_engine(away.render_as_string(hide_password=False))
    live = Live(engine, Snapshots(tmp_path))
    live.start()
    try:
        assert owner(live) == (1, "1")
        assert live.seen.stale
        assert not live.hears
    finally:
        live.stop()
        engine.dispose()


def test_the_mark_says_how_a_state_is_laid_out(store: Store) -> None:
    """An old file is refused by its mark: whoever changes what columns there are changes `MARK`, and this test."""
    publish(store, 1)
    with session(store.service) as work:
        made = loading.load(work, 1, SHANGHAI)
    told = sorted(f"{name} {column.dtype.str} {column.ndim}" for name, column in made.columns.items())
    layout = blake2b("\n".join([*told, *sorted(made.told)]).encode(), digest_size=6).hexdigest()
    assert (MARK, layout) == (b"wangge snapshot 2\n", "72820c98799b")
