"""Why does the door not open for a plan?"""

from collections.abc import Sequence

from geo.model import Finding


class Refused(Exception):  # noqa: N818 - an answer of the store that callers name, not a mistake of theirs
    """The store keeps what it has. `codes` are what it is about, `findings` the places where that is known."""

    def __init__(self, codes: Sequence[str] = (), findings: Sequence[Finding] = ()) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)
        self.findings = tuple(findings)


class NoSuchDraft(Refused):
    """No plan has this id."""

    def __init__(self, number: str) -> None:
        super().__init__([number])


class NotADraft(NoSuchDraft):
    """The plan was published or withdrawn."""

    def __init__(self, number: str, state: str) -> None:
        super().__init__(number)
        self.state = state


class RevisionMoved(Refused):
    """The plan was changed since the caller read it; `revision` is the one in force."""

    def __init__(self, revision: int) -> None:
        super().__init__([str(revision)])
        self.revision = revision


class Unsettled(Refused):
    """Noding a region with its neighbours does not come to rest: edges lie too close along each other."""


class StaleBase(Refused):
    """A region was published since the plan was drawn from it."""


class NotExact(Refused):
    """The grids of a region do not cover it exactly."""


class NotApart(Refused):
    """Two regions share ground, or a node of their border stands on one side only."""


class BorderConflict(NotApart):
    """A region shares ground with a published neighbour that the plan does not redraw."""


class CodeTaken(Refused):
    """A grid code stands in another region, or is retired: codes are never used again."""


class NeverBack(Refused):
    """A region once proven cannot become provisional again."""


class AmendmentRefused(Refused):
    """A node on a neighbour's border would do more there than add a node."""


class TreeBroken(Refused):
    """A region has no parent in the tree, or is its own ancestor."""


class HouseholdsOrphaned(Refused):
    """Buildings with households would lose their grid."""


class ThingGone(Refused):
    """What an update touches was taken out since."""


class ThingThere(Refused):
    """What the plan adds was added by somebody else since."""


class NothingToPublish(Refused):
    """The plan changes nothing."""


class NeighboursMoved(Refused):
    """A neighbour was published between the proof and the switch; staging anew helps."""


class Busy(Refused):
    """Others are publishing and the wait for the number was too long; trying again helps."""


class KeyReused(Refused):
    """The same Idempotency-Key came with another request."""
