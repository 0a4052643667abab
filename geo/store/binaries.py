"""Which PostgreSQL with PostGIS of this system shall run a private cluster?"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.store.errors import StoreUnavailable

OLDEST_MAJOR = 13
"""Older servers are out of support and lack what the migrations use."""
ASK_S = 10.0
"""Seconds for a program to tell its version or its folder."""
USUAL = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # packages of postgresql.org for Red Hat's family
    "/usr/lib/postgresql/bin",  # openSUSE
    "/usr/libexec/postgresql*",  # Alpine
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/opt/homebrew/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/opt/local/lib/postgresql*/bin",  # MacPorts
    "/usr/local/pgsql/bin",
    "/usr/local/bin",
    "/usr/bin",
)
NEEDED = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True, order=True)
class Binaries:
    """One installed PostgreSQL server that has PostGIS; newer ones compare greater."""

    version: tuple[int, ...]
    bindir: Path

    @property
    def major(self) -> int:
        return self.version[0]

    def program(self, name: str) -> str:
        return str(self.bindir / name)


def found(major: int | None = None, places: Iterable[Path] | None = None) -> Binaries:
    """The newest supported server with PostGIS, or the newest of `major` where a data folder demands one.

    `places` are folders of programs to look into, by default this system's usual ones. Raises StoreUnavailable.
    """
    servers = sorted(_servers(_places() if places is None else places), reverse=True)
    fitting = [b for b in servers if b.major >= OLDEST_MAJOR and major in (None, b.major) and has_postgis(b)]
    if fitting:
        return fitting[0]
    raise StoreUnavailable(_lack(major, servers), remedy(major))


def has_postgis(binaries: Binaries) -> bool:
    """Whether CREATE EXTENSION postgis can work with this server."""
    return any((share / "extension" / "postgis.control").is_file() for share in _share_folders(binaries))


def remedy(major: int | None = None) -> str:
    """The line that installs what is missing on this system."""
    if shutil.which("apt-get"):
        package = f"postgresql-{major}-postgis-3" if major else "postgresql-postgis"
        return f"apt-get install {package}"
    if shutil.which("brew"):
        return "brew install postgis"
    if shutil.which("dnf"):
        return "dnf install postgresql-server postgresql-contrib postgis"
    return "install PostgreSQL with PostGIS, or set DATABASE_URL"


def _lack(major: int | None, servers: list[Binaries]) -> str:
    seen = ", ".join(".".join(map(str, b.version)) for b in servers) or "none"
    if major:
        return f"this data folder was made by PostgreSQL {major}, which is not here with PostGIS (found: {seen})"
    return f"no PostgreSQL {OLDEST_MAJOR} or newer with PostGIS is here (found: {seen})"


def _places() -> Iterator[Path]:
    for pattern in USUAL:
        yield from Path("/").glob(pattern.lstrip("/"))
    on_path = shutil.which("pg_config")
    if on_path and (folder := _told([on_path, "--bindir"])):
        yield Path(folder)


def _servers(places: Iterable[Path]) -> Iterator[Binaries]:
    for folder in {os.path.realpath(place) for place in places}:
        if not all(os.access(os.path.join(folder, name), os.X_OK) for name in NEEDED):
            continue
        # "postgres (PostgreSQL) 15.18 (Debian ...)"; a beta says "19beta1"
        told = re.search(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?", _told([os.path.join(folder, "postgres"), "--version"]))
        if told:
            yield Binaries(tuple(int(n) for n in told.groups() if n), Path(folder))


def _share_folders(binaries: Binaries) -> Iterator[Path]:
    told = _told([binaries.program("pg_config"), "--sharedir"])
    if told:
        yield Path(told)
        return
    # a server can be installed without its pg_config: the layouts that PostgreSQL itself is built with
    above = binaries.bindir.parent
    yield from (above / "share", above / "share" / "postgresql", Path(f"/usr/share/postgresql/{binaries.major}"))


def _told(command: list[str]) -> str:
    """What a program prints, "" where it is absent or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_S, check=False)  # noqa: S603 - own list
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
