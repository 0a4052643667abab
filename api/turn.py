"""What has whoever works on a job? The right to write of it, a folder, and a way to tell how far it is."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.problems import Problem
from api.texts import Language
from geo.store import door, jobs
from geo.store.connect import reachable, session
from geo.store.jobs import Job

TOLD_EVERY_S = 0.5
"""Progress is written no more often than this."""


@dataclass
class Turn:
    """The right to work on a job, and what is needed for it."""

    engine: Engine
    folder: Path
    job: Job
    keep: timedelta
    told: float = field(default=0.0)
    phase: str = field(default="")
    is_enough: bool = field(default=False)
    """The best so far is wanted now."""
    _so_far: bool = field(default=False)
    """Something was told that is not the end of it."""

    @property
    def language(self) -> Language:
        """That of the texts in what comes of the job."""
        return language_of(self.job)

    def __call__(self, phase: str, done: int, total: int, result: Mapping[str, Any] | None = None) -> None:
        """Tell how far it is, with what there is so far. Raises Stopped, StoreUnavailable."""
        if phase == self.phase and time.monotonic() - self.told < TOLD_EVERY_S:
            return
        with self.step() as work:
            self.is_enough = jobs.note(work, self.job.id, self.job.turn, phase, done, total, result)
        self.phase, self.told = phase, time.monotonic()
        self._so_far = self._so_far or result is not None

    @contextmanager
    def step(self) -> Iterator[Session]:
        """One transaction. Raises StoreUnavailable, Busy."""
        with reachable(), session(self.engine) as work, work.begin():
            try:
                yield work
            except DBAPIError as error:
                raise door.refusal(error) from error

    def finish(self, work: Session, result: Mapping[str, Any]) -> None:
        """End the job, in the transaction of what it did, with what came of it. Raises Stopped."""
        jobs.finish(work, self.job.id, self.job.turn, sound(result), self.keep)

    def fail(self, problem: Problem, **more: Any) -> None:
        """End the job with what is wrong."""
        with self.step() as work:
            document = told(problem, self.job.id, self.language)
            more = {"result": None, **more} if self._so_far else more
            jobs.fail(work, self.job.id, self.job.turn, document, self.keep, **more)


def language_of(job: Job) -> Language:
    """That of whoever asked for a job."""
    return "zh" if job.asked.get("language") == "zh" else "en"


def told(problem: Problem, number: UUID, language: Language) -> dict[str, Any]:
    """A problem as it stands in the job."""
    return sound(problem.document(language, f"/v1/jobs/{number}"))


def sound(document: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values that the store can keep: U+0000 becomes U+FFFD."""
    raw = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY).replace(b"\\u0000", b"\\ufffd")
    kept: dict[str, Any] = orjson.loads(raw)
    return kept
