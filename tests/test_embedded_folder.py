"""What becomes of a data folder that is empty, half made, lost, too deep, somebody else's or of another version?"""

import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from joining import begun, home_of, kill_all, other, query, running_in

from geo.store import binaries, embedded, place


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A data folder below pytest's own 0700 folders: as root, the database's user cannot reach it."""
    folder = tmp_path / "data"
    yield folder
    embedded.erase(folder)


def test_many_begin_at_once_on_an_empty_folder(fresh: Path) -> None:
    several = [begun("joined", fresh) for _ in range(4)]
    told = [process.communicate("\n", timeout=60)[0] for process in several]
    assert [process.returncode for process in several] == [0] * 4
    assert len(set(told)) == 1
    assert running_in(fresh) is None


@pytest.mark.parametrize("after_s", [0.5, 1.2])
def test_kill_9_during_the_first_start(fresh: Path, after_s: float) -> None:
    """Wherever it strikes (loading, initdb, the roles), the next one finds or makes a whole cluster."""
    with begun("joined", fresh) as first:
        time.sleep(after_s)
        first.kill()
    with embedded.joined(fresh) as here:
        assert query(here.service_url, "SELECT postgis_lib_version() IS NOT NULL") == [(True,)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_and_root_share_the_users_folder() -> None:
    """The server runs as the folder's owner for both, so neither locks the other out."""
    nobody = pwd.getpwnam("nobody").pw_uid
    base = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/var/tmp"))
    os.chown(base, nobody, nobody)
    try:
        with embedded.joined(base) as here:
            assert here.place.user is not None
            assert here.place.user.uid == nobody
        with other("serving", base, nobody), embedded.joined(base) as here:
            assert here.notes == ()
            assert query(here.service_url, "SELECT 1") == [(1,)]
        embedded.erase(base)
    finally:
        shutil.rmtree(base)


def test_files_lost_under_a_running_service_are_not_replaced_by_an_empty_store(fresh: Path) -> None:
    with embedded.serving(fresh) as here:
        kill_all(here.place.cluster)
        shutil.rmtree(here.place.cluster)
        with pytest.raises(embedded.StoreUnavailable, match="are gone"):
            here.ensure_running()
        assert not here.place.cluster.exists()


def test_a_half_made_cluster_is_made_again(fresh: Path) -> None:
    at = home_of(fresh)
    half = at.home / "cluster.new"
    place.private(half, at.user)
    (half / "PG_VERSION").write_text("15\n")
    with embedded.joined(fresh) as here:
        assert query(here.service_url, "SELECT 1") == [(1,)]
    assert not half.exists()


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    base = Path("/var/tmp") / f"wangge-test-{os.getpid()}"
    data = base / ("long" * 20) / "comma, 'quote' 网格 $HOME \"x\""
    try:
        with embedded.joined(data) as here:
            assert here.place.sockets.parent == Path("/tmp")
            assert here.place.sockets.stat().st_mode & 0o777 == 0o700
            assert query(here.service_url, "SELECT 1") == [(1,)]
        assert not here.place.sockets.exists()
    finally:
        embedded.erase(data)
        shutil.rmtree(base)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    planted = tmp_path / "run"
    planted.symlink_to("/tmp")
    with pytest.raises(embedded.StoreUnavailable, match="belongs to"):
        place.private(planted, None)


def test_a_folder_of_another_major_version_asks_for_it(fresh: Path) -> None:
    at = home_of(fresh)
    place.private(at.cluster, at.user)
    (at.cluster / "PG_VERSION").write_text("11\n")
    with pytest.raises(embedded.StoreUnavailable, match="made by PostgreSQL 11") as refused, embedded.joined(fresh):
        pass
    assert refused.value.remedy


def test_no_server_with_postgis_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(embedded.StoreUnavailable, match="no PostgreSQL 13 or newer with PostGIS") as refused:
        binaries.found(places=[tmp_path])
    assert refused.value.remedy


def test_a_server_that_does_not_start_says_why(fresh: Path) -> None:
    with embedded.joined(fresh) as here:
        pass
    control = here.place.cluster / "global" / "pg_control"
    control.write_bytes(b"\0" * control.stat().st_size)
    with (
        pytest.raises(embedded.StoreUnavailable, match=r"does not start: .*(incompatible|checksum|control)"),
        embedded.joined(fresh),
    ):
        pass
