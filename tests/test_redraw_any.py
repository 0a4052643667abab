"""Does any edit of ground, drawn by chance, leave the coverage exact and everything else alone?"""

from dataclasses import replace

import numpy as np
from ground_drawn import MOST_EDITS, Hand, boards, shaken, total, tried, twice_area
from hypothesis import strategies as st
from plans_drawn import hold

from geo.redraw.board import Board


def test_any_sequence_of_edits_keeps_the_ground(full: bool) -> None:
    def promise(value: tuple[tuple[Board, int], int]) -> None:
        (board, unit), seed = value
        hand, before = Hand(np.random.default_rng(seed), unit), total(board)
        for _ in range(MOST_EDITS):
            after = tried(board, hand.draw(board), unit)
            # noding moves the outer border by less than a step, and the grids with it
            before += sum(twice_area(after.boundary(code)) - twice_area(board.boundary(code)) for code in board.regions)
            assert total(after) == before
            board = after

    hold(st.tuples(boards(), st.integers(0, 2**32 - 1)), promise, full, small=20, large=2000)


def test_any_ordered_boundary_is_got(full: bool) -> None:
    def promise(value: tuple[tuple[Board, int], int]) -> None:
        (board, unit), seed = value
        hand = Hand(np.random.default_rng(seed), unit)
        for _ in range(2):
            board = tried(board, hand.order(board), unit)

    hold(st.tuples(boards(), st.integers(0, 2**32 - 1)), promise, full, small=10, large=1000)


def test_in_faulty_regions_nobody_else_loses(full: bool) -> None:
    """Grids moved over each other: an edit leaves all that it does not name as it is, and never crashes."""

    def promise(value: tuple[tuple[Board, int], int]) -> None:
        (board, unit), seed = value
        chance = np.random.default_rng(seed)
        moved = {code: shaken(grid, chance, unit) for code, grid in board.grids.items()}
        board = replace(board, grids=moved, faulty=frozenset(board.regions))
        hand = Hand(chance, unit)
        for _ in range(3):
            board = tried(board, hand.draw(board), unit)

    hold(st.tuples(boards(), st.integers(0, 2**32 - 1)), promise, full, small=12, large=1000)
