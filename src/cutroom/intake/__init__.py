"""The only way that bytes from outside come in: URLs made into checked local files."""

from cutroom.intake.bring import Bring, Reader, Wanted
from cutroom.intake.intake import Intake, most_bytes, named

__all__ = ["Bring", "Intake", "Reader", "Wanted", "most_bytes", "named"]
