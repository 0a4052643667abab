"""How are the people in charge of a place told? Of the inner profile only: names and phones are in no public answer."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from geo.model import Person


class InCharge(BaseModel):
    """Somebody bound to a place; dates and instants as they were stated, null where the binding is open. Who that is
    (`id`, `name`, `phone`) is null in the public profile."""

    id: str | None
    name: str | None
    phone: str | None
    code: str
    of: Literal["grid", "region"]
    role: Literal["responsible", "member", "part-time", "organisation"]
    post: Literal["A", "B"] | None
    subject: str
    since: str | None = Field(alias="from")
    until: str | None

    model_config = {"serialize_by_alias": True}


class People(BaseModel):
    """Who is in charge at an instant, by the last publication at or before it; the responsible first, then by name."""

    code: str
    of: Literal["grid", "region"]
    people: list[InCharge]
    publication: int
    as_of: str
    stale: bool


PEOPLE: Final = {
    "code": "51990900100102",
    "of": "grid",
    "people": [
        {
            "id": "person-3c0f6a5e9b1d2c47",
            "name": "示例网格长",
            "phone": "000-0000-0017",
            "code": "51990900100102",
            "of": "grid",
            "role": "responsible",
            "post": "A",
            "subject": "",
            "from": "2026-01-01",
            "until": None,
        }
    ],
    "publication": 12,
    "as_of": "2026-03-02T08:00:00+00:00",
    "stale": False,
}
"""An example of the answer."""


def told(person: Person) -> dict[str, Any]:
    """A binding as JSON values."""
    return {
        "id": person.id,
        "name": person.name,
        "phone": person.phone,
        "code": person.place,
        "of": person.place_layer,
        "role": person.role,
        "post": person.post,
        "subject": person.subject,
        "from": person.since,
        "until": person.until,
    }
