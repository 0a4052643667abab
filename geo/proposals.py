"""Which edits would heal what is wrong with the ground of a plan?

Lists of the edits that a planner could make too. A gap is claimed, ground that two have stays with one of them, a twin
is merged into the other. A border between regions is led through the nodes that one side lacks. What no edit says
alone, ground beyond a boundary and nodes that a grid lacks within its region, is healed by drawing the region's grids
anew, face by face (`geo.mending`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import shapely
from shapely import Point

from geo.conflicts import Homes
from geo.inspection import Report
from geo.lattice import keys, to_steps
from geo.measure import areas_m2, square_metres
from geo.mending import Strategy, neighbour
from geo.model import Finding, Ground, Rule, Severity
from geo.noding import Net, hot
from geo.redraw.board import Board
from geo.redraw.edits import Assign, ClaimGap, Edit, Merge, Order

Edits: TypeAlias = tuple[Edit, ...]
ALONE: Final = frozenset({Rule.GAP, Rule.OVERLAP, Rule.DUPLICATE})
"""Rules whose findings can be healed one by one."""
TOGETHER: Final = frozenset({Rule.SPILL, Rule.NODE_UNMATCHED})
"""Rules whose findings are healed with all others of the region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Edits that would heal findings of one rule in one region; `alternatives` would too.

    `whole`: the region is drawn anew, all of its faults are healed at once; by edits that are told once they are made,
    since they depend on what was healed before. `area_m2` of ground gets another owner or
    one at all, with `households` on it.
    """

    rule: Rule
    region: str
    findings: tuple[Finding, ...]
    edits: Edits
    alternatives: tuple[Edits, ...] = ()
    whole: bool = False
    strategy: Strategy = Strategy.EDGE
    area_m2: float = 0.0
    households: int = 0


def proposals(board: Board, report: Report, strategy: Strategy = Strategy.EDGE) -> list[Proposal]:
    """A proposal for each gap, overlap and duplicate, and one for each region in which more is at fault; those of a
    region one after the other, what heals the whole of it last.

    Rings that cross themselves have none: nobody knows what was meant.
    """
    unsound = {region for one in report.findings if one.rule is Rule.RING_INVALID for region in regions_of(board, one)}
    found, rest, lacking = list[Proposal](), dict[str, list[Finding]](), dict[str, list[Finding]]()
    for finding in report.findings:
        regions = [code for code in regions_of(board, finding) if code not in unsound]
        if finding.severity is not Severity.BLOCKING or not regions:
            continue
        if finding.rule in ALONE and (made := _alone(board, finding, regions, strategy, report.counts)) is not None:
            found.append(made)
        elif finding.rule in TOGETHER:
            short = [region for region in regions if _lacks(board, region, finding)]
            for region in short or regions:
                (lacking if short else rest).setdefault(region, []).append(finding)
    found += [_led(board, region, own) for region, own in lacking.items()]
    found += [_whole(region, own, strategy) for region, own in rest.items() if region in board.faulty]
    return _counted(sorted(found, key=lambda one: (one.region, one.whole)), board)


def regions_of(board: Board, finding: Finding) -> list[str]:
    """The plan's regions that a finding is about."""
    named = (board.grids[code].region if code in board.grids else code for code in finding.codes)
    return sorted({code for code in named if code in board.regions})


def _alone(
    board: Board, finding: Finding, regions: Sequence[str], strategy: Strategy, counts: Mapping[str, int]
) -> Proposal | None:
    """What heals a gap, an overlap or a duplicate."""
    assert isinstance(finding.geometry, Ground)  # so are all that are about ground
    ways = _ways(board, finding, finding.geometry, strategy, counts)
    if not ways:
        return None
    return Proposal(
        rule=finding.rule,
        region=finding.codes[0] if finding.codes[0] in regions else regions[0],
        findings=(finding,),
        edits=ways[0],
        alternatives=tuple(ways[1:]),
        strategy=strategy,
        area_m2=finding.area_m2 or 0.0,
    )


def _ways(board: Board, finding: Finding, ground: Ground, strategy: Strategy, counts: Mapping[str, int]) -> list[Edits]:
    """Each of these would heal a finding; the first is proposed."""
    if finding.rule is Rule.GAP:
        return [(edit,) for edit in _of_gap(board, finding, ground, strategy, counts)]
    if finding.rule is Rule.OVERLAP:
        return _of_overlap(board, finding, ground, strategy, counts)
    return [(edit,) for edit in _of_twins(board, finding, counts)]


