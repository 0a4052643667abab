"""How long does a search among 400,000 buildings take, and what does a thing that can be found weigh?

`python -m benchmarks.search` prints milliseconds of CPU time, the least of five rounds, for needles that are rare,
everywhere or absent, beside looking for them in a list of the same texts.
"""

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from geo.address import normal
from geo.model import Layer
from geo.search import Entry, Finder, How, made

BUILDINGS, GRIDS = 400_000, 15_000
ROUNDS = 5
NEEDLES = (
    ("everywhere, one character", "路"),
    ("everywhere, a digit", "1"),
    ("an exact id", "b00123456"),
    ("the end of an id", "123456"),
    ("a street", "桃溪路"),
    ("a door of one street", "桃溪路128号"),
    ("two words", "桃溪路 12栋"),
    ("two words that never meet", "桃溪路 柳堰大道"),
    ("absent, one character", "梦"),
    ("absent, of characters that occur", "柳桃路"),
    ("absent, long", "虚构区柳堰街道桃溪路1280号99栋"),
)


def main() -> None:
    """Print the figures of a search."""
    things, start = entries(), time.process_time()
    arrays = made(things)
    taken, size = time.process_time() - start, sum(array.nbytes for array in arrays.values())
    finder, texts = Finder(arrays), ["\0".join(map(normal, thing[1:4])) for thing in things]
    table = Table("needle", "hits", "wangge, ms", "a list of texts, ms", box=None)
    for name, needle in NEEDLES:
        words = [normal(word) for word in needle.split()]
        ours = _least(lambda needle=needle: finder.search(needle))  # type: ignore[misc]
        plain = _least(lambda words=words: _looked(texts, words), rounds=1)  # type: ignore[misc]
        table.add_row(f"{name}: {needle}", str(len(finder.search(needle))), f"{ours:.2f}", f"{plain:.0f}")
    console = Console(file=sys.stdout, width=120)
    console.print(f"{len(things):,} things: made in {taken:.1f} s, {size / len(things):.0f} bytes each")
    ids = [f"b{n:08}" for n in range(0, BUILDINGS, 400)]
    found = _least(lambda: [finder.find(one, Layer.BUILDING) for one in ids]) / len(ids) * 1000
    console.print(f"one building by its id: {found:.0f} us")
    console.print(table)


def entries() -> list[Entry]:
    """An invented city: grids, and buildings along its streets; the same on every machine."""
    chance = np.random.default_rng(1)
    streets = [
        f"{a}{b}{c}" for a in "桃柳梅竹松杨槐枫莲荷" for b in "溪堰园林河山泉湖" for c in ("路", "街", "巷", "大道")
    ]
    towns = [f"{a}{b}街道" for a in "东西南北" for b in "门桥湖山"]
    grids = [Entry(Layer.GRID, f"5101{n:010}", f"第{n}网格", place=(104.0, 30.5)) for n in range(GRIDS)]
    drawn = zip(
        chance.integers(0, len(streets), BUILDINGS).tolist(),
        chance.integers(1, 999, BUILDINGS).tolist(),
        chance.integers(1, 40, BUILDINGS).tolist(),
        strict=True,
    )
    return grids + [
        Entry(
            Layer.BUILDING,
            f"b{n:08}",
            f"{block}栋",
            f"虚构区{towns[street % len(towns)]}{streets[street]}{door}号{block}栋",
            grids[n % GRIDS].code,
            How.SHARE,
            (104.0, 30.5),
        )
        for n, (street, door, block) in enumerate(drawn)
    ]


def _looked(texts: Sequence[str], words: Sequence[str]) -> list[int]:
    """Numbers of all texts that hold the words: what most would write."""
    return [n for n, text in enumerate(texts) if all(word in text for word in words)]


def _least(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of CPU time."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return min(taken) * 1000


if __name__ == "__main__":
    main()
