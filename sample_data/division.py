"""How is a piece of ground parted among several, one cut after another?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from sample_data.cuts import Cut, Style, cut
from sample_data.mesh import Mesh, Ring


@dataclass(frozen=True, slots=True)
class Job:
    """One ring to be parted among so many shares of the area."""

    ring: Ring
    shares: Sequence[float]
    style: Style


def divided(mesh: Mesh, jobs: Sequence[Job], road_of: Callable[[Cut, Job], int], rng: Random) -> list[list[Ring]]:
    """For each job one ring a share, in the order of the shares.

    All jobs take turns, large pieces first, so that the cuts of one can be carried on by its neighbours.
    """
    done: list[list[Ring]] = [[[] for _ in job.shares] for job in jobs]
    turn = [(job.ring, list(range(len(job.shares))), number) for number, job in enumerate(jobs)]
    while turn:
        later = []
        for ring, shares, number in turn:
            job = jobs[number]
            if len(shares) == 1:
                done[number][shares[0]] = ring
                continue
            halves = _halves([job.shares[k] for k in shares])
            weight = [sum(job.shares[shares[k]] for k in half) for half in halves]
            made = cut(mesh, mesh.whole(ring), weight[0] / sum(weight), job.style, rng)
            lay(mesh, made, road_of(made, job))
            later += [
                (part, [shares[k] for k in half], number)
                for part, half in zip((made.first, made.second), halves, strict=True)
            ]
        turn = later
    return done


def lay(mesh: Mesh, made: Cut, road: int) -> None:
    """The cut becomes a road that runs into what it met at both ends."""
    mesh.lay(made.chain, road)
    mesh.meet(made.chain[1], made.chain[0])
    mesh.meet(made.chain[-2], made.chain[-1])


def _halves(shares: Sequence[float]) -> tuple[list[int], list[int]]:
    """Places of the shares in two lists of nearly equal sum, neighbours kept together."""
    total = sum(shares)
    best = min(range(1, len(shares)), key=lambda k: abs(2 * sum(shares[:k]) - total))
    return list(range(best)), list(range(best, len(shares)))
