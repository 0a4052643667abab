"""Who owns each of many points, and how sure is that? The answers of `geo.lookup.answer`, for all of them together."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.lookup import NEAR_M, NEAR_SHARE, STATUSES, Accuracy, Map, Status, answer
from geo.near import Borders

SURE_SIGMAS = math.sqrt(-2.0 * math.log(NEAR_SHARE * 0.99))
"""Standard deviations to the border from which on less of the error than counts as near lies outside the owner's
ground, whatever its shape; a little more, as shares are rounded."""
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Many:
    """Of n points: numbers of `STATUSES`, the owner (a claim's number, -1 for nobody) and metres to its border (NaN for
    nobody, and where none was wanted). `point` and `claim` (m,): every other claim that covers a point and is of the
    owner's standing."""

    status: NDArray[np.int8]
    owner: NDArray[np.int64]
    border_distance_m: NDArray[np.float64]
    point: NDArray[np.int64]
    claim: NDArray[np.int64]


class Asker:
    """Answers for many points against one published state."""

    def __init__(self, state: Map, near_m: float = NEAR_M) -> None:
        self.state, self.near_m = state, near_m
        self.borders = Borders(state.owners)
        self._proven = state.owners.proven

    def answers(
        self, xy: NDArray[np.float64], accuracy_m: NDArray[np.float64] | None = None, *, with_distance: bool = True
    ) -> Many:
        """The answers for points (n, 2) of degrees WGS-84, all finite. `accuracy_m` (n,): metres, NaN for none said.
        Without the distance the rest is told in two thirds of the time."""
        point, claim = self.state.owners.hits(xy)
        owner = np.full(len(xy), len(self.state.owners.codes), dtype=np.int64)
        np.minimum.at(owner, point, claim)
        owned = owner < len(self.state.owners.codes)
        status = np.full(len(xy), _number(Status.OWNED), dtype=np.int8)
        border = np.full(len(xy), np.nan)
        measured = owned if with_distance else owned & _said(accuracy_m, len(xy))
        border[measured] = self.borders.distances_m(xy[measured], owner[measured])
        status[border < self.near_m] = _number(Status.NEAR_BOUNDARY)
        others = np.flatnonzero(owned & ~measured)
        status[others[self.borders.near(xy[others], owner[others], self.near_m)]] = _number(Status.NEAR_BOUNDARY)
        if accuracy_m is not None:
            self._by_share(xy, accuracy_m, owner, border, status)
        rivals = (claim != owner[point]) & ((claim < self._proven) == (owner[point] < self._proven))
        point, claim = point[rivals], claim[rivals]
        status[point] = _number(Status.SHARED)
        status[self._inside_several(xy, owner, point, claim)] = _number(Status.AMBIGUOUS)
        status[~owned] = self._unowned(xy[~owned])
        if not with_distance:
            border[:] = np.nan
        return Many(status, np.where(owned, owner, NOBODY), border, point, claim)

    def _by_share(
        self, xy: NDArray[np.float64], accuracy_m: NDArray[np.float64], owner: NDArray[np.int64],
        border: NDArray[np.float64], status: NDArray[np.int8],
    ) -> None:  # fmt: skip
        """Where an accuracy is said, another owner's share of the error tells whether a border is near; each point
        whose error can reach one is asked alone, and each on provisional ground, which others may overlap far from its
        own border."""
        said = np.flatnonzero(_said(accuracy_m, len(xy)) & ~np.isnan(border))
        status[said] = _number(Status.OWNED)
        scale = SURE_SIGMAS * Accuracy(1.0).sigma_m
        reaches = border[said] < scale * accuracy_m[said]
        for row in said[reaches | (owner[said] >= self._proven)].tolist():
            lon, lat = xy[row].tolist()
            told = answer(self.state, lon, lat, self.near_m, Accuracy(float(accuracy_m[row])))
            status[row] = _number(told.status)

    def _inside_several(
        self, xy: NDArray[np.float64], owner: NDArray[np.int64], point: NDArray[np.int64], claim: NDArray[np.int64]
    ) -> list[int]:
        """Of points with rivals, those that lie inside one of several provisional claims, and not on all borders."""
        pairs = zip(
            np.concatenate([point, point]).tolist(), np.concatenate([claim, owner[point]]).tolist(), strict=True
        )
        is_inner = self.state.owners.is_inner
        return [at for at, one in pairs if one >= self._proven and is_inner(one, *xy[at].tolist())]

    def _unowned(self, xy: NDArray[np.float64]) -> NDArray[np.int8]:
        """A gap where some region has the ground, else outside."""
        if not len(xy):
            return np.empty(0, dtype=np.int8)
        gap, outside = _number(Status.GAP), _number(Status.OUTSIDE)
        return np.array([outside if code is None else gap for code in self.state.fallbacks(xy)], dtype=np.int8)


def _said(accuracy_m: NDArray[np.float64] | None, count: int) -> NDArray[np.bool_]:
    return np.zeros(count, dtype=bool) if accuracy_m is None else ~np.isnan(accuracy_m)


def _number(status: Status) -> int:
    return STATUSES.index(status)
