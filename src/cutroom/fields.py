"""The fields of requests: how each is read, what a schema says of it, how its errors are told."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import ErrorDetails, PydanticCustomError

from cutroom import fragment, urls
from cutroom.errors import InvalidParams

UPSTREAM = "Getting model response error: 422 - "
"""The hosted API puts this before what its provider says about prompts and durations."""
SHOT_SECONDS = range(1, 16)
MOST_ERRORS = 5
"""Errors told in one answer."""


def upstream(text: str) -> PydanticCustomError:
    """An error that a caller reads exactly so, with the hosted API's prefix."""
    return PydanticCustomError("upstream", "{text}", {"text": UPSTREAM + text})


def wrong_duration(value: object) -> PydanticCustomError:
    """The error for a duration that the model does not make; a long value is cut."""
    huge = isinstance(value, int) and abs(value) > 10**12
    shown = "a huge number" if huge else str(value)[:40]
    return upstream(
        f"duration value '{shown}' is invalid. Try using duration='5' instead, "
        "as duration support may vary by model and mode."
    )


def whole(value: object) -> int | None:
    """The whole number that a number or a numeric string means, None when it means none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) < 10:
        return int(value)
    return None


def a_duration(value: object) -> int:
    """Whole seconds; which of them a model makes is checked with its limits."""
    seconds = whole(value)
    if seconds is None:
        raise wrong_duration(value)
    return seconds


def a_shot(value: object) -> int:
    """Whole seconds of one shot."""
    seconds = whole(value)
    if seconds is None or seconds not in SHOT_SECONDS:
        *rest, last = (f"'{n}'" for n in SHOT_SECONDS)
        raise upstream(f"Input should be {', '.join(rest)} or {last}")
    return seconds


def a_prompt(value: str) -> str:
    """Text with something in it."""
    if not value.strip():
        raise PydanticCustomError("upstream", "Prompt cannot be empty")
    return value


def a_url(value: str) -> str:
    """An http(s) URL or a data: URI that is well formed; nothing is fetched."""
    try:
        urls.check(value)
    except InvalidParams as error:
        raise PydanticCustomError("invalid_url", "{text}", {"text": error.message}) from error
    return value


def a_clip_url(value: str) -> str:
    """A URL whose `#t=START,END`, if it has one, can be understood."""
    try:
        fragment.split(value)
    except InvalidParams as error:
        raise PydanticCustomError("invalid_url", "{text}", {"text": error.message}) from error
    return value


def several(value: object) -> object:
    """A list where one string or object stands for a list of one."""
    return [value] if isinstance(value, (str, Mapping)) else value


def single(value: object) -> object:
    """The item where a list of one stands for it."""
    if not isinstance(value, list):
        return value
    if len(value) != 1:
        raise PydanticCustomError("one", "takes one, got {n}", {"n": len(value)})
    return value[0]


def filled(value: object) -> object:
    """The list less its wholly empty objects, which the hosted API's own samples send."""
    given = several(value)
    if not isinstance(given, list):
        return given
    return [
        item
        for item in given
        if not (isinstance(item, Mapping) and all(part in (None, [], "") for part in item.values()))
    ]


def about(title: str, description: str, **extra: Any) -> Any:  # noqa: ANN401 - as pydantic types Field
    """What a schema says of a parameter."""
    return Field(title=title, description=description, json_schema_extra=extra or None)


PICTURE: dict[str, Any] = {"format": "uri", "renderType": "image-url"}
VIDEO: dict[str, Any] = {"format": "uri", "renderType": "video-url"}
PromptText = Annotated[str, Field(max_length=2500)]
Url = Annotated[str, AfterValidator(a_url)]
ImageUrl = Annotated[Url, Field(json_schema_extra=PICTURE)]
OneImage = Annotated[ImageUrl, BeforeValidator(single)]
Images = Annotated[list[ImageUrl], BeforeValidator(several)]
Aspect = Literal["16:9", "9:16", "1:1"]

Prompt = Annotated[
    PromptText,
    AfterValidator(a_prompt),
    about("Prompt", "Text description of what to generate or how to edit the video."),
]
Negative = Annotated[PromptText | None, about("Negative prompt", "What should not be seen.")]
Duration = Annotated[int, BeforeValidator(a_duration), about("Duration", "Seconds of video.")]
Shape = Annotated[Aspect, about("Aspect ratio", "Shape of the video.")]
Sound = Annotated[bool, about("Generate audio", "Whether to make sound for the video.")]
Tail = Annotated[OneImage | None, about("Last frame", "Image that the video ends on.", **PICTURE)]
References = Annotated[
    Images, about("Images", "Reference images; @Image1, @Image2, ... in the prompt mean them.")
]
SourceVideo = Annotated[
    Url,
    AfterValidator(a_clip_url),
    BeforeValidator(single),
    about(
        "Video",
        "URL of the input video; #t=START,END at its end takes that stretch of it, in seconds.",
        **VIDEO,
    ),
]
ELEMENTS = about("Elements", "Characters and objects; @Element1, ... in the prompt mean them.")


def sentence(errors: Sequence[ErrorDetails]) -> str:
    """What is wrong, field by field, in one line."""
    parts = [one(error) for error in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        parts.append(f"and {len(errors) - MOST_ERRORS} more")
    return "; ".join(parts)


def one(error: ErrorDetails) -> str:
    """One error: the documented strings as they are, others after the name of their field."""
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    field = field.removeprefix(".")
    match error["type"]:
        case "upstream":
            return error["msg"]
        case "missing":
            return f"Field required: {field}"
        case "invalid_url":
            message = error["msg"].removeprefix("Invalid URL").lstrip(": ")
            return f"Invalid URL: {field}" + (f": {message}" if message else "")
        case _:
            return f"{field}: {error['msg']}"
