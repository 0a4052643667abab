"""Where is what a search may find?"""

from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from geo.search import Finder


def finder(request: Request) -> Finder:
    """What can be found in the state in memory. Raises StoreUnavailable while none was ever loaded."""
    found: Finder = request.app.state.live.finder()
    return found


InFinder: TypeAlias = Annotated[Finder, Depends(finder)]
