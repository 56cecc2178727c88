"""A finished result gets its manifest: after the engine, before the storage."""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cutroom.errors import EngineFailed, InvalidParams
from cutroom.provenance.means import Means
from cutroom.provenance.process import Lost, ask
from cutroom.types import Edit

if TYPE_CHECKING:
    from cutroom.provenance.claim import Claim
    from cutroom.provenance.key import Key

SALT = "request_salt"
"""The detail of a generation with which its owner can show what the digest in the manifest is of."""
UNSIGNED = "The result carries no provenance manifest: it could not be signed."
WITHOUT = (
    "Manifests that the inputs may carry could not be read, and are not in that of the result."
)
ROOM = 32_000_000
"""Bytes by which a manifest, with those of the inputs in it, may lengthen a result."""
SECONDS = 30.0
"""For so long a result is signed at most, and a second more for each `PACE` bytes."""
PACE = 10_000_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of a result on its way through."""

    notes: tuple[str, ...] = ()
    """What the caller should know of it: sentences."""
    details: Mapping[str, str] = field(default_factory=dict)


class Provenance:
    """Signs the results of this installation, unless that is turned off."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._key: Key | None = None

    def begin(self) -> str:
        """Make the key ready; what whoever starts the program is told of it. Raises InvalidParams."""
        if self._means.provenance == "off":
            return "results carry no C2PA manifest (CUTROOM_PROVENANCE)"
        try:
            key = self._ready()
        except OSError as error:
            return f"results carry no C2PA manifest: a key cannot be made ({error.strerror})"
        if key.self_made:
            return "results carry a C2PA manifest, signed by a self-made key of this installation"
        return f"results carry a C2PA manifest, signed as {key.name}"

    def sign(
        self,
        edit: Edit,
        engine: str,
        request: Mapping[str, Any],
        result: Path,
        alive: Callable[[], None] = lambda: None,
    ) -> Signed:
        """Put a manifest into a result, an MP4; its streams stay what they are.

        The file is replaced once the new one is whole. One that cannot be signed stays as it is, and a note says so:
        the work is done and good. Where the settings require a manifest, that raises EngineFailed. `alive` is
        called often, and raises to stop.
        """
        if self._means.provenance == "off":
            return Signed()
        salt = secrets.token_hex(16)
        try:
            notes = self._sign(edit, engine, {"salt": salt, "request": request}, result, alive)
        except (Lost, OSError, InvalidParams) as why:
            log.warning("the result cannot be signed: %s", why)
            if self._means.provenance == "required":
                raise EngineFailed("The result could not be signed, as it must be here.") from why
            return Signed((UNSIGNED,))
        return Signed(notes, {SALT: salt})

    def _ready(self) -> "Key":
        from cutroom.provenance import key  # noqa: PLC0415 - once something is signed

        self._key = self._key or key.of(self._means)
        return self._key

    def _sign(
        self,
        edit: Edit,
        engine: str,
        asked: Mapping[str, Any],
        result: Path,
        alive: Callable[[], None],
    ) -> tuple[str, ...]:
        from cutroom.provenance import claim as claims  # noqa: PLC0415 - once something is signed

        given = claims.inputs(edit)
        digest = claims.request_digest(asked["salt"], asked["request"])
        claim = claims.claim(edit, engine, given, digest)
        out = result.with_name(f".{result.name}.signed")
        try:
            try:
                self._written(claim, result, out, alive)
                notes: tuple[str, ...] = ()
            except Lost as why:
                if all(one.format is None for one in given):
                    raise
                # What is wrong may be in a stranger's file: then nothing is taken from it but its hash.
                log.warning("signed without looking into the inputs: %s", why)
                self._written(claim, result, out, alive, look=False)
                notes = (WITHOUT,)
            out.replace(result)
        finally:
            out.unlink(missing_ok=True)
        return notes

    def _written(
        self,
        claim: "Claim",
        result: Path,
        out: Path,
        alive: Callable[[], None],
        *,
        look: bool = True,
    ) -> None:
        """Write the result with its manifest. Raises Lost, OSError, InvalidParams."""
        key, size = self._ready(), result.stat().st_size
        with ExitStack() as files:
            source = files.enter_context(result.open("rb")).fileno()
            out.unlink(missing_ok=True)
            written = files.enter_context(out.open("x+b"))  # no link that somebody laid there
            ingredients: list[Mapping[str, Any]] = []
            for one, definition in claim.ingredients:
                fd = None
                if look and one.format is not None:
                    fd = files.enter_context(one.path.open("rb")).fileno()
                ingredients.append({"fd": fd, "format": one.format, "definition": definition})
            order = {
                "work": "sign",
                "manifest": claim.manifest,
                "ingredients": ingredients,
                "source": source,
                "out": written.fileno(),
                "chain": key.chain,
                "algorithm": key.algorithm,
            }
            answer = ask(
                order,
                _descriptors(order),
                SECONDS + (size + sum(p.path.stat().st_size for p, _ in claim.ingredients)) / PACE,
                sandbox=self._means.sandbox,
                folder=out.parent,
                written=size + ROOM,
                sign=key.sign,
                alive=alive,
            )
            if answer.get("bytes") != out.stat().st_size or out.stat().st_size <= size:
                raise Lost("what it wrote is not what it says")


def _descriptors(order: Mapping[str, Any]) -> Sequence[int]:
    of_inputs = (one["fd"] for one in order["ingredients"])
    return [fd for fd in (order["source"], order["out"], *of_inputs) if fd is not None]
