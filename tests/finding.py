"""How do tests wait for what can be found in the state just published?"""

from fastapi import FastAPI
from fastapi.testclient import TestClient


def findable(client: TestClient) -> TestClient:
    """The same client, once its service can find what is in force now."""
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.live.searchable.refresh()
    return client
