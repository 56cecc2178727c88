"""Everything that goes wrong on purpose. Knows no HTTP: `api/errors.py` maps these to answers.

A class says whose move is next; its docstring's first line is the message when none is given.
"""

from typing import Any, ClassVar


class CutroomError(Exception):
    """Internal error"""

    kind: ClassVar[str] = "unknown_error"
    """The word by which the API, the database and the CLI's `--json` know this error."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])

    @property
    def message(self) -> str:
        """The sentence a caller reads."""
        return str(self.args[0])


class InvalidParams(CutroomError):
    """Invalid parameters supplied, please check your request and try again."""

    kind = "invalid_params"


class InvalidMedia(InvalidParams):
    """The file is not a video or image that can be used."""

    kind = "invalid_media"


class KeyReused(CutroomError):
    """This Idempotency-Key came with another request before; a new request needs a new key."""

    kind = "idempotency_key_reused"


class Unauthenticated(CutroomError):
    """You must provide a valid API key."""

    kind = "unauthenticated"


class InsufficientCredits(CutroomError):
    """You have run out of credits."""

    kind = "insufficient_credits"


class LimitReached(InsufficientCredits):
    """The spend limit does not leave enough for this request."""


class Forbidden(CutroomError):
    """Your key may not do this."""

    kind = "forbidden"


class NotFound(CutroomError):
    """The requested resource could not be found"""

    kind = "resource_not_found"


class AlreadyExists(CutroomError):
    """There is one of that name already."""

    kind = "resource_already_exists"


class UnknownModel(NotFound):
    """Model not found"""

    kind = "model_not_found"


class Busy(CutroomError):
    """Too many requests; try again in a moment."""

    kind = "rate_limited"

    def __init__(self, message: str = "", retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait before asking again."""


class CannotDo(CutroomError):
    """This engine cannot carry out that instruction."""

    kind = "cannot_do"

    def to_json(self) -> dict[str, Any]:
        """The refusal as JSON values; an engine's own subclass may tell more than the sentence."""
        return {"message": self.message, "understood": [], "cannot": []}


class EngineFailed(CutroomError):
    """The engine failed."""

    kind = "upstream"


class Unreachable(CutroomError):
    """The server, the database or the storage cannot be reached."""

    kind = "unreachable"


class Cancelled(CutroomError):
    """The generation was cancelled."""

    kind = "cancelled"


def by_kind(kind: str) -> type[CutroomError]:
    """The class whose `kind` this is; CutroomError for a word nobody knows."""
    waiting: list[type[CutroomError]] = [CutroomError]
    while waiting:
        error = waiting.pop()
        if error.kind == kind:
            return error
        waiting.extend(error.__subclasses__())
    return CutroomError
