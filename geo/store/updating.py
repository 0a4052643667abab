"""Which published things do the rows of an update mean, and what do they set of them?

A row is matched by its code or id, else a building by its address, else by its name. It sets the attributes that it has
a value for; an empty cell leaves what is there. Rows that match nothing, or several things, are told with candidates.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from geo.address import MOST_CANDIDATES, Book
from geo.files import Patch, Reading, RowProblem, patches, thing_of
from geo.model import Building, Layer, Person, Thing
from geo.store.known import Known
from geo.store.sorting import Sorting

NAMED_BY_CODE = (Layer.REGION, Layer.GRID)


def updated(readings: Iterable[Reading], known: Known) -> Sorting:
    """The things that the rows set, whole as they will be, each with the attributes that its row touches."""
    sorting, patched = Sorting(), list[Patch]()
    for reading in readings:
        for found in patches(reading):
            if isinstance(found, RowProblem):
                sorting.problems.append(found)
            else:
                patched.append(found)
    matching = _Matching(known, patched)
    seen: Counter[str] = Counter()
    for patch in patched:
        code = matching.code_of(patch)
        if isinstance(code, RowProblem):
            sorting.problems.append(code)
            continue
        before = None if code is None else matching.known[patch.layer].get(code)
        thing = thing_of(patch, seen) if before is None else _merged(before, patch)
        if isinstance(thing, RowProblem):
            sorting.problems.append(thing)
        else:
            sorting.add(patch.number, thing, None if before is None else _touched(patch))
    sorting.settle()
    return sorting


class _Matching:
    """What is published of the layers that some patches are of."""

    def __init__(self, known: Known, patched: Sequence[Patch]) -> None:
        self._known = known
        self._patched = patched
        self.known: dict[Layer, dict[str, Thing]] = {}
        for layer in sorted({patch.layer for patch in patched}):
            codes = {code for patch in patched if patch.layer is layer and (code := _stated(patch))}
            self.known[layer] = known.named(layer, codes)
        asked = {code for patch in patched for code in self._by_text(patch)}
        if asked:
            self.known[Layer.BUILDING] |= known.named(Layer.BUILDING, asked)

    def code_of(self, patch: Patch) -> str | RowProblem | None:
        """Code or id of the thing that is meant; None for a new one; a problem where nobody can say."""
        stated = _stated(patch)
        is_whole = patch.shape is not None or patch.layer is Layer.PERSON  # or lacks something, and is told so
        if stated is not None and (stated in self.known[patch.layer] or is_whole):
            return stated
        if stated is not None and patch.layer not in (Layer.BUILDING, Layer.REGION):
            values = {"text": stated}
            return RowProblem(id="thing-unmatched", number=patch.number, layer=patch.layer, values=values)
        if patch.layer is not Layer.BUILDING or (stated is None and not list(_texts(patch))):
            return stated
        found = self._by_text(patch) if stated is None else ()
        if len(found) == 1:
            return found[0]
        if found:
            return _unmatched(patch, "building-ambiguous", self._told(found[:MOST_CANDIDATES]))
        return _unmatched(patch, "building-unmatched", self._told(self._candidates(patch)))

    def _by_text(self, patch: Patch) -> Sequence[str]:
        if patch.layer is not Layer.BUILDING or _stated(patch) is not None:
            return ()
        for text in _texts(patch):
            if found := self._book.of(text):
                return found
        return ()

    def _candidates(self, patch: Patch) -> list[str]:
        texts = [*([stated] if (stated := _stated(patch)) else []), *_texts(patch)]
        found = [code for text in texts for code in self._book.candidates(text)]
        return list(dict.fromkeys(found))[:MOST_CANDIDATES]

    def _told(self, found: Iterable[str]) -> list[str]:
        """Ids with what a person knows the buildings by."""
        return [f"{code} ({door})" if (door := self._doors.get(code)) else code for code in found]

    @cached_property
    def _book(self) -> Book:
        return Book(self._building_texts)

    @cached_property
    def _doors(self) -> dict[str, str]:
        """The address of each building, else its name."""
        found: dict[str, str] = {}
        for text, code in self._building_texts:
            if text:
                found.setdefault(code, text)
        return found

    @cached_property
    def _building_texts(self) -> list[tuple[str, str]]:
        return list(self._known.building_texts())


def _stated(patch: Patch) -> str | None:
    code: str | None = patch.fields.get("code" if patch.layer in NAMED_BY_CODE else "id")
    return code


def _texts(patch: Patch) -> Iterator[str]:
    """What a building without an id can be known by."""
    for name in ("address", "name"):
        if text := patch.fields.get(name):
            yield text


def _unmatched(patch: Patch, problem: str, candidates: Sequence[str]) -> RowProblem:
    text = _stated(patch) or next(_texts(patch), "")
    values: dict[str, Any] = {"text": text, "candidates": ", ".join(candidates) or "-"}
    return RowProblem(id=problem, number=patch.number, layer=patch.layer, values=values)


def _merged(before: Thing, patch: Patch) -> Thing:
    changed: dict[str, Any] = {name: value for name, value in patch.fields.items() if name not in ("code", "id")}
    if patch.shape is not None:
        changed["shape"] = patch.shape
    if isinstance(before, Building) and "households" in changed:
        changed.setdefault("estimated", False)
    if isinstance(before, Person) and "place" in changed:
        changed.setdefault("place_layer", None)
    return replace(before, **changed)


def _touched(patch: Patch) -> frozenset[str]:
    names = set(patch.fields) - {"code", "id"}
    if "households" in names:
        names.add("estimated")
    if "place" in names:
        names.add("place_layer")
    if patch.shape is not None:
        names.add("shape")
    return frozenset(names)
