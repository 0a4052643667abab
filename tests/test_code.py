"""Do codes come apart and together again, and is the next free one free?"""

import pytest
from hypothesis import strategies as st
from plans_drawn import hold

from geo import code
from geo.code import SCHEMES, Code, SequenceFull

COMMUNITY = "510108001002"


@pytest.mark.parametrize(
    ("scheme", "text", "good"),
    [
        ("12", COMMUNITY, True),
        ("14", f"{COMMUNITY}01", True),
        ("14", f"{COMMUNITY}00", False),
        ("14", f"{COMMUNITY}001", False),
        ("14", f"{COMMUNITY}1", False),
        ("14", f" {COMMUNITY}1", False),
        ("14", f"{COMMUNITY}01\n", False),
        ("14", f"{COMMUNITY}²1", False),
        ("14", f"{COMMUNITY}０１", False),
        ("14", f"{COMMUNITY}A1", False),
        ("14", "01010100100101", True),
        ("15", f"{COMMUNITY}999", True),
        ("15", f"{COMMUNITY}000", False),
        ("20", f"010203{COMMUNITY}07", True),
        ("20", f"010203{COMMUNITY}00", False),
        ("25", f"{COMMUNITY}{'0' * 13}", True),
        ("25", f"{COMMUNITY}{'0' * 12}", False),
        ("free", "柳堰-7", True),
        ("free", "", False),
        ("free", "  ", False),
    ],
)
def test_well_formed(scheme: str, text: str, good: bool) -> None:
    assert code.is_well_formed(scheme, text) is good


def test_the_parts_of_a_code() -> None:
    assert code.parse("14", f"{COMMUNITY}07") == Code(scheme="14", community=COMMUNITY, sequence=7)
    assert code.parse("20", f"010203{COMMUNITY}07") == Code(
        scheme="20", object="010203", community=COMMUNITY, sequence=7
    )
    assert code.prefix("20", f"010203{COMMUNITY}07") == COMMUNITY
    assert code.prefix("14", "07") is None
    assert code.prefix("free", "07") is None
    with pytest.raises(KeyError):
        code.parse("13", COMMUNITY)


@st.composite
def made(draw: st.DrawFn) -> Code:
    def digits(count: int) -> str:
        return draw(st.text("0123456789", min_size=count, max_size=count))

    scheme = draw(st.sampled_from([scheme for scheme in SCHEMES.values() if scheme.length]))
    number = draw(st.integers(1, scheme.most)) if scheme.most else None
    return Code(
        scheme=scheme.name,
        object=digits(scheme.object),
        community=digits(scheme.community),
        sequence=number,
        rest=digits(scheme.rest),
    )


def test_what_is_formatted_is_parsed(full: bool) -> None:
    def promise(one: Code) -> None:
        text = code.format(one)
        assert len(text) == SCHEMES[one.scheme].length
        assert code.parse(one.scheme, text) == one

    hold(made(), promise, full, small=100)


def test_what_is_parsed_is_formatted(full: bool) -> None:
    def promise(text: str) -> None:
        for scheme in SCHEMES:
            found = code.parse(scheme, text)
            assert found is None or code.format(found) == text

    digits = [st.text("0123456789", min_size=n, max_size=n) for n in (12, 14, 15, 20, 25)]
    hold(st.one_of(st.text(), *digits), promise, full, small=100)


def test_the_smallest_number_that_was_never_given() -> None:
    assert code.next_free("14", COMMUNITY, []) == f"{COMMUNITY}01"
    given = [f"{COMMUNITY}{n:02}" for n in (1, 2, 4)] + ["51010800100303", "x", f"{COMMUNITY}003"]
    assert code.next_free("14", COMMUNITY, given) == f"{COMMUNITY}03"
    assert code.next_free("20", COMMUNITY, [f"010203{COMMUNITY}01"], "010203") == f"010203{COMMUNITY}02"
    assert code.next_free("14", "510108001", []) == "51010800100001"


@pytest.mark.parametrize(("scheme", "digits", "longer"), [("14", 2, "15"), ("15", 3, "25")])
def test_a_full_sequence_names_the_longer_scheme(scheme: str, digits: int, longer: str) -> None:
    given = [f"{COMMUNITY}{n:0{digits}}" for n in range(1, 10**digits)]
    assert code.next_free(scheme, COMMUNITY, given[:-1]) == given[-1]
    with pytest.raises(SequenceFull) as told:
        code.next_free(scheme, COMMUNITY, given)
    assert told.value.values == {"region": COMMUNITY, "scheme": scheme, "longer": longer}
    assert len(code.format(Code(scheme="15", community=COMMUNITY, sequence=100))) == 15


@pytest.mark.parametrize(("scheme", "region", "object"), [("free", "a", ""), ("14", "a", ""), ("20", COMMUNITY, "1")])
def test_what_cannot_be_numbered(scheme: str, region: str, object: str) -> None:
    with pytest.raises(ValueError, match="cannot be numbered"):
        code.next_free(scheme, region, [], object)


@pytest.mark.parametrize(
    ("region", "digits"),
    [
        ("510108001000", "510108001"),
        ("510108000000", "510108"),
        ("510100000000", "5101"),
        ("510100", "5101"),
        ("510110", "510110"),
        ("510108010", "510108010"),
        ("510108001020", "510108001020"),
        ("50", "50"),
        ("P1", "P1"),
    ],
)
def test_significant_digits(region: str, digits: str) -> None:
    assert code.significant(region) == digits
