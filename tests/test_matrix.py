"""Do the squares of each matrix number the world as those who use them do?"""

import math

import numpy as np
import pytest

from geo.gcj import gcj_from_wgs
from geo.matrix import CGCS2000, EXTENT, GCJ, MATRICES, MERCATOR, MOST_ZOOM, Matrix

BUND = np.array([[121.49, 31.24]])


def square(matrix: Matrix, zoom: int) -> tuple[int, int]:
    x, y = (matrix.units(BUND, zoom)[0] // EXTENT).astype(int).tolist()
    return x, y


def test_web_mercator_is_numbered_as_everywhere() -> None:
    lon, lat = BUND[0]
    for zoom in range(MOST_ZOOM + 1):
        x = math.floor((lon + 180) / 360 * 2**zoom)
        y = math.floor(
            (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2 * 2**zoom
        )
        assert square(MERCATOR, zoom) == (x, y)


def test_tianditu_c_has_two_squares_at_zoom_1_and_ids_from_1() -> None:
    assert [CGCS2000.size(zoom) for zoom in (1, 2, 10)] == [(2, 1), (4, 2), (1024, 512)]
    assert square(CGCS2000, 1) == (1, 0)
    degrees = 360 / 2**12
    assert square(CGCS2000, 12) == (math.floor((121.49 + 180) / degrees), math.floor((90 - 31.24) / degrees))
    assert not CGCS2000.has(0, 0, 0)
    assert CGCS2000.has(1, 1, 0)
    assert not CGCS2000.has(1, 1, 1)


def test_gcj02_is_web_mercator_of_shifted_places() -> None:
    assert np.array_equal(GCJ.units(BUND, 15), MERCATOR.units(gcj_from_wgs(BUND), 15))


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_back_again(matrix: Matrix) -> None:
    for zoom in range(matrix.least_zoom, MOST_ZOOM + 1):
        assert np.abs(matrix.lonlat(matrix.units(BUND, zoom), zoom) - BUND).max() < 1e-9


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_squares_end_where_the_matrix_does(matrix: Matrix) -> None:
    columns, rows = matrix.size(5)
    assert matrix.has(5, columns - 1, rows - 1)
    assert not any(matrix.has(5, x, y) for x, y in ((columns, 0), (0, rows), (-1, 0), (0, -1)))
    assert not matrix.has(MOST_ZOOM + 1, 0, 0)
