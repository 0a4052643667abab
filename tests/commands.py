"""How do tests run `wangge`: in this process where it is quick, as a process of its own where that is the point?"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from conftest import Store
from warm import Started, Starts

from api.cli import main

RUN = "from api.cli import main; main()"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without what speaks to the service, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "DATABASE_"))}
    return {**kept, "COLUMNS": "200", **variables}


def of_store(store: Store) -> dict[str, str]:
    return {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}


def process(
    *arguments: object, variables: Mapping[str, str] | None = None, before: Callable[[], None] | None = None
) -> Ended:
    """`wangge ...` in a process of its own; `before` runs in it first, and then it is never a warm one."""
    if before is None and Starts.are_warm:
        return _warm([*map(str, arguments)], environment(**(variables or {})))
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    done = subprocess.run(
        command,
        check=False,
        env=environment(**(variables or {})),
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def _warm(arguments: Sequence[str], variables: Mapping[str, str]) -> Ended:
    with TemporaryDirectory() as folder:
        messages = Path(folder) / "messages"
        one = Started(arguments, variables, messages)
        try:
            assert one.stdout is not None
            with one.stdout as told:
                out = told.read()
            return Ended(one.wait(120), out, messages.read_text("utf-8"))
        finally:
            one.kill()


class Here:
    """`wangge ...` in this process, on one store."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch, caught: pytest.CaptureFixture[str]) -> None:
        self._variables, self._patch, self._caught = of_store(store), patch, caught

    def __call__(self, *arguments: object, **variables: str) -> Ended:
        self._caught.readouterr()
        before = signal.getsignal(signal.SIGTERM)
        with self._patch.context() as patch:
            for name in [name for name in os.environ if name.startswith("WANGGE_")]:
                patch.delenv(name)
            for name, value in {**self._variables, "COLUMNS": "200", **variables}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["wangge", *map(str, arguments)])
            try:
                main()
                status = 0
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                signal.signal(signal.SIGTERM, before)
        out, err = self._caught.readouterr()
        return Ended(status, out, err)
