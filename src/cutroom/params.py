"""What models accept: one class for each kind of model. Errors carry the hosted API's own strings."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from cutroom import fields
from cutroom import prompt as prompts
from cutroom.errors import InvalidParams
from cutroom.fields import UPSTREAM
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


class Params(Part):
    """The parameters that every kind has, and what the rest of the program asks of any of them."""

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
        """The most seconds the result can last, exact."""
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


class EditParams(Params):
    """Video-to-video edit: the result is as long as the input."""

    media = frozenset({"input_video", "input_image", "elements", "keep_audio"})

    input_video: fields.SourceVideo
    input_image: fields.References = []
    elements: Annotated[Elements, fields.ELEMENTS] = []
    keep_audio: Annotated[
        bool, fields.about("Keep audio", "Whether to keep the input's sound.")
    ] = False

    @property
    def keeps_audio(self) -> bool:
        """Whether the sound of the input video goes into the result."""
        return self.keep_audio

    def sources(self) -> Sources:
        """The URLs among the parameters."""
        return Sources(self.input_video, tuple(self.input_image), tuple(self.elements))


class ReferenceParams(Params):
    """Reference to video: one shot told by `prompt`, or several told by `multi_prompt`."""

    media = frozenset({"input_image", "elements", "start_image_url", "tail_image_url"})

    prompt: Annotated[fields.PromptText, fields.about("Prompt", "Text of a video of one shot.")] = (
        ""
    )
    multi_prompt: Annotated[
        list[Shot] | None,
        Field(max_length=6),
        fields.about("Shots", "One prompt a shot; instead of prompt."),
    ] = None
    duration: fields.Duration = 5
    input_image: fields.References = []
    start_image_url: Annotated[
        fields.OneImage | None,
        fields.about("First frame", "Image the video starts from.", **fields.PICTURE),
    ] = None
    tail_image_url: fields.Tail = None
    elements: Annotated[Elements, fields.ELEMENTS] = []
    negative_prompt: fields.Negative = None
    aspect_ratio: fields.Shape = "16:9"
    generate_audio: fields.Sound = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that may mention media."""
        return (self.prompt, *(shot.prompt for shot in self.multi_prompt or ()))

    def sources(self) -> Sources:
        """The URLs among the parameters."""
        return Sources(
            images=tuple(self.input_image),
            elements=tuple(self.elements),
            start_image=self.start_image_url,
            tail_image=self.tail_image_url,
        )

    def seconds(self, model: Model) -> Fraction:  # noqa: ARG002 - other kinds need the model
        """The shots together, or `duration`."""
        if self.multi_prompt:
            return Fraction(sum(shot.duration for shot in self.multi_prompt))
        return Fraction(self.duration)

    def check(self, model: Model) -> None:
        """Hold the parameters against each other and the model's limits. Raises InvalidParams."""
        if self.prompt.strip() and self.multi_prompt:
            raise InvalidParams(
                f"{UPSTREAM}Value error, Cannot provide both 'prompt' and 'multi_prompt'."
            )
        if not self.prompt.strip() and not self.multi_prompt:
            raise InvalidParams(
                f"{UPSTREAM}Value error, Either 'prompt' or 'multi_prompt' must be provided."
            )
        total, most = int(self.seconds(model)), max(model.limits.durations)
        if total > most:
            shown = f"{total}s" if total < 10**12 else "a huge number of seconds"
            raise InvalidParams(
                f"{UPSTREAM}Total shot duration ({shown}) exceeds maximum allowed ({most}s)."
            )
        check_duration(total, model)
        if self.tail_image_url and not self.start_image_url:
            raise InvalidParams("tail_image_url needs start_image_url")
        super().check(model)


class ImageParams(Params):
    """Image to video: the image is the first frame."""

    media = frozenset({"input_image", "tail_image_url"})

    input_image: Annotated[
        fields.OneImage | None,
        fields.about("Image", "Image that the video starts from.", **fields.PICTURE),
    ] = None
    tail_image_url: fields.Tail = None
    negative_prompt: fields.Negative = None
    duration: fields.Duration = 5
    aspect_ratio: Annotated[
        fields.Aspect | None,
        fields.about("Aspect ratio", "Shape of the video; the image's own when not given."),
    ] = None
    generate_audio: fields.Sound = False

    def sources(self) -> Sources:
        """The URLs among the parameters; the image is both `@Image1` and the first frame."""
        return Sources(
            images=(self.input_image,) if self.input_image else (),
            start_image=self.input_image,
            tail_image=self.tail_image_url,
        )

    def seconds(self, model: Model) -> Fraction:  # noqa: ARG002 - other kinds need the model
        """The duration asked for."""
        return Fraction(self.duration)

    def check(self, model: Model) -> None:
        """Hold the parameters against each other and the model's limits. Raises InvalidParams."""
        check_duration(self.duration, model)
        super().check(model)


