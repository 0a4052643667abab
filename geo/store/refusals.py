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


class WrongState(NotADraft):
    """The plan's state does not allow this. `possible` are the actions that it does allow."""

    def __init__(self, number: str, state: str, possible: Sequence[str]) -> None:
        super().__init__(number, state)
        self.possible = tuple(possible)


class RevisionMoved(Refused):
    """The plan was changed since the caller read it; `revision` is the one in force."""

    def __init__(self, revision: int) -> None:
        super().__init__([str(revision)])
        self.revision = revision


class Unsettled(Refused):
    """Noding a region with its neighbours does not come to rest: edges lie too close along each other."""


class StaleBase(Refused):
    """A region was published since the plan was drawn from it."""


class RegionReserved(Refused):
    """A scheduled plan waits with the region: `codes` are the regions, `plans` the ids of those plans."""

    def __init__(self, codes: Sequence[str], plans: Sequence[str]) -> None:
        super().__init__(codes)
        self.plans = tuple(plans)


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


class NothingToUndo(Refused):
    """No step of the plan is left to take back."""


class NothingToRedo(Refused):
    """No step was taken back since the last new one."""


class NoSuchRegion(Refused):
    """No region of these codes is in the tree."""


class NotDivided(Refused):
    """Neither a region of these codes nor any below it is divided into grids."""


class NoSuchPublication(Refused):
    """Nothing was published under this number."""


class NoSuchOrder(Refused):
    """No boundary was ordered under this id."""


class OrderSettled(Refused):
    """The order is in force already, or withdrawn; `state` says which."""

    def __init__(self, number: str, state: str) -> None:
        super().__init__([number])
        self.state = state


class OrderPending(Refused):
    """Another order for the region waits; `order` is its id."""

    def __init__(self, region: str, order: int) -> None:
        super().__init__([region])
        self.order = order


class OrderInForce(Refused):
    """The region has this boundary."""


class NotSound(Refused):
    """An ordered boundary crosses itself, or has no ground."""


class NeighboursMoved(Refused):
    """A neighbour was published between the proof and the switch; staging anew helps."""


class Busy(Refused):
    """Others are publishing and the wait for the number was too long; trying again helps."""


class KeyReused(Refused):
    """The same Idempotency-Key came with another request."""
