"""How are drawings of many communities told: by kind, beside what was asked, and by size?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import mean

from rich.table import Table

from benchmarks.draw_contest import OURS, WHO, Entry
from benchmarks.draw_measures import Measures

RIVALS = ("METIS", "GerryChain")
"""Ours is to be better than the better of these, by this much in the mean and in no case worse."""
MARGIN = 0.03
SIZES = ((1_000, 2.0), (5_000, 5.0), (15_000, 10.0), (50_000, 30.0))
"""Up to so many households, seconds asked for."""
FIGURES: Sequence[tuple[str, str, Callable[[Measures], float | None]]] = (
    ("variation of load", "<=", lambda one: one.variation),
    ("Polsby-Popper, mean", ">=", lambda one: one.polsby_popper),
    ("Polsby-Popper, worst grid", ">=", lambda one: one.polsby_popper_worst),
    ("Reock", ">=", lambda one: one.reock),
    ("hull ratio", ">=", lambda one: one.hull),
    ("interior boundary on roads", ">=", lambda one: one.on_lines),
    ("barriers kept", ">=", lambda one: one.barriers_kept),
    ("soft score", ">=", lambda one: one.soft),
)
"""In the order of what is asked, and whether less or more is better."""
ASKED: Mapping[str, Sequence[float]] = {
    "oldtown": (0.03, 0.62, 0.40, 0.52, 0.90, 0.97, 0.92, 0.88),
    "regular": (0.05, 0.66, 0.40, 0.52, 0.90, 0.97, 0.92, 0.88),
    "super": (0.06, 0.66, 0.40, 0.52, 0.90, 0.65, 0.80, 0.88),
    "real": (0.06, 0.62, 0.30, 0.52, 0.90, 0.93, 0.50, 0.88),
}
"""By how a kind's name begins; of other kinds nothing is asked but the score."""
NOTHING = "–"


def tables(entries: Sequence[Entry]) -> Iterator[Table]:
    """One a kind, one of all, one of seconds by size. Figures are means over the cases that a contestant divided."""
    kinds = sorted({entry.kind for entry in entries})
    for kind in kinds:
        yield _of_kind(kind, [entry for entry in entries if entry.kind == kind])
    if len(kinds) > 1:
        yield _of_kind("all", entries)
    yield _by_size(entries)


def _of_kind(kind: str, entries: Sequence[Entry]) -> Table:
    who = [name for name in WHO if any(entry.who == name for entry in entries)]
    by_who = {name: [entry for entry in entries if entry.who == name] for name in who}
    cases = len({entry.case for entry in entries})
    table = Table(f"{kind}, {cases} cases", "asked", *who, box=None)
    table.add_row("hard rules kept", f"{cases}", *(_kept(by_who[name]) for name in who))
    asked = next((figures for begin, figures in ASKED.items() if kind.startswith(begin)), None)
    for number, (name, sense, figure) in enumerate(FIGURES):
        wanted = NOTHING if asked is None else f"{sense} {asked[number]:.2f}"
        table.add_row(name, wanted, *(_mean(by_who[one], figure) for one in who))
    table.add_row("margin, mean", f">= {MARGIN:.2f}", *(_margin(entries, name, mean) for name in who))
    table.add_row("margin, least", ">= 0", *(_margin(entries, name, min) for name in who))
    for name, seconds in (("CPU seconds", "cpu_s"), ("seconds", "wall_s")):
        table.add_row(name, "", *(f"{mean(getattr(one, seconds) for one in by_who[who_]):.1f}" for who_ in who))
    return table


def _kept(entries: Sequence[Entry]) -> str:
    """How many cases, and in brackets of how many, where not all were divided."""
    divided = [entry.measures for entry in entries if entry.measures is not None]
    kept = sum(measures.hard for measures in divided)
    return f"{kept}" if len(divided) == len(entries) else f"{kept} ({len(divided)} divided)"


def _mean(entries: Sequence[Entry], figure: Callable[[Measures], float | None]) -> str:
    told = [figure(entry.measures) for entry in entries if entry.measures is not None]
    known = [value for value in told if value is not None]
    return f"{mean(known):.3f}" if known else NOTHING


def _margin(entries: Sequence[Entry], who: str, of: Callable[[Sequence[float]], float]) -> str:
    """How much better the score is than the best of the rivals that divided the same case."""
    if who != OURS:
        return ""
    scores: dict[str, dict[str, float]] = {}
    for entry in entries:
        if entry.measures is not None:
            scores.setdefault(entry.case, {})[entry.who] = entry.measures.soft
    told = [
        one[OURS] - max(one[rival] for rival in RIVALS if rival in one)
        for one in scores.values()
        if OURS in one and any(rival in one for rival in RIVALS)
    ]
    return f"{of(told):+.3f}" if told else NOTHING


def _by_size(entries: Sequence[Entry]) -> Table:
    """The longest that each contestant took for a case of a size, CPU and wall."""
    who = [name for name in WHO if any(entry.who == name for entry in entries)]
    table = Table("households", "asked, s", *(f"{name}, CPU s / s" for name in who), box=None)
    least = 0
    for most, seconds in SIZES:
        own = [entry for entry in entries if least < entry.households <= most]
        least = most
        if own:
            table.add_row(f"to {most:,}", f"{seconds:g}", *(_longest(own, name) for name in who))
    return table


def _longest(entries: Sequence[Entry], who: str) -> str:
    own = [entry for entry in entries if entry.who == who]
    return f"{max(one.cpu_s for one in own):.1f} / {max(one.wall_s for one in own):.1f}" if own else NOTHING
