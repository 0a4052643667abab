"""The reply to a COMMIT is lost: is whoever asks again with the same key told once and alike?"""

import select
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from conftest import Store
from publishing import drafted, faults, halves, head, publish
from sqlalchemy import make_url

from geo.store import roles
from geo.store.connect import service_engine
from geo.store.errors import StoreUnavailable
from geo.store.place import PORT


class Proxy:
    """Stands between a service and its database, and cuts the line at the COMMIT of a publication.

    `delivered` says whether the COMMIT still reaches the database; its reply is lost in any case.
    """

    def __init__(self, real: Path, folder: Path, delivered: bool) -> None:
        self.delivered = delivered
        self._real, self._folder = real, folder
        self._listener = socket.create_server(str(folder / real.name), family=socket.AF_UNIX)
        self._threads: list[Thread] = []

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{roles.SERVICE}@/{roles.DATABASE}?host={self._folder}&port={PORT}"

    @contextmanager
    def running(self) -> Iterator[None]:
        accepting = Thread(target=self._accept)
        accepting.start()
        try:
            yield
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            for thread in (accepting, *self._threads):
                thread.join()
            self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was shut down
            while True:
                thread = Thread(target=self._relay, args=[self._listener.accept()[0]])
                self._threads.append(thread)
                thread.start()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._real))
            publishes = False
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for end, other in ((client, server), (server, client)):
                    if end in ready:
                        data = end.recv(1 << 16)
                        publishes |= b"publish(" in data
                        commits = publishes and end is client and b"COMMIT" in data
                        if data and (not commits or self.delivered):
                            other.sendall(data)
                        if commits and self.delivered:
                            server.recv(1 << 16)
                        if commits or not data:
                            return


@pytest.mark.parametrize("delivered", [True, False])
def test_a_lost_reply_to_commit(store: Store, delivered: bool) -> None:
    """The caller cannot know whether it was published; asked again with the same key, it is told, once and alike."""
    number = drafted(store.service, halves("A", 0, 1))
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="wangge-test-") as folder:
        proxy = Proxy(store.cluster.place.socket, Path(folder), delivered)
        with proxy.running():
            address = make_url(proxy.url).set(database=make_url(store.service_url).database)
            engine = service_engine(address.render_as_string(hide_password=False))
            with pytest.raises(StoreUnavailable):
                publish(engine, number, str(number))
            engine.dispose()
    assert head(store.service) == (1 if delivered else 0)
    first, second = (publish(store.service, number, str(number)) for _ in range(2))
    assert first == second
    assert (first.number, head(store.service)) == (1, 1)
    assert faults(store.owner) == {}
