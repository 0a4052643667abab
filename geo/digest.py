"""By which number is a thing, a list of things or a list of findings known again, on every machine?

SHA-256 of lines of JSON: members sorted by name, no spaces, texts as they are, UTF-8. A shape stands in whole lattice
steps, as WKB (OGC 06-103r4, big-endian, two dimensions) in hexadecimal digits: order and direction of its rings count.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.lattice import STEPS_PER_DEGREE, to_steps
from geo.model import Finding, Layer, Thing

AMOUNT_DIGITS = 4
"""Digits that count of an area, width or length: machines differ in the thirteenth."""
LEAST_AMOUNT = 0.01
"""A smaller area, width or length counts as none: it is what is left of two numbers that are nearly equal."""
ROUND_UP_FROM = 0.382
"""From this part of a step on a fault's node counts as the next one. Halves are common where edges cross, and would
fall to either side by the last bit of a sum; few places lie near this share."""
MULTIS = (shapely.GeometryType.MULTIPOINT, shapely.GeometryType.MULTILINESTRING, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True)
class Line:
    """A thing and the line of JSON that stands for it."""

    code: str
    text: bytes
    thing: Thing


def canonical(value: object) -> bytes:
    """The one JSON text of a value. Raises ValueError for numbers that JSON has not."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def of(value: object) -> str:
    """The digest of a JSON value, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def of_lines(lines: Iterable[bytes]) -> str:
    """The digest of lines, each ended by a line feed, in the order given."""
    total = hashlib.sha256()
    for line in lines:
        total.update(line + b"\n")
    return total.hexdigest()


def of_findings(findings: Iterable[Finding]) -> str:
    """The digest of findings in whatever order: rule, severity, codes, place, amounts and who accepted them."""
    return of_lines(sorted(canonical(_finding(finding)) for finding in findings))


def lines(layer: Layer, things: Sequence[Thing]) -> list[Line]:
    """The things of a layer in order of code or id; of one code (a broken plan) in order of the line itself."""
    columns = {name: _column(name, things) for name in (field.name for field in fields(things[0]))} if things else {}
    found = [
        Line(code_of(thing), canonical({"layer": layer.value, **dict(zip(columns, values, strict=True))}), thing)
        for thing, *values in zip(things, *columns.values(), strict=True)
    ]
    return sorted(found, key=lambda line: (line.code, line.text))


def code_of(thing: Thing) -> str:
    """Code or id."""
    named = getattr(thing, "code", None) or getattr(thing, "id", "")
    return str(named)


def significant(amount: float, digits: int) -> float:
    """An amount to so many digits that count."""
    return float(f"{amount:.{digits - 1}e}")


def _column(name: str, things: Sequence[Thing]) -> Sequence[object]:
    values = [getattr(thing, name) for thing in things]
    return _in_steps(values) if any(isinstance(value, BaseGeometry) for value in values) else values


def _in_steps(shapes: Sequence[BaseGeometry | None]) -> list[str | None]:
    """Each shape in whole steps as WKB; one of a single part as that part, which files cannot tell apart."""
    several: NDArray[np.object_] = np.empty(len(shapes), dtype=object)
    several[:] = shapes
    lone = np.isin(shapely.get_type_id(several), MULTIS) & (shapely.get_num_geometries(several) == 1)
    several[lone] = shapely.get_geometry(several[lone], 0)
    stepped = shapely.transform(several, lambda xy: to_steps(xy).astype(np.float64))
    found: list[str | None] = shapely.to_wkb(stepped, hex=True, output_dimension=2, byte_order=0).tolist()
    return found


def _finding(finding: Finding) -> dict[str, object]:
    accepted = finding.accepted
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "place": _place(finding.geometry),
        "amounts": [_amount(one) for one in (finding.area_m2, finding.width_m, finding.length_m)],
        "households": finding.households,
        "accepted": None if accepted is None else [accepted.id, accepted.reason, accepted.actor, accepted.at],
    }


def _place(shape: BaseGeometry | None) -> list[object] | None:
    """The nodes of a fault in whole steps, each once, in order of longitude and latitude.

    Faults are cut out by overlay: where their rings begin, and the last bits of new nodes, differ between machines.
    """
    if shape is None:
        return None
    steps = np.floor(shapely.get_coordinates(shape) * STEPS_PER_DEGREE + (1 - ROUND_UP_FROM)).astype(np.int64)
    return [shape.geom_type, *np.unique(steps, axis=0).tolist()]


def _amount(amount: float | None) -> float | None:
    if amount is None:
        return None
    return 0.0 if abs(amount) < LEAST_AMOUNT else significant(amount, AMOUNT_DIGITS)
