"""Who answers for many points at once? One for each published state, kept as long as it is in force."""

from threading import Lock

from starlette.requests import Request

from api.beside import Beside
from api.texts import language_of
from geo.lookup import Map
from geo.many import Asker
from geo.store.live import Seen


class Askers:
    """The asker of the state in force, made by the first who wants it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: Asker | None = None

    def of(self, state: Map, near_m: float) -> Asker:
        with self._lock:
            if self._kept is None or self._kept.state is not state or self._kept.near_m != near_m:
                self._kept = Asker(state, near_m)
            return self._kept


def beside(request: Request, seen: Seen, *, with_distance: bool = True) -> Beside:
    """Our columns for the rows of a request, in its language and by the settings."""
    asker = request.app.state.askers.of(seen.map, request.app.state.settings.near_boundary_m)
    language = language_of(request.headers.get("accept-language"))
    return Beside(asker, language, seen.map.publication, with_distance)
