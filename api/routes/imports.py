"""How does a file of any size come in? As a job, whose answer is that of `wangge import`."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, Query
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from api.access import Actor
from api.asked import Asked, plain
from api.entering import IN_TIME, answered
from api.faults import Fault
from api.openapi import responses
from api.parameters import DatumName, Flag, Text
from api.preconditions import InIdempotencyKey
from api.preferred import InPrefer
from api.problems import Problem
from api.published import InLive
from api.received import MEDIA, InReceived, Received
from api.schemas import JobDocument
from api.texts import language_of
from geo.footprints import Estimate
from geo.model import Layer
from geo.store import answers, jobs, profiles
from geo.store.connect import reachable, session
from geo.store.jobs import Job
from geo.store.order import Mode

router = APIRouter(prefix="/v1/imports", tags=["imports"])
FILE = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA},
    }
}


@router.post(
    "",
    operation_id="importFile",
    summary="Take in a file: a dry run, a draft or a publication",
    status_code=202,
    response_model=JobDocument,
    openapi_extra=FILE,
    responses=IN_TIME
    | responses(
        "invalid-parameter",
        "unknown-parameter",
        "invalid-body",
        "idempotency-key-required",
        "idempotency-key-reused",
        "token-required",
        "read-only",
        "body-too-slow",
        "body-too-large",
        "unsupported-media-type",
        "busy",
        "queue-full",
        "store-unavailable",
    ),
)
def import_file(
    request: Request,
    live: InLive,
    actor: Actor,
    key: InIdempotencyKey,
    file: InReceived,
    name: Annotated[Text, Query(description="What the file is called; its ending says the format")],
    layer: Annotated[Layer | None, Query(description="What the rows are, where the file does not say")] = None,
    table: Annotated[Text | None, Query(description="Which table or sheet of the file")] = None,
    datum: Annotated[DatumName | None, Query(description="wgs84, cgcs2000, gcj02, bd09 or EPSG:n")] = None,
    profile: Annotated[Text | None, Query(description="Read the file as was kept under this name")] = None,
    crs: Annotated[DatumName | None, Query(description="The same as datum, as EPSG:n; one of the two")] = None,
    encoding: Annotated[Text | None, Query(description="Encoding of a text file")] = None,
    field: Annotated[list[Text], Query(description="OURS=THEIRS: our field from their column; repeatable")] = [],  # noqa: B006
    set: Annotated[list[Text], Query(description="OURS=VALUE: the same for every row; repeatable")] = [],  # noqa: B006
    level: Annotated[Text, Query(description="Level of regions that grids name and nobody knows")] = "community",
    scheme: Annotated[Text | None, Query(description="Code scheme of such regions")] = None,
    snap: Annotated[Flag, Query(description="Join nodes and edges within 0.2 m")] = False,
    mode: Annotated[
        Mode,
        Query(
            description="add: never change what is there; update: rows set what they have a value for; "
            "replace: what has no row vanishes"
        ),
    ] = Mode.ADD,
    within: Annotated[Text | None, Query(description="Code of the region that mode=replace is about")] = None,
    estimate: Annotated[
        Text | None,
        Query(description="Reckon households nobody counted: m2=90,floors=3,share=1, or default; marked as estimates"),
    ] = None,
    yes: Annotated[Flag, Query(description="Take guesses as they are, and let vanish what would")] = False,
    strict: Annotated[Flag, Query(description="Take nothing when a row is refused")] = False,
    dry_run: Annotated[Flag, Query(description="Tell everything and keep nothing")] = False,
    publish: Annotated[Flag, Query(description="Publish at once; else a draft is kept")] = False,
    provisional: Annotated[Flag, Query(description="Publish what cannot be proven, its findings open")] = False,
    reason: Annotated[Text | None, Query(description="Why; it stands in the log")] = None,
    prefer: InPrefer = None,
) -> Response:
    """The file is the body as it is. The job's `result` has the three parts of a dry run: rows by verdict, findings,
    and what would change; then the draft and the publication, where there are any.

    Sent again with the same Idempotency-Key, the same file and parameters answer with the same job.
    """
    if datum is not None and crs is not None:
        raise Problem("invalid-parameter", errors=[Fault("parameter.repeated", parameter="crs")])
    if within is not None and mode is not Mode.REPLACE:
        raise Problem("invalid-parameter", errors=[Fault("parameter.unfit", parameter="within")])
    stated = {"layer": layer, "table": table, "datum": datum or crs, "encoding": encoding}
    pairs = {"fields": _pairs(field, "field"), "constants": _pairs(set, "set")}
    asked = Asked(
        name=name,
        **_profiled(live.engine, profile, {**stated, **pairs}),
        level=level,
        scheme=scheme,
        snap=snap,
        mode=mode,
        within=within,
        estimate=_estimate(estimate),
        yes=yes,
        strict=strict,
        dry_run=dry_run,
        publish=publish,
        provisional=provisional,
        reason=reason or "",
        language=language_of(request.headers.get("accept-language")),
    )
    job = _job(request, live.engine, key, actor, asked, file)
    return answered(request, live.engine, job, prefer)


def _job(request: Request, engine: Engine, key: str, actor: str, asked: Asked, file: Received) -> Job:
    """The job of this key: made now, or by the same request before."""
    document = plain(asked)
    same = f"import {orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()} {file.digest}"
    with reachable(), session(engine) as work, work.begin():
        before = answers.told(work, key, actor, same)
        if before is not None:
            return jobs.find(work, UUID(before["job"]))
        number = uuid4()
        job = jobs.create(
            work,
            number,
            kind="import",
            actor=actor,
            asked=document,
            pieces=file.pieces(),
            waiting=request.app.state.settings.jobs_waiting,
        )
        answers.keep(work, key, actor, same, {"job": str(number)})
    return job


def _pairs(given: Sequence[str], name: str) -> dict[str, str]:
    """`["a=B"]` -> `{"a": "B"}`. Raises a problem."""
    found: dict[str, str] = {}
    for one in given:
        ours, equals, theirs = one.partition("=")
        if not equals or not ours or ours in found:
            raise Problem("invalid-parameter", errors=[Fault("parameter.pair", parameter=name)])
        found[ours] = theirs
    return found


def _profiled(engine: Engine, name: str | None, stated: dict[str, Any]) -> dict[str, Any]:
    """What is stated, over what was kept under a name. Raises a problem where nothing was."""
    if name is None:
        return stated
    with reachable(), session(engine) as work:
        kept = profiles.find(work, name)
    if kept is None:
        raise Problem("invalid-parameter", errors=[Fault("parameter.profile", parameter="profile")])
    return profiles.over(kept, stated)


def _estimate(given: str | None) -> str | None:
    """The rule as it was stated, if it can be read. Raises a problem."""
    try:
        if given is not None:
            Estimate.parse(given)
    except ValueError:
        raise Problem("invalid-parameter", errors=[Fault("parameter.estimate", parameter="estimate")]) from None
    return given
