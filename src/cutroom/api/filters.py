"""What the query of a list asks for."""

from starlette.requests import Request

from cutroom.errors import InvalidParams
from cutroom.service import Filters
from cutroom.types import Status

MEDIA_TYPES = ("image", "video")
LAST_PAGE = 10**12
"""Past this nobody has pages, and a database would count them wrong."""
FLAGS = {"true": True, "false": False}
SEARCH, WORDS = 200, 10
"""Letters and words that may be searched for."""


def of(request: Request) -> Filters:
    """Which generations are wanted. Raises InvalidParams for a word that means nothing."""
    query = request.query_params
    return {
        "namespace": query.get("namespace") or None,
        "model": query.get("model") or None,
        "statuses": [a_status(one) for one in query.getlist("status") if one] or None,
        "media_type": a_media_type(query.get("media_type")),
        "repo": query.get("repo") or None,
        "folder": (query.get("folder") or "").strip("/") or None,
        "batch": query.get("batch_id") or None,
        "deleted": a_flag(request, "deleted"),
        "words": words(query.get("search") or ""),
    }


def a_status(text: str) -> Status:
    """The status of a query. Raises InvalidParams."""
    try:
        return Status(text)
    except ValueError:
        raise InvalidParams(f"status must be one of {', '.join(Status)}") from None


def a_media_type(text: str | None) -> str | None:
    """The media type of a query. Raises InvalidParams."""
    if not text:
        return None
    if text not in MEDIA_TYPES:
        raise InvalidParams(f"media_type must be one of {', '.join(MEDIA_TYPES)}")
    return text


def words(text: str) -> str | None:
    """What is looked for in prompts, None where nothing is. Raises InvalidParams."""
    if len(text) > SEARCH or len(text.split()) > WORDS:
        raise InvalidParams(f"search: at most {WORDS} words and {SEARCH} letters")
    return text.strip() or None


def a_flag(request: Request, name: str) -> bool | None:
    """True or false of a query, None where it is not given. Raises InvalidParams."""
    text = request.query_params.get(name)
    if not text:
        return None
    if text not in FLAGS:
        raise InvalidParams(f"{name} must be one of {', '.join(FLAGS)}")
    return FLAGS[text]


def a_number(request: Request, name: str, otherwise: int, most: int) -> int:
    """A whole number of a query, from 1 to `most`. Raises InvalidParams."""
    text = request.query_params.get(name)
    if not text:
        return otherwise
    if text.isascii() and text.isdecimal() and len(text) < 19 and 1 <= int(text) <= most:
        return int(text)
    raise InvalidParams(f"{name} must be an integer between 1 and {most}")
