"""Does this process have a publication, or is it about to?"""

import asyncio

from starlette.concurrency import run_in_threadpool

from geo.store.arrivals import ARRIVAL_S
from geo.store.errors import StoreUnavailable
from geo.store.live import Live


async def arrived(live: Live, number: int) -> bool:
    """Whether there is a publication of a number. One that another process may have told of first is waited for; while
    the database is away its last word counts. Raises StoreUnavailable where its state does not come."""
    if number <= live.seen.map.publication:
        return True
    coming = await run_in_threadpool(live.coming, number)
    if coming is None:
        return False
    try:
        async with asyncio.timeout(ARRIVAL_S):
            await asyncio.wrap_future(coming)
    except TimeoutError:
        raise StoreUnavailable(f"publication {number} is not here yet") from None
    return True
