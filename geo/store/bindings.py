"""Which people of a list can be bound to the grids and regions that their rows name?"""

from collections.abc import Collection
from dataclasses import replace

from geo.files.refusals import RowRefused
from geo.model import Layer, Person
from geo.people import is_in_order
from geo.store.known import Known
from geo.store.sorting import Sorting


def settle(sorting: Sorting, known: Known) -> None:
    """Find out of which layer each person's place is; refuse those whose place or dates cannot be.

    A place of the same rows will do. Where nothing is known, as in the check of a file, places are not asked about.
    """
    people: dict[str, Person] = sorting.of(Layer.PERSON)
    if not people:
        return
    grids = known.tallies({one.place for one in people.values()}).keys() | sorting.of(Layer.GRID).keys()
    regions = known.regions.keys() | sorting.of(Layer.REGION).keys()
    for id, one in people.items():
        try:
            refuse_dates(one)
            if known.session is not None:
                sorting.things[Layer.PERSON, id] = bound(one, grids, regions)
        except RowRefused as refusal:
            sorting.refuse(Layer.PERSON, id, refusal.id, **refusal.values)


def bound(person: Person, grids: Collection[str], regions: Collection[str]) -> Person:
    """The person with the layer of the place. Raises RowRefused for a code of neither, or of both where the row does
    not say which."""
    there = [layer for layer, codes in ((Layer.GRID, grids), (Layer.REGION, regions)) if person.place in codes]
    if person.place_layer is not None:
        there = [layer for layer in there if layer is person.place_layer]
    if not there:
        raise RowRefused("place-unknown", place=person.place)
    if len(there) > 1:
        raise RowRefused("place-ambiguous", place=person.place)
    return person if person.place_layer is there[0] else replace(person, place_layer=there[0])


def refuse_dates(person: Person) -> None:
    """Raises RowRefused for a binding that ends before it begins."""
    if not is_in_order(person.since, person.until):
        raise RowRefused("until-before-from", since=person.since or "", until=person.until or "")
