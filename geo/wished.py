"""How does a region want its grids drawn, where it wants them otherwise than usual?

Wishes judge nothing: no finding follows from them, and they stand in no certificate. A wish that is stated for a region
holds for everything below it; the nearest one wins, each weight by itself. As JSON: `{"weights": {name: number},
"barriers": [class], "fixed": [code], "rural": true}`, each of them only where it is stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from geo.members import flag, members, number, texts

WEIGHTS: Final = ("balance", "shape", "streets", "barriers", "compounds")
"""What counts how much where grids cannot have everything."""
LEAST_WEIGHT, MOST_WEIGHT = 0.0, 10.0
"""Only how weights stand to each other matters; with 0 a thing counts for nothing."""
MOST_CLASSES = 100
MOST_FIXED = 10_000
"""Grids of one statement: as many as a city has."""


@dataclass(frozen=True, slots=True)
class Wished:
    """`weights` by name, one of `WEIGHTS`; `barriers` are classes of lines that no grid should lie on both sides of;
    `fixed` the codes of grids that stay as they are; `rural`, whether drawn grids are. None where nothing is stated."""

    weights: Mapping[str, float] = field(default_factory=dict)
    barriers: frozenset[str] | None = None
    fixed: frozenset[str] | None = None
    rural: bool | None = None

    def over(self, above: "Wished") -> "Wished":
        """These wishes, and those of a region above where nothing is stated here."""
        return Wished(
            weights={**above.weights, **self.weights},
            barriers=above.barriers if self.barriers is None else self.barriers,
            fixed=above.fixed if self.fixed is None else self.fixed,
            rural=above.rural if self.rural is None else self.rural,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What is stated: weights as `weights.balance`, the others by their own names."""
        others = [one.name for one in fields(self) if one.name != "weights" and getattr(self, one.name) is not None]
        return (*(f"weights.{name}" for name in WEIGHTS if name in self.weights), *others)


USUAL: Final = Wished()
"""Nothing is wished otherwise."""


def wished_document(wished: Wished) -> dict[str, object]:
    """The wishes as JSON values; `wished_of` gives them back."""
    told: dict[str, object] = {"weights": dict(wished.weights)} if wished.weights else {}
    for name, several in (("barriers", wished.barriers), ("fixed", wished.fixed)):
        told |= {} if several is None else {name: sorted(several)}
    return told | ({} if wished.rural is None else {"rural": wished.rural})


def wished_of(told: object, at: str) -> Wished:
    """The wishes that a JSON value states; `at` says where it stands. Raises RulesetRefused."""
    given = members(told, at, {one.name for one in fields(Wished)})
    weights = members(given.get("weights", {}), f"{at}/weights", WEIGHTS)
    return Wished(
        weights={name: _weight(value, f"{at}/weights/{name}") for name, value in weights.items()},
        barriers=texts(given["barriers"], f"{at}/barriers", MOST_CLASSES) if "barriers" in given else None,
        fixed=texts(given["fixed"], f"{at}/fixed", MOST_FIXED) if "fixed" in given else None,
        rural=flag(given["rural"], f"{at}/rural") if "rural" in given else None,
    )


def _weight(told: object, at: str) -> float:
    return float(number(told, at, LEAST_WEIGHT, MOST_WEIGHT))
