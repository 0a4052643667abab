"""Which findings of the published map do tiles show?"""

from collections.abc import Sequence

from starlette.requests import Request

from api.routes.coverage import report_of
from geo import ledger
from geo.acceptance import marked
from geo.model import Finding
from geo.state import Map
from geo.store import acceptances
from geo.store.connect import reachable, session
from geo.store.live import Live
from geo.store.reports import ground_under


def findings(request: Request, live: Live, state: Map) -> Sequence[Finding]:
    """Those of each region that has none above it, the worst first; worked out once a publication and day, in the
    bounded pool. Only in a thread. Raises as a check of these regions does, StoreUnavailable."""
    found: list[Finding] = []
    for code, region in state.regions.items():
        if region.parent is None:
            with reachable(), session(live.engine) as work:
                accepted = acceptances.in_force(work, ground_under(state, code))
            found += marked(report_of(request, live, state, code).findings, accepted)
    return ledger.ranked(found)
