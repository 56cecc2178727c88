"""One target through all shots of a clip: found in each by itself, absent where it is not to be found."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.movers import Box
from cutroom.engines.classical.sight.subject import Alpha, Subject, Unsure
from cutroom.engines.classical.target import Target
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight


@dataclass(frozen=True)
class Spliced:
    """A subject that is another one in every shot."""

    starts: tuple[int, ...]
    """The first frame of each shot."""
    subjects: tuple[Subject | None, ...]
    """What was found there; None: nothing."""
    trust: float
    """That of the least sure one."""
    size: tuple[int, int]
    """(width, height) of a small frame."""

    def _at(self, index: int) -> tuple[Subject | None, int]:
        shot = max(bisect_right(self.starts, index) - 1, 0)
        return self.subjects[shot], index - self.starts[shot]

    def small(self, index: int) -> NDArray[np.uint8]:
        """The matte at analysis size, 0..255."""
        subject, at = self._at(index)
        return subject.small(at) if subject else np.zeros(self.size[::-1], np.uint8)

    def matte(self, pixels: Pixels, index: int) -> Alpha:
        """The matte at the size of `pixels`, 0..1."""
        subject, at = self._at(index)
        return subject.matte(pixels, at) if subject else np.zeros(pixels.shape[:2], np.float32)

    def box(self, index: int) -> Box | None:
        """Its box in full-size pixels, None where it is not seen."""
        subject, at = self._at(index)
        return subject.box(at) if subject else None


def spliced(sight: "Sight", target: Target) -> Spliced:
    """The target in each shot. Raises CannotDo where a shot shows it and it is not sure enough, or most show none."""
    undissolved(sight)
    found: list[Subject | None] = []
    reasons: list[str] = []
    for part, shot in zip(sight.parts, sight.shots, strict=True):
        try:
            found.append(part.find(target))
        except Unsure as why:
            raise unsure_in(shot.first, len(shot), sight, why) from why
        except CannotDo as why:
            found.append(None)
            reasons.append(str(why))
    covered(sight, [subject is not None for subject in found], reasons, target.say())
    trust = min(subject.trust for subject in found if subject)
    starts = tuple(shot.first for shot in sight.shots)
    return Spliced(starts, tuple(found), trust, (sight.reel.width, sight.reel.height))


def unsure_in(first: int, count: int, sight: "Sight", why: Unsure) -> Unsure:
    """The refusal of a whole clip of which one shot, from frame `first` on, shows the thing not surely enough."""
    begin, end = sight.reel.times[first], sight.reel.times[first + count - 1]
    return Unsure(
        f"In the shot from {begin:.1f} s to {end:.1f} s something may be meant that is not sure enough, and half an"
        f" edit is none: {why} The shots can be sent one by one."
    )


def undissolved(sight: "Sight") -> None:
    """Nothing, or CannotDo where one shot melts into another: in between there are two of everything."""
    for shot in sight.shots:
        if shot.melts:
            at = sight.reel.times[shot.first]
            raise CannotDo(
                f"One shot dissolves into another at {at:.1f} s; this edit works within a shot or across plain"
                " cuts. Send the clip in two parts."
            )


def covered(sight: "Sight", done: list[bool], reasons: list[str], what: str) -> None:
    """Tell which shots it was not possible in. Raises CannotDo where these are more than half of the clip."""
    left = [shot for shot, fine in zip(sight.shots, done, strict=True) if not fine]
    if sum(len(shot) for shot in left) > 0.5 * len(sight.reel):
        raise CannotDo(
            f"The clip has {len(sight.shots)} shots, and in {len(left)} of them this was not possible: {reasons[0]}"
        )
    for shot, why in zip(left, reasons, strict=True):
        begin, end = sight.reel.times[shot.first], sight.reel.times[shot.stop - 1]
        sight.tick.note(
            f"The shot from {begin:.1f} s to {end:.1f} s was left as it is ({what}): {why}"
        )
