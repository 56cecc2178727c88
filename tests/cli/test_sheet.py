"""The contact sheet."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cutroom.cli.sheet import Column, contact_sheet, fitting_lines, shown_frames
from cutroom.media.probe import probe


def test_sheet_shows_the_frames_of_every_clip(birds_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    contact_sheet([Column("before", birds_clip), Column("after", birds_clip)], out, width=700)
    with Image.open(out) as opened:
        sheet = np.asarray(opened.convert("RGB")).astype(int)
    assert sheet.shape[1] == 700
    cell = (700 - 2 * 26 - 14) // 2
    left, right = sheet[:, 26 : 26 + cell], sheet[:, 26 + cell + 14 : 26 + 2 * cell + 14]
    _, first = shown_frames(probe(birds_clip), (cell, round(cell * 9 / 16)))[0]
    middle = first[first.shape[0] // 2].astype(int)
    for column in (left, right):
        assert min(np.abs(row - middle).mean() for row in column) < 1


def test_frames_are_the_first_a_quarter_the_middle_and_the_last(birds_clip: Path) -> None:
    found = shown_frames(probe(birds_clip), (64, 36))
    assert [index for index, _ in found] == [0, 3, 6, 11]
    assert all(pixels.shape == (36, 64, 3) for _, pixels in found)


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("short", ["short"]),
        ("one two three", ["one two", "three"]),
        ("one two three four five", ["one two", "three ..."]),
        ("unbreakablylongword", ["unbreakablylongword"]),
    ],
)
def test_labels_take_two_lines_at_most(label: str, lines: list[str]) -> None:
    assert fitting_lines(label, lambda text: float(len(text)), 10) == lines
