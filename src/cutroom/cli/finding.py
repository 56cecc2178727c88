"""What `cutroom doctor` finds: one line of its report each."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    mark: Mark
    subject: str
    says: str
