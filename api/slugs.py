"""Which problem stands for which refusal of the store? HTTP and the command line tell them in the same words."""

from collections.abc import Mapping
from typing import Final

from api.texts import Value
from geo.store import acceptances, jobs, refusals

SLUGS: Final[Mapping[type[refusals.Refused], str]] = {
    refusals.StaleBase: "stale-base",
    refusals.RegionReserved: "region-reserved",
    refusals.NothingToUndo: "nothing-to-undo",
    refusals.NothingToRedo: "nothing-to-redo",
    refusals.NotDivided: "not-divided",
    refusals.NoSuchRegion: "unknown-code",
    refusals.NoSuchPublication: "unknown-publication",
    refusals.NoSuchOrder: "unknown-order",
    refusals.OrderPending: "order-pending",
    refusals.OrderInForce: "order-in-force",
    refusals.OrderSettled: "order-settled",
    refusals.NotSound: "ground-unsound",
    refusals.NoSuchDraft: "unknown-plan",
    refusals.NotADraft: "plan-not-draft",
    refusals.WrongState: "plan-not-draft",
    refusals.RevisionMoved: "stale-state",
    refusals.BorderConflict: "border-conflict",
    refusals.NotApart: "regions-overlap",
    refusals.NotExact: "coverage-not-exact",
    refusals.CodeTaken: "code-taken",
    refusals.NeverBack: "never-back",
    refusals.AmendmentRefused: "amendment-refused",
    refusals.TreeBroken: "tree-broken",
    refusals.HouseholdsOrphaned: "households-orphaned",
    refusals.ThingGone: "thing-gone",
    refusals.ThingThere: "thing-there",
    refusals.Unsettled: "borders-too-close",
    refusals.NothingToPublish: "nothing-to-publish",
    refusals.KeyReused: "idempotency-key-reused",
    refusals.Busy: "busy",
    acceptances.NeverAccepted: "coverage-never-accepted",
    acceptances.AlreadyAccepted: "already-accepted",
    acceptances.NoSuchAcceptance: "unknown-acceptance",
    acceptances.NoSuchFinding: "unknown-finding",
    acceptances.SeveralFindings: "several-findings",
    jobs.NoSuchJob: "unknown-job",
    jobs.QueueFull: "queue-full",
}
NAMED = 20
"""Codes named in one text; the features of a problem tell all."""


def told(error: refusals.Refused) -> tuple[str, dict[str, Value]]:
    """The slug of a refusal, and the values that its texts may need."""
    codes = ", ".join(error.codes[:NAMED]) + (" …" if len(error.codes) > NAMED else "")
    values: dict[str, Value] = {"codes": codes, "plan": codes, "code": codes, "publication": codes}
    match error:
        case refusals.NotADraft():
            possible = error.possible if isinstance(error, refusals.WrongState) else ()
            slug = "wrong-state" if error.state == "draft" else "plan-not-draft"
            return slug, values | {"state": error.state, "possible": ", ".join(possible) or "-"}
        case refusals.OrderSettled():
            return "order-settled", values | {"state": error.state}
        case refusals.RegionReserved():
            return "region-reserved", values | {"plans": ", ".join(error.plans)}
    return SLUGS[type(error)], values
