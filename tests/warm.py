"""How do tests start `wangge` as a process of its own without loading all its libraries each time?

A process that has loaded them once is forked for each start: all is as ever from the reading of its arguments on.
What `wangge` begins itself, for geometry and for jobs, is forked from the same one. With --full, and where a test needs
it, a start is the real one.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from multiprocessing import Pipe, forkserver, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import IO

ROOMS = ("main", "serving", "importing", "publishing", "exporting", "diagnosing", "verifying", "owning", "checking")
COMMAND = "from api.cli import main; main()"
BEGINNERS = ("api.pool", "api.work")
"""Who begins processes in a service."""


class Starts:
    """How processes are started in this run of the tests: the quick one has one process where a user's has several."""

    are_warm = False

    @classmethod
    def fewer(cls) -> dict[str, int]:
        """Settings of services of which nothing else is asked."""
        return {"pool_workers": 1, "tile_ahead": False} if cls.are_warm else {}


def fork_all() -> None:
    """What services in this process begin from now on is forked as well, where they are loaded."""
    for name in BEGINNERS:
        if name in sys.modules:
            vars(sys.modules[name])["get_context"] = _context


def _context(method: str = "") -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([f"api.cli.{room}" for room in ROOMS])
    return context


class Started:
    """A `wangge` that runs, as `subprocess.Popen` has it; what it says goes into a pipe and a file.

    With `spawning` the processes that it begins are its own children, as a user's are.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        stderr: Path,
        before: str = "",
        spawning: bool = False,
    ) -> None:
        reading, writing = Pipe(duplex=False)
        with closing(writing), closing(reading):
            told = (list(arguments), dict(environment), writing, str(stderr), before, spawning)
            self._process = _context().Process(target=_run, args=told)
            self._process.start()
            self.stdout: IO[str] | None = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
        self.pid = self._process.pid or 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("wangge", timeout or 0)
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """What is left on stdout, once it ended."""
        self.wait(timeout)
        assert self.stdout is not None
        with self.stdout as left:
            return left.read(), None


def started(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    stderr: Path,
    before: str = "",
    spawning: bool = False,
) -> "Started | subprocess.Popen[str]":
    """`wangge ...`; `before` is Python that it runs first, `spawning` as `Started` has it."""
    if Starts.are_warm:
        return Started(arguments, environment, stderr, before, spawning)
    command = [sys.executable, "-c", f"{before}\n{COMMAND}", *arguments]
    with stderr.open("w") as messages:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=messages, text=True, env=dict(environment))


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], out: Connection, err: str, before: str, spawning: bool
) -> None:
    """In the new process."""
    if not spawning and sys.version_info < (3, 14):  # from then on the warm process wants to be shown a key
        fork_all()
        # it runs, and is known by its address; that it is no child of this process keeps Python from asking it
        forkserver._forkserver.ensure_running = lambda: None
    os.environ.clear()
    os.environ.update(environment)
    with open(os.devnull) as nothing, open(err, "w") as messages:
        for number, file in enumerate((nothing, out, messages)):
            os.dup2(file.fileno(), number)
    out.close()
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = ["wangge", *arguments]
    exec(before, {})
    from api.cli import main  # noqa: PLC0415 - not before the environment is set

    main()
