"""What is wrong with the outlines of the regions above the divided ones?

Kept region by region: where the outline of a divided region changes, those above it are looked at again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from geo import tree
from geo.changes import Concern
from geo.coverage import together
from geo.faults import invalid
from geo.layout import Layout
from geo.model import Finding, Ground, Severity


class Above:
    """Findings by region above divided ones. `elsewhere` is ground of others that may lie in holes: water, regions
    outside the plan."""

    def __init__(self, layout: Layout, elsewhere: Sequence[Ground]) -> None:
        self._layout, self._elsewhere = layout, elsewhere
        self._by_region: dict[str, list[Finding]] = {}
        self._derived: dict[str, Ground] = {}

    def all(self) -> None:
        """Look at everything."""
        self._look_at(self._layout.upper)

    def update(self, concern: Concern) -> None:
        """Look again at the regions above outlines that changed."""
        if concern.outlines:
            parents = {code: region.parent for code, region in self._layout.regions.items()}
            asked = tree.above(concern.outlines, parents)
            self._look_at(code for code in self._layout.upper if code in asked)

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them, by code."""
        yield from chain.from_iterable(self._by_region[code] for code in sorted(self._by_region))

    def _look_at(self, codes: Iterable[str]) -> None:
        """Regions above, every child before its parent."""
        known: list[Ground] | None = None
        for code in codes:
            self._by_region.pop(code, None)
            self._derived.pop(code, None)
            region, below = self._layout.regions[code], self._layout.children(code)
            if found := [replace(one, severity=Severity.WARNING) for one in invalid([(code, region.shape)])]:
                self._by_region[code] = found
            if parts := [part for child in below if (part := self._outline(child)) is not None]:
                self._derived[code] = together(parts)
                known = known or [*(self._layout.outline(one) for one in self._layout.divided), *self._elsewhere]
                if found := [*tree.findings_of(region, self._derived[code], known)]:
                    self._by_region[code] = [*self._by_region.get(code, ()), *found]

    def _outline(self, code: str) -> Ground | None:
        return self._layout.outline(code) if code in self._layout.own else self._derived.get(code)
