"""Has each grid its people: one who is responsible, and two or three members?

Asked only in regions for which somebody was ever named. Kept grid by grid: a change asks again for the grids it names.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from geo.changes import Concern
from geo.layout import Layout
from geo.model import Finding, Grid, Person, Post, Role, Rule, Severity
from geo.ruleset import Limits
from geo.terms import Staff

NOBODY = Staff()


def counted(people: Iterable[Person]) -> Staff:
    """How many are responsible for a place, and how many are members: people, not bindings.

    Part-time members and organisations come on top and do not count, nor do B posts: they answer for a subject.
    """
    own = {(one.role, one.name, one.phone) for one in people if one.post is not Post.SUBJECT}
    roles = [role for role, _, _ in own]
    return Staff(roles.count(Role.RESPONSIBLE), roles.count(Role.MEMBER))


def findings(grid: Grid, staff: Staff, limits: Limits) -> Iterator[Finding]:
    """A grid whose people are not as many as they should be."""
    responsible = limits.of("staff_responsible", grid.kind)
    least, most = limits.of("staff_members_least", grid.kind), limits.of("staff_members_most", grid.kind)
    wrong = responsible is not None and staff.responsible != responsible
    wrong |= least is not None and staff.members < least
    wrong |= most is not None and staff.members > most
    if wrong:
        asked = {"wanted": responsible, "least": least, "most": most}
        yield Finding(
            rule=Rule.STAFFING,
            severity=Severity.WARNING,
            codes=[grid.code],
            geometry=grid.shape,
            values={
                "responsible": staff.responsible,
                "members": staff.members,
                **{name: int(limit) for name, limit in asked.items() if limit is not None},
            },
        )


class Staffing:
    """Findings by grid."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.by_grid: dict[str, list[Finding]] = {}

    def all(self) -> None:
        """Look at every grid."""
        self._look_at(self._layout.grids)

    def update(self, concern: Concern) -> None:
        """Look again at the grids that a change names."""
        self._look_at(concern.grids)

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them, by grid."""
        yield from chain.from_iterable(self.by_grid[code] for code in sorted(self.by_grid))

    def _look_at(self, codes: Iterable[str]) -> None:
        terms = self._layout.terms
        for code in codes:
            self.by_grid.pop(code, None)
            asked = [grid for grid in self._layout.grids.get(code, ()) if grid.region in terms.staffed]
            staff = terms.staff.get(code, NOBODY)
            found = [one for grid in asked for one in findings(grid, staff, self._layout.limits(grid.region))]
            if found:
                self.by_grid[code] = found
