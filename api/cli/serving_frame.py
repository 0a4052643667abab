"""What do one process and several have in common that serve the map?"""

import logging
import socket
from typing import Any

import uvicorn

from api.settings import Settings
from api.tile_wire import TileWire

QUIET = {"alembic": logging.WARNING, "procrastinate": logging.WARNING, "psycopg.pool": logging.ERROR}


def logged() -> None:
    """Messages on stderr, those of libraries only where they matter."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def config_of(app: Any, told: Settings, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        told.host,
        told.port,
        http=TileWire,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        **more,
    )


def said_ready(listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    print(f"ready http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201
