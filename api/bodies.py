"""What does an actor ask for in a JSON body? Read once it is known who asks, by the model of the route."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.access import Actor
from api.limits import read_json
from api.parameters import check_media
from api.problems import Problem
from api.settings import Settings

MOST_BYTES = 1024 * 1024
"""Of a body that says what is wished and holds no ground: thousands of codes, and long texts."""
AT_ONCE = 16 * 1024
"""So many bytes are read where they come in; more in a thread, so that nobody waits for them."""
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Body(Generic[Model]):
    """What is asked, and `digest`, which stands for the very bytes."""

    asked: Model
    digest: str


def body_of(
    model: type[Model], *, needed: bool = True, most: Callable[[Settings], int] | None = None
) -> Callable[..., Awaitable[Body[Model]]]:
    """A dependency that reads a body as a model; without one that is `needed`, the model's defaults.

    `most` is how many bytes it may have, where ground is in it. It raises the problems of a body:
    `unsupported-media-type`, `body-too-large`, `invalid-body`, `body-too-deep`.
    """

    async def read(request: Request, _: Actor) -> Body[Model]:
        check_media(request)
        body = await request.body()
        if needed and not body:
            raise Problem("invalid-body")
        if len(body) > (limit := MOST_BYTES if most is None else most(request.app.state.settings)):
            raise Problem("body-too-large", {"limit": limit})
        asked = (
            parsed(request, model, body)
            if len(body) <= AT_ONCE
            else await run_in_threadpool(parsed, request, model, body)
        )
        return Body(asked, sha256(body).hexdigest())

    return read


def parsed(request: Request, model: type[Model], body: bytes) -> Model:
    """The model that a body says. Raises the problems of a body."""
    try:
        return model.model_validate(read_json(body, request.app.state.settings) if body else {})
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None
