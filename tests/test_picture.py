"""Does a picture show what it is given, true to scale, whatever the texts and shapes are, and within bounds?"""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from divisions import ORIGIN, STEP, cell
from hypothesis import given
from hypothesis import strategies as st

from geo import picture_marks
from geo.measure import metres_per_degree
from geo.picture import HEIGHT, WIDTH, Change, Fault, Outline, Patch, Scene, Stroke, Tone, svg
from geo.picture_frame import Box, view_of

SVG = "{http://www.w3.org/2000/svg}"
FRAME = Box(0, 0, 1000, 800)
MEGABYTE = 1_000_000


def drawn(**parts: Any) -> ElementTree.Element:
    return ElementTree.fromstring(svg(Scene(**{"title": "t", **parts})))


def of_class(picture: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in picture.iter() if name in one.get("class", "").split()]


def words(picture: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


def sliver(column: float, row: float, number: int, **more: Any) -> Fault:
    """About 2 m2."""
    x, y = ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP
    return Fault(shapely.box(x, y, x + 2e-5, y + 1e-5), number, **more)


def squares(side: int) -> list[Patch]:
    return [Patch(cell(i, j), Tone.GOOD, (f"{i}-{j}",)) for i in range(side) for j in range(side)]


def test_a_picture_is_one_document_that_asks_for_nothing() -> None:
    told = svg(Scene(title="柳堰社区", grids=squares(3), faults=[sliver(1, 1, 1)], attribution="资料"))
    picture = ElementTree.fromstring(told)
    assert (picture.get("width"), picture.get("height")) == (str(WIDTH), str(HEIGHT))
    assert re.findall(r"https?://[^\"]*", told) == ["http://www.w3.org/2000/svg"]
    assert set(re.findall(r"url\(([^)]*)\)", told)) <= {"#picture-frame", "#picture-removed"}
    assert "href" not in told
    assert "@import" not in told
    assert "柳堰社区" in words(picture)
    assert "资料" in words(picture)


@given(st.text(max_size=30))
def test_any_text_may_stand_in_it(told: str) -> None:
    scene = Scene(
        title=told,
        subtitle=told,
        attribution=told,
        grids=[Patch(cell(0, 0), Tone.GOOD, (told,))],
        outlines=[Outline(cell(0, 0), told)],
        faults=[sliver(0.5, 0.5, 1, caption=told)],
        words={"good": told, "faults": told, "grids": told},
    )
    picture = ElementTree.fromstring(svg(scene).encode("utf-8"))
    assert not picture.findall(f".//{SVG}script")


def test_markup_in_a_name_stays_text() -> None:
    nasty = '<script>alert("1")</script>&amp;'
    picture = drawn(title=nasty, grids=[Patch(cell(0, 0, 3, 3), labels=(nasty,))])
    assert nasty in words(picture)
    assert list(picture.iter(f"{SVG}script")) == []


@pytest.mark.parametrize("lat", [0.0, 30.7, 53.5])
def test_a_square_on_the_ground_is_a_square_on_the_page(lat: float) -> None:
    per_lon, per_lat = metres_per_degree(lat)
    shape = shapely.box(104, lat - 250 / per_lat, 104 + 500 / per_lon, lat + 250 / per_lat)
    view = view_of([shape], [], FRAME)
    west, top, east, bottom = shapely.bounds(view.pixels([shape])[0]).tolist()
    assert east - west == pytest.approx(bottom - top, rel=1e-3)
    assert east - west == pytest.approx(500 * view.pixels_per_metre, rel=1e-3)
    assert (west + east) / 2 == pytest.approx(500, abs=0.1)


def test_north_is_up_and_east_is_right() -> None:
    here, north, east = (shapely.Point(104 + x, 30 + y) for x, y in ((0, 0), (0, 0.01), (0.01, 0)))
    a, b, c = shapely.get_coordinates(view_of([here, north, east], [], FRAME).pixels([here, north, east]))
    assert b[1] < a[1]
    assert c[0] > a[0]


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    grids = squares(3)
    told = svg(Scene(title="t", grids=grids))
    bar = re.search(r'class="bar" d="M[-\d.]+ [-\d.]+v6h([\d.]+)v-6"', told)
    metres = re.search(r">(\d+) (k?)m</text>", told)
    assert bar is not None
    assert metres is not None
    long = int(metres.group(1)) * (1000 if metres.group(2) else 1)
    box = [float(of_class(ElementTree.fromstring(told), "rim")[0].get(side, "0")) for side in ("width", "height")]
    view = view_of([grid.shape for grid in grids], [], Box(0, 0, *box))
    assert float(bar.group(1)) == pytest.approx(long * view.pixels_per_metre, abs=0.1)


def test_a_fault_too_small_to_see_gets_a_ring_and_a_large_one_none() -> None:
    outline = Outline(cell(0, 0, 15, 15))
    tiny = drawn(outlines=[outline], faults=[sliver(7, 7, 1)])
    assert len(of_class(tiny, "ring")) == 1
    large = drawn(outlines=[outline], faults=[Fault(cell(3, 3, 5, 5), 1)])
    assert of_class(large, "ring") == []
    assert len(of_class(large, "fault")) == 1
    assert "1" in words(large)


def test_a_warning_is_told_apart_and_one_about_a_whole_grid_is_not_painted() -> None:
    fault = Fault(cell(0, 0), 7, "户数偏多", blocking=False, painted=False)
    picture = drawn(grids=squares(2), faults=[fault], words={"faults": "检查发现"})
    assert of_class(picture, "fault") == []
    assert len(of_class(picture, "mild")) == 2, "the tag on the map and the one in the list"
    assert "户数偏多" in words(picture)


def test_many_faults_share_tags_and_none_is_lost() -> None:
    chance = np.random.default_rng(4)
    faults = [sliver(*place, n) for n, place in enumerate(chance.uniform(0, 10, (900, 2)).tolist(), start=1)]
    view = view_of([cell(0, 0, 10, 10)], [], FRAME)
    marks = picture_marks.placed(faults, view)
    assert len(marks) <= 1.5 * picture_marks.MOST_TAGS
    assert sorted(n for mark in marks for n in mark.members) == list(range(900))
    for mark in marks:
        assert mark.text.split()[0] == str(min(faults[n].number for n in mark.members))
        assert FRAME.left <= mark.box.left < mark.box.right <= FRAME.right
        assert FRAME.top <= mark.box.top < mark.box.bottom <= FRAME.bottom


def test_a_blocking_fault_never_hides_in_the_tag_of_a_warning() -> None:
    faults = [sliver(5, 5, 2, blocking=False), sliver(5, 5, 1)]
    marks = picture_marks.placed(faults, view_of([cell(0, 0, 10, 10)], [], FRAME))
    assert [mark.members for mark in marks] == [(1,), (0,)]


def test_labels_that_collide_or_have_no_room_are_left_out() -> None:
    roomy = [Patch(cell(0, 0, 4, 4), labels=("第一网格", "320 户"))]
    assert {"第一网格320 户"} <= set(words(drawn(grids=roomy)))
    twins = [*roomy, Patch(cell(0, 0, 4, 4), labels=("第二网格",)), Patch(cell(0.1, 0.1, 0.02, 4), labels=("窄",))]
    shown = words(drawn(grids=twins))
    assert "窄" not in shown
    boxes = label_boxes(drawn(grids=[*squares(12), *squares(12)]))
    assert len(boxes) > 10
    assert not any(a.meets(b) for n, a in enumerate(boxes) for b in boxes[:n])


def label_boxes(picture: ElementTree.Element) -> list[Box]:
    """Where the letters of one-line labels stand, by the narrowest believable letters."""
    found = []
    for one in of_class(picture, "label"):
        size = float(one.get("font-size", "0"))
        for span in one:
            x, y, wide = float(span.get("x", "0")), float(span.get("y", "0")), 0.5 * size * len(span.text or "")
            found.append(Box(x - wide / 2, y - 0.7 * size, x + wide / 2, y))
    return found


def test_small_grids_give_way_to_the_names_of_their_regions() -> None:
    outlines = [Outline(cell(0, 0, 40, 20), "北社区"), Outline(cell(0, 20, 40, 20), "南社区")]
    shown = words(drawn(grids=squares(40), outlines=outlines))
    assert {"北社区", "南社区"} <= set(shown)


def test_refused_rows_far_away_do_not_shrink_the_map() -> None:
    scene = Scene(title="t", grids=squares(2), refused=[(0.0, 0.0), (104.1005, 30.7005), (500.0, 500.0)])
    path = of_class(ElementTree.fromstring(svg(scene)), "grid")[0].get("d", "")
    numbers = [abs(float(one)) for one in re.findall(r"-?\d*\.?\d+", path)]
    assert max(numbers[2:]) > 300, "a quarter of the ground is some hundred pixels wide"
    assert len(of_class(ElementTree.fromstring(svg(scene)), "refused")) >= 1


ODD: Sequence[shapely.Geometry] = (
    shapely.Polygon(),
    shapely.Point(104.1, 30.7),
    shapely.MultiPoint([(104.1, 30.7), (104.101, 30.7)]),
    shapely.LineString([(104.1, 30.7), (104.1, 30.7)]),
    shapely.Polygon([(104.1, 30.7), (104.11, 30.71), (104.11, 30.7), (104.1, 30.71)]),
    shapely.GeometryCollection([shapely.Point(104.1, 30.7), cell(0, 0)]),
    shapely.Polygon([(104.1, 30.7), (104.2, 30.7), (104.1, 30.7)]),
    shapely.Polygon([(104.1, 30.7, 5), (104.2, 30.7, 6), (104.1, 30.8, 7)]),
)


@pytest.mark.parametrize("shape", ODD, ids=lambda shape: str(shape.geom_type))
def test_odd_shapes_are_drawn_or_left_out_and_stop_nothing(shape: Any) -> None:
    picture = drawn(
        grids=[Patch(shape, labels=("一",)), *squares(2)],
        buildings=[shape],
        water=[shape],
        lines=[Stroke(shape, "river")],
        outlines=[Outline(shape, "某")],
        changes=[(change, shape) for change in Change],
        faults=[Fault(shape, 1, "f"), sliver(1, 1, 2)],
    )
    assert "2" in words(picture)


def test_nothing_at_all_is_a_picture_too() -> None:
    assert drawn().tag == f"{SVG}svg"
    assert drawn(refused=[(104.1, 30.7)]).tag == f"{SVG}svg"


def test_a_large_picture_stays_small_and_says_what_it_left_out() -> None:
    side = 120
    houses = [cell(i / 5, j / 5, 0.002, 0.002) for i in range(side) for j in range(side)]
    houses += [shapely.Point(ORIGIN[0] + STEP * n / 30, ORIGIN[1] + STEP).buffer(STEP, 64) for n in range(900)]
    told = svg(
        Scene(title="t", grids=squares(40), buildings=houses, words={"left-out.buildings": "{number} not drawn"})
    )
    assert len(told) < 3 * MEGABYTE
    left_out = re.search(r"(\d+) not drawn", told)
    assert left_out is not None
    assert int(left_out.group(1)) >= side * side


def test_shapes_keep_their_place_to_a_pixel_when_thinned() -> None:
    """A round thing of a thousand nodes comes out smaller and within half a pixel."""
    per_lon, per_lat = metres_per_degree(ORIGIN[1])
    circle = shapely.Point(0, 0).buffer(300, 256)
    shape = shapely.transform(circle, lambda xy: xy / np.array([per_lon, per_lat]) + np.array(ORIGIN))
    told = of_class(drawn(grids=[Patch(shape)]), "grid")[0].get("d", "")
    assert told.count(" ") < 400
    numbers = [float(one) for one in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", told)]
    steps = np.array(numbers).reshape(-1, 2).cumsum(axis=0)
    width, height = steps.max(axis=0) - steps.min(axis=0)
    assert width == pytest.approx(height, abs=1.5)
    radius = np.hypot(*(steps - (steps.max(axis=0) + steps.min(axis=0)) / 2).T)
    assert radius.min() > radius.max() - 1.5
