"""What is where: mattes, tracks, plates, still things and wires of one clip."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cutroom.engine import Tick
from cutroom.engines.classical.sight import (
    camera,
    certainty,
    evidence,
    finding,
    flow,
    foreground,
    ground,
    light,
    movers,
    outstanding,
    plate,
    shots,
    standing,
    subject,
    things,
)
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.flow import Flow
from cutroom.engines.classical.sight.ground import Contact, Ground
from cutroom.engines.classical.sight.light import Light
from cutroom.engines.classical.sight.movers import Mover, Movers
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel, Shelf
from cutroom.engines.classical.sight.shots import Shot
from cutroom.engines.classical.sight.spliced import spliced
from cutroom.engines.classical.sight.standing import Standing
from cutroom.engines.classical.sight.subject import Cut, Subject
from cutroom.engines.classical.sight.things import Perch
from cutroom.engines.classical.target import Target
from cutroom.media.decode import Frame, frames
from cutroom.types import Clip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cutroom.engines.classical.op import Pixels

__all__ = ["Camera", "Cut", "Perch", "Plate", "Sight", "Subject"]


class Sight:
    """What is where in one clip. Each answer is worked out when first asked for, then remembered."""

    def __init__(self, clip: Clip, tick: Tick, reel: Reel | None = None, first: int = 0) -> None:
        """Look at a clip, or at the part of it that begins at frame `first` and that `reel` shows.

        All indexes count from that frame.
        """
        self.trained = foreground.weights() is not None
        """Whether the network has a say in what moves."""
        self.clip = clip
        self.first = first
        self.tick = tick
        self._found: dict[Target, Subject] = {}
        if reel is not None:
            self.reel = reel

    @cached_property
    def reel(self) -> Reel:
        """All of it at analysis size."""
        return Reel(self.clip, self.tick)

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """The shots of the clip in order; one where nothing was cut."""
        return shots.shots(self.reel, self.tick)

    @cached_property
    def parts(self) -> tuple["Sight", ...]:
        """What is where in each shot by itself; the whole where there is but one."""
        if len(self.shots) == 1:
            return (self,)
        return tuple(
            Sight(self.clip, self.tick, self.reel.part(s.first, s.stop), self.first + s.first)
            for s in self.shots
        )

    def pictures(self) -> Iterator[Frame]:
        """The frames at full size; their indexes count from `first`, as everywhere in sight."""
        for frame in frames(self.clip, start=self.first, stop=self.first + len(self.reel)):
            yield Frame(frame.index - self.first, frame.time, frame.pixels)

    @cached_property
    def camera(self) -> Camera:
        """How the camera moves."""
        return camera.watch(self.reel, self.tick)

    @cached_property
    def plate(self) -> Plate:
        """The empty place at analysis size. Raises CannotDo where it cannot be pieced together."""
        subject.steadiness(self.camera)
        return _empty_place(self.reel, self.camera, self.tick)

    @cached_property
    def likelihood(self) -> Shelf:
        """How likely each small pixel shows something that moves, 0..255."""
        if not self.trained:
            return self.statistics
        picks = self.reel.sample(15)
        # Where nothing at all differs from the place, the network has nothing to judge, and may dream.
        if np.mean([(self.statistics[i] > 127).mean() for i in picks]) < 0.0005:
            return self.statistics
        told = self.judged
        share = foreground.share_of([told[i] for i in picks], [self.statistics[i] for i in picks])
        shelf = Shelf(len(self.reel), self.reel.height, self.reel.width)
        for index in range(len(self.reel)):
            shelf[index] = foreground.fused(
                told[index], self.statistics[index], self.reel[index], share
            )
        return shelf

    @cached_property
    def judged(self) -> Shelf:
        """What the network says of every small pixel, 0..255."""
        net = foreground.network()
        shelf = Shelf(len(self.reel), self.reel.height, self.reel.width)
        for index in range(len(self.reel)):
            seen = foreground.inputs(self.reel, self.camera, self.plate, index)
            shelf[index] = foreground.judge(net, seen)
            if index % 4 == 0:
                self.tick(0.0)
        return shelf

    @cached_property
    def statistics(self) -> Shelf:
        """The same by differences and colours alone, without the network."""
        slack = 0 if self.camera.still else 1
        return evidence.weigh(self.reel, self.plate, slack, self.tick)

    def flow(self, here: int, there: int) -> Flow:
        """Where every small pixel of one frame went in another, and how sure that is."""
        return flow.flow(self.reel[here], self.reel[there])

    @cached_property
    def ground(self) -> Ground | None:
        """The ground in perspective, as the ways of what moves tell of it; None where none does."""
        return ground.ground(self.movers.found[:4], self.reel)

    def contact(self, mover: Mover, index: int) -> Contact | None:
        """Where a mover stands in a frame, at full size; None where it is not seen."""
        return ground.contact(mover, index, self.reel)

    def light(self, of: Subject | None = None) -> Light:
        """The light of the clip, by the shading and the shadow of a subject where one is given."""
        return light.light(self.reel, of, self.plate if of is not None else None)

    @cached_property
    def movers(self) -> Movers:
        """Everything that moves, heaviest first."""
        return movers.follow(self.likelihood, self.reel, self.camera, self.tick)

    def find(self, target: Target) -> Subject:
        """What a target means in this clip, remembered for the next who asks.

        Raises CannotDo, in words, where nothing of the kind is found, two could be meant, or the
        matte is not sure enough.
        """
        if target not in self._found:
            alone = len(self.shots) == 1
            self._found[target] = finding.find(self, target) if alone else spliced(self, target)
        return self._found[target]

    def subject(self) -> Cut:
        """The one clear mover, else the one thing that stands out. Raises CannotDo as `find` does."""
        return finding.subject(self)

    def foreground(self) -> Cut:
        """All movers as one, else what stands out. Raises CannotDo where there is no clean matte."""
        return finding.foreground(self)

    def trust_in(self, mover: Mover, *, crisp: bool = True) -> float:
        """How sure the motion matte of a mover is, 0..1; `crisp` as for a new background, else to be followed."""
        return certainty.of_mover(
            mover, self.reel, self.plate, self.likelihood, self.movers.labels, crisp=crisp
        )

    @cached_property
    def salience(self) -> Shelf:
        """How much each small pixel stands out from the frame's surroundings, 0..255."""
        return outstanding.stand_out(self.reel, self.tick)

    @cached_property
    def salient(self) -> Movers:
        """What stands out, moving or not, followed through the clip, heaviest first."""
        return movers.follow(self.salience, self.reel, self.camera, self.tick)

    @cached_property
    def perch(self) -> Perch:
        """Still things before a smooth background and the wire they sit on; may be empty."""
        return things.look(self.reel, self.tick)

    @cached_property
    def standing(self) -> Standing:
        """Dark things before a smooth background, as a matte. Raises CannotDo where there are none."""
        return standing.stand(self.reel, self.perch, self.tick)

    @property
    def area(self) -> int:
        """Small pixels of a frame."""
        return self.reel.width * self.reel.height

    @cached_property
    def full_plate(self) -> Plate:
        """The empty place at full size, without the movers."""
        size = (self.clip.width, self.clip.height)
        matrices, canvas = plate.canvas_of(self.camera, size, self.reel.scale, plate.CANVAS)
        wanted = set(self.reel.sample(plate.sampled(size, 25)))
        pictures: list[tuple[int, Pixels, NDArray[np.bool_] | None]] = []
        for frame in self.pictures():
            if frame.index in wanted:
                hidden = plate.hidden(self.likelihood[frame.index], size)
                pictures.append((frame.index, frame.pixels, hidden))
            if frame.index % 8 == 0:
                self.tick(0.0)
        full = plate.build(pictures, matrices, canvas, self.tick)
        return plate.patched(self.plate, full)


def _empty_place(reel: Reel, path: Camera, tick: Tick) -> Plate:
    """The small plate: a median of frames, then once more without what has the movers' colours."""
    matrices, canvas = plate.canvas_of(path, (reel.width, reel.height), (1.0, 1.0))
    picks = reel.sample(41)
    first = plate.build([(i, reel[i], None) for i in picks], matrices, canvas, tick)
    doubts = evidence.doubtful(reel, first, 0 if path.still else 1, picks)
    pictures = [(i, reel[i], doubt) for i, doubt in zip(picks, doubts, strict=True)]
    return plate.patched(first, plate.build(pictures, matrices, canvas, tick))
