"""Which buildings of a plan stand on each other's ground?

Kept pair by pair, so that a change asks again only about the buildings it is about.
"""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TypeAlias

from geo.changes import Concern
from geo.footprints import stacked_findings
from geo.layout import Layout
from geo.model import Building, Finding
from geo.places import box_of

Pair: TypeAlias = tuple[str, str]


class Stacks:
    """Findings by the ids of two buildings, the smaller one first. What they may share is one limit for the map."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._most_m2 = layout.terms.ruleset.within(()).of("stacked_m2")
        self._by_pair: dict[Pair, list[Finding]] = {}

    def all(self) -> None:
        """Look at everything."""
        self._look_at(self._layout.buildings.keys(), None)

    def update(self, concern: Concern) -> None:
        """Look again at buildings that changed."""
        changed = concern.buildings
        if not changed:
            return
        for pair in [pair for pair in self._by_pair if not changed.isdisjoint(pair)]:
            del self._by_pair[pair]
        there = [one for id_ in changed for one in self._layout.buildings.get(id_, ())]
        near = self._layout.homes.meeting([box for one in there if (box := box_of(one.shape))])
        self._look_at(near, changed)

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them, by the ids."""
        yield from chain.from_iterable(self._by_pair[pair] for pair in sorted(self._by_pair))

    def _look_at(self, ids: Collection[str], asked: Collection[str] | None) -> None:
        """Pairs among some buildings, only those of one that is asked about."""
        rows: list[Building] = [one for id_ in sorted(ids) for one in self._layout.buildings[id_]]
        of = None if asked is None else {number for number, one in enumerate(rows) if one.id in asked}
        for finding in stacked_findings(rows, of, lambda _: self._most_m2):
            self._by_pair.setdefault((finding.codes[0], finding.codes[1]), []).append(finding)
