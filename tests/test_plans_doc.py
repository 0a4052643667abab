"""Does docs/plans.md say what edits do, in its pictures, its examples and its tables?"""

from typing import get_args

import plan_pages
import pytest

from api.edit_schemas import AnyEdit
from geo.coverage import is_exact
from geo.redraw import written

PAGE = plan_pages.PAGE.read_text("utf-8")


def test_every_edit_has_a_picture() -> None:
    models = get_args(get_args(AnyEdit)[0])
    assert {get_args(model.model_fields["op"].annotation)[0] for model in models} == {*plan_pages.EDITS}
    assert all(written.document(written.read(edit()))["op"] == name for name, edit in plan_pages.EDITS.items())


@pytest.mark.parametrize("name", plan_pages.EDITS)
def test_what_comes_of_an_edit_is_covered_exactly(name: str) -> None:
    after = plan_pages.after(name)
    assert after.faulty == frozenset()
    for region in after.regions:
        assert is_exact(after.boundary(region), [grid.shape for grid in after.grids_of(region)])


def test_the_pictures_are_as_the_code_draws_them() -> None:
    kept = {path.stem: path.read_text("utf-8") for path in plan_pages.PICTURES.iterdir()}
    assert kept == {**plan_pages.pictures()}, "python tests/plan_pages.py draws them anew"


def test_the_page_is_as_the_code_has_it() -> None:
    assert plan_pages.page(PAGE) == PAGE, "python tests/plan_pages.py writes it anew"
