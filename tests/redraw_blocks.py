"""What did the commands of docs/redraw.md print? Each answer of the day as the page's `jq` shows it.

A block stands in the page between two comments of its name.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import redraw_day
from redraw_day import Day

Told = Mapping[str, Any]
Printed = tuple[str, Iterable[str]]
"""A command, and the lines that it printed."""


def blocks(day: Day) -> dict[str, str]:
    """Commands of the page with what they printed, by name."""
    return {name: "".join(_shown(*one) for one in printed(day.told)) for name, printed in BLOCKS.items()}


def written(page: str, day: Day) -> str:
    """The page with every block as it should be. Raises ValueError where one has no place."""
    for name, block in blocks(day).items():
        mark = f"<!-- {name} -->\n"
        before, _, rest = page.partition(mark)
        _, found, after = rest.partition(mark)
        if not found:
            raise ValueError(f"no place for {name}")
        page = f"{before}{mark}```console\n{block}```\n{mark}{after}"
    return page


def _shown(command: str, lines: Iterable[str]) -> str:
    return f"$ {command}\n" + "".join(f"{line}\n" for line in lines)


def _refused(told: Told) -> list[Printed]:
    found = told["cuts"]
    roles = [one["properties"]["role"] for one in found["features"]["features"]]
    return [
        ("change edits @split.json > refused.json", []),
        ("jq -r '.detail, .features.features[].properties.role' refused.json", [found["detail"], *roles]),
    ]


def _tried(told: Told) -> list[Printed]:
    found = told["tried"]
    way = 'select(.properties.role == "detour") | .geometry'
    return [
        (f"jq '.features.features[] | {way}' refused.json > way.json", []),
        ("jq '.edits[0].line = $way[0]' --slurpfile way way.json split.json > mended.json", []),
        (
            "change edits @mended.json '?dry_run=true' | jq -c '.households[], .vanished[].message'",
            [*_each(found["households"]), *_messages(found["vanished"])],
        ),
    ]


def _split(told: Told) -> list[Printed]:
    found = told["split"]
    new = next(one["code"] for one in found["households"] if one["before"] is None)
    name = f'{{"op": "set", "grid": "{new}", "name": "{redraw_day.FIFTH}"}}'
    return [
        (f"jq '.edits += [{name}]' mended.json > named.json", []),
        ("change edits @named.json | jq -c '.lineage[]'", _each(found["lineage"])),
    ]


def _merge(told: Told) -> list[Printed]:
    found = told["merge"]
    lines = [_json(found["gone"]), *_each(found["households"]), *_messages(found["vanished"])]
    return [("change edits @merge.json | jq -c '.gone, .households[], .vanished[].message'", lines)]


def _river(told: Told) -> list[Printed]:
    found = told["river"]
    names = [one["properties"]["name"] for one in found["regions"]["features"]]
    lines = [_json(names), _json(found["moved"]), *_each(found["lineage"])]
    return [("change edits @river.json | jq -c '[.regions.features[].properties.name], .moved, .lineage[]'", lines)]


def _courtyard(told: Told) -> list[Printed]:
    found = told["courtyard"]
    lines = [*_each(found["moved"]), *_each(found["households"]), *_messages(found["vanished"])]
    return [("change edits @courtyard.json | jq -c '.moved[], .households[], .vanished[].message'", lines)]


def _looks(told: Told) -> list[Printed]:
    found = told["findings"]["findings"]
    return [
        ("curl -s $at/plans/$plan/findings | jq -r '.findings[] | .severity, .message'", _flat(found)),
        ("curl -s $at/plans/$plan/diff | jq -c .sums", [_json(told["diff"]["sums"])]),
    ]


def _flat(found: Iterable[Told]) -> list[str]:
    return [line for one in found for line in (one["severity"], one["message"])]


def _rebase(told: Told) -> list[Printed]:
    found = told["rebase"]
    codes = [one["properties"]["code"] for one in found["grids"]["features"]]
    return [
        ("change publish '{}' | jq -r .detail", [told["stale"]["detail"]]),
        (
            "change rebase '{}' | jq -c '[.grids.features[].properties.code], .recoded, .counts'",
            [_json(codes), _json(found["recoded"]), _json(found["counts"])],
        ),
    ]


def _approved(told: Told) -> list[Printed]:
    found, waits = told["approve"], told["schedule"]
    approval = json.dumps({"approval": found["approval"]}, ensure_ascii=False)
    monday = json.dumps({"at": redraw_day.MONDAY, "reason": redraw_day.SINCE}, ensure_ascii=False)
    return [
        ('change submit \'{"reason": "请审"}\' | jq -r .state', [told["submit"]["state"]]),
        (
            f"change approve '{approval}' | jq -c '[.state, .approved_by, .approval]'",
            [_json([found["state"], found["approved_by"], found["approval"]])],
        ),
        (f"change publish '{monday}' | jq -r .scheduled", [waits["scheduled"]]),
    ]


def _reserved(told: Told) -> list[Printed]:
    detail = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", told["reserved"]["detail"])
    return [("plan=$another change publish '{}' | jq -r .detail", [detail])]


def _retired(told: Told) -> list[Printed]:
    gone, archive = told["retired"], told["archive"]
    known = ("publication", "households_after", "reason", "approval")
    return [
        (
            f"curl -s $at/grids/{told['merge']['gone'][0]} | jq -c '.status, .detail, .successors'",
            [_json(gone["status"]), _json(gone["detail"]), "[" + ",".join(_each(gone["successors"])) + "]"],
        ),
        (
            f"curl -s $at/grids/{archive['code']}/archive | jq -c '.turns[] | [.{', .'.join(known)}]'",
            [_json([one[name] for name in known]) for one in archive["turns"]],
        ),
    ]


def _reverted(told: Told) -> list[Printed]:
    found = told["revert"]
    body = json.dumps({"reason": redraw_day.WHY_BACK, "what": "ground"}, ensure_ascii=False)
    command = f"post /publications/{found['number'] - 2}/revert '{body}' | jq -c '[.number, .kind]'"
    return [(command, [_json([found["number"], found["kind"]])]), *_owners("owners after")(told)]


def _owners(name: str) -> Callable[[Told], list[Printed]]:
    def shown(told: Told) -> list[Printed]:
        lines = [_json(told[name]["publication"])]
        lines += [_json([one["id"], one["owner"]]) for one in told[name]["results"]]
        return [("post /owner/batch @points.json | jq -c '.publication, (.results[] | [.id, .owner])'", lines)]

    return shown


def _messages(found: Iterable[Told]) -> list[str]:
    return [_json(one["message"]) for one in found]


def _each(found: Iterable[Told]) -> list[str]:
    return [_json(one) for one in found]


def _json(value: Any) -> str:
    """As `jq -c` prints it, whole numbers without a point."""
    if isinstance(value, dict):
        value = {name: int(one) if isinstance(one, float) and one.is_integer() else one for name, one in value.items()}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


BLOCKS: Mapping[str, Callable[[Told], list[Printed]]] = {
    "refused": _refused,
    "tried": _tried,
    "split": _split,
    "merge": _merge,
    "river": _river,
    "courtyard": _courtyard,
    "looks": _looks,
    "rebase": _rebase,
    "approved": _approved,
    "reserved": _reserved,
    "before": _owners("owners before"),
    "at": _owners("owners at"),
    "retired": _retired,
    "reverted": _reverted,
}
