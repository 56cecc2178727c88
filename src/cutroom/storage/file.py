"""A stored file as it was found, and what is told where it is another one by now."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from cutroom.errors import Unreachable

if TYPE_CHECKING:
    from obstore import ObjectMeta


class Replaced(Unreachable):
    """The file was replaced while it was read; ask again."""


@dataclass(frozen=True, slots=True)
class File:
    """A stored file as it is at one moment."""

    key: str
    bytes: int
    modified: datetime
    tag: str | None
    """Its entity tag, in quotes; another content has another one. None where the storage has none."""

    @classmethod
    def of(cls, meta: "ObjectMeta") -> Self:
        """The file that a store tells of."""
        return cls(meta["path"], meta["size"], meta["last_modified"], meta["e_tag"])
