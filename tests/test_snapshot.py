"""Is a state read from its file the one that was written, whatever happened to the file or to its writer?"""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st
from plans_drawn import hold
from states_drawn import state, stories

from geo.files.refusals import FileUnwritable
from geo.packing import Packed
from geo.store import snapshot
from geo.store.snapshot import BEGIN, KEPT, MARK, SnapshotDamaged, Snapshots, read, write

CHANCE = np.random.default_rng(4)
SMALL = Packed(
    {"publication": 3, "at": None, "name": "长阶"},
    {
        "numbers": CHANCE.integers(0, 2**31, 50, dtype=np.int32),
        "flags": np.array([True, False, True]),
        "none": np.empty((0, 4), np.int32),
        "boxes": CHANCE.integers(-9, 9, (7, 4)),
        "letters": np.frombuffer("字".encode(), np.uint8),
    },
)


def equal(one: Packed, other: Packed) -> bool:
    same = dict(one.told) == dict(other.told) and list(one.columns) == list(other.columns)
    return same and all(_equal(one.columns[name], other.columns[name]) for name in one.columns)


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


# There and back


def test_what_is_read_is_what_was_written(tmp_path: Path, full: bool) -> None:
    def promise(value) -> None:
        made = state(value[0], None)
        write(tmp_path / "one", made)
        assert equal(read(tmp_path / "one"), made)

    hold(stories(), promise, full, small=10, large=100)


