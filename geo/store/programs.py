"""How is one of PostgreSQL's own programs run, and what did it say when it failed?"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from geo.store.account import give
from geo.store.place import Place

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that the programs see: no PGHOST, PGOPTIONS or locale of ours; their messages stay English and can be read."""
MARGIN_S = 5.0
"""What a program's own time limit may overrun."""
TAIL_BYTES = 8192
GRAVE = ("PANIC", "FATAL", "error:", "No space left")


def run(command: list[str], place: Place, within_s: float, keep: Sequence[int] = ()) -> tuple[bool, str]:
    """(whether it succeeded, what it told) of one program, as the server's user in the home folder.

    `keep`: open files that it, and what it starts, inherits. It has a session of its own: an interrupt at the keyboard
    is ours to answer, not the database's.
    """
    user = place.user
    # a file, not a pipe: a server keeps what it inherits open, and the pipe would never end
    with (place.log / "command.log").open("w+", encoding="utf-8", errors="replace") as told:
        give(place.log / "command.log", user)
        try:
            done = subprocess.run(  # noqa: S603 - own list, no shell
                command,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
                cwd=place.home,
                env=ENVIRONMENT,
                pass_fds=tuple(keep),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
                timeout=within_s + MARGIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False, f"no answer for {within_s:.0f} s"
        told.seek(0)
        return done.returncode == 0, told.read()


def reason(text: str) -> str:
    """The line of a log or of a program's output that says why it failed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grave = [line for line in lines if any(word in line for word in GRAVE)]
    return (grave or lines or ["no reason was given"])[-1]


def latest(log: Path, since: float) -> str:
    """The end of all server logs written after `since` (seconds of the file system's clock)."""
    fresh = [path for path in sorted(log.glob("*.log")) if path.name != "command.log" and path.stat().st_mtime >= since]
    return "\n".join(path.read_bytes()[-TAIL_BYTES:].decode("utf-8", "replace") for path in fresh)
