"""What the operator set for the diffusion engine, as its process finds it in the environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Knobs:
    """The settings of `docs/settings.md` that this engine reads."""

    weights: Path
    """Folder of open weights."""
    compiled: Path
    """Folder of compiled code, which comes back in the next process."""
    accepted: frozenset[str] = frozenset()
    """Sets of weights whose restricted licence the operator accepts."""
    profile: str = ""
    """small, default or quality; empty: by measured memory."""
    device: str = ""
    """cpu, or nothing: the GPU."""
    compile: bool = True
    attention: str = ""
    cache: str = ""
    """first-block, mag, or nothing."""
    fp8: bool = False
    gpus: int = 1
    """How many GPUs share the work of one shot; 0: all that are seen."""
    only_the_change: bool = True

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The knobs that CUTROOM_* variables tell; a worker gives its engine all of them."""

        def told(name: str) -> str:
            return environment.get(f"CUTROOM_{name}", "").strip()

        def on(name: str, default: bool) -> bool:  # noqa: FBT001  a local shorthand
            said = told(name).lower()
            return said in {"true", "1", "yes", "on"} if said else default

        data = Path(told("DATA_DIR") or Path.home() / ".cutroom")
        return cls(
            weights=Path(told("WEIGHTS_DIR") or data / "weights"),
            compiled=data / "compiled",
            accepted=frozenset(json.loads(told("ACCEPT_LICENCE") or "[]")),
            profile=told("DIFFUSION_PROFILE"),
            device=told("DIFFUSION_DEVICE"),
            compile=on("DIFFUSION_COMPILE", default=True),
            attention=told("DIFFUSION_ATTENTION"),
            cache=told("DIFFUSION_CACHE"),
            fp8=on("DIFFUSION_FP8", default=False),
            gpus=int(told("DIFFUSION_GPUS") or 1),
            only_the_change=on("ONLY_THE_CHANGE", default=True),
        )
