"""Does the catalogue know every rule, in words and pictures, and does the page say what the code does?"""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rule_pages
from rule_examples import EXAMPLES, sound

from api.rulebook import rulebook
from api.texts import CATALOGUE as TEXTS
from api.texts import text
from geo import plan, ruleset
from geo.model import COVERAGE_RULES, GridKind, Rule, Severity
from geo.parameters import PARAMETERS
from geo.rules import CATALOGUE, Family
from sample_data import golden

MOST_BYTES = 40_000


def test_every_rule_has_its_entry() -> None:
    assert set(CATALOGUE) == set(Rule)
    assert {entry.rule for entry in CATALOGUE.values() if not entry.can_be_accepted} == COVERAGE_RULES
    for rule, entry in CATALOGUE.items():
        assert entry.rule is rule
        assert list(entry.severities) == sorted(set(entry.severities), key=list(Severity).index)
        assert entry.severities
    assert {entry.family for entry in CATALOGUE.values()} == set(Family)


def test_every_limit_is_of_a_rule_and_within_its_range() -> None:
    for name, parameter in PARAMETERS.items():
        assert parameter.name == name
        assert parameter.rules
        assert all(parameter in CATALOGUE[rule].parameters for rule in parameter.rules)
        assert set(parameter.default) == set(GridKind)
        for limit in parameter.default.values():
            assert limit is None or parameter.least <= limit <= parameter.most
            assert limit is None or not parameter.whole or limit == int(limit)


def test_every_rule_and_limit_is_told_in_words() -> None:
    wanted = [f"rule.{rule}{part}" for rule in Rule for part in ("", ".about")]
    wanted += [f"limit.{name}" for name in (*PARAMETERS, "facilities")]
    wanted += [f"wish.{one['name']}" for one in rulebook(ruleset.DEFAULT, ruleset.DEFAULT.within(()), "en")["drawing"]]
    wanted += [f"unit.{parameter.unit}" for parameter in PARAMETERS.values()]
    wanted += [f"{topic}.{one}" for topic, several in (("kind", GridKind), ("family", Family)) for one in several]
    wanted += [f"severity.{severity}" for severity in Severity]
    assert sorted(set(wanted) - TEXTS.keys()) == []
    for rule in Rule:
        sentences = re.findall(r"[.?!](?= |$)", text(f"rule.{rule}.about", "en"))
        assert 2 <= len(sentences) <= 4, rule
    stray = [id_ for id_ in TEXTS if id_.startswith(("rule.", "limit.", "wish.")) and id_ not in wanted]
    assert stray == []


def test_the_catalogue_as_a_document() -> None:
    told = rulebook(ruleset.DEFAULT, ruleset.DEFAULT.within(()), "en")
    names = {parameter["name"] for parameter in told["parameters"]}
    assert [rule["id"] for rule in told["rules"]] == [rule.value for rule in CATALOGUE]
    assert {name for rule in told["rules"] for name in rule["parameters"]} == names | {"facilities"}
    json.dumps(told, allow_nan=False)


def test_how_grids_are_drawn_stands_in_the_document_as_it_is_usual_and_as_it_is_wished() -> None:
    stated = {"weights": {"streets": 1.5}, "barriers": ["river"], "fixed": ["A01"], "rural": True}
    rules = ruleset.parse({"drawing": stated})
    told = {one["name"]: one for one in rulebook(rules, rules.within(()), "zh")["drawing"]}
    assert {name: one["value"] for name, one in told.items() if not name.startswith("weights")} == {
        "barriers": ["river"], "fixed": ["A01"], "rural": True
    }  # fmt: skip
    assert (told["weights.streets"]["default"], told["weights.streets"]["value"]) == (0.3, 1.5)
    assert (told["weights.compounds"]["value"], told["weights.shape"]["value"]) == (0.3, 0.4)
    assert (told["barriers"]["least"], told["weights.shape"]["most"], told["rural"]["default"]) == (None, 10, None)


def test_the_page_says_what_the_code_does() -> None:
    assert rule_pages.PAGE.read_text("utf-8") == rule_pages.page(), "python tests/rule_pages.py writes it anew"


def test_the_pictures_are_as_drawn() -> None:
    kept = {path.stem: path.read_text("utf-8") for path in rule_pages.PICTURES.iterdir()}
    drawn = {rule.value: picture for rule, picture in rule_pages.pictures().items()}
    assert kept.keys() == drawn.keys(), "python tests/rule_pages.py writes them anew"
    assert [name for name in drawn if kept[name] != drawn[name]] == [], "python tests/rule_pages.py writes them anew"
    for name, picture in drawn.items():
        assert len(picture.encode()) <= MOST_BYTES, name
        ElementTree.fromstring(picture)


def test_every_rule_has_its_picture() -> None:
    assert set(Rule) == rule_pages.pictures().keys()


def test_the_plan_that_the_examples_start_from_is_sound() -> None:
    assert plan.check(sound()).findings == []


@pytest.mark.parametrize("rule", [*EXAMPLES])
def test_an_example_breaks_its_rule_as_severely_as_the_catalogue_says(rule: Rule) -> None:
    found = [one for one in rule_pages.findings() if one.rule is rule]
    assert found
    assert {one.severity for one in found} <= set(CATALOGUE[rule].severities)


def test_findings_of_the_broken_plans_are_as_severe_as_the_catalogue_says() -> None:
    for path in sorted(Path(golden.BROKEN).glob("*.findings.json")):
        for one in json.loads(path.read_text("utf-8")):
            assert Severity(one["severity"]) in CATALOGUE[Rule(one["rule"])].severities, path.name