def _of_gap(board: Board, finding: Finding, gap: Ground, strategy: Strategy, counts: Mapping[str, int]) -> list[Edit]:
    """To a grid beside it; one as large as a grid becomes one."""
    point = shapely.point_on_surface(gap)
    place = (point.x, point.y)
    beside = {code: board.grids[code].shape for code in finding.codes[1:] if code in board.grids}
    homes = neighbour(gap, beside, strategy, counts)
    claims: list[Edit] = [ClaimGap(place=place, grid=code) for code in [*homes, *sorted(beside.keys() - {*homes})]]
    new: list[Edit] = [ClaimGap(place=place)]
    return [*new, *claims] if finding.values.get("where") in ("whole", "grid") else [*claims, *new]


def _of_overlap(
    board: Board, finding: Finding, shared: Ground, strategy: Strategy, counts: Mapping[str, int]
) -> list[Edits]:
    """It stays with the smaller or the one with fewer households; of two regions with the grid that is there."""
    keepers = [_there(board, code, shared) for code in finding.codes]
    codes = [code for code in keepers if code is not None]
    areas = dict(zip(codes, areas_m2([board.grids[code].shape for code in codes]).tolist(), strict=True))
    least = counts if strategy is Strategy.HOUSEHOLDS else areas
    ordered = sorted(codes, key=lambda code: (least.get(code, 0), code))
    return [_kept(board, shared, code, codes) for code in ordered]


def _kept(board: Board, shared: Ground, code: str, codes: Sequence[str]) -> Edits:
    """Ground stays with one grid of those that have it. Between two regions it goes by way of a third grid: neither of
    them is faulty by itself, so that ground which a grid has already would not be asked after."""
    stays = Assign(ground=shared, grid=code, snap_m=0.0, cut=True)
    region = board.grids[code].region
    if any(board.grids[other].region != region for other in codes):
        others = sorted(board.grids.keys() - {*codes}, key=lambda other: (board.grids[other].region != region, other))
        return (*(replace(stays, grid=other) for other in others[:1]), stays)
    return (stays,)


def _there(board: Board, code: str, ground: Ground) -> str | None:
    """A grid, or of a region the grid that has the most of some ground."""
    if code in board.grids:
        return code
    grids = board.grids_of(code) if code in board.regions else []
    shares = [square_metres(shapely.intersection(grid.shape, ground)) for grid in grids]
    return grids[int(np.argmax(shares))].code if grids else None


def _of_twins(board: Board, finding: Finding, counts: Mapping[str, int]) -> list[Edit]:
    """All of one ground become the one with the most households, the first of several."""
    codes = sorted(
        (code for code in finding.codes if code in board.grids), key=lambda code: (-counts.get(code, 0), code)
    )
    return [Merge(grids=tuple(codes), into=code) for code in codes] if len(codes) > 1 else []


def _lacks(board: Board, region: str, finding: Finding) -> bool:
    """Whether a finding is about a node on the border with another region that the region lacks."""
    is_between = len(finding.codes) > 1 and not any(code in board.grids for code in finding.codes)
    return is_between and board.boundary(region) is not _through(board.boundary(region), [finding])


def _led(board: Board, region: str, findings: Sequence[Finding]) -> Proposal:
    """The border of a region led through the nodes that it lacks, and with it the grids along it."""
    edit = Order(region=region, boundary=_through(board.boundary(region), findings))
    return Proposal(rule=Rule.NODE_UNMATCHED, region=region, findings=tuple(findings), edits=(edit,))


def _through(boundary: Ground, findings: Sequence[Finding]) -> Ground:
    """A boundary with the nodes that findings are about; the same object where it has them."""
    nodes = [finding.geometry for finding in findings if isinstance(finding.geometry, Point)]
    net = Net.of([boundary])
    lacking = net.foreign(*hot(net.edges(), np.setdiff1d(keys(to_steps(shapely.get_coordinates(nodes))), net.node)))
    return net.with_nodes(lacking).shapes([boundary])[0]


def _whole(region: str, findings: Sequence[Finding], strategy: Strategy) -> Proposal:
    """A region drawn anew."""
    return Proposal(
        rule=findings[0].rule,
        region=region,
        findings=tuple(findings),
        edits=(),
        whole=True,
        strategy=strategy,
        area_m2=sum(finding.area_m2 or 0.0 for finding in findings),
    )


def _counted(found: Sequence[Proposal], board: Board) -> list[Proposal]:
    """The proposals with the households on the ground that they are about."""
    homes = Homes(board.surroundings.buildings if found else ())
    return [replace(one, households=homes.on(_ground(one))) for one in found]


def _ground(proposal: Proposal) -> list[Ground]:
    return [finding.geometry for finding in proposal.findings if isinstance(finding.geometry, Ground)]
