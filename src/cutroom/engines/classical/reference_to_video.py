"""Reference to video: references and elements staged in drawn places, in one shot or several."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cutroom.engine import Tick
from cutroom.engines.classical.films import film
from cutroom.engines.classical.films.absent import absent
from cutroom.engines.classical.films.casting import cast
from cutroom.engines.classical.films.finish import finished
from cutroom.engines.classical.films.picture import backdrop, closed, filling, opened
from cutroom.engines.classical.films.projector import Project, Screen, project, world_size
from cutroom.engines.classical.films.referred import player_maker, realm_of
from cutroom.engines.classical.films.script import read, spelled
from cutroom.engines.classical.films.shot import Shot
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, Hour
from cutroom.engines.classical.scenes.places import PLACES
from cutroom.errors import CannotDo
from cutroom.types import Edit

STAGED = (
    "The classical engine cuts the references out and stages them in drawn places: stiff cut-outs that"
    " are carried along, not living figures."
)
_START = "@start"
"""The place of a shot that says none where a first frame was given."""


class ReferenceToVideo:
    """Stages an edit's references as its prompt or shots tell."""

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """The shots, their size, and the references nobody uses. Raises CannotDo as `make` would."""
        shots, without = _shots(edit)
        screen = film.screen_of(edit)
        return {
            "ops": [op for shot in shots for op in shot.to_json()["ops"]],
            "shots": [shot.to_json() for shot in shots],
            "size": [screen.width, screen.height],
            "rate": str(screen.rate),
            "seconds": sum(shot.seconds for shot in shots),
            "without": list(without),
            "unused": [spelled(mention) for mention in _unused(edit, shots)],
            "sounds": [list(film.sounds(shot, edit)) for shot in shots],
        }

    def make(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the film to `out`. Raises CannotDo where any word cannot be staged or a cut-out fails."""
        shots, _ = _shots(edit)
        screen = film.screen_of(edit)
        if any(actor.who.startswith("@") for shot in shots for actor in shot.actors):
            tick.note(STAGED)
        for mention in _unused(edit, shots):
            tick.note(f"{spelled(mention)} is mentioned in no prompt and was not used.")
        ends = _Ends(edit, screen, shots)
        film.write(
            shots, lambda shot, n: ends.joined(_staged(shot, screen, edit, n), n), edit, out, tick
        )


def _shots(edit: Edit) -> tuple[list[Shot], tuple[str, ...]]:
    """The shots of an edit, and what is asked to be absent from them."""
    if edit.video is not None:
        raise CannotDo(
            "The classical engine makes no video after another one: it changes the video itself"
            " (video_mode “edit”), or stages images and elements."
        )
    told = edit.params.get("multi_prompt") or [
        {"prompt": edit.prompt, "duration": edit.params.get("duration") or 5}
    ]
    mentions = list(_mentions(edit))
    before: tuple[str, Hour] = (_START if edit.start_image else "", "day")
    shots = []
    for one in told:
        shot = read(str(one["prompt"]), int(one.get("duration") or 5), mentions, before)
        _check(shot, edit)
        before = (shot.place, shot.hour)
        shots.append(shot)
    if mentions and len(_unused(edit, shots)) == len(mentions):
        names = ", ".join(spelled(mention) for mention in mentions)
        raise CannotDo(
            f"No prompt mentions {names}: say what it does, e.g. “{spelled(mentions[0])} walks along the beach”."
        )
    return shots, absent(edit.params.get("negative_prompt"), shots)


def _mentions(edit: Edit) -> Iterator[str]:
    """Every reference that a prompt may mention, as the planner spells it."""
    yield from (f"@image{n + 1}" for n in range(len(edit.images)))
    yield from (f"@element{n + 1}" for n in range(len(edit.elements)))


def _unused(edit: Edit, shots: list[Shot]) -> list[str]:
    used = {actor.who for shot in shots for actor in shot.actors} | {shot.place for shot in shots}
    return [mention for mention in _mentions(edit) if mention not in used]


def _check(shot: Shot, edit: Edit) -> None:
    """Raises CannotDo where somebody cannot be where the shot puts it, or sound cannot be told."""
    for actor in shot.actors:
        if actor.who.startswith("@"):
            realm_of(actor, shot.place)
    if shot.place.startswith("@") and edit.params.get("generate_audio"):
        raise CannotDo(
            "How a picture's place sounds is not known: generate_audio works with drawn places only."
        )


def _staged(shot: Shot, screen: Screen, edit: Edit, number: int) -> Project:
    """One shot with its references in it."""
    seed = edit.seed + 1000 * number
    behind = _behind(shot, world_size(screen, shot.camera), edit, seed)
    players = cast(shot, screen, seed, player_maker(shot, screen, edit, behind))
    return finished(project(shot, behind, players, screen), shot, screen, edit)


def _behind(shot: Shot, size: tuple[int, int], edit: Edit, seed: int) -> Backdrop:
    """The world of a shot: drawn, or a picture of the edit."""
    if shot.place == _START:
        assert edit.start_image is not None
        return backdrop(edit.start_image, size)
    if found := re.fullmatch(r"@image(\d+)", shot.place):
        return backdrop(edit.images[int(found.group(1)) - 1], size)
    return PLACES[shot.place](Canvas(*size, shot.hour, seed))


class _Ends:
    """The first and the last frame that an edit gives."""

    def __init__(self, edit: Edit, screen: Screen, shots: list[Shot]) -> None:
        size = (screen.width, screen.height)
        self._first = filling(edit.start_image, size) if edit.start_image else None
        self._last = filling(edit.tail_image, size) if edit.tail_image else None
        self._shots, self._frame = shots, float(1 / screen.rate)

    def joined(self, shown: Project, number: int) -> Project:
        """The shot with the given first frame before it, or the last one after it."""
        if self._first is not None and number == 0:
            shown = opened(shown, self._first)
        if self._last is not None and number == len(self._shots) - 1:
            shown = closed(shown, self._last, self._shots[-1].seconds, self._frame)
        return shown
