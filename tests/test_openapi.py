"""Does the description tell the truth about every operation, and do its examples hold?"""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import create_engine

from api import health, order_schemas, planned, schemas
from api.app import create_app
from api.problems import STATUS
from api.settings import Settings

METHODS = {"get", "post", "put", "patch", "delete"}
REF = "#/components/schemas/"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description needs no store, so none is reached."""
    app = create_app(Settings(), create_engine("postgresql+psycopg://127.0.0.1:1/none"))
    client = TestClient(app)
    told: dict[str, Any] = client.get("/openapi.json").json()
    return told


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def model(name: str) -> type[BaseModel]:
    found = next(found for room in (schemas, planned, order_schemas, health) if (found := getattr(room, name, None)))
    assert issubclass(found, BaseModel)
    return found


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"] == "wangge"
    assert len(list(operations(described))) >= 23


def test_every_operation_is_named_and_told(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(described)]
    assert len(set(ids)) == len(ids)
    assert all(one.isidentifier() and "_" not in one for one in ids)
    for name, operation in operations(described):
        assert operation["summary"], name
        assert len(operation["description"]) >= 20, name
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert parameter.get("description"), (name, parameter["name"])


def test_every_operation_names_its_problems(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        answers = operation["responses"]
        assert answers["default"]["content"]["application/problem+json"]["schema"] == {"$ref": f"{REF}Problem"}, name
        assert "422" not in answers or "application/problem+json" in answers["422"]["content"], name
        for status, told in answers.items():
            if status.startswith(("4", "5")):
                examples = told["content"]["application/problem+json"]["examples"]
                assert examples, name
                for slug, example in examples.items():
                    assert example["value"]["status"] == STATUS[slug] == int(status), name
                    assert set(described["components"]["schemas"]["Problem"]["required"]) <= example["value"].keys()


def test_every_answer_has_an_example_that_validates(described: dict[str, Any]) -> None:
    seen = set()
    for name, operation in operations(described):
        good = {status: told for status, told in operation["responses"].items() if status.startswith("2")}
        assert good, name
        for told in good.values():
            for media, content in told.get("content", {}).items():
                if "json" not in media or operation["operationId"] == "explainProblem":
                    continue
                one = content["schema"]
                seen |= {validated(described, form["$ref"], name) for form in one.get("anyOf", [one])}
    assert {"OwnerAnswer", "OwnerBrief", "Grids", "Checked", "PlanDocument", "Published", "TileJson", "Ready"} <= seen


def test_every_body_has_an_example_that_validates(described: dict[str, Any]) -> None:
    bodies = {name: operation["requestBody"] for name, operation in operations(described) if "requestBody" in operation}
    assert set(bodies) == {
        "POST /v1/acceptances",
        "POST /v1/check",
        "POST /v1/convert",
        "POST /v1/owner/batch",
        "POST /v1/owner/stream",
        "POST /v1/imports",
        "POST /v1/orders",
        "POST /v1/plans",
        "POST /v1/publications/{number}/revert",
        "PATCH /v1/plans/{id}",
        "POST /v1/plans/{id}/draw",
        "POST /v1/plans/{id}/edits",
        "POST /v1/plans/{id}/undo",
        "POST /v1/plans/{id}/redo",
        "POST /v1/plans/{id}/rebase",
        "POST /v1/plans/{id}/repairs",
        "POST /v1/plans/{id}/submit",
        "POST /v1/plans/{id}/approve",
        "POST /v1/plans/{id}/reopen",
        "POST /v1/plans/{id}/withdraw",
        "POST /v1/plans/{id}/publish",
    }
    for name, body in bodies.items():
        for content in body["content"].values():
            if content["schema"] == {"type": "string", "format": "binary"}:
                continue
            validated(described, content["schema"]["$ref"], name)


def validated(described: dict[str, Any], reference: str, name: str) -> str:
    title = reference.removeprefix(REF)
    examples = described["components"]["schemas"][title]["examples"]
    assert examples, name
    for example in examples:
        one = model(title).model_validate(example)
        assert one.model_dump(mode="json", exclude_unset=True) == example, name
        required = {key for key, field in model(title).model_fields.items() if field.is_required()}
        assert required <= example.keys()
    return title


def test_references_lead_somewhere(described: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in set(references(described)):
        assert reference.removeprefix(REF) in described["components"]["schemas"], reference


def test_standing_has_two_words() -> None:
    assert get_args(schemas.Standing) == ("proven", "provisional")
