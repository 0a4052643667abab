"""Which of very many short texts hold a needle, begin with it, or are it?

The texts stand as lines in one run of UTF-8 bytes, ordered as hits are wanted, so that a search ends with the last hit
it was asked for. A sieve says which blocks of lines can hold the needle at all: an absent one is not looked for in
most. All is flat arrays, which may be memory-mapped and shared by processes.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

LINES_A_BLOCK = 128
"""Lines that are looked through together: some thousand bytes."""
GRAM_BITS = 13
"""Bits of the hash of up to `GRAM` characters: in a block of addresses one in five of these hashes occurs."""
GRAM = 3
"""Neighbouring characters that are sieved together; shorter needles by as many as they have."""
AT_ONCE = 1 << 20
"""Characters that are hashed together: the room it takes to make the sieve."""

_SPREAD = np.uint32(0x9E3779B1)
"""Spreads neighbouring values over all hashes: 2^32 over the golden ratio (Knuth, The Art of Computer Programming,
6.4)."""


class Place(Enum):
    """Where in a line the needle stands; between which marks."""

    WHOLE = ("\n", "\n")
    HEAD = ("\n", "")
    INSIDE = ("", "")


def made(texts: Sequence[str], numbers: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The arrays of lines in the order given, each with its number (n,). Texts hold no line break."""
    lines = [text.encode() for text in texts]
    run = b"\n" + b"".join(line + b"\n" for line in lines)
    starts = np.cumsum([1, *(len(line) + 1 for line in lines)])
    return {
        "text": np.frombuffer(run, dtype=np.uint8),
        "starts": starts.astype(np.min_scalar_type(len(run))),
        "numbers": numbers.astype(np.min_scalar_type(int(numbers.max(initial=0)))),
        "sieve": _sieve(texts),
    }


class Lines:
    """The lines of `made`."""

    def __init__(self, arrays: Arrays) -> None:
        self._text, self._starts, self.numbers = arrays["text"], arrays["starts"], arrays["numbers"]
        self._sieve = arrays["sieve"]

    def __len__(self) -> int:
        return len(self.numbers)

    def line(self, number: int) -> str:
        """The text of a line."""
        return bytes(self._text[self._starts[number] : self._starts[number + 1] - 1]).decode()

    def hits(self, needle: str, place: Place, first: int, end: int) -> Iterator[int]:
        """Lines from `first` up to `end` (not in it) with the needle (no line break in it, not empty), in order."""
        before, after = place.value
        marked = before + needle + after
        sought = marked.encode()
        for block in self._blocks(marked, first, end).tolist():
            low, high = max(first, block * LINES_A_BLOCK), min(end, (block + 1) * LINES_A_BLOCK, len(self))
            yield from self._hits(sought, len(before), low, high)

    def room(self, needle: str) -> int:
        """Blocks that the needle may be in: few where it is rare."""
        return len(self._blocks(needle, 0, len(self)))

    def _hits(self, sought: bytes, before: int, low: int, high: int) -> Iterator[int]:
        """In the lines of one block, each once; the mark between two lines belongs to both."""
        starts = self._starts[low : high + 1].astype(np.int64)
        offset = int(starts[0]) - 1
        chunk = self._text[offset : int(starts[-1])].tobytes()
        found = chunk.find(sought)
        while found >= 0:
            line = int(np.searchsorted(starts, offset + found + before, "right")) - 1
            yield low + line
            found = chunk.find(sought, int(starts[line + 1]) - 1 - offset)

    def _blocks(self, marked: str, first: int, end: int) -> NDArray[np.int64]:
        """Numbers of the blocks that may hold the text."""
        low, high = first // LINES_A_BLOCK, -(-end // LINES_A_BLOCK)
        rows = self._sieve[_hashes(_characters(marked))[-1]]
        may = np.unpackbits(np.bitwise_and.reduce(rows, axis=0))[low:high]
        return np.flatnonzero(may) + low


def _sieve(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Bit by bit, which hashes of neighbouring characters occur in which block: (hashes, blocks / 8)."""
    blocks = -(-len(texts) // LINES_A_BLOCK)
    has = np.zeros((1 << GRAM_BITS, blocks), dtype=bool)
    step = LINES_A_BLOCK * max(1, AT_ONCE * blocks // max(1, sum(map(len, texts))) // LINES_A_BLOCK)
    for low in range(0, len(texts), step):
        run = _characters("\n" + "".join(text + "\n" for text in texts[low : low + step]))
        line = np.cumsum(run == ord("\n"))
        block = (low + line - 1) // LINES_A_BLOCK
        # several characters are of the line of the first: the mark before a line begins it, the one behind it ends it
        for size, hashes in enumerate(_hashes(run)):
            has[hashes, np.minimum(block[: len(block) - size], blocks - 1)] = True
    return np.packbits(has, axis=1)


def _hashes(run: NDArray[np.uint32]) -> list[NDArray[np.uint32]]:
    """Of each character, of each two neighbours, and so on up to `GRAM` or what there is."""
    found, mixed = [], np.zeros(len(run) + 1, dtype=np.uint32)
    for size in range(min(GRAM, len(run))):
        mixed = (mixed[:-1] ^ run[size:]) * _SPREAD
        mixed ^= mixed >> np.uint32(15)
        found.append(mixed >> np.uint32(32 - GRAM_BITS))
    return found


def _characters(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
