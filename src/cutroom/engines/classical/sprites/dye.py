"""A coat in another colour."""

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour import palette, tone
from cutroom.engines.classical.op import Paint, Pixels
from cutroom.engines.classical.sprites.coat import Coat

Float = NDArray[np.float32]

_STEPS = 65535
"""Steps of linear light that are told apart when it becomes code values again."""
_DECODE = tone.linear(np.arange(256, dtype=np.float32) / 255).astype(np.float32)
_ENCODE = (255 * tone.shown(np.arange(_STEPS + 1, dtype=np.float32) / _STEPS)).astype(np.float32)
_GLOSS = 1.25
"""Brighter than its usual self by this, a grey thing shines."""


class Dye:
    """What a surface of one colour looks like in another, in the same light.

    The dichromatic model (Shafer 1985): what a surface sends is its body's colour times the shade it
    stands in, plus gloss of the light's own colour. Only the body's colour is exchanged, so gloss
    stays white, shade stays shade, and the soft rim of a thing keeps what is behind it.
    """

    def __init__(self, source: Float, target: Float) -> None:
        """Colours (3,) in linear light, 0..1."""
        self._source, self._target = source, target
        light = np.ones(3, np.float32)
        pair = np.stack([source, light], axis=1)
        spread = float(np.linalg.norm(source / max(float(source.mean()), 1e-4) - 1))
        # A grey body cannot be told from its gloss by colour, only by brightness.
        self._grey = spread < 0.35
        # What the model leaves over is texture and noise; on a darker body they are fainter.
        self._rest = np.float32(min(1.0, float(target.mean() / max(float(source.mean()), 1e-4))))
        self._parts = np.linalg.pinv(pair).astype(np.float32)

    def __call__(self, pixels: Pixels) -> Float:
        """The pixels (height, width, 3) dyed, code values 0..255."""
        light = _DECODE[pixels]
        if self._grey:
            shade = light.mean(axis=-1) / max(float(self._source.mean()), 1e-3)
            gloss = np.maximum(shade - _GLOSS, 0) * self._source.mean()
            shade = np.minimum(shade, _GLOSS)
        else:
            shade, gloss = np.moveaxis(light @ self._parts.T, -1, 0)
            shade = np.maximum(shade, 0)
        body = shade[..., None] * self._source + gloss[..., None]
        dyed = shade[..., None] * self._target + gloss[..., None] + self._rest * (light - body)
        # A light colour in full light would burn out: its highest lights bend off.
        over = np.maximum(dyed - 0.75, 0)
        dyed = np.minimum(dyed, 0.75) + over / (1 + 2.2 * over)
        steps = np.clip(dyed * _STEPS + 0.5, 0, _STEPS).astype(np.int32)
        return np.asarray(_ENCODE[steps], np.float32)


def dye(coat: Coat, target: str, shade: str) -> Dye:
    """The dye that gives a coat a named colour, as bright as the light it stands in makes it."""
    source = tone.linear(coat.rgb.astype(np.float32) / 255).astype(np.float32)
    wanted = tone.linear(palette.rgb(target, shade) / 255).astype(np.float32)
    usual = tone.linear(palette.rgb(coat.name) / 255).astype(np.float32)
    light = float(source.mean() / max(float(usual.mean()), 1e-3))
    return Dye(source, np.asarray(wanted * np.clip(light, 0.35, 1.3), np.float32))


def dyed(coat: Coat, target: str, shade: str) -> Paint:
    """The paint that gives a coat a named colour."""
    change = dye(coat, target, shade)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del seconds
        out = pixels.copy()
        found = coat.share(pixels, index)
        if found is None:
            return out
        window, share = found
        part = np.ascontiguousarray(pixels[window])
        fresh = change(part)
        out[window] = np.clip(part + share[..., None] * (fresh - part) + 0.5, 0, 255)
        return out

    return paint
