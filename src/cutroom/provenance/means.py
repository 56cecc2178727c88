"""By what an installation signs."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from cutroom.sandbox import Mode
    from cutroom.settings import Settings


@dataclass(frozen=True, slots=True)
class Means:
    """The settings of these names. They stand by themselves, for to read all of them takes a tenth of a second."""

    data_dir: Path = Path.home() / ".cutroom"
    provenance: str = "on"
    c2pa_key: str = ""
    c2pa_certificates: str = ""
    sandbox: "Mode" = "auto"

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """Those of an installation."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})
