"""Does a drawing that is interrupted end with the best so far, here and in processes of its own?"""

import os
import signal
from collections.abc import Callable

import pytest
from town import covers, town

from api.cli.drawing_bar import bars
from api.draw_several import FEW, Heard, drawn
from geo.draw.task import Progress
from geo.model import Region
from geo.refusal import Refusal
from geo.undrawn import Undrawn


def waiting(count: int) -> list[Undrawn]:
    """So many communities, all alike but for their code."""
    task = town(5, 4)
    return [Undrawn(region=Region(code=f"r{n}", shape=task.boundary), task=task) for n in range(count)]


def heard(phases: list[Progress], has_enough: Callable[[], bool]) -> Heard:
    return Heard(lambda _: None, lambda _, progress: phases.append(progress), has_enough)


@pytest.mark.parametrize("regions", [1, FEW + 1])
def test_all_are_drawn_when_somebody_has_enough(regions: int) -> None:
    several = waiting(regions)
    for one, ways in zip(several, drawn(several, 1, 1, heard([], lambda: True)), strict=True):
        assert not isinstance(ways, Refusal)
        assert covers(one.task.boundary, ways[0].shapes)


def test_nobody_who_has_enough_is_told_more() -> None:
    few, all_ = list[Progress](), list[Progress]()
    drawn(waiting(1), 1, 1, heard(few, lambda: any(one.best is not None for one in few)))
    drawn(waiting(1), 1, 1, heard(all_, lambda: False))
    assert 0 < len(few) < len(all_)


def test_an_interruption_asks_for_the_best_and_a_second_one_ends_it() -> None:
    before = signal.getsignal(signal.SIGINT)
    with bars(waiting(1)) as listener:
        assert not listener.has_enough()
        os.kill(os.getpid(), signal.SIGINT)
        assert listener.has_enough()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
