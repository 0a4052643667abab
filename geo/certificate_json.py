"""How does a certificate look as JSON, and what does such a document state?

Everything in it is a text, a flag, a whole number or one of few digits; its own digest is its last member.
"""

import binascii
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo import digest, ruleset
from geo.certificate import FORMAT, Certificate, Occasion
from geo.model import Acceptance, GridKind, Layer, Rule, Severity, Standing
from geo.refusal import Refusal
from geo.ruleset import PARAMETERS, Ruleset, Stated
from geo.terms import Terms

DIGEST: Final = "digest"


class CertificateRefused(Refusal):
    """A document that is no certificate. Ids `certificate-malformed` (member), `certificate-format` (format, known)."""


def document(certificate: Certificate) -> dict[str, Any]:
    """The certificate as JSON values, its own digest among them."""
    occasion, told = certificate.occasion, certificate.told
    limits = ruleset.document(settled(occasion.terms.ruleset))
    body: dict[str, Any] = {
        "format": FORMAT,
        "publication": occasion.publication,
        "at": occasion.at,
        "scope": {"region": occasion.region, "layers": [layer.value for layer in occasion.layers]},
        "rules": {"version": certificate.rules, "limits": digest.of(limits)},
        "terms": {"limits": limits, **_terms_document(occasion.terms)},
        "layers": {one.value: {"count": own.count, "digest": own.digest} for one, own in certificate.layers.items()},
        "regions": [
            {"code": o.code, "standing": o.standing, "proven": o.proven, "grids": o.grids, "digest": o.digest}
            for o in certificate.regions
        ],
        "findings": None if told is None else {"count": told.count, "digest": told.digest, "kinds": _kinds(told.kinds)},
        "coverage": None if certificate.figures is None else dict(certificate.figures),
    }
    return {**body, DIGEST: digest.of(body)}


def own_digest(told: Mapping[str, Any]) -> str:
    """The digest that belongs to what the document says. Raises CertificateRefused for numbers that JSON has not."""
    try:
        return digest.of({name: value for name, value in told.items() if name != DIGEST})
    except ValueError as error:
        raise _malformed("") from error


def settled(rules: Ruleset) -> Ruleset:
    """The same rules with every default stated, so that they stay these when the defaults change; as they are read.

    How grids are to be drawn is left out: nothing is judged by it.
    """
    whole = rules.within(())
    values = {name: {kind: whole.of(name, kind) for kind in GridKind} for name in PARAMETERS}
    regions = {code: Stated(one.values, one.facilities) for code, one in rules.regions.items()}
    return ruleset.parse(ruleset.document(Ruleset(Stated(values, whole.facilities), regions)))


def occasion_of(told: object) -> Occasion:
    """What a document states that cannot be seen in the things. Raises CertificateRefused, RulesetRefused."""
    whole = _object(told, "")
    if (known := whole.get("format")) != FORMAT or isinstance(known, bool):
        raise CertificateRefused("certificate-format", format=repr(known)[:20], known=FORMAT)
    scope = _object(whole.get("scope"), "/scope")
    standings = {}
    for number, proof in enumerate(_list(whole.get("regions"), "/regions")):
        at = f"/regions/{number}"
        one = _object(proof, at)
        if one.get("standing") is not None:
            standings[_text(one.get("code"), f"{at}/code")] = Standing(
                _of(one.get("standing"), set(Standing), f"{at}/standing")
            )
    layers = [_of(layer, set(Layer), "/scope/layers") for layer in _list(scope.get("layers"), "/scope/layers")]
    return Occasion(
        publication=_count(whole.get("publication"), "/publication"),
        at=_text(whole.get("at"), "/at"),
        region=_text_or_none(scope.get("region"), "/scope/region"),
        layers=tuple(Layer(layer) for layer in layers),
        standings=standings,
        terms=_terms(_object(whole.get("terms"), "/terms")),
    )


def _kinds(kinds: Mapping[tuple[str, str, bool], int]) -> list[dict[str, Any]]:
    return [
        {"rule": rule, "severity": severity, "accepted": accepted, "count": count}
        for (rule, severity, accepted), count in kinds.items()
    ]


def _terms_document(terms: Terms) -> dict[str, Any]:
    return {
        "before": dict(terms.before),
        "parents": dict(terms.parents),
        "schemes": dict(terms.schemes),
        "taken": sorted(terms.taken),
        "fresh": sorted(terms.fresh),
        "accepted": [_acceptance_document(one) for one in sorted(terms.accepted, key=lambda one: one.id)],
    }


def _acceptance_document(one: Acceptance) -> dict[str, Any]:
    return {
        "id": one.id,
        "rule": one.rule.value,
        "severity": one.severity.value,
        "codes": list(one.codes),
        "shape": None if one.shape is None else shapely.to_wkb(one.shape, hex=True, byte_order=0),
        "reason": one.reason,
        "actor": one.actor,
        "at": one.at,
    }


def _terms(told: Mapping[str, Any]) -> Terms:
    def texts(name: str) -> list[str]:
        return [_text(code, f"/terms/{name}") for code in _list(told.get(name), f"/terms/{name}")]

    def texts_by_code(name: str) -> dict[str, str | None]:
        own = _object(told.get(name), f"/terms/{name}")
        return {code: _text_or_none(value, f"/terms/{name}") for code, value in own.items()}

    before = _object(told.get("before"), "/terms/before")
    accepted = _list(told.get("accepted"), "/terms/accepted")
    return Terms(
        ruleset=ruleset.parse(told.get("limits")),
        before={code: _count(value, "/terms/before") for code, value in before.items()},
        parents=texts_by_code("parents"),
        schemes=texts_by_code("schemes"),
        taken=frozenset(texts("taken")),
        fresh=frozenset(texts("fresh")),
        accepted=tuple(_acceptance(one, f"/terms/accepted/{number}") for number, one in enumerate(accepted)),
    )


def _acceptance(told: object, at: str) -> Acceptance:
    own = _object(told, at)
    return Acceptance(
        id=_count(own.get("id"), f"{at}/id"),
        rule=Rule(_of(own.get("rule"), set(Rule), f"{at}/rule")),
        severity=Severity(_of(own.get("severity"), set(Severity), f"{at}/severity")),
        codes=tuple(_text(code, f"{at}/codes") for code in _list(own.get("codes"), f"{at}/codes")),
        shape=_shape(_text_or_none(own.get("shape"), f"{at}/shape"), f"{at}/shape"),
        reason=_text(own.get("reason"), f"{at}/reason"),
        actor=_text(own.get("actor"), f"{at}/actor"),
        at=_text(own.get("at"), f"{at}/at"),
    )


def _shape(told: str | None, at: str) -> BaseGeometry | None:
    try:
        return None if told is None else shapely.from_wkb(binascii.unhexlify(told))
    except (ValueError, shapely.errors.GEOSException) as error:
        raise _malformed(at) from error


def _object(told: object, at: str) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise _malformed(at)
    return told


def _list(told: object, at: str) -> Sequence[object]:
    if not isinstance(told, list):
        raise _malformed(at)
    return told


def _count(told: object, at: str) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told < 2**63:
        raise _malformed(at)
    return told


def _text(told: object, at: str) -> str:
    if not isinstance(told, str):
        raise _malformed(at)
    return told


def _text_or_none(told: object, at: str) -> str | None:
    return None if told is None else _text(told, at)


def _of(told: object, known: Collection[str], at: str) -> str:
    if (text := _text(told, at)) not in known:
        raise _malformed(at)
    return text


def _malformed(at: str) -> CertificateRefused:
    return CertificateRefused("certificate-malformed", member=at or "/")
