"""Compile what draws, so that nobody waits for it: `python -m geo.draw`, once for each version and machine."""

from shapely import box

from geo.draw.drawing import drawn
from geo.draw.task import Task
from geo.model import Building, Line

SIDE, STREET, HOUSE = 0.002, 0.001, 0.0004
"""Degrees: a square of two blocks with four houses."""


def _square() -> Task:
    corners = [(x, y) for x in (0.0002, 0.0014) for y in (0.0002, 0.0014)]
    houses = [
        Building(id=str(n), households=180, shape=box(x, y, x + HOUSE, y + HOUSE)) for n, (x, y) in enumerate(corners)
    ]
    street = box(STREET, -SIDE, STREET + SIDE, 2 * SIDE).exterior
    return Task(boundary=box(0, 0, SIDE, SIDE), buildings=houses, lines=[Line(id="street", shape=street)])


if __name__ == "__main__":
    drawn(_square(), 0, lambda _: None)
