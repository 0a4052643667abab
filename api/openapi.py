"""What does the machine-readable description say? OpenAPI 3.1, with the problems that each operation can answer."""

from collections import defaultdict
from typing import Any

from fastapi import FastAPI

from api.batched import BatchLine, BatchPoint, BatchRequest
from api.converted import ConvertRequest
from api.diff_schemas import DiffPlaces
from api.draw_schemas import Drawing, DrawRequest, SizeRepairs
from api.examples import BY_SCHEMA
from api.order_schemas import OrderRequest, RevertRequest
from api.planned import (
    ApproveRequest,
    EditsRequest,
    OpenRequest,
    PlanChange,
    PlanGround,
    RebaseRequest,
    RepairsRequest,
    StateRequest,
    StepsRequest,
)
from api.problems import MEDIA_TYPE, STATUS
from api.schemas import AcceptRequest, FindingPlaces, PlanFile, PublishRequest
from api.texts import explained, text

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `type` is stable; `title` and `detail` follow Accept-Language (zh or en).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/invalid-parameter"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                    "pointer": {"type": "string", "description": "RFC 6901, into the body"},
                    "detail": {"type": "string"},
                },
            },
        },
        "features": {"type": "object", "description": "GeoJSON FeatureCollection of the places"},
        "current_etag": {"type": "string"},
        "edit": {"type": "integer", "description": "Which edit of a list was refused, from 0"},
        "reason": {"type": "string", "description": "Why, as a stable word"},
        "publication": {"type": "integer", "description": "The publication that retired a code"},
        "successors": {
            "type": "array",
            "description": "Who has the ground of a retired grid now; without a code: nobody",
            "items": {
                "type": "object",
                "required": ["code", "share", "households"],
                "properties": {
                    "code": {"type": ["string", "null"]},
                    "share": {"type": "number"},
                    "households": {"type": "integer"},
                },
            },
        },
    },
}


class Described(FastAPI):
    """A FastAPI app whose description holds the schemas that `responses` and the bodies refer to."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = PROBLEM_SCHEMA
        for body in (
            AcceptRequest,
            ApproveRequest,
            BatchLine,
            BatchPoint,
            BatchRequest,
            ConvertRequest,
            DiffPlaces,
            DrawRequest,
            Drawing,
            EditsRequest,
            FindingPlaces,
            OrderRequest,
            RevertRequest,
            SizeRepairs,
            OpenRequest,
            PlanChange,
            PlanFile,
            PlanGround,
            PublishRequest,
            RebaseRequest,
            RepairsRequest,
            StateRequest,
            StepsRequest,
        ):
            told = body.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= told.pop("$defs", {})
            schemas[body.__name__] = told
        for name in BY_SCHEMA.keys() & schemas.keys():
            schemas[name]["examples"] = [BY_SCHEMA[name]]
        return described


def responses(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: the problems it can answer, by status, each with an example."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for slug in slugs:
        by_status[STATUS[slug]].append(slug)
    return {status: _declared(group) for status, group in sorted(by_status.items())}


def in_geojson(schema: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route that answers features: the same shape under both media types."""
    return {200: {"content": {"application/geo+json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}}


def in_places(schema: str = "FindingPlaces") -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a check or a comparison: the places it is about as GeoJSON, and a report to print."""
    found = in_geojson(schema)
    found[200]["content"]["text/html"] = {"schema": {"type": "string"}}
    return found


def any_problem() -> dict[int | str, dict[str, Any]]:
    """For the whole app: whatever else goes wrong is a problem too."""
    return {"default": {"description": "A problem", "content": {MEDIA_TYPE: {"schema": _reference()}}}}


def _declared(slugs: list[str]) -> dict[str, Any]:
    titles = ", ".join(text(f"problem.{slug}.title", "en") for slug in slugs)
    examples = {slug: {"value": _example(slug)} for slug in slugs}
    return {"description": titles, "content": {MEDIA_TYPE: {"schema": _reference(), "examples": examples}}}


def _example(slug: str) -> dict[str, Any]:
    return {
        "type": f"/problems/{slug}",
        "title": text(f"problem.{slug}.title", "en"),
        "status": STATUS[slug],
        "detail": explained(slug, "en"),
        "instance": "/v1/example",
    }


def _reference() -> dict[str, str]:
    return {"$ref": "#/components/schemas/Problem"}
