"""Which problem stands for which refusal of the store? HTTP and the command line tell them in the same words."""

from collections.abc import Mapping
from typing import Final

from geo.store import acceptances, jobs, refusals

SLUGS: Final[Mapping[type[refusals.Refused], str]] = {
    refusals.StaleBase: "stale-base",
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
