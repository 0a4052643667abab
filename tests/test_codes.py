"""Are codes told that break their scheme, their region, their order, or that were given before?"""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from divisions import cell

import sample_data
from geo import codes, tree
from geo.files import plan_of, read, read_geojson, things
from geo.model import Finding, Grid, Ground, Plan, Region, Rule, Severity
from geo.terms import Terms
from sample_data import make

CODE = "510108001002"
REGION = Region(code=CODE, parent="510108001000", shape=cell(0, 0, 4, 4))
NOTHING = Terms()


def grid(sequence: str, shape: Ground | None = None, region: str = CODE) -> Grid:
    return Grid(code=f"{region}{sequence}", region=CODE, shape=cell(0, 0) if shape is None else shape)


def told(*grids: Grid, region: Region = REGION, scheme: str | None = "14", terms: Terms = NOTHING) -> list[Finding]:
    return codes.region_findings(region, grids, scheme, terms)


def rules(found: list[Finding]) -> list[tuple[Rule, Severity, str]]:
    return [(finding.rule, finding.severity, ", ".join(finding.codes)) for finding in found]


def test_codes_of_the_scheme_are_silent() -> None:
    assert told(grid("01"), grid("02")) == []
    assert told(grid("A"), grid("", region="x"), scheme="free") == []
    assert told(grid("A"), scheme=None) == []
    assert told(grid("A"), scheme="13") == []
    assert told(Grid(code=f"010203{CODE}01", region=CODE, shape=cell(0, 0)), scheme="20") == []


def test_a_code_that_is_not_of_the_scheme() -> None:
    found = told(grid("1"), grid("001"), grid("02"))
    assert rules(found) == [(Rule.CODE_FORMAT, Severity.WARNING, f"{CODE}{n}") for n in ("001", "1")]
    assert found[0].values["length"] == 14
    assert found[0].geometry == cell(0, 0)


def test_a_code_of_another_region() -> None:
    other = grid("01", region="510108001003")
    found = told(other, grid("01"))
    assert rules(found) == [(Rule.CODE_PREFIX, Severity.WARNING, other.code)]
    assert found[0].values["prefix"] == CODE


@pytest.mark.parametrize(
    ("code", "parent", "rule"),
    [
        (CODE, "510108001000", None),
        (CODE, "510108001", None),
        (CODE, "510108000000", None),
        (CODE, "510108", None),
        (CODE, "P1", None),
        (CODE, None, None),
        (CODE, "510108002000", Rule.CODE_PREFIX),
        (CODE, "510109", Rule.CODE_PREFIX),
        ("510108001", "510108", None),
        ("51010800100", "510108001000", Rule.CODE_FORMAT),
        ("R1", "510108001000", Rule.CODE_FORMAT),
    ],
)
def test_the_code_of_the_region_itself(code: str, parent: str | None, rule: Rule | None) -> None:
    found = told(region=replace(REGION, code=code, parent=parent))
    assert [finding.rule for finding in found] == ([rule] if rule else [])


