"""How are the programs that answer over HTTP started, and how much processor time do they use?"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cpu
from geo.store.embedded import Cluster

START_S, END_S, LOOK_S = 120.0, 30.0, 0.02


@dataclass(frozen=True)
class Served:
    """A running server: its port on this machine, and the number of its process."""

    port: int
    process: int

    @property
    def cpu_s(self) -> float:
        """CPU seconds of it and of its children since it began."""
        return cpu.process_s(self.process)


@contextmanager
def wangge(cluster: Cluster, plain: int, full: int) -> Iterator[Served]:
    """`wangge serve` on a cluster, with hello routes of so many bytes beside the real ones (`benchmarks.hello`)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "DATABASE_"))}
    variables = {"DATABASE_URL": cluster.service_url, "WANGGE_OWNER_URL": cluster.owner_url}
    command = [sys.executable, "-m", "benchmarks.hello", str(plain), str(full), "serve", "--port", "0"]
    with started(command, kept | variables, r"ready http://[^:]+:([0-9]+)") as served:
        yield served


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], ready: str) -> Iterator[Served]:
    """A server, given once it prints a line that matches `ready`, whose group is the port; ended with the block.

    Raises RuntimeError where it ends before.
    """
    with (
        tempfile.NamedTemporaryFile() as said,
        subprocess.Popen(command, stdout=said, stderr=said, env=environment) as process,
    ):
        try:
            yield Served(_port(process, Path(said.name), ready), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=END_S)
            finally:
                process.kill()


def _port(process: subprocess.Popen[bytes], said: Path, ready: str) -> int:
    """Looks at what the server says until it says where it answers; a file, for a pipe that nobody reads fills up."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            process.wait(timeout=LOOK_S)
        except subprocess.TimeoutExpired:
            if found := re.search(ready, said.read_text("utf-8", "replace")):
                return int(found[1])
        else:
            break
    raise RuntimeError(f"a server did not answer: {said.read_text('utf-8', 'replace')[-3000:]}")
