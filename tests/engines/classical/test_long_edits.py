"""Edits in segments of a few frames: as one piece would be, and each segment the same wherever it is made."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.media.decode import frames
from cutroom.media.film import film
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Encoding, Kind

PROMPTS = (
    "make the ball green",  # looks for it in the whole clip
    "stabilize the video and make it snow with film grain",
    "slow it down",  # pictures in between, across the seams too
    "play it backwards and make it sepia",  # two passes
)
COUNT, RATE, SIZE = 36, 24, (160, 90)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A red ball that rolls over a texture before a camera that shakes a little, with a tone."""
    path = tmp_path_factory.mktemp("long") / "ball.mp4"
    ground = drawn.texture(SIZE[0] + 8, SIZE[1] + 8, 3)

    def picture(index: int, _seconds: float) -> np.ndarray:
        left, top = 3 + index * 7 % 3, 2 + index * 5 % 3
        seen = ground[top : top + SIZE[1], left : left + SIZE[0]].copy()
        y, x = np.mgrid[: SIZE[1], : SIZE[0]]
        seen[np.hypot(x - 20 - 3 * index, y - 50) < 14] = (214, 60, 40)
        return seen

    tone = 0.2 * np.sin(np.arange(72_000, dtype=np.float32)[:, None] / 12)
    film(
        path, SIZE, Fraction(RATE), COUNT, picture, Silent(),
        encoding=Encoding(crf=8), sound=[tone],
    )  # fmt: skip
    return probe(path)


def edit_of(clip: Clip, prompt: str, parts: Path | None, segment: int = 12) -> Edit:
    return Edit(
        "long", "m", Kind.EDIT, prompt, clip, keep_audio=True, seed=7, parts=parts,
        encoding=Encoding(crf=12, segment=segment),
    )  # fmt: skip


def parts_of(folder: Path) -> dict[str, str]:
    """The finished parts below a folder."""
    found = sorted(folder.rglob("0*.mp4"))
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
    }


def shown(path: Path) -> Iterator[tuple[Fraction, np.ndarray]]:
    return ((frame.time, frame.pixels.astype(float)) for frame in frames(probe(path)))


ELSEWHERE = """
import json, os, sys
from pathlib import Path
from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.media.probe import probe
from cutroom.types import Edit, Encoding, Kind
if hasattr(os, "sched_setaffinity"):  # not everywhere
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
clip = probe(Path(sys.argv[1]))
for prompt, folder in json.loads(sys.argv[2]).items():
    edit = Edit("another", "m", Kind.EDIT, prompt, clip, keep_audio=True, seed=7,
                parts=Path(folder) / "parts", encoding=Encoding(crf=12, segment=12))
    Classical().edit(edit, Path(folder) / "again.mp4", Silent())
"""


def test_a_segment_is_the_same_wherever_it_is_made(clip: Clip, tmp_path: Path) -> None:
    """The last but one of every pass alone, in another process, on one processor; the joined result is the same too."""
    folders, before = {}, {}
    for number, prompt in enumerate(PROMPTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        folders[prompt] = str(folder)
        Classical().edit(edit_of(clip, prompt, folder / "parts"), folder / "out.mp4", Silent())
        before[prompt] = parts_of(folder)
        assert len(before[prompt]) >= 3, prompt
        for passed in (folder / "parts").iterdir():
            sorted(passed.glob("0*.mp4"))[-2].unlink()
        assert len(parts_of(folder)) < len(before[prompt])
    command = [sys.executable, "-c", ELSEWHERE, str(clip.path), json.dumps(folders)]
    subprocess.run(command, check=True, timeout=120)
    for prompt, folder in folders.items():
        assert parts_of(Path(folder)) == before[prompt], prompt
        again, out = (Path(folder, name).read_bytes() for name in ("again.mp4", "out.mp4"))
        assert again == out, prompt
        one = Path(folder, "one.mp4")
        Classical().edit(edit_of(clip, prompt, None, 10**6), one, Silent())
        seams(one, Path(folder, "out.mp4"), prompt)


def seams(one: Path, joined: Path, prompt: str) -> None:
    """Hold a joined result against the one in one piece: as alike at its seams as elsewhere."""
    outline = replace(probe(joined), path=one, bytes=0)
    assert outline == replace(probe(one), bytes=0), prompt
    off = []
    for (time, picture), (other_time, other) in zip(shown(one), shown(joined), strict=True):
        assert time == other_time
        off.append(np.sqrt(np.square(picture - other).mean()))
    starts = [int(path.name[:7]) for path in sorted(joined.parent.glob("parts/*/0*.mp4"))]
    near = [off[i] for start in starts if start for i in (start - 2, start - 1, start, start + 1)]
    assert max(near) < max(3.0, 1.5 * float(np.median(off))), (prompt, np.round(off, 1))