def test_real_codes_of_regions_are_silent(shared_data: Path) -> None:
    with (shared_data / "cn_admin_codes_2023.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 3000
    for row in rows:
        for parent in (row["street_code"], row["district_code"], row["city_code"], f"{row['street_code']}000"):
            assert told(region=Region(code=row["community_code"], parent=parent)) == []


def test_the_nearest_scheme_that_is_stated() -> None:
    parents = {"c": "s", "s": "d", "d": None}
    assert codes.scheme_of(tree.chain("c", parents), {"c": None, "s": "15", "d": "14"}) == "15"
    assert codes.scheme_of(tree.chain("c", parents), {"d": "free"}) == "free"
    assert codes.scheme_of(tree.chain("c", parents), {}) is None


def test_an_unknown_scheme_is_told_of_the_region_that_states_it() -> None:
    assert rules(codes.scheme_findings(replace(REGION, scheme="13"))) == [(Rule.CODE_FORMAT, Severity.WARNING, CODE)]
    assert codes.scheme_findings(replace(REGION, scheme="14")) == []
    assert codes.scheme_findings(REGION) == []


def test_a_code_that_was_given_before() -> None:
    found = told(grid("01"), grid("02"), terms=Terms(taken=frozenset({f"{CODE}02"})))
    assert rules(found) == [(Rule.CODE_DUPLICATE, Severity.BLOCKING, f"{CODE}02")]
    assert rules(told(grid("A"), scheme=None, terms=Terms(taken=frozenset({CODE})))) == [
        (Rule.CODE_DUPLICATE, Severity.BLOCKING, CODE)
    ]


def test_one_code_for_several_grids() -> None:
    one, two, three = grid("01"), grid("01", cell(1, 0)), grid("02", cell(2, 0))
    found = list(codes.duplicates([two, three, one]))
    assert rules(found) == [(Rule.CODE_DUPLICATE, Severity.BLOCKING, one.code)]
    assert found == list(codes.duplicates([one, two, three]))
    assert len(list(codes.duplicates([one, two, one]))) == 2


def test_a_full_sequence() -> None:
    grids = [grid(f"{n:02}") for n in range(1, 100)]
    (found,) = told(*grids)
    assert (found.rule, found.severity, found.codes) == (Rule.CODE_FULL, Severity.WARNING, [CODE])
    assert (found.values["longer"], found.values["most"]) == ("15", 99)
    assert told(*grids[:-1]) == []
    assert [f.rule for f in told(*grids[:60], terms=Terms(taken=frozenset(g.code for g in grids[60:])))] == [
        Rule.CODE_FULL
    ]
    assert told(*grids[:60], terms=Terms(taken=frozenset(g.code for g in grids[60:-1]))) == []


def fresh(*places: tuple[float, float], width: float = 1) -> list[list[str]]:
    """The codes told out of order, of grids that are numbered in the order given, all for the first time."""
    grids = [grid(f"{n:02}", cell(x, y, width)) for n, (x, y) in enumerate(places, start=1)]
    found = told(*grids[::-1], terms=Terms(fresh=frozenset(one.code for one in grids)))
    assert all((finding.rule, finding.severity) == (Rule.CODE_ORDER, Severity.NOTE) for finding in found)
    return [[code[-2:] for code in finding.codes] for finding in found]


def test_codes_in_order_are_silent() -> None:
    assert fresh((0, 1), (0, 0), (1, 1), (1, 0), (2, 0)) == []
    assert fresh((0, 1), (0.1, 0), (1.05, 1), (1, 0), (2, 0)) == []
    assert fresh((0, 0), (0.1, 1), (1, 0), (1.05, 1), (2, 0)) == []


def test_codes_out_of_order_are_one_note() -> None:
    assert fresh((0, 1), (0, 0), (3, 0), (1, 1), (1, 0), (2, 0)) == [["03"]]
    assert fresh((0, 0), (0, 1)) == [["02"]]
    assert fresh((2, 0), (1, 0), (0, 0)) == [["02", "03"]]
    assert fresh((0.2, 0), (0, 1)) == [["02"]]


def test_only_codes_that_are_given_now_are_ordered() -> None:
    old, new = grid("01", cell(3, 0)), grid("02", cell(0, 0))
    assert told(old, new, terms=Terms(fresh=frozenset({new.code}))) == []
    assert told(old, new) == []
    assert len(told(old, new, terms=Terms(fresh=frozenset({old.code, new.code})))) == 1
    free = Terms(fresh=frozenset({old.code, new.code}))
    assert told(old, new, scheme="free", terms=free) == []


def test_an_order_does_not_depend_on_the_grids_place_in_the_file() -> None:
    places = [(2, 0), (0, 3), (1, 1), (3, 2), (0, 0), (1.2, 3)]
    grids = [grid(f"{n:02}", cell(x, y)) for n, (x, y) in enumerate(places, start=1)]
    terms = Terms(fresh=frozenset(one.code for one in grids))
    assert told(*grids, terms=terms) == told(*grids[::-1], terms=terms) != []


def test_the_sample_is_silent(full: bool) -> None:
    plan = sound(full)
    parents = {region.code: region.parent for region in plan.regions}
    schemes = {region.code: region.scheme for region in plan.regions}
    terms = Terms(fresh=frozenset(one.code for one in plan.grids))
    for region in plan.regions:
        own = [one for one in plan.grids if one.region == region.code]
        scheme = codes.scheme_of(tree.chain(region.code, parents), schemes)
        assert scheme == "14"
        assert codes.scheme_findings(region) == []
        assert not own or codes.region_findings(region, own, scheme, terms) == []
    assert list(codes.duplicates(plan.grids)) == []


def sound(full: bool) -> Plan:
    """The small sound sample; the whole district with `--full`."""
    if full:
        return plan_of(things(read_geojson(make.text(make.district()).encode())))
    return plan_of(things(read(Path(sample_data.__file__).parent / "broken" / "sound.geojson")))
