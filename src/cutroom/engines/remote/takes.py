"""What servers that speak OpenAI's `/v1/videos` can be given: a table, and what an edit needs of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cutroom.engines.remote import trouble
from cutroom.errors import CannotDo, EngineFailed
from cutroom.types import Edit, Kind

SAID = {
    "text": "text alone",
    "image": "a first image",
    "tail": "a last image",
    "references": "reference images or elements",
    "edit": "a video to edit",
    "motion": "a character and the video it moves like",
    "sound": "a wish for sound",
}
"""What an edit may need, and how a sentence calls it."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one sort of server wants to be asked."""

    name: str
    owner: str
    """What its models say of whom they are owned by; how it is recognised."""
    can: frozenset[str]
    """What can be said to it at all, whatever its model does with it."""
    images: int
    """Most images in one request."""
    tasks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """A task that its model names -> what that takes."""
    models: tuple[tuple[str, frozenset[str]], ...] = ()
    """Part of a model's or pipeline's name, the first that fits -> what it takes; goes before `tasks`."""


TEXT, IMAGE = frozenset({"text"}), frozenset({"image"})
MANNERS: Mapping[str, Manner] = {
    # 0.5.23: keeps one image of a request; its V2V continues a video and edits none.
    "sglang": Manner(
        "SGLang",
        owner="sglang",
        can=frozenset({"text", "image", "edit", "motion"}),
        images=1,
        tasks={"T2V": TEXT, "I2V": IMAGE, "TI2V": TEXT | IMAGE},
        models=(("animate", frozenset({"motion"})),),
    ),
    # 0.30.0: takes lists of images, but says nothing of what its model does with them.
    "vllm-omni": Manner(
        "vLLM-Omni",
        owner="vllm",
        can=frozenset({"text", "image", "tail", "references", "edit", "sound"}),
        images=8,
        models=(
            ("vace", frozenset({"text", "references"})),
            ("ti2v", TEXT | IMAGE),
            ("i2v", IMAGE),
            ("t2v", TEXT),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Taker:
    """A server with the model that it serves."""

    manner: Manner
    model: str
    takes: frozenset[str]

    def check(self, edit: Edit) -> None:
        """Let an edit pass all of which the server can be given. Raises CannotDo."""
        needed = dict.fromkeys(needs(edit))
        if missing := [name for name in needed if name not in self.takes]:
            takes = (
                ", ".join(said for name, said in SAID.items() if name in self.takes) or "nothing"
            )
            raise CannotDo(
                f"The remote server ({self.manner.name} with {self.model}) cannot be given "
                f"{' and '.join(SAID.get(name, name) for name in missing)}, so it was not asked. It takes {takes}."
            )
        if "references" in needed:
            count = len(edit.images) + len(edit.elements)
            if count > self.manner.images:
                raise CannotDo(
                    f"{self.manner.name} takes {self.manner.images} images; the request has {count}."
                )


def taker(protocol: str, stated: tuple[str, ...], models: Mapping[str, Any]) -> Taker:
    """The server that answers so for its models. Raises EngineFailed for one that is not known.

    `protocol` may name the manner; `stated` is what the operator says that it takes.
    """
    card = _card(models)
    owner = str(card.get("owned_by") or "")
    manner = MANNERS.get(protocol) or next(
        (one for one in MANNERS.values() if one.owner == owner), None
    )
    if manner is None:
        raise EngineFailed(
            "The remote server is neither SGLang nor vLLM-Omni, or does not say so; CUTROOM_REMOTE_PROTOCOL can."
        )
    return Taker(
        manner,
        trouble.sentence(card.get("id"), "")[:100] or "its model",
        (frozenset(stated) or _known(manner, card)) & manner.can,
    )


def needs(edit: Edit) -> Iterator[str]:
    """What a server must take to be given all of the edit; words that are not in SAID nobody takes."""
    held = edit.images or edit.elements
    match edit.kind:
        case Kind.EDIT:
            yield "edit"
            yield from ["references"] if held else []
        case Kind.MOTION:
            yield "motion"
            yield from ["elements beside the character"] if edit.elements else []
            if edit.params.get("character_orientation") == "image":
                yield "the image's orientation"
        case Kind.IMAGE:
            yield "image" if edit.start_image else "text"
        case _:
            yield from _of_a_film(edit)
    if edit.tail_image:
        yield "tail"
    if edit.params.get("generate_audio"):
        yield "sound"


def _of_a_film(edit: Edit) -> Iterator[str]:
    held = edit.images or edit.elements
    if edit.params.get("multi_prompt"):
        yield "several shots"
    if edit.video:
        yield "a video to make another after"
    if held and edit.start_image:
        yield "references beside a first image"
    if held:
        yield "references"
    else:
        yield "image" if edit.start_image else "text"


def _card(models: Mapping[str, Any]) -> Mapping[str, Any]:
    match models.get("data"):
        case [Mapping() as card, *_]:
            return card
    return {}


def _known(manner: Manner, card: Mapping[str, Any]) -> frozenset[str]:
    """What the served model takes, as far as it says so."""
    named = ("id", "root", "pipeline_name", "pipeline_class")
    names = " ".join(str(card.get(name) or "") for name in named).lower()
    for part, taken in manner.models:
        if part in names:
            return taken
    tasks = card.get("supported_task_types")
    told = tasks if isinstance(tasks, list) else [card.get("task_type")]
    return frozenset().union(*(manner.tasks.get(str(task), frozenset()) for task in told)) or TEXT
