"""What is wrong with a plan, all in one list, and how much of it is covered?"""

from geo.healing import healed
from geo.inspection import Figures, Inspection, Report
from geo.layout import divided_regions
from geo.model import Finding, Plan
from geo.terms import ALONE, Terms

__all__ = ["Figures", "Report", "check", "divided_regions", "findings", "healed"]


def check(plan: Plan, terms: Terms = ALONE, *, heal: bool = True) -> Report:
    """Every finding of the plan as it is, and its figures; `heal` marks what healing (`geo.snap`) would mend."""
    return Inspection(plan, terms, heal=heal).report


def findings(plan: Plan, terms: Terms = ALONE) -> list[Finding]:
    """Every broken rule of the plan; a plan with no blocking finding that nobody accepted may be published."""
    return check(plan, terms).findings
