"""Is it told which grids lack their people, where people were named at all, and the same after a change?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import Here
from conftest import Store
from district import elsewhere, publish, served, small
from divisions import community, together

from geo.changes import Change
from geo.inspection import Inspection
from geo.model import Finding, GridKind, Layer, Person, Plan, Post, Role, Rule, Severity
from geo.plan import check
from geo.ruleset import Ruleset, RulesetRefused, parse
from geo.staffing import counted
from geo.terms import Staff, Terms

FULL = Staff(1, 2)


def bound(name: str, role: Role = Role.MEMBER, post: Post | None = None) -> Person:
    return Person(
        id=name, name=name.partition("/")[0], phone="110", place="A01", place_layer=Layer.GRID, role=role, post=post
    )


def plan() -> Plan:
    return together([community("A", 0, 0), community("B", 2, 0)])


def told(
    staff: dict[str, Staff], staffed: set[str], rules: Ruleset | None = None, drawn: Plan | None = None
) -> list[Finding]:
    terms = Terms(staff=staff, staffed=staffed, ruleset=rules or Ruleset())
    return [one for one in check(drawn or plan(), terms).findings if one.rule is Rule.STAFFING]


def codes(findings: Sequence[Finding]) -> list[str]:
    return [code for one in findings for code in one.codes]


def test_people_are_counted_and_not_bindings() -> None:
    people = [
        bound("甲", Role.RESPONSIBLE, Post.AREA),
        bound("甲/2", Role.RESPONSIBLE),  # bound twice
        bound("甲/3", Role.RESPONSIBLE, Post.SUBJECT),
        bound("乙"),
        bound("丙", post=Post.AREA),
        bound("丁", post=Post.SUBJECT),
        bound("戊", Role.PART_TIME),
        bound("单位", Role.ORGANISATION),
    ]
    assert counted(people) == Staff(1, 2)
    assert counted([]) == Staff(0, 0)


@pytest.mark.parametrize(
    ("staff", "is_right"),
    [
        (Staff(1, 2), True),
        (Staff(1, 3), True),
        (Staff(1, 1), False),
        (Staff(1, 4), False),
        (Staff(0, 2), False),
        (Staff(2, 2), False),
        (Staff(), False),
    ],
)
def test_one_is_responsible_and_two_or_three_are_members(staff: Staff, is_right: bool) -> None:
    others = {f"A0{n}": FULL for n in (2, 3, 4)}
    found = told({"A01": staff, **others}, {"A"})
    assert codes(found) == ([] if is_right else ["A01"])
    for one in found:
        assert one.severity is Severity.WARNING
        assert one.geometry is not None
        counts = {"responsible": staff.responsible, "members": staff.members, "wanted": 1, "least": 2, "most": 3}
        assert one.values == counts


def test_where_nobody_was_ever_named_nothing_is_asked() -> None:
    assert told({}, set()) == []
    assert codes(told({"A01": FULL}, {"A"})) == ["A02", "A03", "A04"]
    assert codes(told({}, {"B"})) == ["B01", "B02", "B03", "B04"]  # named for the region alone


def test_a_city_sets_its_own_numbers_by_kind_and_region() -> None:
    special = plan()
    special = replace(
        special, grids=tuple(replace(g, kind=GridKind.SPECIAL) if g.code == "A04" else g for g in special.grids)
    )
    rules = parse(
        {
            "limits": {"staff_members_least": {"special": None}, "staff_responsible": {"special": None}},
            "regions": {"B": {"limits": {"staff_members_least": {"residential": 0}}}},
        }
    )
    staff = {"A01": FULL, "B01": Staff(1, 0), "B02": Staff(1, 4), "B03": Staff(0, 1), "B04": Staff(1, 1)}
    assert codes(told(staff, {"A", "B"}, rules, special)) == ["A02", "A03", "B02", "B03"]
    with pytest.raises(RulesetRefused, match="ruleset-crossed"):
        parse({"limits": {"staff_members_least": {"rural": 5}, "staff_members_most": {"rural": 4}}})


def test_after_a_change_it_tells_what_a_check_of_all_tells() -> None:
    drawn = plan()
    staff = {grid.code: Staff(index % 2, 2) for index, grid in enumerate(drawn.grids)} | {"N1": FULL, "N2": Staff(0, 2)}
    terms = Terms(staff=staff, staffed={"A"})
    inspection = Inspection(drawn, terms)
    one, two = drawn.grids[0], drawn.grids[5]
    changes = [
        Change(grids=[replace(one, code="N1")], gone=frozenset({one.code})),
        Change(grids=[replace(one, code="N2")], gone=frozenset({"N1"})),
        Change(grids=[replace(two, region="A")]),
        Change(grids=[replace(two, region="A"), two]),  # one code twice
        Change(grids=[two]),
        Change(gone=frozenset({"N2"})),
    ]
    for change in changes:
        after = inspection.changed(change)
        assert after.findings == Inspection(inspection.layout.plan, terms).report.findings
    assert codes([f for f in after.findings if f.rule is Rule.STAFFING]) == ["A03"]


LIST = (
    "name,phone,code,role,from,until",
    *("甲,000-0000-0001,A01,responsible,,", "乙,000-0000-0002,A01,member,,", "丙,000-0000-0003,A01,member,,"),
    *("丁,000-0000-0004,A02,responsible,2020-01-01,2021-01-01", "戊,000-0000-0005,A02,member,2020-01-01,"),
)


def test_a_published_region_tells_it_and_no_name(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    publish(store, small())
    wangge = Here(store, monkeypatch, capsys)
    path = tmp_path / "people.csv"
    path.write_text("\n".join(LIST) + "\n", "utf-8")

    def staffing(document: Any) -> list[str]:
        return [one["codes"][0] for one in document["findings"] if one["rule"] == "staffing"]

    assert staffing(wangge("check", "D", "--json").told) == []
    assert wangge("import", path, "--layer", "person", "--publish").status == 0
    checked = wangge("check", "D", "--json")
    assert staffing(checked.told) == ["A02", "A03", "A04"]
    assert staffing(wangge("check", "B", "--json").told) == []
    with served(store) as client:
        answer = elsewhere(client).get("/v1/regions/A/coverage").json()
        assert staffing(answer) == ["A02", "A03", "A04"]
        texts = [one["message"] for one in answer["findings"] if one["rule"] == "staffing"]
        assert "0 responsible and 1 members" in texts[0]
        assert not any("戊" in str(told) or "000-0000" in str(told) for told in (answer, checked.told))
        assert staffing(client.get("/v1/regions/B/coverage").json()) == []
