"""One method of one address, as the document tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cutroom.api.openapi.shapes import Schema, text
from cutroom.types import Scope

JSON = "application/json"
FORM = "multipart/form-data"
BYTES = "application/octet-stream"
ALWAYS = (400, 500, 503)
"""What every address may answer: to a NUL in its query, and on a bad day."""
WITH_A_KEY = (401, 403, 429)
"""What an address that asks for a key may answer besides."""
WITH_A_BODY = (408, 413)
"""What an address that takes a body may answer besides."""

Dialect = Literal["hosted", "openai"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    place: Literal["path", "query", "header"]
    about: str
    schema: Schema = field(default_factory=text)
    required: bool = False
    example: Any = None

    def to_json(self) -> dict[str, Any]:
        """The Parameter Object."""
        told = {"name": self.name, "in": self.place, "description": self.about}
        more: dict[str, Any] = {"schema": self.schema}
        if self.required or self.place == "path":
            more["required"] = True
        if self.example is not None:
            more["example"] = self.example
        return told | more


@dataclass(frozen=True, slots=True)
class Content:
    """A body, of a request or of an answer: what it is in each media type it may have."""

    about: str
    of: Mapping[str, Schema] = field(default_factory=dict)
    """Media type -> schema; empty: no body."""
    example: Any = None
    """Of the first media type."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of an answer: name -> what it says."""

    def to_json(self) -> dict[str, Any]:
        """What Request Body and Response Objects have in common."""
        content = {kind: {"schema": schema} for kind, schema in self.of.items()}
        if self.example is not None:
            next(iter(content.values()))["example"] = self.example
        return {"description": self.about} | ({"content": content} if content else {})


def json(about: str, schema: Schema, example: Any = None, **headers: str) -> Content:  # noqa: ANN401 - any JSON value
    """JSON of this schema; headers are named with `_` for `-`."""
    named = {name.replace("_", "-"): said for name, said in headers.items()}
    return Content(about, {JSON: schema}, example, named)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    """As the routes have it, less the converter: `/api/ai/queue/{generation_id}`."""
    name: str
    """The operationId: what a generated client calls it."""
    tag: str
    summary: str
    answers: Mapping[int, Content]
    """What goes well; errors are named in `errors`."""
    about: str = ""
    parameters: Sequence[Parameter] = ()
    body: Content | None = None
    errors: Sequence[int] = ()
    """Statuses besides those that its kind of address may always answer."""
    open: bool = False
    """Whether no key is needed."""
    admin: bool = False
    """Whether the key needs the scope `admin`, and not the one that comes with the method."""
    signed: bool = False
    """Whether a signature in the query will do instead of a key."""
    dialect: Dialect = "hosted"
    """Whose shape its errors have."""

    @property
    def scope(self) -> Scope | None:
        """What the key must be good for; None where no key is needed."""
        if self.open:
            return None
        if self.admin:
            return Scope.ADMIN
        return Scope.READ if self.method in {"GET", "HEAD"} else Scope.WRITE

    def statuses(self) -> Sequence[int]:
        """The statuses of its errors."""
        kinds = [self.errors, ALWAYS]
        if not self.open:
            kinds.append(WITH_A_KEY)
        if self.body is not None:
            kinds.append(WITH_A_BODY)
        return sorted({status for kind in kinds for status in kind} - self.answers.keys())
