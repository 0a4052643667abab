"""What does a member of a document that states rules say, and is it what is meant?

Nothing is skipped and nothing is guessed: whatever is not of the kind that was asked for is refused where it stands.
"""

import json
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from geo.refusal import Refusal

LONGEST = 100
"""Characters of a code or category."""


class RulesetRefused(Refusal):
    """A document that states no rules: the id says why, `member` where (RFC 6901, from the document's root)."""


def loaded(text: str, most: int) -> object:
    """The value of a JSON text of at most so many characters. Raises RulesetRefused, also for a member named twice."""
    if len(text) > most:
        raise RulesetRefused("ruleset-too-large", limit=most)
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RulesetRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise RulesetRefused("ruleset-not-json") from error


def members(told: object, at: str, known: Collection[str] | None = None) -> Mapping[str, object]:
    """The members of an object, each of a name that is known. Raises RulesetRefused."""
    if not isinstance(told, Mapping):
        raise RulesetRefused("ruleset-not-an-object", member=at or "/")
    for name in told:
        if not isinstance(name, str) or (known is not None and name not in known):
            told_as = f"{at}/{pointer(str(name))}"
            raise RulesetRefused("ruleset-unknown-name", member=told_as, known=", ".join(sorted(known or ())))
    return told


def number(told: object, at: str, least: float, most: float) -> float:
    """A number of a range, as it was written. Raises RulesetRefused."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise RulesetRefused("ruleset-not-a-number", member=at)
    if not least <= told <= most:
        raise RulesetRefused("ruleset-out-of-range", member=at, least=least, most=most)
    return told


def flag(told: object, at: str) -> bool:
    """True or false. Raises RulesetRefused."""
    if not isinstance(told, bool):
        raise RulesetRefused("ruleset-not-a-flag", member=at)
    return told


def texts(told: object, at: str, most: int) -> frozenset[str]:
    """Codes or categories, at most so many. Raises RulesetRefused."""
    if not isinstance(told, list):
        raise RulesetRefused("ruleset-not-a-list", member=at)
    if len(told) > most:
        raise RulesetRefused("ruleset-too-many", member=at, limit=most)
    return frozenset(text(one, f"{at}/{place}") for place, one in enumerate(told))


def text(told: object, at: str) -> str:
    """A code or category: some characters, none that cannot be written or stored. Raises RulesetRefused."""
    if not isinstance(told, str) or not told.strip() or len(told) > LONGEST:
        raise RulesetRefused("ruleset-not-a-text", member=at, limit=LONGEST)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in told):
        raise RulesetRefused("ruleset-not-a-text", member=at, limit=LONGEST)
    return told


def pointer(name: str) -> str:
    """A name as a part of a JSON pointer; a long one by its beginning."""
    return name[:LONGEST].replace("~", "~0").replace("/", "~1")


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise RulesetRefused("ruleset-name-twice", member=pointer(name))
        found[name] = value
    return found
