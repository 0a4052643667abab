"""How does a plan come in, and how is it published?"""

from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.access import actor, inner
from api.answers import PRIVATE, answer
from api.openapi import responses
from api.parameters import Flag
from api.preconditions import InIdempotencyKey, InIfMatch
from api.problems import Problem
from api.published import InLive
from api.refused import row_faults
from api.schemas import Checked, PlanDocument, Published
from api.shapes import report_document
from api.texts import language_of
from api.uploads import PLAN_FILE, PUBLISH_REQUEST, ActorsUpload, Wish, limits_of, reading_of
from geo import plan as plans
from geo.store import answers, door, drafts, intake
from geo.store.connect import reachable, session
from geo.store.drafts import Draft
from geo.store.order import Order
from geo.store.reading import checked

router = APIRouter(prefix="/v1/plans", tags=["plans"])
InActor = Annotated[str, Depends(actor)]
DryRun = Annotated[Flag, Query(description="The same answer, and nothing is kept")]
Provisional = Annotated[Flag, Query(description="Regions that cannot be proven may be published provisional")]
Snap = Annotated[Flag, Query(description="Join nodes and edges within 0.2 m")]


@router.post(
    "",
    operation_id="draftPlan",
    summary="Draft a plan from an uploaded plan file",
    status_code=201,
    response_model=PlanDocument,
    openapi_extra=PLAN_FILE,
    responses=responses(
        "invalid-body",
        "body-too-deep",
        "idempotency-key-required",
        "token-required",
        "read-only",
        "body-too-large",
        "too-many-features",
        "too-many-vertices",
        "unsupported-media-type",
        "rows-refused",
        "nothing-to-publish",
        "idempotency-key-reused",
        "took-too-long",
        "busy",
        "store-unavailable",
    ),
)
def draft(
    request: Request,
    live: InLive,
    actor: InActor,
    key: InIdempotencyKey,
    body: ActorsUpload,
    provisional: Provisional = False,
    snap: Snap = False,
    dry_run: DryRun = False,
) -> Response:
    """The regions and things of the file that differ from the published map, kept as a draft with its bases.

    A row that cannot be taken refuses the whole upload, so that nothing is lost unseen; `errors` name the rows.
    """
    reading = request.app.state.pool.run(reading_of, body, limits_of(request.app.state.settings), request=request)
    asked = f"draft {provisional} {snap} {sha256(body).hexdigest()}"
    with reachable(), session(live.engine) as work, work.begin() as transaction:
        told = answers.told(work, key, actor, asked)
        if told is None:
            taken = intake.take(work, [reading], Order(snap=snap, whole=True), check=False)
            if taken.problems:
                raise Problem("rows-refused", {"refused": len(taken.problems)}, errors=row_faults(list(taken.problems)))
            if taken.is_empty:
                raise Problem("nothing-to-publish")
            number = intake.keep(work, taken, actor=actor, provisional=provisional)
            told = document(drafts.find(work, number))
            answers.keep(work, key, actor, asked, told)
            if dry_run:
                transaction.rollback()
    headers = {"ETag": _tag(told["revision"]), "Location": f"/v1/plans/{told['id']}"}
    return answer(request, told, status=201, etag=headers["ETag"], cache=PRIVATE, headers=headers)


@router.get(
    "/{id}",
    operation_id="plan",
    dependencies=[Depends(inner)],
    summary="One plan",
    response_model=PlanDocument,
    responses=responses("token-required", "unknown-plan"),
)
def one(request: Request, id: UUID, live: InLive) -> Response:
    """Its state, its regions with the bases they were drawn from, and its revision as ETag."""
    with reachable(), session(live.engine) as work:
        found = drafts.find(work, id)
    return answer(request, document(found), etag=_tag(found.revision), cache=PRIVATE)


@router.delete(
    "/{id}",
    operation_id="withdrawPlan",
    summary="Withdraw a plan",
    status_code=204,
    responses=responses("token-required", "unknown-plan", "plan-not-draft", "stale-state", "if-match-required"),
)
def withdraw(id: UUID, live: InLive, actor: InActor, match: InIfMatch) -> Response:
    """Its rows stay in the store for the log; it cannot be published any more."""
    with reachable(), session(live.engine) as work, work.begin():
        match.require(_tag(drafts.find(work, id).revision))
        drafts.withdraw(work, id, actor)
    return Response(status_code=204)


@router.get(
    "/{id}/findings",
    operation_id="findingsOfPlan",
    dependencies=[Depends(inner)],
    summary="What is wrong with a plan?",
    response_model=Checked,
    responses=responses("token-required", "unknown-plan", "busy", "took-too-long"),
)
def findings(request: Request, id: UUID, live: InLive) -> Response:
    """Every finding of the plan as it stands, with the published buildings on its ground, and its figures."""
    with reachable(), session(live.engine) as work:
        drafts.find(work, id)
        judged, terms = checked(work, id)
    report = request.app.state.pool.run(plans.check, judged, terms, request=request)
    told = report_document(report, language_of(request.headers.get("accept-language")), None)
    return answer(request, told, cache=PRIVATE, headers={"Vary": "Accept, Accept-Language"})


@router.post(
    "/{id}/publish",
    operation_id="publishPlan",
    summary="Publish a plan now",
    response_model=Published,
    openapi_extra=PUBLISH_REQUEST,
    responses=responses(
        "token-required",
        "unknown-plan",
        "plan-not-draft",
        "stale-base",
        "border-conflict",
        "coverage-not-exact",
        "regions-overlap",
        "code-taken",
        "households-orphaned",
        "thing-gone",
        "thing-there",
        "never-back",
        "amendment-refused",
        "tree-broken",
        "nothing-to-publish",
        "invalid-body",
        "invalid-if-match",
        "idempotency-key-required",
        "idempotency-key-reused",
        "read-only",
        "unsupported-media-type",
        "if-match-required",
        "stale-state",
        "busy",
        "store-unavailable",
    ),
)
def publish(
    request: Request,
    id: UUID,
    live: InLive,
    actor: InActor,
    key: InIdempotencyKey,
    match: InIfMatch,
    wish: Wish,
    dry_run: DryRun = False,
) -> Response:
    """Through the one door: the number is taken, bases and neighbours are asked again, and the map switches at once.

    A client whose connection broke repeats the request with the same Idempotency-Key and gets the same answer.
    """
    asked = door.Request(plan=id, actor=actor, reason=wish.reason, key=key, dry_run=dry_run, expected=_revision(match))
    done = door.publish(live.engine, asked)
    told = door.plain(done)
    return answer(request, told, cache=PRIVATE, publication=None if dry_run else done.number)


def document(found: Draft) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "title": found.title,
        "reason": found.reason,
        "state": found.state,
        "communities": sorted(found.base),
        "base": dict(sorted(found.base.items())),
        "revision": found.revision,
        "provisional": found.provisional,
        "publication": found.publication,
    }


def _tag(revision: int) -> str:
    return f'"{revision}"'


def _revision(match: InIfMatch) -> frozenset[int]:
    """The revisions that the caller may have read."""
    return frozenset(int(tag.strip('"')) for tag in match.tags if tag.strip('"').isdigit() and len(tag) < 12)
