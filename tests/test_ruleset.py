"""Are the limits of the rules read strictly, and do they come back as they were stated?"""

import json
import math

import pytest
from hypothesis import strategies as st
from plans_drawn import hold

from geo import ruleset
from geo.model import GridKind
from geo.parameters import PARAMETERS, Parameter
from geo.ruleset import Ruleset, RulesetRefused, Stated
from geo.wished import LEAST_WEIGHT, MOST_WEIGHT, WEIGHTS, Wished

KINDS = st.sampled_from(list(GridKind))
TEXTS = st.text("社区510/~ ab", min_size=1, max_size=20).filter(str.strip)


WISHES = st.builds(
    Wished,
    weights=st.dictionaries(st.sampled_from(WEIGHTS), st.floats(LEAST_WEIGHT, MOST_WEIGHT)),
    barriers=st.none() | st.frozensets(TEXTS, max_size=3),
    fixed=st.none() | st.frozensets(TEXTS, max_size=3),
    rural=st.none() | st.booleans(),
)


def limits(parameter: Parameter) -> st.SearchStrategy[float | None]:
    least, most = parameter.least, parameter.most
    numbers = st.integers(math.ceil(least), int(most)) if parameter.whole else st.floats(least, most)
    return st.none() | numbers


@st.composite
def stated(draw: st.DrawFn, regional: bool = False) -> Stated:
    known = {name for name, parameter in PARAMETERS.items() if parameter.regional or not regional}
    names = draw(st.sets(st.sampled_from(sorted(known - {"households_least", "staff_members_least"})), max_size=4))
    values = {name: draw(st.dictionaries(KINDS, limits(PARAMETERS[name]))) for name in names}
    return Stated(values, draw(st.dictionaries(KINDS, st.frozensets(TEXTS, max_size=3))), draw(WISHES))


RULESETS = st.builds(Ruleset, stated(), st.dictionaries(TEXTS, stated(regional=True), max_size=4))


def test_a_document_gives_its_ruleset_back(full: bool) -> None:
    def told(rules: Ruleset) -> None:
        assert ruleset.parse(ruleset.document(rules)) == rules
        assert ruleset.read(json.dumps(ruleset.document(rules), ensure_ascii=False)) == rules

    hold(RULESETS, told, full, small=15)


def residential(name: str, value: object) -> dict[str, object]:
    return {"limits": {name: {"residential": value}}}


NONSENSE: list[tuple[object, str, str]] = [
    ([], "not-an-object", "/"),
    (None, "not-an-object", "/"),
    ({"limit": {}}, "unknown-name", "/limit"),
    ({"limits": None}, "not-an-object", "/limits"),
    ({"limits": {"households_mots": {}}}, "unknown-name", "/limits/households_mots"),
    ({"limits": {"households_most": 600}}, "not-an-object", "/limits/households_most"),
    ({"limits": {"households_most": {"urban": 600}}}, "unknown-name", "/limits/households_most/urban"),
    (residential("households_most", "600"), "not-a-number", "/limits/households_most/residential"),
    (residential("households_most", True), "not-a-number", "/limits/households_most/residential"),
    (residential("households_most", math.nan), "out-of-range", "/limits/households_most/residential"),
    (residential("households_most", math.inf), "out-of-range", "/limits/households_most/residential"),
    (residential("households_most", 10**400), "out-of-range", "/limits/households_most/residential"),
    (residential("households_most", 0), "out-of-range", "/limits/households_most/residential"),
    (residential("households_most", 500.5), "not-whole", "/limits/households_most/residential"),
    (residential("compactness_least", -1e-9), "out-of-range", "/limits/compactness_least/residential"),
    (
        {"limits": {"households_least": {"rural": 600}, "households_most": {"rural": 500}}},
        "crossed",
        "/limits/households_least/rural",
    ),
    ({"facilities": {"rural": "police"}}, "not-a-list", "/facilities/rural"),
    ({"facilities": {"rural": ["police", ""]}}, "not-a-text", "/facilities/rural/1"),
    ({"facilities": {"rural": ["a" * 101]}}, "not-a-text", "/facilities/rural/0"),
    ({"facilities": {"rural": ["a\x00"]}}, "not-a-text", "/facilities/rural/0"),
    ({"facilities": {"rural": [str(n) for n in range(101)]}}, "too-many", "/facilities/rural"),
    ({"drawing": []}, "not-an-object", "/drawing"),
    ({"drawing": {"weight": {}}}, "unknown-name", "/drawing/weight"),
    ({"drawing": {"weights": {"street": 1}}}, "unknown-name", "/drawing/weights/street"),
    ({"drawing": {"weights": {"streets": None}}}, "not-a-number", "/drawing/weights/streets"),
    ({"drawing": {"weights": {"streets": -0.1}}}, "out-of-range", "/drawing/weights/streets"),
    ({"drawing": {"weights": {"streets": 11}}}, "out-of-range", "/drawing/weights/streets"),
    ({"drawing": {"weights": {"streets": math.nan}}}, "out-of-range", "/drawing/weights/streets"),
    ({"drawing": {"barriers": "river"}}, "not-a-list", "/drawing/barriers"),
    ({"drawing": {"barriers": None}}, "not-a-list", "/drawing/barriers"),
    ({"drawing": {"barriers": [str(n) for n in range(101)]}}, "too-many", "/drawing/barriers"),
    ({"drawing": {"fixed": [51]}}, "not-a-text", "/drawing/fixed/0"),
    ({"drawing": {"rural": "yes"}}, "not-a-flag", "/drawing/rural"),
    ({"drawing": {"rural": None}}, "not-a-flag", "/drawing/rural"),
    ({"regions": {"5/1": {"drawing": {"rural": 1}}}}, "not-a-flag", "/regions/5~11/drawing/rural"),
    ({"regions": []}, "not-an-object", "/regions"),
    ({"regions": {"5/1": {"regions": {}}}}, "unknown-name", "/regions/5~11/regions"),
    (
        {"regions": {"51": {"limits": {"needle_width_m": {"rural": "x"}}}}},
        "not-a-number",
        "/regions/51/limits/needle_width_m/rural",
    ),
    ({"regions": {"\ud800": {}}}, "not-a-text", "/regions/\ud800"),
    ({"regions": {str(n): {} for n in range(20_001)}}, "too-many", "/regions"),
]


