"""A still image made into a film: the camera moves, water, clouds and fire drift, weather goes over it."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2

from cutroom.engine import Share, Tick
from cutroom.engines.classical.ambience.mix import ambience
from cutroom.engines.classical.op import Pixels, Scene
from cutroom.engines.classical.render import paint_of_plan
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.stills import morph, moves
from cutroom.engines.classical.stills.depth import Depth, depth
from cutroom.engines.classical.stills.drift import Drifting
from cutroom.engines.classical.stills.hearing import cues
from cutroom.engines.classical.stills.parallax import Parallax
from cutroom.engines.classical.stills.wish import Drift, Move, Wish, wish
from cutroom.engines.classical.text_to_video import TextToVideo
from cutroom.engines.still import RATE, Fit, fit
from cutroom.errors import CannotDo
from cutroom.media.film import Draw, film
from cutroom.media.probe import probe
from cutroom.media.sound import Block
from cutroom.media.transcode import transcode
from cutroom.types import Edit, Encoding

_TRUSTED = 0.5
"""Depth less sure than this is not used: the picture stays flat."""
_BETWEEN = Encoding(preset="veryfast", crf=8)
"""How the film is kept between its making and the ops that go over it."""


@dataclass(frozen=True)
class _Size:
    """How long and how large the film is."""

    count: int
    aspect: str | None


@dataclass(frozen=True)
class _Film:
    """A film ready to be written."""

    size: tuple[int, int]
    count: int
    draw: Draw
    sound: Iterable[Block] | None

    def write(self, out: Path, encoding: Encoding, tick: Tick) -> None:
        film(
            out, self.size, Fraction(RATE), self.count, self.draw, tick,
            encoding=encoding, sound=self.sound,
        )  # fmt: skip


class ImageToVideo:
    """Makes `Kind.IMAGE`: the image is the first frame, unless the camera has to start closer."""

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """What the prompt comes to, as JSON values. Raises CannotDo as `make` would."""
        if edit.start_image is None:  # one model takes text alone
            return TextToVideo().plan(edit)
        asked = _asked(edit)
        data = asked.to_json()
        if edit.params.get("generate_audio"):
            data["sounds"] = [cue.sound for cue in cues(asked)]
        if edit.tail_image is not None:
            data["ops"] = [{"op": "morph", "say": "from the first to the last image"}] + [
                row for row in data["ops"] if row["op"] != "camera"
            ]
        return data

    def make(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the film, `RATE` frames a second. Without an image: from the text alone."""
        if edit.start_image is None:
            TextToVideo().make(edit, out, tick)
            return
        asked = _asked(edit)
        cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
        assert edit.start_image is not None
        size = _Size(_seconds(edit) * RATE, edit.params.get("aspect_ratio"))
        fitted = fit(edit.start_image, size.aspect)
        for note in _notes(asked, edit, fitted):
            tick.note(note)
        draw = _morph(edit, fitted, size, tick) if edit.tail_image else _still(asked, edit, fitted, size, tick)  # fmt: skip
        made = _Film(fitted.size, size.count, draw, _sound(asked, edit, tick))
        if not asked.ops:
            made.write(out, edit.encoding, Share(tick, 0.06, 1))
            return
        with tempfile.TemporaryDirectory(prefix="cutroom-still-") as folder:
            bare = Path(folder) / "bare.mp4"
            made.write(bare, _BETWEEN, Share(tick, 0.06, 0.5))
            _over(asked, edit, bare, out, tick)


def _asked(edit: Edit) -> Wish:
    """The wish of the edit. Raises CannotDo."""
    asked = wish(edit.prompt, towards=edit.tail_image is not None)
    if edit.tail_image is not None and (asked.moves or asked.drifts):
        told = ", ".join(part.say() for part in _moving(asked))
        raise CannotDo(
            f"With a last image, the way from the first to the last decides how the camera moves; leave out: {told}."
        )
    if edit.params.get("generate_audio"):
        cues(asked)
    return asked


