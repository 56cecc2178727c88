"""The classical engine: makes a video by classical vision on a CPU, or says why it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import cv2

from cutroom.engine import Division, Needs, Share, Tick
from cutroom.engines.classical.maker import Maker
from cutroom.engines.classical.op import Op, Scene, Stage, Timed
from cutroom.engines.classical.plan import GRAMMAR, Plan
from cutroom.engines.classical.planner.planner import checked
from cutroom.engines.classical.planner.reader import read
from cutroom.engines.classical.render import framed, paint_of_plan
from cutroom.engines.classical.unfinished import unfinished
from cutroom.errors import CannotDo, InvalidParams
from cutroom.media.parts import Parts
from cutroom.media.probe import probe
from cutroom.media.transcode import transcode
from cutroom.types import Clip, Edit, Kind

if TYPE_CHECKING:
    from cutroom.engines.classical.sight import Sight

_ANALYSIS = 0.25
"""Share of the progress that looking at the clip gets, where a plan has to look."""
_TIMING = 0.4
"""Share of the progress that a new course gets, where other ops follow."""


MAKERS: Mapping[Kind, str] = {
    Kind.TEXT: "cutroom.engines.classical.text_to_video:TextToVideo",
    Kind.REFERENCE: "cutroom.engines.classical.reference_to_video:ReferenceToVideo",
    Kind.IMAGE: "cutroom.engines.classical.image_to_video:ImageToVideo",
    Kind.MOTION: "cutroom.engines.classical.motion_control:MotionControl",
}
"""What makes the videos that are no edits of a clip, imported when asked for."""


class Classical:
    """Turns edits into video by plan and ops, other kinds by their makers; needs nothing but a CPU."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # a row's options are TOML values
        """Take no options; a row that gives some is mistaken."""
        if options:
            raise InvalidParams(f"The classical engine has no options: {', '.join(options)}.")

    @staticmethod
    def needs(environment: Mapping[str, str]) -> Needs:
        """Nothing; the way to the chat model that reads what the grammar refuses, where one is set."""
        if not environment.get("CUTROOM_PLANNER_URL"):
            return Needs()
        from cutroom.chat import Endpoint  # noqa: PLC0415  most have none

        second = Endpoint.of(environment, "PLANNER")
        return Needs(out=True, ports=(second.port,)) if second else Needs()

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """What the prompt comes to, as JSON values. Raises CannotDo as `edit` would."""
        if edit.kind in MAKERS:
            return _maker(edit.kind).plan(edit)
        from cutroom.engines.classical.timing.length import length  # noqa: PLC0415  edits go without

        found = read(edit)
        return {**found.to_json(), **length(found.ops, edit.video.duration if edit.video else None)}

    def follow(self, plan: object, edit: Edit, out: Path, tick: Tick) -> None:
        """Carry out a plan as `plan` gives it. Raises InvalidParams for anything else."""
        clip = _clip(edit)
        self.carry_out(checked(plan), replace(edit, video=clip), out, tick)

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the video to `out`; an edited clip has the size, frames, rate and duration of its source.

        Raises CannotDo when any part of the instruction is beyond this engine or the clip.
        """
        self.share(edit, out, tick, None)

    def share(self, edit: Edit, out: Path, tick: Tick, division: Division | None) -> None:
        """As `edit`, the segments of a long result made as the division has it: only edits have any."""
        if edit.kind in MAKERS:
            _maker(edit.kind).make(edit, out, tick)
            return
        clip = _clip(edit)
        plan = read(edit)
        if plan.planner != GRAMMAR:
            tick.note(f"{plan.planner} read the instruction as: {plan.say()}.")
        self.carry_out(plan, replace(edit, video=clip), out, tick, division)

    def carry_out(
        self, plan: Plan, edit: Edit, out: Path, tick: Tick, division: Division | None = None
    ) -> None:
        """Write the clip as a plan has it: first what is shown when, then what it looks like."""
        cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
        timed = [op for op in plan.ops if isinstance(op, Timed)]
        others = [op for op in plan.ops if not isinstance(op, Timed)]
        look = unfinished(plan, edit, "look", division, last=True)
        time = unfinished(plan, edit, "time", division, last=not others)
        if not timed:
            self._paint(others, edit, out, tick, look)
        else:
            self._retime(timed, others, edit, out, tick, parts=(time, look))

    def _retime(
        self, timed: Sequence[Timed], others: Sequence[Op], edit: Edit, out: Path, tick: Tick,
        *, parts: tuple[Parts | None, Parts | None],
    ) -> None:  # fmt: skip
        from cutroom.engines.classical.timing.retimed import lossless, retimed  # noqa: PLC0415  as above

        clip, sound = _clip(edit), edit.keep_audio
        time, look = parts
        if not others:
            retimed(timed, clip, out, tick, keep_audio=sound, encoding=edit.encoding, parts=time)
            return
        with TemporaryDirectory(prefix=".cutroom-", dir=out.parent) as folder:
            path = Path(folder) / "retimed.mp4"
            first, fine = Share(tick, 0.0, _TIMING), lossless(edit.encoding)
            retimed(timed, clip, path, first, keep_audio=sound, encoding=fine, parts=time)
            clip = probe(path)
            rest = replace(edit, video=clip, keep_audio=sound and clip.audio is not None)
            self._paint(others, rest, out, Share(tick, _TIMING, 1.0), look)

    def _paint(
        self, ops: Sequence[Op], edit: Edit, out: Path, tick: Tick, parts: Parts | None
    ) -> None:
        clip = _clip(edit)
        looks = any(op.stage <= Stage.BACKGROUND for op in ops)
        share = _ANALYSIS if looks else 0.02
        analysis = Share(tick, 0.0, share)
        sight = cast("Sight", _Unopened(clip, analysis))
        scene = Scene(edit, clip, sight, analysis, edit.seed)
        paint = paint_of_plan(ops, scene)
        transcode(
            clip, out, paint, Share(tick, share, 1.0),
            keep_audio=edit.keep_audio, encoding=edit.encoding, shown=framed(ops, clip), parts=parts,
        )  # fmt: skip


class _Unopened:
    """A Sight that is made when something is asked of it: most looks ask nothing, and it is large."""

    def __init__(self, clip: Clip, tick: Tick) -> None:
        self._clip = clip
        self._tick = tick

    @cached_property
    def _sight(self) -> "Sight":
        from cutroom.engines.classical.sight import Sight  # noqa: PLC0415  as the docstring says

        return Sight(self._clip, self._tick)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a Sight has
        return getattr(self._sight, name)


def _maker(kind: Kind) -> Maker:
    module, name = MAKERS[kind].split(":")
    maker: Maker = getattr(import_module(module), name)()
    return maker


def _clip(edit: Edit) -> Clip:
    if edit.kind is not Kind.EDIT:
        raise CannotDo(
            f"Plans of ops are carried out over a clip; {edit.kind.value} makes a film of its own."
        )
    if edit.video is None:
        raise CannotDo("There is no video to edit.")
    return edit.video
