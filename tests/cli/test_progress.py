"""The bar: its line, its silence without a terminal, its answer to Ctrl-C."""

import io
import os
import re
import signal

import pytest

from cutroom.cli.board import Board
from cutroom.cli.progress import Bar, bar_line, clock_time, fitted, watched
from cutroom.errors import Cancelled
from cutroom.types import Status


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


@pytest.mark.parametrize("done", [0.0, 0.031, 0.5, 0.999, 1.0])
def test_line_fits_a_narrow_terminal(done: float) -> None:
    line = plain(bar_line("a label that is much too long", done, 3600 * 5))
    assert len(line) <= 79
    assert f"{done:.0%}" in line


def test_line_tells_the_time_left_once_it_can() -> None:
    assert "left" not in bar_line("x", 0.01, 10)
    assert "left" not in bar_line("x", 0.5, 0.5)
    assert plain(bar_line("x", 0.25, 10)).endswith("25%  0:30 left")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.4, "0:07"), (750, "12:30"), (3723, "1:02:03")]
)
def test_clock_time(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


def test_fitted_is_exactly_as_wide() -> None:
    assert fitted("ab", 4) == "ab  "
    assert fitted("abcdef", 4) == "abc…"


def test_bar_draws_on_a_terminal_and_cleans_up() -> None:
    screen = Terminal()
    bar = Bar("editing", screen)
    bar(0.5)
    assert "50%" in screen.getvalue()
    bar.clear()
    assert screen.getvalue().endswith("\r\x1b[2K")


def test_bar_is_silent_elsewhere() -> None:
    stream = io.StringIO()
    bar = Bar("editing", stream)
    bar(0.5)
    bar.clear()
    assert stream.getvalue() == ""


def test_bar_draws_no_more_than_ten_times_a_second() -> None:
    screen = Terminal()
    bar = Bar("editing", screen, clock=iter([n / 100 for n in range(101)]).__next__)
    for n in range(100):
        bar(n / 100)
    assert screen.getvalue().count("editing") == 10


def test_notes_are_kept_once_and_of_details_the_last() -> None:
    bar = Bar("editing", io.StringIO())
    bar.note("It was dark.")
    bar.note("It was dark.")
    assert bar.notes == ["It was dark."]
    bar.detail("enhanced_prompt", "snow")
    bar.detail("enhanced_prompt", "thick snow falls")
    assert bar.details == {"enhanced_prompt": "thick snow falls"}


def test_first_interrupt_ends_the_work_at_its_next_tick_the_second_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with watched("editing") as bar:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Cancelled):
            bar(0.5)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_board_redraws_in_place_on_a_terminal() -> None:
    screen = Terminal()
    board = Board(["one", "two"], screen)
    board.show([(Status.PROCESSING, 0.5), (Status.QUEUED, 0.0)])
    board.show([(Status.SUCCEEDED, 1.0), (Status.PROCESSING, 0.1)])
    assert screen.getvalue().count("\x1b[2F") == 1
    lines = plain(screen.getvalue()).splitlines()
    assert len(lines) == 4
    assert max(len(line) for line in lines) <= 79


def test_board_tells_changes_alone_without_a_terminal() -> None:
    stream = io.StringIO()
    board = Board(["one"], stream)
    for progress in (0.1, 0.2, 0.3):
        board.show([(Status.PROCESSING, progress)])
    board.show([(Status.SUCCEEDED, 1.0)])
    assert stream.getvalue().splitlines() == ["  processing  one", "  succeeded   one"]
