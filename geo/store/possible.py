"""What may be done with a plan in each of its states?"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from geo.store.refusals import WrongState

POSSIBLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "draft": ("edit", "submit", "publish", "withdraw"),
        "submitted": ("approve", "reopen", "withdraw"),
        "approved": ("publish", "reopen", "withdraw"),
        "scheduled": ("withdraw",),
        "published": (),
        "withdrawn": ("reopen",),
    }
)
"""State -> actions. A scheduled plan is published by the clock alone."""
WITHDRAWABLE = tuple(state for state, actions in POSSIBLE.items() if "withdraw" in actions)


def require(action: str, number: UUID, state: str) -> None:
    """Raises WrongState where a plan's state does not allow an action."""
    if action not in POSSIBLE[state]:
        raise wrong_state(number, state)


def wrong_state(number: UUID, state: str) -> WrongState:
    """The refusal that names a plan's state and what it allows."""
    return WrongState(str(number), state, POSSIBLE[state])
