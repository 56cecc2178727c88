"""Guidance of Bernini: what each forward pass of a step sees, and how the predictions are put together.

All of its modes are chains: a prediction that sees less, and what each that sees more adds to it, enlarged. The
modes, their names and their scales are those of the published inference code (arXiv 2605.22344).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

ETA = 0.5
"""How much of a difference counts that points the way of the prediction itself, where it is projected."""
LONGEST = 50.0
"""Euclidean length that such a difference may have in one latent frame."""
_OF_A_FRAME = (-1, -2, -4)
"""Width, height and channels of (1, channels, frames, height, width): every latent frame by itself."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One forward pass of a step."""

    name: str
    video: bool = False
    """Whether it sees the source video."""
    images: bool = False
    """Whether it sees the references."""
    prompt: bool = False
    """Whether it reads the prompt; else what the result should not be like."""
    scale: str = ""
    """Name of the scale by which what it adds to the branch before it is enlarged; the first has none."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """The forward passes of a step, each seeing more than the one before it."""

    branches: tuple[Branch, ...]
    projected: bool = False
    """Whether the differences are projected (adaptive projected guidance, arXiv 2410.02416)."""


_NONE = Branch("none")
_VIDEO = Branch("video", video=True, scale="video")
_BOTH = Branch("both", video=True, images=True, scale="image")
_ALL = Branch("all", video=True, images=True, prompt=True, scale="text")
_TEXT = (Branch("both", video=True, images=True), _ALL)
_IMAGES = (_NONE, Branch("images", images=True, scale="image"), _ALL)

SINGLE = Guidance((_ALL,))
"""Distilled weights: everything is seen at once, and nothing enlarged."""
MODES = {
    "v2v": Guidance(_TEXT),
    "v2v_apg": Guidance(_TEXT, projected=True),
    "v2v_chain": Guidance((_NONE, _VIDEO, _ALL)),
    "rv2v": Guidance((_NONE, _VIDEO, _BOTH, _ALL)),
    "r2v_apg": Guidance(_IMAGES, projected=True),
    "t2v": Guidance((_NONE, _ALL)),
    "t2v_apg": Guidance((_NONE, _ALL), projected=True),
}


def usual(*, video: bool, images: bool) -> str:
    """The mode that the published code has for what is given."""
    if images:
        return "rv2v" if video else "r2v_apg"
    return "v2v_apg" if video else "t2v_apg"


def guided(
    predictions: Sequence[torch.Tensor],
    scales: Sequence[float],
    noisy: torch.Tensor,
    sigma: float,
    *,
    projected: bool,
) -> torch.Tensor:
    """The velocity to go by: v0 + s1 * (v1 - v0) + s2 * (v2 - v1) + ..., in fp32.

    `predictions` are velocities, one a branch, (1, channels, frames, height, width), `scales` one less.
    Projected, the same is done with the clean latents that they lead to, x = noisy - sigma * v, and each
    difference is shortened to LONGEST in every latent frame, and to ETA of itself along its own prediction.
    """
    velocities = [prediction.float() for prediction in predictions]
    if not projected:
        return _chained(
            velocities, scales, [after - before for before, after in pairwise(velocities)]
        )
    clean = [noisy - sigma * velocity for velocity in velocities]
    differences = [_projected(after - before, after) for before, after in pairwise(clean)]
    return (noisy - _chained(clean, scales, differences)) / sigma


def _chained(
    points: Sequence[torch.Tensor], scales: Sequence[float], differences: Sequence[torch.Tensor]
) -> torch.Tensor:
    result = points[0]
    for scale, difference in zip(scales, differences, strict=True):
        result = result + scale * difference
    return result


def _projected(difference: torch.Tensor, prediction: torch.Tensor) -> torch.Tensor:
    difference = difference * (LONGEST / _lengths(difference)).clamp_max(1.0)
    exact, along = difference.double(), prediction.double()
    along = along / _lengths(along).clamp_min(1e-12)
    parallel = (exact * along).sum(dim=_OF_A_FRAME, keepdim=True) * along
    return ((exact - parallel) + ETA * parallel).to(difference)


def _lengths(latents: torch.Tensor) -> torch.Tensor:
    return torch.linalg.vector_norm(latents, dim=_OF_A_FRAME, keepdim=True)
