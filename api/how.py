"""How is a file to be read, as options, a profile or a request say it?"""

from collections.abc import Mapping
from typing import Any

from geo.datum import Datum


def keywords(how: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of `geo.files.read` for the members that a profile has. Raises DatumUnknown."""
    return {
        "layer": how.get("layer"),
        "table": how.get("table"),
        "datum": None if how.get("datum") is None else Datum.parse(how["datum"]),
        "encoding": how.get("encoding"),
        "mapping": how.get("fields") or {},
        "constants": how.get("constants") or {},
    }
