"""What do events tell?"""

from typing import Any, Final

from geo.store.events import Event, PlanEvent

EXAMPLE: Final = """id: 12.755:755:
event: published
data: {"publication":12,"kind":"ground","at":"2026-03-09T08:00:00+00:00","bounds":[104.101,30.7,104.104,30.703],\
"regions":["519909001001"]}

"""
"""As it goes over the wire."""


def named(event: Event) -> str:
    """The name of the event."""
    return "plan" if isinstance(event.what, PlanEvent) else "published"


def document(event: Event) -> dict[str, Any]:
    """Its data."""
    what = event.what
    if isinstance(what, PlanEvent):
        return {
            "id": str(what.plan),
            "revision": what.revision,
            "state": what.state,
            "action": what.action,
            "actor": what.actor,
            "at": what.at.isoformat(),
        }
    return {
        "publication": what.number,
        "kind": what.kind,
        "at": what.at.isoformat(),
        "bounds": None if what.bounds is None else list(what.bounds),
        "regions": list(what.regions),
    }
