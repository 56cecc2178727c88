"""The only way that bytes from outside come in: URLs made into checked local files."""

from cutroom.intake.intake import Intake, Reader

__all__ = ["Intake", "Reader"]
