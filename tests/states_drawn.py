"""Random publications of one store, as columns: what each brings that the one before did not have, and all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st
from plans_drawn import Division, Drawn, plans

from geo.model import Layer, Person, Region, Role, Standing
from geo.packing import Grids, News, Packed, Regions, completed, packed
from geo.people import Roster, microseconds
from geo.ruleset import DEFAULT

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("residential", "special", "rural")


@dataclass(frozen=True)
class Edition:
    number: int
    division: Division
    standing: Standing
    ids: dict[str, int]


@dataclass
class Store:
    """Regions in force and what they had; changed step by step."""

    drawn: Drawn
    force: dict[int, Edition] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)
    people: int = 0
    editions: int = 0
    ids: dict[str, int] = field(default_factory=dict)
    publication: int = 0

    def change(self, region: int, chance: np.random.Generator) -> None:
        """Its grids drawn anew, some with the codes they had."""
        cells = self.drawn.cells(region)
        label = list(self.drawn.grid_of)
        for cell in cells:
            label[cell] = int(chance.integers(0, 4))
        drawn = Drawn(self.drawn.net, self.drawn.region_of, tuple(label))
        division = drawn.division(region)
        if division.is_valid:
            self.take(region, division, Standing(chance.choice(["proven", "provisional"])))

    def take(self, region: int, division: Division, standing: Standing) -> None:
        self.editions += 1
        ids = {code: self.ids.setdefault(code, len(self.ids) + 7) for code, _ in division.shapes}
        self.force[region] = Edition(self.editions, division, standing, ids)

    def step(self, what: str, region: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.publication += 1
        if what == "retire" and len(self.force) > 1:
            self.force.pop(region, None)
        elif what == "rename":
            self.names[f"R{region}"] = f"名{seed}"
        elif what == "move":
            self.parents[f"R{region}"] = str(chance.choice(["D1", "D2"]))
        elif what == "households" and self.ids:
            self.households[int(chance.choice(list(self.ids.values())))] = seed % 900
        elif what == "people":
            self.people += 1
        elif what == "prove" and region in self.force:
            self.take(region, self.force[region].division, Standing.PROVEN)
        else:
            self.change(region, chance)

    def news(self, before: Packed | None) -> News:
        """What this publication brings to who has the state before."""
        known = set() if before is None else set(before.columns["region.edition"].tolist())
        fresh = [one for one in self.force.values() if one.number not in known]
        last = BEGIN + timedelta(seconds=self.publication)
        return News(
            publication=self.publication,
            at=last,
            ruleset=DEFAULT,
            grids=self.grids(),
            regions=self.regions(),
            shapes={(one.number, one.ids[code]): shape for one in fresh for code, shape in one.division.shapes},
            boundaries={one.number: one.division.boundary for one in fresh},
            people=self.roster(),
            people_of=self.people,
            instants=np.array([microseconds(BEGIN + timedelta(seconds=n + 1)) for n in range(self.publication)]),
        )

    def grids(self) -> Grids:
        rows = [
            (one.ids[code], code, f"n{code}{one.number}", KINDS[one.ids[code] % 3], one.division.code, one.number,
             one.standing.value, self.households.get(one.ids[code]))
            for one in self.force.values()
            for code, _ in one.division.shapes
        ]  # fmt: skip
        return grids_of(rows)

    def regions(self) -> Regions:
        found = [Region(code="D", name="D", level="district")]
        found += [Region(code=code, name=code, level="street", parent="D") for code in ("D1", "D2")]
        for one in self.force.values():
            code = one.division.code
            parent, name = self.parents.get(code, "D1"), self.names.get(code, code)
            found.append(Region(code=code, name=name, level="community", parent=parent))
        found.sort(key=lambda region: region.code)
        editions = {one.division.code: one.number for one in self.force.values()}
        return Regions(
            regions=found,
            id=[self.ids.setdefault(f"region {region.code}", len(self.ids) + 7) for region in found],
            edition=[editions.get(region.code) for region in found],
        )

    def roster(self) -> Roster:
        return Roster.made(
            Person(id=str(n), name=f"人{n}", role=Role.RESPONSIBLE, place="D", place_layer=Layer.REGION)
            for n in range(self.people)
        )


def grids_of(rows: Sequence[tuple[object, ...]]) -> Grids:
    names = ("id", "code", "name", "kind", "region", "edition", "standing", "households")
    return Grids(**{name: [row[n] for row in rows] for n, name in enumerate(names)})  # type: ignore[arg-type]


def state(store: Store, before: Packed | None) -> Packed:
    news = store.news(before)
    return completed(packed(news, before), news, before)


STEPS = ("change", "retire", "rename", "move", "households", "people", "prove")


@st.composite
def stories(draw: st.DrawFn) -> tuple[Store, list[tuple[str, int, int]]]:
    """A store with some regions, and what happens to it."""
    drawn = draw(plans(most_regions=4))
    store = Store(drawn, publication=1)
    for region in drawn.regions:
        store.take(region, drawn.division(region), draw(st.sampled_from(Standing)))
    region = st.sampled_from(drawn.regions)
    return store, draw(st.lists(st.tuples(st.sampled_from(STEPS), region, st.integers(0, 2**31)), max_size=6))
