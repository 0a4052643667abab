"""How is a drawn plan written? As any plan file, its grids with their households: equal plans are equal bytes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from geo.files.columns import PLURALS
from geo.files.things import sort_key
from geo.files.whole import replacing
from geo.files.write_geojson import HEAD, feature, json_text
from geo.model import MAP_LAYERS, Layer, Plan


def write_drawn(plan: Plan, households: Mapping[str, int], to: Path) -> None:
    """Write a plan file, whole or not at all (`FileUnwritable`); `households` are those of the grids, by code."""
    with replacing(to) as draft, draft.open("wb") as file:
        file.writelines(_whole(plan, households))


def _whole(plan: Plan, households: Mapping[str, int]) -> Iterator[bytes]:
    yield HEAD.encode()
    before = b"\n"
    for written in _features(plan, households):
        yield before + json_text(written).encode()
        before = b",\n"
    yield b"\n]}\n"


def _features(plan: Plan, households: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for layer in MAP_LAYERS:
        for thing in sorted(getattr(plan, PLURALS[layer]), key=sort_key(layer)):
            written: dict[str, Any] = feature(layer, thing)
            if layer is Layer.GRID:
                written["properties"]["households"] = households.get(thing.code, 0)
            yield written
