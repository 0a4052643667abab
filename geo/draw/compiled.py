"""How do inner loops become machine code?"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function compiled at its first call, without the interpreter's lock. Its code is kept beside the module or,
    where nobody may write there, in the user's cache; where neither can be written it is compiled in each process."""
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder for its cache
        made = njit(nogil=True)(function)
    return cast(Function, made)
