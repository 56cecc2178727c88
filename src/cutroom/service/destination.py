"""Where in its namespace a request wants its result: `target_repo` and `target_directory`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cutroom.errors import InvalidParams
from cutroom.storage import check_key
from cutroom.types import PLAYGROUND

REPO, FOLDER = 100, 250
"""Letters that a repository and a folder may have."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A repository, and a folder in it without slashes at its ends."""

    repo: str = PLAYGROUND
    folder: str | None = None


def wanted(body: Mapping[str, Any]) -> Destination:
    """The destination that a request names, `playground` where it names none. Raises InvalidParams."""
    repo = name(body, "target_repo", REPO) or PLAYGROUND
    if "/" in repo:
        raise InvalidParams("target_repo: a name without slashes, the folder is target_directory")
    return Destination(repo, name(body, "target_directory", FOLDER).strip("/") or None)


def name(body: Mapping[str, Any], field: str, most: int) -> str:
    """The name in a field, empty where there is none. Raises InvalidParams."""
    given = body.get(field)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise InvalidParams(f"{field} must be a string")
    if len(given) > most:
        raise InvalidParams(f"{field}: at most {most} letters")
    if given.strip("/"):
        try:
            check_key(given.strip("/"))
        except InvalidParams as error:
            raise InvalidParams(f"{field}: {error.message}") from None
    return given
