"""The operations, one file each; OPS is the list, in the order in which refusals name them."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cutroom.engines.classical.op import Op

NAMES = tuple(
    """
    black_and_white sepia vintage noir cartoon oil_painting watercolour pencil pixel_art neon
    coloured_pencil comic old_film vhs film_grain vignette soft_focus teal_orange vibrant muted
    high_contrast low_contrast negative posterise blur sharpen anime ink pointillism mosaic
    stained_glass woodblock van_gogh tilt_shift glitch chromatic_aberration duotone thermal
    night_vision infrared technicolor bleach_bypass lomo blueprint like_image light_leaks night
    sunset golden_hour dawn moonlight moody brighter darker warmer cooler overcast spotlight sky
    stars day season candlelight god_rays snow rain fog fireflies falling_leaves petals confetti
    sparks bubbles lightning fireworks slow_motion faster reverse freeze loop stabilise crop
    zoom pan ken_burns letterbox mirror rotate background add replace recolour remove
    blur_target pixelate_target highlight outline colour_pop caption title watermark logo
    """.split()  # noqa: SIM905  a hundred names are read more easily so
)
"""Every op has a file of its name, and in it a class: `film_grain` is `FilmGrain`."""


@cache
def named(name: str) -> "type[Op]":
    """The op of one of NAMES, imported when it is first asked for."""
    kind: type[Op] = getattr(import_module(f"{__name__}.{name}"), name.title().replace("_", ""))
    return kind


class _Ops(Sequence["type[Op]"]):
    """All of them. To import a hundred takes a while, so that is done when one is looked at."""

    def __len__(self) -> int:
        return len(NAMES)

    def __iter__(self) -> Iterator["type[Op]"]:
        return map(named, NAMES)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401  an op, or several for a slice
        return tuple(self)[index]


OPS: "Sequence[type[Op]]" = _Ops()
