"""How good are drawn grids, and how soon are they there, beside METIS, spanning trees (GerryChain) and spopt?

`./dev bench draw [--cases DIR...] [--seeds N] [--only WHO...] [--limit S] [--seed N] [--judge PATH] [--rows FILE]
[--changes]`: cases are folders (`geo.files.case`), or folders of them; seeds are invented communities
(`sample_data.communities`); with `--changes` drawn communities are healed (`benchmarks.draw_changes`) instead.
Every contestant is a process of its own; peers draw on our blocks. With a judge its figures are printed, else ours
(`geo.draw.figures`).
"""

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from benchmarks.draw_cases import Case, case_of
from benchmarks.draw_changes import Healing, healings, line, summary
from benchmarks.draw_contest import WHO, Contest, Entry
from benchmarks.draw_table import tables
from geo.files.case import is_case

LIMIT_S = 20.0
"""Seconds of a peer's way; ours has to be done much sooner."""


def main(arguments: Sequence[str]) -> None:
    """Run all contestants on all cases, tell each result on stderr as it comes, and print the tables."""
    wish = _read(arguments)
    if wish.changes:
        _changes(wish)
        return
    entries: list[Entry] = []
    told = Console(file=sys.stderr, width=130, highlight=False)
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        for path in _folders(wish, Path(folder)):
            case = case_of(path)
            for entry in Contest(case, wish.seed, wish.limit, wish.judge).entries(wish.only or WHO):
                told.print(_line(case, entry))
                entries.append(entry)
                if wish.rows:
                    with wish.rows.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(entry)) + "\n")
    console = Console(file=sys.stdout, width=130)
    for table in tables(entries):
        console.print(table)


def _changes(wish: argparse.Namespace) -> None:
    """Heal every case after some changes instead."""
    told, found = Console(file=sys.stderr, width=150, highlight=False), list[Healing]()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        for path in _folders(wish, Path(folder)):
            for one in healings(case_of(path), wish.seed):
                told.print(line(one))
                found.append(one)
    Console(file=sys.stdout, width=130).print(summary(found))


def _folders(wish: argparse.Namespace, folder: Path) -> Iterator[Path]:
    for given in wish.cases:
        yield from [given] if is_case(given) else sorted(one for one in given.iterdir() if is_case(one))
    if wish.seeds:
        communities = importlib.import_module("sample_data.communities")
        for seed in range(wish.seeds):
            yield communities.written(seed, folder)


def _line(case: Case, entry: Entry) -> str:
    seconds = f"{entry.cpu_s:6.1f} CPU s {entry.wall_s:6.1f} s"
    if entry.measures is None:
        return f"{case.name:28} {entry.who:17} {seconds}  {entry.why}"
    hard = "" if entry.measures.hard else "  hard rules broken"
    return f"{case.name:28} {entry.who:17} {seconds}  soft {entry.measures.soft:.4f}{hard}"


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench draw", description=__doc__)
    parser.add_argument("--cases", type=Path, nargs="+", default=[], help="a case's folder, or a folder of such")
    parser.add_argument("--seeds", type=int, default=0, help="so many invented communities")
    parser.add_argument("--only", choices=WHO, nargs="+", help="these contestants")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds for each way of a peer")
    parser.add_argument("--seed", type=int, default=1, help="of the contestants")
    parser.add_argument("--judge", type=Path, help="a program that measures plans")
    parser.add_argument("--changes", action="store_true", help="heal drawn communities after changes instead")
    parser.add_argument("--rows", type=Path, help="a file that gets each result as a line of JSON")
    return parser.parse_args(arguments)