class TextParams(Params):
    """Text to video."""

    negative_prompt: fields.Negative = None
    aspect_ratio: fields.Shape = "16:9"
    duration: fields.Duration = 5
    generate_audio: fields.Sound = False
    cfg_scale: Annotated[
        float,
        Field(ge=0, le=10, allow_inf_nan=False),
        fields.about("CFG", "How closely to follow the prompt."),
    ] = 0.5

    def seconds(self, model: Model) -> Fraction:  # noqa: ARG002 - other kinds need the model
        """The duration asked for."""
        return Fraction(self.duration)

    def check(self, model: Model) -> None:
        """Hold the parameters against the model's limits. Raises InvalidParams."""
        check_duration(self.duration, model)
        super().check(model)


class MotionParams(Params):
    """Motion control: the character of the image moves as the person in the video."""

    media = frozenset({"input_image", "input_video", "elements", "keep_original_sound"})

    input_image: Annotated[
        fields.OneImage, fields.about("Image", "The character.", **fields.PICTURE)
    ]
    input_video: fields.SourceVideo
    character_orientation: Annotated[
        Literal["image", "video"],
        fields.about(
            "Orientation", "Whether the character faces as in the image or as in the video."
        ),
    ] = "video"
    keep_original_sound: Annotated[
        bool, fields.about("Keep sound", "Whether to keep the video's sound.")
    ] = True
    elements: Annotated[Elements, Field(max_length=1), fields.ELEMENTS] = []

    @property
    def keeps_audio(self) -> bool:
        """Whether the sound of the input video goes into the result."""
        return self.keep_original_sound

    def sources(self) -> Sources:
        """The URLs among the parameters."""
        return Sources(self.input_video, (self.input_image,), tuple(self.elements))

    def seconds(self, model: Model) -> Fraction:
        """At most 10 s when the image leads, 30 s when the video does."""
        most = super().seconds(model)
        return min(most, Fraction("10.05")) if self.character_orientation == "image" else most

    def check(self, model: Model) -> None:
        """Hold the parameters against each other and the model's limits. Raises InvalidParams."""
        if self.elements and self.character_orientation != "video":
            raise InvalidParams("elements need character_orientation 'video'")
        super().check(model)


CLASSES: Mapping[Kind, type[Params]] = {
    Kind.EDIT: EditParams,
    Kind.REFERENCE: ReferenceParams,
    Kind.IMAGE: ImageParams,
    Kind.TEXT: TextParams,
    Kind.MOTION: MotionParams,
}


def check_duration(seconds: int, model: Model) -> None:
    """Raises InvalidParams when the model does not make videos of so many seconds."""
    if seconds not in model.limits.durations:
        raise InvalidParams(fields.wrong_duration(seconds).message())


def parse(model: Model, body: Mapping[str, Any], *, keep_audio_default: bool = False) -> Params:
    """The parameters of a request to `model`, checked. Null and an empty list mean not given.

    Raises InvalidParams with a sentence for the caller.
    """
    given: dict[str, Any] = {"keep_audio": keep_audio_default}
    given.update(
        (name, value)
        for name, value in body.items()
        if value is not None and value != [] and name not in model.without
    )
    try:
        params = CLASSES[model.kind].model_validate(given)
    except ValidationError as error:
        raise InvalidParams(fields.sentence(error.errors())) from error
    params.check(model)
    return params


def seconds_at_most(params: Params, model: Model) -> Fraction:
    """The most seconds the result can last: what a hold is made for."""
    return params.seconds(model)


def num_generations(body: Mapping[str, Any]) -> int:
    """How many generations a queue request asks for, 1..4. Raises InvalidParams."""
    count = body.get("num_generations")
    if count is None:
        return 1
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 4:
        raise InvalidParams("num_generations must be an integer between 1 and 4")
    return count
