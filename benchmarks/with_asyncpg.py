"""How would a careful developer answer it without us? FastAPI, a pool of asyncpg, one prepared ST_Covers.

Run by uvicorn in the peers' own environment (`benchmarks/rivals.py`): it imports nothing of this project.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request

OWNER = """
    SELECT code, name, region FROM bench.grid
     WHERE ST_Covers(shape, ST_SetSRID(ST_MakePoint($1, $2), 4326)) ORDER BY code LIMIT 1"""


@asynccontextmanager
async def pooled(app: FastAPI) -> AsyncIterator[None]:
    """As many connections as the load has."""
    async with asyncpg.create_pool(os.environ["BENCH_DSN"], min_size=16, max_size=16) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=pooled)


@app.get("/owner")
async def owner(request: Request, lon: float, lat: float) -> dict[str, object]:
    """The grid that covers a point; the smallest code on ties."""
    row = await request.app.state.pool.fetchrow(OWNER, lon, lat)
    return {"owner": dict(row) if row else None}
