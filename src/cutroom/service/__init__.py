"""What can be asked of the system: `Service`, and one file for each noun that it answers for."""

from cutroom.answers import Once
from cutroom.life import Accepted
from cutroom.service.estimates import Estimate
from cutroom.service.history import Filters
from cutroom.service.service import DEFAULT, Service
from cutroom.service.sessions import Pass
from cutroom.service.spending import Bound, Standing

__all__ = [
    "DEFAULT",
    "Accepted",
    "Bound",
    "Estimate",
    "Filters",
    "Once",
    "Pass",
    "Service",
    "Standing",
]
