"""What models accept: one class for each kind of model. Errors carry the hosted API's own strings."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from cutroom import fields, fragment
from cutroom.errors import InvalidParams
from cutroom.fields import UPSTREAM
from cutroom.params.parts import Elements, Params, Shot, Sources, check_duration
from cutroom.types import SHOTS, Kind, Model


class EditParams(Params):
    """Video-to-video edit: the result is as long as the input."""

    kind = Kind.EDIT
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

    kind = Kind.REFERENCE
    media = frozenset({"input_image", "elements", "start_image_url", "tail_image_url"})

    prompt: Annotated[fields.PromptText, fields.about("Prompt", "Text of a video of one shot.")] = (
        ""
    )
    multi_prompt: Annotated[
        list[Shot] | None,
        Field(max_length=SHOTS),
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

    kind = Kind.IMAGE
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

    kind = Kind.TEXT

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

    kind = Kind.MOTION
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
        """At most 10 s when the image leads, 30 s when the video does, and no more than the stretch of it that is named."""
        most = super().seconds(model)
        if self.character_orientation == "image":
            most = min(most, Fraction("10.05"))
        stretch = fragment.of(self.input_video)
        return most if stretch is None or stretch.seconds is None else min(most, stretch.seconds)

    def check(self, model: Model) -> None:
        """Hold the parameters against each other and the model's limits. Raises InvalidParams."""
        if self.elements and self.character_orientation != "video":
            raise InvalidParams("elements need character_orientation 'video'")
        super().check(model)
