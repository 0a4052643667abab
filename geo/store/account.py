"""As whom does the server run, and can that account reach a folder?

PostgreSQL refuses to run as root: for root it runs as the data folder's owner, so that both can use it, else as
`postgres`, else as `nobody`.
"""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from geo.store.errors import StoreUnavailable

USUAL = ("postgres", "nobody")
"""Whom root runs a server as where the folder is root's own."""
TEST_S = 10.0


@dataclass(frozen=True)
class User:
    """An account of this system that the server runs as."""

    name: str
    uid: int
    gid: int


def runner(home: Path) -> User:
    """Whom root lets the server in `home` run as. Raises StoreUnavailable."""
    owner = (home / "cluster" if (home / "cluster").exists() else home).stat().st_uid
    found = (_user(owner) if owner else None) or next(filter(None, map(_user, USUAL)), None)
    if found is None:
        raise StoreUnavailable(
            "PostgreSQL refuses to run as root; no user postgres or nobody is here", "useradd postgres"
        )
    return found


def _user(who: int | str) -> User | None:
    try:
        entry = pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(who)
    except KeyError:
        return None
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid)


def opened(user: User, data: Path) -> bool:
    """Whether the user reaches the data folder, after letting others pass through it (not look into it) if need be."""
    if reaches(user, data):
        return True
    data.chmod(stat.S_IMODE(data.stat().st_mode) | 0o011)
    return reaches(user, data)


def reaches(user: User, folder: Path) -> bool:
    """Asked of the kernel, as that user: mode bits alone do not tell (access lists, groups, mounts)."""
    command = ["test", "-x", str(folder)]
    done = subprocess.run(command, user=user.uid, group=user.gid, extra_groups=[], cwd="/", timeout=TEST_S, check=False)  # noqa: S603 - own list
    return done.returncode == 0


def give(path: Path, user: User | None) -> None:
    """Hand a file or folder that we just made to the server's user."""
    if user is not None:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)


def name(uid: int) -> str:
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user id {uid}"
