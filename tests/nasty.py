"""Which files does a city's worst morning bring? Written by rule from a seed, each with the verdict it deserves."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nasty_archives
import nasty_drawings
import nasty_shapes
import nasty_texts

SEED = 20


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file, how it is read, and what has to come of it.

    `refused`: the id by which the whole file is refused; else `good` rows, `problems` by id, and `values` of the good
    ones: attribute -> value of each.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    good: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)


def write(folder: Path, seed: int = SEED) -> list[Case]:
    """Write every file into the folder; the same seed gives the same cases."""
    dice = random.Random(seed)
    makers: list[Callable[[Path, random.Random], list[dict[str, Any]]]] = [
        nasty_shapes.write,
        nasty_drawings.write,
        nasty_texts.write,
        nasty_archives.write,
    ]
    return [Case(**case) for make in makers for case in make(folder, dice)]