@pytest.mark.parametrize(("told", "id_", "member"), NONSENSE, ids=[f"{one[1]}-{n}" for n, one in enumerate(NONSENSE)])
def test_what_states_no_rules_is_refused_where_it_stands(told: object, id_: str, member: str) -> None:
    with pytest.raises(RulesetRefused) as refused:
        ruleset.parse(told)
    assert (refused.value.id, refused.value.values["member"]) == (f"ruleset-{id_}", member)


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("", "not-json"),
        ("{", "not-json"),
        ("[" * 200_000, "not-json"),
        ('{"a":' * 100_000, "not-json"),
        (f'{{"limits": {{"tower_most": {{"rural": {"9" * 5000}}}}}}}', "not-json"),
        ('{"limits": {}, "limits": {"tower_most": {"rural": 5}}}', "name-twice"),
        (" " * (ruleset.MOST_TEXT + 1), "too-large"),
    ],
)
def test_texts_that_are_no_document(written: str, id_: str) -> None:
    with pytest.raises(RulesetRefused) as refused:
        ruleset.read(written)
    assert refused.value.id == f"ruleset-{id_}"


def test_the_nearest_statement_wins_and_null_switches_a_rule_off() -> None:
    rules = ruleset.parse(
        {
            "limits": {"households_most": {"residential": 600}},
            "facilities": {"residential": ["police"], "rural": ["clinic"]},
            "regions": {
                "D": {"limits": {"households_most": {"residential": 700}, "needle_width_m": {"residential": 9}}},
                "A": {"limits": {"households_most": {"residential": None}}, "facilities": {"residential": []}},
            },
        }
    )
    inside, beside, elsewhere = rules.within(["A", "S", "D"]), rules.within(["B", "S", "D"]), rules.within(["X"])
    assert [one.of("households_most") for one in (inside, beside, elsewhere)] == [None, 700, 600]
    assert [one.of("needle_width_m") for one in (inside, beside, elsewhere)] == [9, 9, 6]
    assert [one.of("households_most", GridKind.RURAL) for one in (inside, elsewhere)] == [500, 500]
    assert [one.facilities[GridKind.RESIDENTIAL] for one in (inside, beside)] == [frozenset(), frozenset({"police"})]
    assert inside.facilities[GridKind.RURAL] == {"clinic"}


def test_wishes_are_told_by_name_and_none_where_nothing_is_stated() -> None:
    told = {"drawing": {"weights": {"shape": 1, "balance": 0}, "rural": False, "fixed": []}}
    assert ruleset.parse(told).whole.wished.names == ("weights.balance", "weights.shape", "fixed", "rural")
    assert ruleset.document(ruleset.parse(told)) == told
    assert ruleset.parse({"drawing": {}}) == ruleset.DEFAULT
