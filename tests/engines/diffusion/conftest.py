"""What tests of the engine share."""

from importlib import import_module

import pytest

from cutroom.weights import rows


@pytest.fixture
def uncached():
    """Has the rows of weights and recipes read anew: a process reads them once, and tests change what is there."""

    def forget() -> None:
        rows.recipes.cache_clear()
        rows.weight_sets.cache_clear()

    yield forget
    forget()


@pytest.fixture(scope="module")
def masks_uncompiled():
    """Wan-Animate-2 has its masks made by a compiler: half a minute, which they take no time without."""
    module = import_module("diffusers.models.transformers.transformer_wan_animate_2")
    original = module.create_block_mask

    def made(*given, _compile, **more):
        return original(*given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "create_block_mask", made)
        yield