def test_columns_are_read_in_place_and_cannot_be_changed(tmp_path: Path) -> None:
    write(tmp_path / "one", SMALL)
    found = read(tmp_path / "one")
    assert not found.columns["numbers"].flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        found.columns["numbers"][0] = 1
    (tmp_path / "one").unlink()
    assert equal(found, SMALL), "the ground of a file stays while it is open"


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It has names and phones."""
    path = Snapshots(tmp_path / "new" / "folder").keep(SMALL)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


# Damage


def is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SnapshotDamaged):
        read(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "one"
    write(path, SMALL)
    return path.read_bytes()


def test_a_bit_that_turned_anywhere_is_found(tmp_path: Path, whole: bytes, full: bool) -> None:
    places = range(len(whole)) if full else [*range(BEGIN + 16), *range(BEGIN + 16, len(whole), 7)]
    for place in places:
        bit = 1 << place % 8
        is_refused(tmp_path / "one", whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])


def test_a_file_cut_short_anywhere_is_found(tmp_path: Path, whole: bytes) -> None:
    for length in [*range(BEGIN + 20), *range(BEGIN + 20, len(whole), 11), len(whole) - 1]:
        is_refused(tmp_path / "one", whole[:length])


def sealed(content: bytes) -> bytes:
    """With a checksum that is right: whoever wrote it meant it."""
    return MARK + blake2b(content, digest_size=BEGIN - len(MARK)).digest() + content


def told(header: bytes, ground: bytes = b"") -> bytes:
    return sealed(len(header).to_bytes(8, "little") + header + ground)


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "another kind": b"PK\x03\x04" + bytes(4000),
    "another mark": b"wangge snapshot 0\n" + bytes(4000),
    "the mark alone": MARK,
    "zeros behind the mark": MARK + bytes(4000),
    "a header longer than all memory": sealed((2**63).to_bytes(8, "little") + bytes(100)),
    "a header longer than the file": sealed((200).to_bytes(8, "little") + bytes(100)),
    "no header": told(b""),
    "no JSON": told(b"\xff\xfe{"),
    "a list": told(b"[]"),
    "no columns": told(b'{"told": {}}'),
    "columns of another shape": told(b'{"told": {}, "columns": {"a": 7}}'),
    "a column beyond the file": told(b'{"told": {}, "columns": {"a": ["<i8", [9], 0]}}', bytes(64)),
    "a column before the file": told(b'{"told": {}, "columns": {"a": ["<i8", [1], -8]}}', bytes(64)),
    "a column larger than all memory": told(b'{"told": {}, "columns": {"a": ["<i8", [4000000000, 4000000000], 0]}}'),
    "less than nothing": told(b'{"told": {}, "columns": {"a": ["<i8", [-3], 0]}}', bytes(64)),
    "a column of objects": told(b'{"told": {}, "columns": {"a": ["|O", [1], 0]}}', bytes(64)),
    "an unknown kind": told(b'{"told": {}, "columns": {"a": ["what", [1], 0]}}', bytes(64)),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_snapshot_is_refused_and_taken_away(tmp_path: Path, name: str) -> None:
    is_refused(tmp_path / "one", FOREIGN[name])
    several = Snapshots(tmp_path)
    several.keep(SMALL)
    several.path(4).write_bytes(FOREIGN[name])
    found = several.newest()
    assert found is not None
    assert found.told["publication"] == 3
    assert several.numbers() == [3]


def test_any_bytes_are_refused(tmp_path: Path, full: bool) -> None:
    def promise(content: bytes) -> None:
        is_refused(tmp_path / "one", content)
        is_refused(tmp_path / "one", MARK + content)

    hold(st.binary(max_size=300), promise, full)


# Several files


def numbered(number: int) -> Packed:
    return Packed({**SMALL.told, "publication": number}, SMALL.columns)


def test_the_newest_are_kept(tmp_path: Path) -> None:
    several = Snapshots(tmp_path)
    for number in range(1, KEPT + 4):
        several.keep(numbered(number))
    assert several.numbers() == list(range(KEPT + 3, 3, -1))


def test_of_a_number_line_that_begins_again_the_new_files_are_kept(tmp_path: Path) -> None:
    """The store was made anew: later numbers are of the one that is no more."""
    several = Snapshots(tmp_path)
    for number in range(90, 90 + KEPT):
        several.keep(numbered(number))
    several.keep(numbered(1))
    assert several.numbers() == [1]


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    several = Snapshots(tmp_path)
    for name in ("note.txt", "1.snapshot", "000000000001.snapshot.old", "00000000000x.snapshot"):
        (tmp_path / name).write_text("")
    several.keep(SMALL)
    assert several.numbers() == [3]
    assert len(list(tmp_path.glob("*[!g]"))) == 5


# Writers that are killed, and disks that are full


def write_for_ever(folder: Path) -> None:
    several, n = Snapshots(folder), 0
    while True:
        n += 1
        with several.turn() as has_turn:
            if has_turn:
                several.keep(large(n))


def large(n: int) -> Packed:
    return Packed({"publication": 5, "n": n}, {"x": np.full(1 << 18, n), "y": np.full(1000, -n)})


@contextmanager
def writer(folder: Path) -> Iterator[BaseProcess]:
    process = get_context("fork").Process(target=write_for_ever, args=(folder,))
    process.start()
    try:
        yield process
    finally:
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path, full: bool) -> None:
    chance, several, last, drafts = np.random.default_rng(9), Snapshots(tmp_path), 0, 0
    for turn in range(200):
        if turn >= 12 and last > 0 and drafts > 0 and not full:
            break
        with writer(tmp_path):
            time.sleep(chance.uniform(0.005, 0.06))  # a random moment is what is wanted
        drafts += len(list(tmp_path.glob(snapshot.DRAFTS)))
        if several.path(5).exists():
            found = read(several.path(5))
            last = found.told["n"]
            assert equal(found, large(last))
    assert last > 0
    assert drafts > 0, "no writer was killed while it wrote"
    with several.turn() as has_turn:
        assert has_turn, "the turn ends with its process"
        several.keep(SMALL)
    assert list(tmp_path.glob(snapshot.DRAFTS)) == []


def test_only_one_has_the_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several = Snapshots(tmp_path)
    with several.turn() as first:
        monkeypatch.setattr(snapshot, "WAIT_S", 0.1)
        with several.turn() as second:
            assert (first, second) == (True, False)
    with several.turn() as third:
        assert third


def test_where_nothing_can_be_written_nobody_has_the_turn(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    several = Snapshots(tmp_path / "file" / "folder")
    with several.turn() as has_turn:
        assert not has_turn
    with pytest.raises(FileUnwritable):
        several.keep(SMALL)


@contextmanager
def full_disk(most_bytes: int = 4096) -> Iterator[None]:
    """No file may become larger: the writer is told so as by a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    several = Snapshots(tmp_path)
    several.keep(SMALL)
    with full_disk(), pytest.raises(FileUnwritable):
        several.keep(large(1))
    assert several.numbers() == [3]
    assert equal(read(several.path(3)), SMALL)
    assert list(tmp_path.glob(snapshot.DRAFTS)) == []
