"""What requests to all kinds of models have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cutroom import fields, fragment
from cutroom import prompt as prompts
from cutroom.errors import InvalidParams
from cutroom.types import Kind, Model


class Part(BaseModel):
    """Anything read from a request: unknown fields are ignored, and nothing changes afterwards."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        """Null means not given."""
        if not isinstance(value, Mapping):
            return value
        return {name: part for name, part in value.items() if part is not None}


class ElementParams(Part):
    """A character or object: its front and up to three more angles."""

    frontal_image_url: Annotated[
        fields.ImageUrl, fields.about("Front", "Front view.", **fields.PICTURE)
    ]
    reference_image_urls: Annotated[
        fields.Images, Field(max_length=3), fields.about("Angles", "Additional angles.")
    ] = []


Elements = Annotated[list[ElementParams], BeforeValidator(fields.filled)]


class Shot(Part):
    """One shot of a video of several."""

    prompt: Annotated[str, Field(max_length=512), AfterValidator(fields.a_prompt)]
    duration: Annotated[int, Field(ge=1, le=15), BeforeValidator(fields.a_shot)] = 5


@dataclass(frozen=True, slots=True)
class Sources:
    """The URLs that intake must turn into files."""

    video: str | None = None
    images: tuple[str, ...] = ()
    elements: tuple[ElementParams, ...] = ()
    start_image: str | None = None
    tail_image: str | None = None

    def files(self) -> tuple["Source", ...]:
        """Every file once, in the order in which they are brought in, by the first parameter that names it."""
        named = (
            [Source("input_video", fragment.split(self.video)[0], video=True)] if self.video else []
        )
        named += [Source(f"input_image {n}", url) for n, url in enumerate(self.images, 1)]
        for number, element in enumerate(self.elements, 1):
            urls = (element.frontal_image_url, *element.reference_image_urls)
            named += [Source(f"elements {number}", url) for url in urls]
        named += [Source("start_image_url", self.start_image)] if self.start_image else []
        named += [Source("tail_image_url", self.tail_image)] if self.tail_image else []
        first: dict[str, Source] = {}
        for one in named:
            first.setdefault(one.url, one)
        return tuple(first.values())


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a request names."""

    parameter: str
    """Where: `input_video`, `input_image 2`."""
    url: str
    """Of the whole file: a stretch that is named at its end is not in it."""
    video: bool = False
    """Whether a video is wanted; else an image."""

    @property
    def outside(self) -> bool:
        """Whether it has to be brought from somewhere; else it came with the request."""
        return self.url[:5].lower() != "data:"


class Params(Part):
    """The parameters that every kind has, and what the rest of the program asks of any of them."""

    kind: ClassVar[Kind]
    """The work that is asked for: what an engine sees it as."""
    media: ClassVar[frozenset[str]] = frozenset()
    """The fields that `sources` tells."""

    prompt: fields.Prompt
    seed: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    """The same seed and input make the same video."""

    @property
    def keeps_audio(self) -> bool:
        """Whether the sound of the input video goes into the result."""
        return False

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that may mention media."""
        return (self.prompt,)

    def sources(self) -> Sources:
        """The URLs among the parameters."""
        return Sources()

    def options(self) -> dict[str, Any]:
        """What is neither prompt, seed nor media, as JSON values."""
        return self.model_dump(mode="json", exclude={"prompt", "seed", *self.media})

    def seconds(self, model: Model) -> Fraction:
        """The most seconds the result can last, exact: what the model takes.

        A stretch of a clip makes that no less: an instruction may lengthen it as it may a short clip.
        """
        return Fraction(str(model.limits.max_seconds or 0))

    def check(self, model: Model) -> None:
        """Hold the parameters against each other and the model's limits. Raises InvalidParams."""
        given = self.sources()
        count = len(given.images) + len(given.elements)
        limit = model.limits.max_images
        if limit is not None and count > limit:
            raise InvalidParams(
                f"At most {limit} images and elements together; this request has {count}"
            )
        if len(given.images) < model.limits.min_images:
            raise InvalidParams("Field required: input_image")
        for text in self.texts:
            self._check_mentions(text, given)

    def _check_mentions(self, text: str, given: Sources) -> None:
        for mention in prompts.dangling(
            text,
            images=len(given.images),
            elements=len(given.elements),
            videos=int(given.video is not None),
        ):
            raise InvalidParams(
                f"The prompt mentions {mention}, but the request has no such {mention.kind}"
            )


def check_duration(seconds: int, model: Model) -> None:
    """Raises InvalidParams when the model does not make videos of so many seconds."""
    if seconds not in model.limits.durations:
        raise InvalidParams(fields.wrong_duration(seconds).message())
