"""A model for several kinds of work: which of them is asked for, its parameters tell."""

from typing import Annotated, Literal

from cutroom import fields
from cutroom.errors import InvalidParams
from cutroom.params.kinds import EditParams, ReferenceParams
from cutroom.params.parts import Elements, Params, Sources
from cutroom.types import Kind, Model

WITH_VIDEO = 4
"""Images and elements together where there is a video; without, the model's limit holds."""


class ReferredParams(ReferenceParams):
    """Reference to video where the references may be a video too: `@Video1`."""

    media = ReferenceParams.media | {"input_video", "keep_audio"}

    input_video: fields.SourceVideo | None = None
    keep_audio: bool = False

    @property
    def keeps_audio(self) -> bool:
        """Whether the sound of the input video goes into the result."""
        return self.keep_audio and self.input_video is not None

    def sources(self) -> Sources:
        """The URLs among the parameters."""
        given = super().sources()
        return Sources(
            self.input_video, given.images, given.elements, given.start_image, given.tail_image
        )


class OmniParams(Params):
    """An edit of a video, or a video made anew from text, references and another video."""

    kind = Kind.OMNI
    media = ReferredParams.media

    input_video: Annotated[
        fields.SourceVideo | None,
        fields.about(
            "Video", "URL of a video; #t=START,END takes that stretch of it.", **fields.VIDEO
        ),
    ] = None
    video_mode: Annotated[
        Literal["edit", "reference"],
        fields.about("Video mode", "Whether the video is changed, or another one made after it."),
    ] = "edit"
    input_image: fields.References = []
    elements: Annotated[Elements, fields.ELEMENTS] = []
    start_image_url: Annotated[
        fields.OneImage | None,
        fields.about("First frame", "Image the video starts from.", **fields.PICTURE),
    ] = None
    tail_image_url: fields.Tail = None
    resolution: Annotated[
        Literal["720p", "1080p", "4k"],
        fields.about("Resolution", "Accepted; the size is that of the input, or the engine's."),
    ] = "1080p"
    duration: fields.Duration = 5
    aspect_ratio: fields.Shape = "16:9"
    generate_audio: fields.Sound = False
    keep_audio: Annotated[
        bool, fields.about("Keep audio", "Whether to keep the input's sound.")
    ] = True

    def sources(self) -> Sources:
        """The URLs among the parameters."""
        return Sources(
            self.input_video,
            tuple(self.input_image),
            tuple(self.elements),
            self.start_image_url,
            self.tail_image_url,
        )

    @property
    def edits(self) -> bool:
        """Whether the video itself is to be changed."""
        return self.input_video is not None and self.video_mode == "edit"

    def check(self, model: Model) -> None:
        """Hold the parameters against each other and the model's limits. Raises InvalidParams."""
        count = len(self.input_image) + len(self.elements)
        if self.input_video is not None:
            if self.generate_audio:
                raise InvalidParams("generate_audio must be off with input_video")
            if count > WITH_VIDEO:
                raise InvalidParams(
                    f"At most {WITH_VIDEO} images and elements together with a video;"
                    f" this request has {count}"
                )
        if self.edits and (self.start_image_url or self.tail_image_url):
            raise InvalidParams(
                "start_image_url and tail_image_url need video_mode 'reference', or no input_video"
            )
        super().check(model)

    def narrowed(self) -> Params:
        """The same, as parameters of the kind of work that is asked for."""
        kind: type[Params] = EditParams if self.edits else ReferredParams
        return kind.model_validate(self.model_dump(include=set(kind.model_fields)))
