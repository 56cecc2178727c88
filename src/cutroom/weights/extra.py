"""The packages that open weights take, which come with the extra `gpu`."""

from importlib.util import find_spec

PACKAGES = ("torch", "diffusers", "transformers", "accelerate")
HOW = 'pip install "cutroom[gpu]"'
"""The command that installs them."""


def missing() -> list[str]:
    """Those that this installation lacks; none is imported."""
    return [name for name in PACKAGES if find_spec(name) is None]
