"""The verb `doctor`."""

from sqlalchemy import text

from api import settings
from api.cli import options
from api.cli.output import say, tell
from api.cli.store import opened
from geo.store.connect import reachable, session
from geo.store.published import current_publication


def doctor(json: options.Json = False) -> None:
    """Is the store well? Versions, role, publication."""
    told = settings.read()
    with opened(told) as store, reachable(), session(store.engine) as work:
        server, postgis, role = work.execute(
            text("SELECT current_setting('server_version'), postgis_lib_version(), current_user")
        ).one()
        found = {
            "publication": current_publication(work),
            "store": "private cluster" if store.cluster else "DATABASE_URL",
            "postgresql": server,
            "postgis": postgis,
            "role": role,
        }
    if json:
        tell(found)
    else:
        for name, value in found.items():
            say(f"{name}: {value}")
