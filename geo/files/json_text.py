"""What does a JSON text say, read strictly and within limits?"""

import codecs
import json
import re

import numpy as np

from geo.files.limits import Limits
from geo.files.refusals import FileUnreadable, shown

STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A JSON string, or the rest of the text where its end is missing: each byte is looked at once."""
OTHER_BYTES = bytes(byte for byte in range(256) if byte not in b"[]{}")


def decoded(data: bytes, encoding: str | None) -> str:
    """The text in `encoding` (UTF-8 where not given, a byte order mark allowed)."""
    try:
        name = codecs.lookup(encoding or "utf-8-sig").name
        return data.decode("utf-8-sig" if name == "utf-8" else name)
    except (LookupError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise FileUnreadable("text-not-in-encoding", encoding=encoding or "utf-8", position=error.start) from error
        raise FileUnreadable("encoding-unknown", encoding=shown(encoding)) from error


def refuse_depth(text: str, limits: Limits) -> None:
    """Raise `FileUnreadable` where arrays and objects lie deeper in one another than allowed; before parsing."""
    brackets = STRING.sub(b"", text.encode("utf-8", "surrogatepass")).translate(None, OTHER_BYTES)
    codes = np.frombuffer(brackets, dtype=np.uint8)
    steps = np.where((codes == ord("[")) | (codes == ord("{")), 1, -1)
    if np.cumsum(steps).max(initial=0) > limits.depth:
        raise FileUnreadable("json-too-deep", limit=limits.depth)


def loaded(text: str) -> object:
    """The JSON value; `NaN` and `Infinity` are read, so that they cost one row and not the file. Raises ValueError."""
    return json.loads(text)
