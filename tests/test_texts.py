"""Is everything that can be told there in both languages, with the same values?"""

import re
from pathlib import Path

import pytest

import geo
from api.problems import STATUS
from api.texts import CATALOGUE, finding_text, language_of, placeholders
from geo.model import Finding, Rule, Severity

KINDS = "Refusal|Refused|Unknown|WithoutRoute|Missing|Unreadable|Unwritable"
REFUSED = re.compile(rf'(?:{KINDS})\(\s*"([a-z0-9-]+)"')
"""Where `geo` refuses with an id."""
EDITS = re.compile(r'(?:EditRefused|EditMalformed|_missed)\(\s*"([a-z0-9-]+)"')
"""Where it refuses an edit."""


def test_both_languages_need_the_same_values() -> None:
    for id_, (chinese, english) in CATALOGUE.items():
        assert placeholders(chinese) == placeholders(english), id_
        assert english.strip(), id_
        assert chinese == "{reason}" or not chinese.isascii(), id_
        assert english.replace("²", "").isascii(), id_


def test_every_slug_and_every_rule_has_its_texts() -> None:
    wanted = [f"problem.{slug}.{part}" for slug in STATUS for part in ("title", "detail")]
    wanted += [f"{kind}.{rule}" for rule in Rule for kind in ("rule", "finding")]
    wanted += [f"finding.{rule}.bare" for rule in Rule]
    assert sorted(set(wanted) - CATALOGUE.keys()) == []
    slugs = {id_.split(".")[1] for id_ in CATALOGUE if id_.startswith("problem.")}
    assert slugs == set(STATUS)


def test_the_page_calls_rules_as_everything_else_does() -> None:
    page = (Path(geo.__file__).parents[1] / "web/src/texts.ts").read_text("utf-8")
    told = re.findall(r'"rule\.([a-z-]+)": \{ zh: "([^"]+)", en: "([^"]+)" \}', page)
    assert {rule: (chinese, english) for rule, chinese, english in told} == {
        rule.value: CATALOGUE[f"rule.{rule}"] for rule in Rule
    }


def test_a_finding_is_told_with_its_amounts_or_without_them() -> None:
    gap = Finding(rule=Rule.GAP, severity=Severity.BLOCKING, codes=["a"], area_m2=12.34, width_m=0.5)
    assert finding_text(gap, "en") == "Nobody owns 12.3 m² here (up to 0.50 m wide)."
    assert finding_text(gap, "zh") == "此处 12.3 平方米无人管理(最宽 0.50 米)。"
    overlap = Finding(rule=Rule.OVERLAP, severity=Severity.BLOCKING, codes=["a", "b"])
    assert finding_text(overlap, "en") == "a, b claim the same ground here."
    few = Finding(rule=Rule.HOUSEHOLDS_LOW, severity=Severity.WARNING, codes=["a"], households=120, values={"low": 300})
    assert finding_text(few, "zh") == "网格 a 有 120 户,少于 300 户。"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB, zh;q=0.5", "en"),
        ("zh;q=0", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("*", "en"),
        ("zh;q=1_0, en;q=0.5", "en"),
        ("zh;q=;;,,=", "en"),
    ],
)
def test_language(header: str | None, expected: str) -> None:
    assert language_of(header) == expected


def test_every_refusal_of_the_rooms_below_has_its_text() -> None:
    sources = sorted(Path(geo.__file__).parent.rglob("*.py"))
    edits = {id_ for source in sources for id_ in EDITS.findall(source.read_text("utf-8"))}
    found = {id_ for source in sources for id_ in REFUSED.findall(source.read_text("utf-8"))} - edits
    assert len(found) > 30
    assert sorted(id_ for id_ in found - STATUS.keys() if f"file.{id_}" not in CATALOGUE) == []
    assert len(edits) > 30
    assert sorted(id_ for id_ in edits if f"edit.{id_}" not in CATALOGUE) == []
