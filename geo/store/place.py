"""Where do the files of a private cluster lie?

In the data folder. Only where the account that the server runs as cannot reach that (root's, below /root, say), they
lie in /var/lib/wangge, and a pointer file in the data folder tells where.
"""

import hashlib
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geo.store.account import User, give, name, opened, reaches, runner
from geo.store.errors import StoreUnavailable

PORT = 5432
"""Names the socket only: nothing listens on a network."""
SOCKET_BYTES = 90
"""Longest socket path used; the kernel's limit is 107 on Linux and 103 on macOS."""
ELSEWHERE = Path("/var/lib/wangge")
"""Home of clusters whose data folder the server's user cannot reach."""
POINTER = "cluster-lies-in"
SHORT = Path("/tmp")  # noqa: S108 - checked for owner and mode; fixed, so that every command finds the same socket


@dataclass(frozen=True)
class Place:
    """The folders of one private cluster. `user` is None where the server runs as ourselves."""

    data: Path
    home: Path
    user: User | None

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def serve(self) -> Path:
        return self.locks / "serve"

    @property
    def users(self) -> Path:
        return self.locks / "users"

    @property
    def start(self) -> Path:
        return self.locks / "start"

    @property
    def alive(self) -> Path:
        return self.locks / "alive"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def sockets(self) -> Path:
        """`run/`, or a folder in /tmp where that path is too long or holds what a connection address cannot."""
        run = self.home / "run"
        plain = str(run).isascii() and str(run).isprintable() and "," not in str(run)
        if plain and len(f"{run}/.s.PGSQL.{PORT}") <= SOCKET_BYTES:
            return run
        owner = self.user.uid if self.user else os.geteuid()
        return SHORT / f"wangge-{owner}-{_short_hash(self.home)}"

    @property
    def socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    @property
    def note(self) -> str:
        """What a person should know about the place, "" where it is the expected one."""
        if self.home == self.data:
            return ""
        who = self.user.name if self.user else ""
        return f"user {who} cannot reach {self.data}: the database lies in {self.home}"

    def make(self) -> None:
        """Create what is missing; every folder is private (0700) and belongs to the server's user."""
        for folder in (self.locks, self.log, self.sockets):
            private(folder, self.user)
        for file in (self.serve, self.users, self.start, self.alive):
            file.touch(0o600)
            if self.user and file.stat().st_uid == 0:
                give(file, self.user)


def settle(data: Path) -> Place:
    """The place of a data folder, created where missing. Raises StoreUnavailable."""
    try:
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
        place = _for_root(data) if os.geteuid() == 0 else _for_us(data)
        place.make()
    except OSError as error:
        raise StoreUnavailable(f"cannot use the data folder {data}: {error.strerror or error}") from error
    return place


def private(folder: Path, user: User | None) -> None:
    """A folder of mode 0700 that belongs to the server's user. Raises StoreUnavailable where it is another's."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and user and found.st_uid == 0:
        give(folder, user)  # ours from just now, or another command's that is at this very line, or died there
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != (user.uid if user else os.geteuid()):
        raise StoreUnavailable(f"{folder} belongs to {name(found.st_uid)}", f"run as {name(found.st_uid)}, or as root")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def _for_us(data: Path) -> Place:
    if (data / POINTER).exists():
        raise StoreUnavailable(f"the database of {data} was made by root", "run as root, or use another WANGGE_DATA")
    return Place(data, data, None)


def _for_root(data: Path) -> Place:
    home = _pointed(data) or data
    user = runner(home)
    if home != data:
        return Place(data, home, user)
    if not reaches(user, data.parent) or not opened(user, data):
        return Place(data, _moved(data, user), user)
    return Place(data, data, user)


def _pointed(data: Path) -> Path | None:
    pointer = data / POINTER
    if not pointer.exists():
        return None
    home = Path(pointer.read_text("utf-8").strip())
    if not home.is_dir():
        raise StoreUnavailable(
            f"{pointer} names {home}, which is not there", f"remove {pointer} to begin an empty store"
        )
    return home


def _moved(data: Path, user: User) -> Path:
    """A fresh home outside, entered in the pointer file; the first of two starters decides.

    The name is not the path's hash alone: a data folder erased and made anew must not find its old contents.
    """
    if not ELSEWHERE.exists():
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        ELSEWHERE.chmod(0o755)  # whatever our umask is: the server's user passes through it
    home = ELSEWHERE / f"{_short_hash(data)}-{secrets.token_hex(4)}"
    private(home, user)
    written = data / f"{POINTER}.{home.name}"
    written.write_text(f"{home}\n", "utf-8")
    try:
        os.link(written, data / POINTER)
    except FileExistsError:
        home.rmdir()
        return _pointed(data) or data
    finally:
        written.unlink()
    return home


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