def _sound(asked: Wish, edit: Edit, tick: Tick) -> Iterable[Block] | None:
    """The ambience of the film; None where the edit asks for no sound."""
    if not edit.params.get("generate_audio"):
        return None
    tick.note("The sound is ambience made from the plan; it holds no speech and no music.")
    return ambience([(cues(asked), _seconds(edit))], edit.seed)


def _moving(asked: Wish) -> list[Move | Drift]:
    return [*asked.moves, *asked.drifts]


def _seconds(edit: Edit) -> int:
    return int(edit.params.get("duration", 5))


def _notes(asked: Wish, edit: Edit, fitted: Fit) -> list[str]:
    """What the caller should know before looking."""
    notes = list(fitted.notes)
    if asked.described:
        quoted = ", ".join(f"“{d}”" for d in asked.described)
        notes.append(f"Taken as a description of the image, so that nothing was done about it: {quoted}.")  # fmt: skip
    if edit.tail_image is None and not asked.moves:
        notes.append("No camera move was asked for: a slow push in was made.")
    if moves.cropped(asked.moves):
        notes.append("The camera needs room for this move, so the first frame shows a part of the image.")  # fmt: skip
    if edit.tail_image is None and {m.move for m in asked.moves} == {"static"} and not asked.drifts and not asked.ops:  # fmt: skip
        notes.append("A still camera over a still image: every frame is the same.")
    if edit.params.get("negative_prompt"):
        notes.append("negative_prompt has no bearing on this engine: it adds nothing that is not asked for.")  # fmt: skip
    return notes


def _still(asked: Wish, edit: Edit, fitted: Fit, size: _Size, tick: Tick) -> Draw:
    """The painter of a film of one image."""
    subjects = moves.aimed(asked.moves) or any(d.region == "water" for d in asked.drifts)
    seen = depth(fitted.picture, Share(tick, 0, 0.03), subjects=subjects)
    tick(0.03)
    drifting = Drifting(asked.drifts, fitted.picture, seen, size.count / RATE, edit.seed) if asked.drifts else None  # fmt: skip
    deep = seen if seen.trust >= _TRUSTED else None
    if deep is None and moves.parallactic(asked.moves):
        tick.note("How far away the parts of the image are could not be told, so it moves as a flat picture; for an orbit the camera goes closer and aside instead.")  # fmt: skip
    shot = Parallax(fitted, deep)
    if drifting is not None:
        drifting.over(shot.behind)
    room = replace(shot.room, aim=_aim(seen, shot))
    route = moves.route(asked.moves, room, (size.count - 1) / RATE, edit.seed)
    tick(0.06)

    def draw(index: int, seconds: float) -> Pixels:
        behind = drifting(seconds) if drifting is not None else None
        return shot.shown(route(index / RATE), behind)

    return draw


def _aim(seen: Depth, shot: Parallax) -> tuple[float, float]:
    """Where zooms go: to the subject where it is sure, else to the middle."""
    wide, tall = shot.room.picture
    return (seen.aim[0] - 0.5) * wide, (seen.aim[1] - 0.5) * tall


def _morph(edit: Edit, fitted: Fit, size: _Size, tick: Tick) -> Draw:
    assert edit.tail_image is not None
    last = fit(edit.tail_image, size.aspect, fitted.size)
    for note in last.notes:
        tick.note(note.replace("The image", "The last image"))
    passage = morph.passage(fitted, last)
    tick.note(passage.note)

    def draw(index: int, seconds: float) -> Pixels:
        del seconds
        return passage(index / (size.count - 1))

    return draw


def _over(asked: Wish, edit: Edit, bare: Path, out: Path, tick: Tick) -> None:
    """The ops over a film that was made."""
    clip = probe(bare)
    scene = Scene(replace(edit, video=clip), clip, Sight(clip, tick), Share(tick, 0.5, 0.52), edit.seed)  # fmt: skip
    paint = paint_of_plan(asked.ops, scene)
    transcode(
        clip,
        out,
        paint,
        Share(tick, 0.52, 1),
        keep_audio=clip.audio is not None,
        encoding=edit.encoding,
    )
