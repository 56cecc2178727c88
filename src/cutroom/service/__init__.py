"""What can be asked of the system: `Service`, and one file for each noun that it answers for."""

from cutroom.service.history import Filters
from cutroom.service.service import DEFAULT, Service

__all__ = ["DEFAULT", "Filters", "Service"]
