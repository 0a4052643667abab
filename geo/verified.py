"""Does a certificate hold for the things it came with?

Every digest is worked out again, every region proven again, the plan checked again by the limits in the certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from geo.certificate import made
from geo.certificate_json import DIGEST, document, occasion_of, own_digest
from geo.digest import canonical
from geo.model import Plan, Severity, Standing
from geo.refusal import Value
from geo.ruleset import VERSION

PART_OF: Final = {"things": "layers", "regions": "regions", "findings": "findings", "coverage": "coverage"}
"""The member of the document that each part is about."""
SHOWN: Final = 10
"""Codes or layers that are named where something differs."""


class State(StrEnum):
    """`unknown`: this program cannot tell. `unsaid`: the certificate says nothing about it."""

    PROVEN = "proven"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a certificate says, and whether it is so."""

    name: str
    state: State
    values: Mapping[str, Value] = field(default_factory=dict)


def parts(things: Plan, stated: Mapping[str, Any]) -> list[Part]:
    """What the certificate says of the things, part by part. Raises CertificateRefused, RulesetRefused."""
    occasion = occasion_of(stated)
    again = document(made(things, occasion))
    found = [_things(stated, again), _regions(stated, again)]
    version = _version(stated)
    if version == VERSION or occasion.layers:
        found += [_findings(stated, again), _coverage(stated, again)]
    else:
        found += [
            Part(name, State.UNKNOWN, {"version": version, "known": VERSION}) for name in ("findings", "coverage")
        ]
    return [_certificate(stated, again, found), *found]


def issued(stated: Mapping[str, Any], service: Mapping[str, Any]) -> Part:
    """Whether the service gave out this very certificate; for a part of a publication, whether its ground is the same.

    Of a part of a publication only the ground is held by the certificate of the whole: never `proven`.
    """
    if service.get(DIGEST) != own_digest(service):
        return Part("service", State.FAILED)
    if canonical(stated) == canonical(service):
        return Part("service", State.PROVEN, {"digest": str(service[DIGEST])})
    if stated.get("scope") == service.get("scope"):
        return Part("service", State.FAILED)
    mine, theirs = _by_code(stated), _by_code(service)
    same = stated.get("publication") == service.get("publication") and stated.get("at") == service.get("at")
    is_held = same and bool(mine) and all(theirs.get(code) == one for code, one in mine.items())
    return Part("service", State.UNKNOWN, {"regions": len(mine)}) if is_held else Part("service", State.FAILED)


def _certificate(stated: Mapping[str, Any], again: Mapping[str, Any], found: Sequence[Part]) -> Part:
    """Whether its own digest holds, and nothing in it but what the other parts speak of differs."""
    judged = {part.name for part in found if part.state is not State.PROVEN}
    other = {PART_OF[name] for name in judged} | ({"rules"} if any(p.state is State.UNKNOWN for p in found) else set())
    alike = stated.keys() == again.keys() and all(
        canonical(stated[name]) == canonical(again[name]) for name in again.keys() - other - {DIGEST}
    )
    if stated.get(DIGEST) != own_digest(stated) or not alike:
        return Part("certificate", State.FAILED)
    told: dict[str, Value] = {
        "publication": int(stated["publication"]),
        "at": str(stated["at"]),
        "digest": str(stated[DIGEST]),
    }
    return Part("certificate", State.PROVEN, told)


def _things(stated: Mapping[str, Any], again: Mapping[str, Any]) -> Part:
    if stated.get("layers") == again["layers"]:
        return Part("things", State.PROVEN, {"count": sum(one["count"] for one in again["layers"].values())})
    told = stated["layers"] if isinstance(stated.get("layers"), Mapping) else {}
    return Part(
        "things", State.FAILED, {"codes": _some([n for n in again["layers"] if told.get(n) != again["layers"][n]])}
    )


def _regions(stated: Mapping[str, Any], again: Mapping[str, Any]) -> Part:
    """Every region that was published as proven has to be proven again, whatever the certificate says of it."""
    proofs = again["regions"]
    broken = [one["code"] for one in proofs if one["standing"] == Standing.PROVEN and not one["proven"]]
    told = stated["regions"] if isinstance(stated.get("regions"), list) else []
    if told != proofs or broken:
        other = [one["code"] for one in proofs if one not in told] or [str(one.get("code")) for one in told]
        return Part("regions", State.FAILED, {"codes": _some(broken or other)})
    proven = sum(1 for one in proofs if one["proven"])
    return Part("regions", State.PROVEN, {"proven": proven, "open": len(proofs) - proven})


def _findings(stated: Mapping[str, Any], again: Mapping[str, Any]) -> Part:
    if stated.get("findings") != again["findings"]:
        return Part("findings", State.FAILED)
    if again["findings"] is None:
        return Part("findings", State.UNSAID)
    counts: dict[str, Value] = {severity.value: 0 for severity in Severity}
    for kind in again["findings"]["kinds"]:
        counts[kind["severity"]] = int(counts[kind["severity"]]) + kind["count"]
    accepted = sum(kind["count"] for kind in again["findings"]["kinds"] if kind["accepted"])
    return Part("findings", State.PROVEN, {**counts, "accepted": accepted})


def _coverage(stated: Mapping[str, Any], again: Mapping[str, Any]) -> Part:
    if stated.get("coverage") != again["coverage"]:
        return Part("coverage", State.FAILED)
    return (
        Part("coverage", State.UNSAID)
        if again["coverage"] is None
        else Part("coverage", State.PROVEN, again["coverage"])
    )


def _version(stated: Mapping[str, Any]) -> Value:
    rules = stated.get("rules")
    version = rules.get("version") if isinstance(rules, Mapping) else None
    return version if isinstance(version, int) else "?"


def _by_code(told: Mapping[str, Any]) -> dict[str, Any]:
    proofs = told.get("regions")
    return {str(one.get("code")): one for one in proofs if isinstance(one, Mapping)} if isinstance(proofs, list) else {}


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:SHOWN]) + (" ..." if len(codes) > SHOWN else "")
