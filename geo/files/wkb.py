"""Which shape does the binary geometry of a GeoPackage mean?

Read by ourselves: GEOS recurses into nested collections until the stack ends, and closes or drops what should be told.
Format: OGC 12-128r19, 2.1.3 (the header), OGC 06-103r4, 8.2 (WKB); the EWKB flags for height and measure are known too.
"""

import math
import struct

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.files.refusals import RowRefused
from geo.files.shapes import MULTI, SINGLE, Chain, Chains, shape_of

KINDS = dict(enumerate((*SINGLE, *MULTI), start=1))
PLAIN_POINT, PLAIN_POINT_BYTES = b"\x01\x01\x00\x00\x00", 21
"""How most points begin, and how long they are: read without ado, since there are millions of them."""
ENVELOPE_BYTES = (0, 32, 48, 48, 64)
EWKB_Z, EWKB_M, EWKB_SRID = 0x8000_0000, 0x4000_0000, 0x2000_0000


def geometry_of(blob: object, most_vertices: int) -> BaseGeometry | None:
    """The shape in a GeoPackage geometry column, None for NULL; heights and measures are dropped."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        raise RowRefused("geometry-malformed", kind="GP")
    try:
        return plain_geometry_of(blob, most_vertices, at=8 + ENVELOPE_BYTES[(blob[3] >> 1) & 7])
    except IndexError as error:
        raise RowRefused("geometry-malformed", kind="GP") from error


def plain_geometry_of(blob: bytes, most_vertices: int, at: int = 0) -> BaseGeometry:
    """The shape of a WKB text that begins at byte `at`."""
    if blob.startswith(PLAIN_POINT, at) and len(blob) == at + PLAIN_POINT_BYTES:
        x, y = struct.unpack_from("<dd", blob, at + len(PLAIN_POINT))
        if math.isfinite(x) and math.isfinite(y):
            return shapely.points(x, y)
    try:
        return _Cursor(blob, at).shape(most_vertices)
    except (struct.error, IndexError, ValueError) as error:
        if isinstance(error, RowRefused):
            raise
        raise RowRefused("geometry-malformed", kind="WKB") from error


class _Cursor:
    """A place in a WKB text that moves on as it is read."""

    def __init__(self, blob: bytes, at: int) -> None:
        self.blob = blob
        self.at = at
        self.order = "<"
        self.dimensions = 2

    def shape(self, most_vertices: int) -> BaseGeometry:
        kind = self._kind()
        if kind in SINGLE:
            return shape_of(kind, [self._part(kind)], most_vertices)
        parts = []
        for _ in range(self._count(least_bytes=5)):
            if self._kind() != MULTI[kind]:
                raise RowRefused("geometry-malformed", kind=kind)
            parts.append(self._part(MULTI[kind]))
        return shape_of(kind, parts, most_vertices)

    def _part(self, kind: str) -> Chains:
        match kind:
            case "Point":
                point = self._chain(1)
                return [] if np.isnan(point).all() else [point]  # an empty point is written as NaN NaN
            case "LineString":
                return [self._chain(self._count(8 * self.dimensions))]
            case _:
                return [self._chain(self._count(8 * self.dimensions)) for _ in range(self._count(4))]

    def _kind(self) -> str:
        self.order = "<" if self.blob[self.at] == 1 else ">"
        self.at += 1
        code = self._number()
        if code & EWKB_SRID:
            self.at += 4
        flags = bool(code & EWKB_Z) + bool(code & EWKB_M)
        code &= 0x0FFF_FFFF
        self.dimensions = 2 + flags + (0, 1, 1, 2)[min(code // 1000, 3)]
        if code % 1000 not in KINDS or code >= 4000:
            raise RowRefused("geometry-kind-unknown", kind=f"WKB {code}")
        return KINDS[code % 1000]

    def _count(self, least_bytes: int) -> int:
        """A number of things that follow; no more than there is room for."""
        count = self._number()
        if count * least_bytes > len(self.blob) - self.at:
            raise RowRefused("geometry-malformed", kind="WKB")
        return count

    def _number(self) -> int:
        (number,) = struct.unpack_from(f"{self.order}I", self.blob, self.at)
        self.at += 4
        return int(number)

    def _chain(self, count: int) -> Chain:
        numbers = np.frombuffer(self.blob, f"{self.order}f8", count * self.dimensions, self.at)
        self.at += numbers.nbytes
        return np.asarray(numbers.reshape(-1, self.dimensions)[:, :2], dtype=np.float64)
