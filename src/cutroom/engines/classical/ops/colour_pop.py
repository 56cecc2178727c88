"""Colour pop: black and white but for one thing, or for one colour."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.aimed import Floats, found, laid
from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.ops.black_and_white import BlackAndWhite
from cutroom.engines.classical.planner.aim import REST, WHAT, Aimed

_GREY = r"(?:black (?:and|&) white|gr[ae]yscale|gr[ae]y|monochrome|b&w|colou?rless)"
_BUT = r"(?:,? ?(?:but|except(?: for)?|apart from|besides|other than|save for))"
_ONLY = rf"(?:{WHAT}|(?:the )?(?:colou?r )?(?P<hue>{palette.NAMES})s?(?: colou?rs?| things?| objects?| parts?| tones?| hues?)?)"
_KEEP = r"(?:keep|leave|preserve)"
_MAIN = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "magenta")
_REST = r"(?:everything else|the rest|all else|all the rest|the background|the surroundings|the rest of the (?:picture|video|image|frame|scene))"


@dataclass(frozen=True, slots=True)
class ColourPop(Aimed):
    """Everything in greys, the thing in its colours."""

    hue: str = ""
    """A name of `palette.COLOURS`: whatever has that colour keeps it; `what` is empty then."""
    name: ClassVar[str] = "colour_pop"
    stage: ClassVar[Stage] = Stage.OBJECT
    choices: ClassVar[Mapping[str, Collection[str]]] = {
        "hue": frozenset(palette.COLOURS) - palette.GREYS | {""}
    }
    hints: ClassVar[tuple[str, ...]] = (
        "black|drain|gr[ae]yscale|gr[ae]y|monochrome|b&w|colou?r|colou?rs|colou?red|colou?rless|desaturate",
        "but|except|apart|besides|other|save|keep|leave|preserve|only|rest|else|background|surroundings|backdrop|selective|pop|splash",
    )
    forms: ClassVar[tuple[str, ...]] = (
        rf"(?:make |turn |convert )?(?:it |the (?:video|clip|picture|image) |everything |all )?(?:is )?(?:in |into |to )?{_GREY} {_BUT} {_ONLY}",
        rf"(?:make|turn|render|convert) {REST} (?:in |into |to )?{_GREY}",
        rf"desaturate {REST}",
        rf"(?:remove|take|drain|strip) (?:the |all |all the )?colou?rs? (?:from|out of|of) {REST}",
        rf"(?:make|turn|render|convert) the (?:background|surroundings|backdrop) (?:in |into |to )?{_GREY}|desaturate the (?:background|surroundings|backdrop)",
        rf"(?:(?:everything|all|the rest) {_BUT} {_ONLY} )(?:is |should be |turns |becomes |in )+{_GREY}",
        rf"{_KEEP} (?:only|just) {_ONLY} (?:in (?:full )?colou?r|colou?red|colou?rful)(?:(?: ,)?(?: and)? (?:make|turn) {_REST} (?:in |into |to )?{_GREY})?",
        rf"only {_KEEP} {_ONLY} (?:in (?:full )?colou?r|colou?red|colou?rful)",
        rf"{_KEEP} {_ONLY} (?:in (?:full )?colou?r|colou?red|colou?rful)(?: ,)? (?:and )?(?:make |turn )?{_REST} (?:in |into |to )?{_GREY}",
        rf"(?:make |have )?only {_ONLY} (?:in|has|have|keeps|with|keeping) (?:its |their |full )?colou?r",
        rf"(?:add |use |apply )?(?:a )?(?:selective colou?r|colou?r pop|colou?r splash)(?: effect)? (?:on|to|for|of) {_ONLY}",
    )
    examples: ClassVar[tuple[str, ...]] = (
        "black and white except the red balloon",
        "keep only the dog in colour",
        "make everything but the car black and white",
        "make the background black and white",
        "black and white except for red",
    )

    @classmethod
    def aimed(
        cls, words: str, groups: dict[str, str | None], *, around: bool
    ) -> "ColourPop | None":
        """Always what keeps its colours."""
        if hue := groups.get("hue"):
            return None if hue in palette.GREYS else cls("", hue=hue)
        if groups.get("what") is not None and around:
            return None  # `keep only the background in colour`
        return cls(words)

    @property
    def alters(self) -> frozenset[str]:
        """All the rest loses its colours."""
        return frozenset({"background", "colours"})

    def say(self) -> str:
        """What keeps its colours."""
        return f"black and white but for {f'what is {self.hue}' if self.hue else self.thing()}"

    def prepare(self, scene: Scene) -> Paint:
        """Find it. Raises CannotDo where it is not found, or not surely enough to be cut out."""
        grey = paint_of(BlackAndWhite().grade)
        grey(
            np.zeros((16, 16, 3), np.uint8), 0, 0.0
        )  # its table is made here, not in the first frame
        kept = _coloured(self.hue) if self.hue else found(self, scene).inside

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            return laid(grey(pixels, index, seconds), pixels, kept(pixels, index))

        return paint


def _coloured(hue: str) -> Callable[[Pixels, int], Floats]:
    """The share of each pixel that would be called by the name of a colour, as a matte."""
    angle = _angle(hue)
    # A colour reaches half way to the next that has a name of its own.
    turns = [_turn(np.float32(_angle(name) - angle)) for name in _MAIN]
    above = min(float(t) for t in turns if t > 0.2) / 2
    below = min(float(-t) for t in turns if t < -0.2) / 2
    # Skin is a dull red or orange: those names need more colour before they are believed.
    low, high = (30.0, 44.0) if -0.2 < angle < 1.3 else (14.0, 28.0)

    def share(pixels: Pixels, index: int) -> Floats:
        del index
        lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        chroma = cv2.magnitude(lab[..., 1], lab[..., 2])
        turn = _turn(cv2.phase(lab[..., 1], lab[..., 2]) - np.float32(angle))
        room = np.where(turn > 0, above - turn, below + turn)
        near = np.clip(room / 0.12 + 0.5, 0, 1) * np.clip((chroma - low) / (high - low), 0, 1)
        return np.asarray(cv2.GaussianBlur(near.astype(np.float32), (0, 0), 0.8), np.float32)

    return share


def _angle(name: str) -> float:
    """The hue of a named colour in Lab, radians."""
    lab = cv2.cvtColor(palette.rgb(name).reshape(1, 1, 3) / 255, cv2.COLOR_RGB2LAB)[0, 0]
    return float(np.arctan2(lab[2], lab[1]))


def _turn(angle: Floats | np.float32) -> Floats:
    """An angle between hues, -pi..pi."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi, np.float32)
