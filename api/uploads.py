"""Which plan file came in the body, and is whoever sent it allowed to have it read?

A body that a route declares is read and parsed before anybody asks who sent it. A plan file is therefore taken as bytes
by a dependency of its own, after the actor's where there is one, and parsed in the pool, within the stated limits.
"""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from api.access import Actor
from api.parameters import check_media
from api.problems import Problem
from api.settings import Settings
from geo.datum import Datum
from geo.files import Limits, Reading, read_geojson
from geo.model import Layer


def described(schema: str, *media: str, required: bool) -> dict[str, Any]:
    """For `openapi_extra` of a route that takes a body in one of these ways."""
    content = {one: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for one in media}
    return {"requestBody": {"required": required, "content": content}}


PLAN_FILE = described("PlanFile", "application/geo+json", "application/json", required=True)
PLAN_OR_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/OpenRequest"}},
            "application/geo+json": {"schema": {"$ref": "#/components/schemas/PlanFile"}},
        },
    }
}
PUBLISH_REQUEST = described("PublishRequest", "application/json", required=False)


async def anybodys(request: Request) -> bytes:
    """The body of a route that is open to all. Raises the problems of a body that is missing or no JSON by its type."""
    check_media(request)
    body = await request.body()
    if not body:
        raise Problem("invalid-body")
    return body


async def actors(request: Request, _: Actor) -> bytes:
    """The body of a route that only an actor may use: nobody else's is read."""
    return await anybodys(request)


AnyUpload: TypeAlias = Annotated[bytes, Depends(anybodys)]
ActorsUpload: TypeAlias = Annotated[bytes, Depends(actors)]


def limits_of(settings: Settings) -> Limits:
    """What one upload may hold."""
    return Limits(
        bytes=settings.body_bytes,
        features=settings.features,
        all_vertices=settings.vertices,
        depth=settings.json_depth,
    )


def reading_of(body: bytes, limits: Limits, datum: Datum | None = None, layer: Layer | None = None) -> Reading:
    """The rows of an upload; runs in a process of the pool. Raises a Refusal for what cannot be read as a whole."""
    return read_geojson(body, datum=datum, layer=layer, limits=limits)
