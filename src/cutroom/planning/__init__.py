"""What a request would come to, told without doing it: engines plan in a process of their own."""

from cutroom.planning.planned import Planned
from cutroom.planning.plans import Plans

__all__ = ["Planned", "Plans"]
