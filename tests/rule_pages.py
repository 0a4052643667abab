"""What does docs/rules.md say, and how does each rule look? `python tests/rule_pages.py` writes page and pictures anew.

All of it follows from the code: the catalogue, the limits, the texts, and a small plan that breaks each rule, checked.
A rule whose example gives no finding of it has no picture.
"""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import shapely
from rule_examples import EXAMPLES, Example, sound

from api.report.drawing import picture
from api.rulebook import wishes
from api.texts import Language, finding_text, text
from geo import plan
from geo.model import Finding, GridKind, Rule
from geo.parameters import Parameter
from geo.plan import Report
from geo.rules import CATALOGUE, Entry, Family
from geo.ruleset import DEFAULT
from geo.shape import repeated_finding, repeated_points

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
PICTURES = PAGE.parent / "rules"
WIDTH, HEIGHT = 900, 560

INTRODUCTION = """# The rules, one by one 检查规则

What `wangge check`, `POST /v1/check` and every import look for. This page and its pictures follow from the code:
`python tests/rule_pages.py` writes them anew, and a test holds them to it. `GET /v1/rules` and `wangge rules` tell the
same with the limits in force.

A **blocking** finding keeps a region from being proven; a **warning** wants a person's eye; a **note** only tells. A
finding that can be accepted may stay, with a reason, until its place changes. Ground is never accepted: it is healed,
redrawn, or published as provisional.

## Limits

Limits are set for the whole map, by kind of grid, and for a region and all below it; the nearest one wins, and `null`
switches a rule off. They are published like everything else and hold from that publication's number on, so an answer
about the past is given with the limits of that time. This asks for at most 600 households and a police post in
residential grids, and in one street for a clinic too, without its rule about needles:

```json
{
  "limits": {"households_most": {"residential": 600}},
  "facilities": {"residential": ["police"]},
  "regions": {
    "510108001000": {
      "limits": {"needle_width_m": {"residential": null, "rural": null}},
      "facilities": {"residential": ["police", "clinic"]}
    }
  }
}
```

`wangge rules FILE` checks such a file, `wangge rules FILE --publish --reason TEXT` brings it into force, and `{}`
is the way back to the defaults. An unknown name, a number out of range and a region that never was are refused.
"""
DRAWING = """## Wishes for drawing 划分网格的设置

How [grids are drawn](draw.md) can be stated beside the limits, for the whole map and for a region and all below it; the
nearest one wins, each weight by itself. Nothing is judged by it: no finding follows from a wish, and a certificate does
not name it. This draws borders on streets rather than round grids, keeps two grids of one community exactly as they
are, and draws a township rural:

```json
{
  "drawing": {"weights": {"streets": 0.6, "shape": 0.2}, "barriers": ["river", "railway", "motorway"]},
  "regions": {
    "510108001001": {"drawing": {"fixed": ["51010800100104", "51010800100105"]}},
    "510108200000": {"drawing": {"rural": true, "weights": {"compounds": 1}}}
  }
}
```

Limits need no other place: households, towers and shapes are drawn as they are judged, by kind of grid. Only how the
weights stand to each other matters; 0 leaves a thing out. Classes of lines are those of `class` in files. A fixed
grid keeps its ground, code and name; where new borders end at it, it gains the nodes they end in.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## All rules 全部规则\n", _overview(), ""]
    for family in Family:
        parts += [f"## {_both(f'family.{family}')}\n"]
        parts += [_section(entry) for entry in CATALOGUE.values() if entry.family is family]
    return "\n".join([*parts, DRAWING, _wishes()]).rstrip() + "\n"


@cache
def pictures() -> Mapping[Rule, str]:
    """The picture of each rule that its example breaks, as SVG."""
    return MappingProxyType({rule: _drawn(rule, report) for rule, report in _reports().items() if report.findings})


@cache
def _reports() -> Mapping[Rule, Report]:
    """What the check tells of each example, of its rule only."""
    found = {}
    for rule, example in EXAMPLES.items():
        made = example()
        report = plan.check(made.plan, made.terms, heal=False)
        found[rule] = replace(report, findings=[one for one in report.findings if one.rule is rule])
    whole = plan.check(sound(), heal=False)
    found[Rule.POINT_REPEATED] = replace(whole, findings=[_repeated()])
    return MappingProxyType(found)


def _repeated() -> Finding:
    """As it is told where a file is read: a corner of the south-western grid that comes twice."""
    one = sound().grids[0]
    assert isinstance(one.shape, shapely.Polygon)
    corner, *rest = shapely.get_coordinates(one.shape).tolist()
    points = repeated_points(shapely.Polygon([corner, rest[0], *rest]))
    assert points is not None
    return repeated_finding(one.code, points)


def findings() -> Iterator[Finding]:
    """Every finding that a picture shows."""
    for report in _reports().values():
        yield from report.findings


def _drawn(rule: Rule, report: Report) -> str:
    made = EXAMPLES[rule]() if rule in EXAMPLES else Example(sound())
    title = f"{text(f'rule.{rule}', 'zh')} {rule}"
    return picture(made.plan, report, "zh", title=title, terms=made.terms, size=(WIDTH, HEIGHT))


def _overview() -> str:
    return _table(
        ("rule", "名称", "name", "severity", "can be accepted"),
        (
            (
                f"[`{rule}`](#{rule})",
                text(f"rule.{rule}", "zh"),
                text(f"rule.{rule}", "en"),
                _severities(entry),
                "yes" if entry.can_be_accepted else "never",
            )
            for rule, entry in CATALOGUE.items()
        ),
    )


def _section(entry: Entry) -> str:
    rule = entry.rule
    accepted = "can be accepted with a reason" if entry.can_be_accepted else "never accepted"
    parts = [
        f"### {rule}\n",
        f"**{_both(f'rule.{rule}')}** · {_severities(entry)} · {accepted}\n",
        f"{text(f'rule.{rule}.about', 'en')}\n",
        f"{text(f'rule.{rule}.about', 'zh')}\n",
    ]
    if entry.parameters:
        parts += [_limits(entry.parameters), ""]
    if entry.asks_for_facilities:
        parts += [f"`facilities`: {_both('limit.facilities')}; none where nothing is set.\n"]
    if rule in pictures():
        told = _reports()[rule].findings[0]
        parts += [f"![{html.escape(text(f'rule.{rule}', 'en'))}](rules/{rule}.svg)\n"]
        parts += [f"> {_quoted(told, 'zh')}\n>\n> {_quoted(told, 'en')}\n"]
    return "\n".join(parts)


def _limits(parameters: Iterable[Parameter]) -> str:
    kinds = (GridKind.RESIDENTIAL, GridKind.RURAL, GridKind.SPECIAL)
    return _table(
        ("limit", "what it is", "unit", "from - to", *(_both(f"kind.{kind}") for kind in kinds)),
        (
            (
                f"`{one.name}`",
                _both(f"limit.{one.name}"),
                _both(f"unit.{one.unit}"),
                f"{one.least:,g} - {one.most:,.0f}",
                *("off" if (limit := one.default[kind]) is None else f"{limit:,g}" for kind in kinds),
            )
            for one in parameters
        ),
    )


def _wishes() -> str:
    told = wishes(DEFAULT.within(()), "en")
    return _table(
        ("name", "what it is", "from - to", "usual"),
        (
            (
                f"`{one['name']}`",
                _both(f"wish.{one['name']}"),
                "" if one["most"] is None else f"{one['least']:g} - {one['most']:g}",
                _usual(one["default"]),
            )
            for one in told
        ),
    )


def _usual(value: float | list[str] | None) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{one}`" for one in value) or "none"
    return "as the grids there are" if value is None else f"{value:g}"


def _table(header: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    head = [*header]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines))


def _both(id_: str) -> str:
    chinese, english = text(id_, "zh"), text(id_, "en")
    return chinese if chinese == english else f"{english} {chinese}"


def _severities(entry: Entry) -> str:
    return " or ".join(severity.value for severity in entry.severities)


def _quoted(finding: Finding, language: Language) -> str:
    return finding_text(finding, language)


def main() -> None:
    """Write the page and the pictures; pictures of rules that have none are taken away."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.svg"):
        if old.stem not in pictures():
            old.unlink()
    for rule, drawn in pictures().items():
        (PICTURES / f"{rule}.svg").write_text(drawn, "utf-8")
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
