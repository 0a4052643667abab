"""Which findings does each broken plan give? `python -m sample_data.golden` writes them: read them before keeping."""

import json
from pathlib import Path

import shapely

from geo.files import read
from geo.model import Finding
from geo.store import intake
from geo.store.order import Order

BROKEN = Path(__file__).parent / "broken"


def main() -> None:
    """Write `<name>.findings.json` beside each broken plan."""
    for plan in sorted(BROKEN.glob("*.geojson")):
        golden_of(plan).write_text(json.dumps(findings_of(plan), indent=1, ensure_ascii=False) + "\n", "utf-8")


def golden_of(plan: Path) -> Path:
    """Where the expected findings of a broken plan lie."""
    return plan.with_suffix(".findings.json")


def findings_of(plan: Path) -> list[dict[str, object]]:
    """The findings of a plan file, rounded so that they are the same on every machine."""
    taken = intake.take(None, [read(plan)], Order(judge=True))
    return [_document(finding) for finding in taken.report.findings]


def _document(finding: Finding) -> dict[str, object]:
    place = None if finding.geometry is None else shapely.point_on_surface(finding.geometry)
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "area_m2": None if finding.area_m2 is None else round(finding.area_m2, 3),
        "width_m": None if finding.width_m is None else round(finding.width_m, 2),
        "households": finding.households,
        "healable": finding.healable,
        "place": None if place is None else [round(place.x, 5), round(place.y, 5)],
    }


if __name__ == "__main__":
    main()
