"""The way from noise to a picture that Wan and what was trained from it take."""

from diffusers import UniPCMultistepScheduler

from cutroom.weights.rows import Recipe


def sampler(recipe: Recipe) -> UniPCMultistepScheduler:
    """A new sampler with the recipe's flow shift.

    Weights that were distilled to a few steps (a recipe without guidance) were taught Euler's: order 1 and
    nothing corrected is that, at the very times they learnt, shift * s / (1 + (shift - 1) * s) for s = 1, 3/4, ...
    """
    distilled = not recipe.guidance
    return UniPCMultistepScheduler(
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=recipe.shift,
        solver_order=1 if distilled else 2,
        disable_corrector=list(range(recipe.steps)) if distilled else [],
    )
