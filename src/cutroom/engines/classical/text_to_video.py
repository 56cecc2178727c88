"""Text to video: one shot of a drawn place with drawn actors, or a refusal in words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cutroom.engine import Tick
from cutroom.engines.classical.films import film
from cutroom.engines.classical.films.absent import absent
from cutroom.engines.classical.films.script import read
from cutroom.engines.classical.films.shot import Shot
from cutroom.types import Edit

DRAWN = "The classical engine draws this film: an illustrated scene, not a photograph."


class TextToVideo:
    """Draws the film that a prompt describes."""

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """The shot, its size and what is kept out of it. Raises CannotDo as `make` would."""
        shot, without = _shot(edit)
        screen = film.screen_of(edit)
        return {
            "ops": shot.to_json()["ops"],
            "shots": [shot.to_json()],
            "size": [screen.width, screen.height],
            "rate": str(screen.rate),
            "seconds": shot.seconds,
            "without": list(without),
            "sounds": [list(film.sounds(one, edit)) for one in [shot]],
        }

    def make(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the film to `out`. Raises CannotDo where any word of the prompt cannot be drawn."""
        shot, _ = _shot(edit)
        tick.note(DRAWN)
        screen = film.screen_of(edit)
        film.write([shot], lambda one, n: film.drawn_project(one, screen, edit, n), edit, out, tick)


def _shot(edit: Edit) -> tuple[Shot, tuple[str, ...]]:
    """The shot of an edit, and what is asked to be absent from it."""
    shot = read(edit.prompt, int(edit.params.get("duration") or 5))
    without = absent(edit.params.get("negative_prompt"), [shot])
    return shot, without
