"""Does a search find what was meant, the best first, at little cost; and a thing by its very id?"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.address import normal
from geo.findable import LAYERS
from geo.model import Layer
from geo.owned import By
from geo.search import MOST, Entry, Finder, How, Match, made

REGION, GRID, BUILDING, FACILITY = Layer.REGION, Layer.GRID, Layer.BUILDING, Layer.FACILITY
CUT = [("51010101", 0.7), ("51010102", 0.3)]
TOWN = [
    Entry(REGION, "5101", "柳堰区", place=(104.1, 30.7)),
    Entry(REGION, "510101", "柳堰街道"),
    Entry(GRID, "51010101", "柳堰第一网格"),
    Entry(GRID, "51010102", "公园 Park"),
    Entry(BUILDING, "b1", "12栋", "柳堰区桃溪路１２８号", "51010101", How.ENTRANCE, (104.1234567, 30.7)),
    Entry(BUILDING, "b2", "2栋", "柳堰区桃溪路12号", "51010101", How.SHARE, None, CUT),
    Entry(BUILDING, "b10", "", "桃溪路12号"),
    Entry(BUILDING, "B10", "柳堰", ""),
    Entry(FACILITY, "f1", "桃溪路小学", owner="51010102", how=How.POINT),
    Entry(FACILITY, "桃溪路", "学校"),
]  # fmt: skip


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder(made(TOWN, 7))


def hits(finder: Finder, text: str, layer: Layer | None = None, limit: int = MOST) -> list[tuple[str, str]]:
    return [(one.entry.code, one.match.value) for one in finder.search(text, layer, limit)]


RANKED = [
    ("510101", [("510101", "code"), ("51010101", "code-begins"), ("51010102", "code-begins")]),
    ("柳堰", [("B10", "whole"), ("5101", "name-begins"), ("510101", "name-begins"), ("51010101", "name-begins"),
             ("b2", "address"), ("b1", "address")]),
    ("桃溪路", [("桃溪路", "code"), ("f1", "name-begins"), ("b10", "address"), ("b2", "address"), ("b1", "address")]),
    ("堰", [("5101", "name"), ("510101", "name"), ("51010101", "name"), ("B10", "name"), ("b2", "address"),
           ("b1", "address")]),
    ("桃溪路12号", [("b10", "whole"), ("b2", "address")]),
    ("0102", [("51010102", "code-holds")]),
    ("b10", [("B10", "code"), ("b10", "code")]),
    ("B1", [("b1", "code"), ("B10", "code-begins"), ("b10", "code-begins")]),
    ("2栋", [("b2", "whole"), ("b1", "name")]),
    ("128號", [("b1", "address")]),
    ("１２栋", [("b1", "whole")]),
    ("公园 park", [("51010102", "whole")]),
    ("PARK 公园", [("51010102", "words")]),
    ("2栋 桃溪路", [("b2", "words"), ("b1", "words")]),
    ("桃溪路 2栋 12号", [("b2", "words")]),
    ("桃溪路 河", []),
    ("梦", []),
    ("柳堰\n第一", [("51010101", "name-begins")]),
    (" ", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), RANKED)
def test_the_order_of_hits(finder: Finder, text: str, expected: list[tuple[str, str]]) -> None:
    found = hits(finder, text)
    assert found == expected
    for layer in LAYERS:
        assert hits(finder, text, layer) == [
            (one.entry.code, one.match.value) for one in finder.search(text) if one.entry.layer is layer
        ]
    for limit in range(1, 4):
        assert hits(finder, text, limit=limit) == found[:limit]


def test_a_thing_is_as_it_was_given(finder: Finder) -> None:
    assert len(finder) == len(TOWN)
    assert finder.publication == 7
    for entry in TOWN:
        found = finder.find(entry.code, entry.layer)
        assert found is not None
        assert found._replace(shares=()) == entry._replace(shares=())
        assert list(found.shares) == list(entry.shares)
    assert [finder.find(code, BUILDING) for code in ("", "b", "b100", "5101", "桃溪路", "zz")] == [None] * 6


def test_nothing_at_all() -> None:
    empty = Finder(made([]))
    assert (len(empty), empty.search("路"), empty.find("a", GRID)) == (0, [], None)


def test_an_owner_must_be_there() -> None:
    with pytest.raises(KeyError):
        made([Entry(BUILDING, "b", owner="nowhere")])


def test_the_rules_are_those_of_buildings() -> None:
    assert [how.value for how in How] == [*(by.value for by in By), "point"]


LETTERS = st.text("路桃溪柳堰号栋12１ａAb-", min_size=1, max_size=7)
THING = st.tuples(
    st.sampled_from(list(LAYERS)), LETTERS, st.one_of(st.just(""), LETTERS), st.one_of(st.just(""), LETTERS)
)
THINGS = st.lists(THING.map(lambda texts: Entry(*texts)), max_size=60, unique_by=lambda entry: entry[:2])
QUIET = settings(deadline=None, max_examples=60)


def ranked(entries: list[Entry], text: str) -> list[tuple[Entry, Match]]:
    """What the order of hits says of one word, written plainly."""
    found = []
    for entry in entries:
        needle, code, name, address = map(normal, (text, entry.code, entry.name, entry.address))
        kinds = [
            (Match.CODE, code == needle, [code]),
            (Match.WHOLE, needle in (name, address), [one for one in (name, address) if one == needle]),
            (Match.CODE_BEGINS, code.startswith(needle), [code]),
            (Match.NAME_BEGINS, name.startswith(needle), [name]),
            (Match.NAME, needle in name, [name]),
            (Match.ADDRESS, needle in address, [address]),
            (Match.CODE_HOLDS, needle in code, [code]),
        ]
        for rank, (match, holds, texts) in enumerate(kinds):
            if holds:
                length = min(map(len, texts))
                found.append(((rank, LAYERS.index(entry.layer), length, entry.code), entry, match))
                break
    return [(entry, match) for _, entry, match in sorted(found, key=lambda one: one[0])]


@QUIET
@given(THINGS, LETTERS, st.integers(1, MOST))
def test_a_word_finds_what_the_order_says(entries: list[Entry], text: str, limit: int) -> None:
    found = Finder(made(entries)).search(text, limit=limit)
    assert [(one.entry, one.match) for one in found] == [
        (entry._replace(shares=[]), match) for entry, match in ranked(entries, text)[:limit]
    ]


@QUIET
@given(THINGS, st.data())
def test_every_piece_of_a_name_finds_it(entries: list[Entry], data: st.DataObject) -> None:
    named = [entry for entry in entries if entry.name]
    if not named:
        return
    entry = data.draw(st.sampled_from(named))
    start = data.draw(st.integers(0, len(entry.name) - 1))
    piece = entry.name[start : data.draw(st.integers(start + 1, len(entry.name)))]
    found = [(one.entry.layer, one.entry.code) for one in Finder(made(entries)).search(piece)]
    assert (entry.layer, entry.code) in found or len(found) == MOST


@QUIET
@given(THINGS, st.lists(LETTERS, min_size=2, max_size=3))
def test_of_several_words_each_occurs(entries: list[Entry], words: list[str]) -> None:
    found = {(one.entry.layer, one.entry.code) for one in Finder(made(entries)).search(" ".join(words))}
    wanted = {
        entry[:2]
        for entry in entries
        if all(any(normal(word) in normal(text) for text in entry[1:4]) for word in words)
        or any("".join(map(normal, words)) in normal(text) for text in entry[1:4])
    }
    assert found <= wanted
    assert found == wanted or len(found) == MOST


@QUIET
@given(THINGS)
def test_every_thing_is_found_by_its_code(entries: list[Entry]) -> None:
    finder = Finder(made(entries))
    for entry in entries:
        assert finder.find(entry.code, entry.layer) == entry._replace(shares=[])


def test_many_blocks_of_lines_are_searched_as_one() -> None:
    many = [Entry(BUILDING, f"{n:05}", f"{n}栋", f"桃溪路{n * 7}号") for n in range(3_000)]
    finder = Finder(made(many))
    for text in ("7号", "桃溪路700号", "99栋", "02999", "栋", "路1", "1"):
        assert [one.entry.code for one in finder.search(text)] == [
            entry.code for entry, _ in ranked(many, text)[:MOST]
        ], text


def test_arrays_may_be_memory_mapped(tmp_path: Path) -> None:
    arrays = made(TOWN, 7)
    for name, array in arrays.items():
        np.save(tmp_path / name, array)
    mapped = Finder({name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in arrays})
    assert hits(mapped, "柳堰") == hits(Finder(arrays), "柳堰")
