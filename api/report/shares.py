"""How is a part of a whole told, so that what is not whole never reads as whole?"""

import math


def share(part: float, whole: float) -> str:
    """`99.87 %`; rounded down, so that 100 % is said of all and nothing less."""
    if whole <= 0:
        return "–"
    if part >= whole:
        return "100 %"
    hundredths = math.floor(10_000 * part / whole)
    return "< 0.01 %" if hundredths == 0 and part > 0 else f"{hundredths / 100:.2f} %"


def square_metres(area: float) -> str:
    """With one decimal; what would read as nothing in one significant digit."""
    if area == 0:
        return "0"
    return f"{area:,.1f}" if area >= 0.05 else f"{area:.1g}"
