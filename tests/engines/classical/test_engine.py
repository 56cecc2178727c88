"""The classical engine as the worker uses it: an edit in, a finished file out."""

from dataclasses import replace
from pathlib import Path

import drawn
import numpy as np
import pytest

from cutroom.engine import Planning
from cutroom.engines.classical.engine import Classical
from cutroom.errors import Cancelled, CannotDo, InvalidParams
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Edit, Kind


def _edit(clip: Path, prompt: str, kind: Kind = Kind.EDIT) -> Edit:
    return Edit("1", "m", kind, prompt, probe(clip), keep_audio=True, seed=3)


def test_a_clip_comes_back_edited_and_otherwise_the_same(birds_clip: Path, tmp_path: Path) -> None:
    edit, out, ticks = (
        _edit(birds_clip, "make it a snowy night"),
        tmp_path / "out.mp4",
        drawn.Ticks(),
    )
    Classical().edit(edit, out, ticks)
    before, after = edit.video, probe(out)
    assert before is not None
    assert (after.width, after.height, after.rate, after.frames, after.duration) == (
        before.width, before.height, before.rate, before.frames, before.duration,
    )  # fmt: skip
    assert ticks.told == sorted(ticks.told)
    assert ticks.told[-1] == 1.0
    old, new = (next(iter(frames(clip))).pixels.mean() for clip in (before, after))
    assert new < 0.6 * old


def test_the_seed_decides_where_the_snow_falls(birds_clip: Path, tmp_path: Path) -> None:
    """Paints are bit for bit the same (see test_ops); an encoder with threads is only nearly so."""
    made = {}
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        edit, out = replace(_edit(birds_clip, "heavy snow"), seed=seed), tmp_path / f"{name}.mp4"
        Classical().edit(edit, out, drawn.Ticks())
        made[name] = np.stack([frame.pixels for frame in frames(probe(out))]).astype(int)
    same = np.abs(made["one"] - made["again"]).mean()
    assert same < 0.2 * np.abs(made["one"] - made["other"]).mean()


def test_cancelling_leaves_nothing(birds_clip: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        Classical().edit(_edit(birds_clip, "sepia"), tmp_path / "out.mp4", drawn.Ticks(stop=0.3))
    assert list(tmp_path.glob("*.mp4")) == []


def test_what_cannot_be_done_is_not_half_done(birds_clip: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="trumpet"):
        Classical().edit(
            _edit(birds_clip, "make it sepia with a trumpet"), tmp_path / "out.mp4", drawn.Ticks()
        )
    assert list(tmp_path.iterdir()) == []


def test_the_plan_is_told_without_touching_a_frame(birds_clip: Path) -> None:
    engine = Classical()
    assert isinstance(engine, Planning)
    told = engine.plan(_edit(birds_clip, "very snowy night, everything else stays the same"))
    assert [op["op"] for op in told["ops"]] == ["night", "snow"]
    assert told["kept"] == ["everything else"]


def test_unknown_options_are_told_at_once() -> None:
    with pytest.raises(InvalidParams, match="depth"):
        Classical(depth=3)
