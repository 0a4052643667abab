"""Which findings did people accept, who let them stand and why, and which of it was withdrawn?

What is accepted is a finding of the published map with its own place. Rows are only ever added, and withdrawn once
(`migrations/sql/acceptances.sql`); both stand in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, Select, func, insert, or_, select, update
from sqlalchemy.orm import Session

from geo.acceptance import about, marked, nearest
from geo.model import COVERAGE_RULES, Acceptance, Finding, Ground, Rule, Severity
from geo.store.drafts import note, wkb
from geo.store.published import meets_any
from geo.store.refusals import Refused
from geo.store.tables import acceptance

LOCK = 7_266_446
"""Advisory lock key: two who accept one finding at once do it one after the other."""


class NeverAccepted(Refused):
    """The finding is about coverage: it is healed, or published as provisional."""


class AlreadyAccepted(Refused):
    """The finding is accepted as it is."""


class NoSuchFinding(Refused):
    """The published region has no finding of that rule about these codes at that place."""


class SeveralFindings(Refused):
    """More than one finding could be meant."""


class NoSuchAcceptance(Refused):
    """Nobody accepted anything under this number."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An acceptance, and when (ISO 8601) and by whom it was withdrawn, if it was."""

    acceptance: Acceptance
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None


def in_force(session: Session, meets: Sequence[Ground] = ()) -> list[Acceptance]:
    """What is accepted now, ordered by id; only what has no place or whose box meets a shape's, if shapes are given."""
    query = _query().where(acceptance.c.withdrawn_at.is_(None)).order_by(acceptance.c.id)
    if meets:
        query = query.where(or_(acceptance.c.shape.is_(None), meets_any(acceptance.c.shape, meets)))
    return [_kept(row).acceptance for row in session.execute(query)]


def at(session: Session, moment: datetime) -> list[Acceptance]:
    """What was accepted at an instant, ordered by id."""
    begun, ended = acceptance.c.at <= moment, acceptance.c.withdrawn_at
    query = _query().where(begun, or_(ended.is_(None), ended > moment)).order_by(acceptance.c.id)
    return [_kept(row).acceptance for row in session.execute(query)]


def listed(session: Session, *, before: int | None = None, limit: int, withdrawn: bool = False) -> list[Kept]:
    """Acceptances, newest first: those in force, or with the withdrawn ones; only with a smaller id than `before`."""
    query = _query().order_by(acceptance.c.id.desc()).limit(limit)
    if not withdrawn:
        query = query.where(acceptance.c.withdrawn_at.is_(None))
    if before is not None:
        query = query.where(acceptance.c.id < before)
    return [_kept(row) for row in session.execute(query)]


def find(session: Session, number: int) -> Kept:
    """One acceptance, withdrawn or not. Raises NoSuchAcceptance."""
    row = session.execute(_query().where(acceptance.c.id == number)).one_or_none()
    if row is None:
        raise NoSuchAcceptance([str(number)])
    return _kept(row)


def refuse_coverage(rule: Rule) -> None:
    """Raises NeverAccepted for the rules about coverage."""
    if rule in COVERAGE_RULES:
        raise NeverAccepted([rule.value])


def chosen(
    findings: Sequence[Finding], rule: Rule, codes: Sequence[str], at: tuple[float, float] | None = None
) -> Finding:
    """The one finding of a rule about some codes; of several the one at a place (lon, lat).

    Raises NeverAccepted, NoSuchFinding, SeveralFindings.
    """
    refuse_coverage(rule)
    found = about(findings, rule, codes)
    if at is not None:
        found = nearest(found, *at)
    if not found:
        raise NoSuchFinding([rule.value, *codes])
    if len(found) > 1:
        raise SeveralFindings([rule.value, *codes], found)
    return found[0]


def accept(session: Session, finding: Finding, reason: str, actor: str) -> Kept:
    """Let a finding stand where it is, with a reason that is not empty. Raises NeverAccepted, AlreadyAccepted."""
    refuse_coverage(finding.rule)
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    (before,) = marked([finding], [one for one in in_force(session) if one.rule is finding.rule])
    if before.accepted is not None:
        raise AlreadyAccepted([str(before.accepted.id)])
    values = {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "shape": wkb(finding.geometry),
        "reason": reason,
        "actor": actor,
    }
    number = int(session.execute(insert(acceptance).values(values).returning(acceptance.c.id)).scalar_one())
    details = {"acceptance": number, "rule": finding.rule.value, "codes": list(finding.codes)}
    note(session, actor, "accept", reason, None, details)
    return find(session, number)


def withdraw(session: Session, number: int, actor: str) -> Kept:
    """Open the finding again; what was withdrawn stays as it is. Raises NoSuchAcceptance."""
    open_still = (acceptance.c.id == number) & acceptance.c.withdrawn_at.is_(None)
    change = update(acceptance).where(open_still).values(withdrawn_at=func.now(), withdrawn_by=actor)
    done = session.execute(change.returning(acceptance.c.id)).one_or_none()
    found = find(session, number)
    if done is not None:
        told = found.acceptance
        details = {"acceptance": number, "rule": told.rule.value, "codes": list(told.codes)}
        note(session, actor, "withdraw-acceptance", "", None, details)
    return found


def _query() -> Select[Any]:
    columns = [column for column in acceptance.c if column.name != "shape"]
    return select(*columns, func.ST_AsBinary(acceptance.c.shape).label("place"))


def _kept(row: Row[Any]) -> Kept:
    shape: BaseGeometry | None = None if row.place is None else shapely.from_wkb(bytes(row.place))
    told = Acceptance(
        id=row.id,
        rule=Rule(row.rule),
        severity=Severity(row.severity),
        codes=tuple(row.codes),
        shape=shape,
        reason=row.reason,
        actor=row.actor,
        at=row.at.isoformat(),
    )
    withdrawn = None if row.withdrawn_at is None else row.withdrawn_at.isoformat()
    return Kept(told, withdrawn, row.withdrawn_by)
