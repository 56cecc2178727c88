"""What the manifest of a file says, and whether it may be believed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cutroom.errors import InvalidMedia
from cutroom.media import sniff
from cutroom.provenance import self_made
from cutroom.provenance.claim import LABEL, manifest_type
from cutroom.provenance.key import Known
from cutroom.provenance.process import Lost, ask
from cutroom.sandbox import Mode

SECONDS = 60.0
"""For so long a file is looked into at most, and a second more for each `PACE` bytes."""
PACE = 10_000_000
_MOST_TEXT = 500


class Standing(StrEnum):
    """How a file stands."""

    OURS = "ours"
    """Whole, and signed by this installation."""
    TRUSTED = "trusted"
    """Whole, and signed by somebody whom the given authorities vouch for."""
    UNKNOWN_SIGNER = "unknown-signer"
    """Whole since somebody signed it, of whom nobody here knows who it is."""
    ALTERED = "altered"
    """Not what was signed, or not signed as it must be."""
    UNSIGNED = "unsigned"
    """There is no manifest in it."""
    UNREADABLE = "unreadable"
    """It, or its manifest, cannot be read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that another was made of, as that says."""

    title: str
    relationship: str
    signer: str
    """Who signed the manifest that it had; empty without one."""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one file. All texts but `standing` and `why` are the file's own words."""

    path: str
    standing: Standing
    why: tuple[str, ...] = ()
    """What speaks against it: sentences."""
    signer: str = ""
    self_made: bool = False
    """Whether the signer's certificate says that it was made by an installation for itself."""
    software: str = ""
    done: str = ""
    """edited or created."""
    kind: str = ""
    """IPTC's word for where the pictures come from."""
    when: str = ""
    """By the signer's own clock."""
    model: str = ""
    engine: str = ""
    request_digest: str = ""
    sources: tuple[Source, ...] = ()


def verdict(path: Path, known: Known, anchors: str = "", sandbox: Mode = "auto") -> Verdict:
    """What a file's manifest says. `known`: by what ours are told; `anchors`: PEM of authorities to trust.

    Raises OSError.
    """
    name = str(path)
    with path.open("rb") as file:
        size = path.stat().st_size
        try:
            kind = manifest_type(path)
        except InvalidMedia as error:
            return Verdict(name, Standing.UNREADABLE, (error.message,))
        if kind is None:
            says = f"C2PA has no place for a manifest in a file of this kind ({sniff.sniff(path).format})."
            return Verdict(name, Standing.UNSIGNED, (says,))
        order = {
            "work": "read",
            "file": file.fileno(),
            "format": kind,
            "own": known.issuers,
            "anchors": anchors,
        }
        try:
            said = ask(order, [file.fileno()], SECONDS + size / PACE, sandbox=sandbox)
        except Lost as why:
            return Verdict(name, Standing.UNREADABLE, (f"It cannot be read: {_text(str(why))}.",))
    if said.get("none"):
        return Verdict(name, Standing.UNSIGNED, ("There is no manifest in it.",))
    return _of(name, said, known)


def _of(name: str, said: Mapping[str, Any], known: Known) -> Verdict:
    manifest = _map(said.get("manifest"))
    signature = _map(manifest.get("signature_info"))
    done, ours = _last_step(manifest), _assertion(manifest, LABEL)
    hashes = {_text(one.get("role")): _text(one.get("sha256")) for one in _maps(ours.get("inputs"))}
    issuer = _text(signature.get("issuer"))
    standing = {"Valid": Standing.UNKNOWN_SIGNER, "Trusted": Standing.TRUSTED}.get(
        str(said.get("state")), Standing.ALTERED
    )
    serial = _text(signature.get("cert_serial_number"))
    if standing is not Standing.ALTERED and said.get("ours") is True and serial in known.serials:
        standing = Standing.OURS
    return Verdict(
        name,
        standing,
        why=_against(said) if standing is Standing.ALTERED else (),
        signer=_who(signature),
        self_made=issuer == self_made.ISSUER,
        software=_software(done, manifest),
        done=_text(done.get("action")).removeprefix("c2pa."),
        kind=_text(done.get("digitalSourceType")).rpartition("/")[2],
        when=_text(done.get("when")),
        model=_text(ours.get("model")),
        engine=_text(ours.get("engine")),
        request_digest=_text(ours.get("request_digest")),
        sources=tuple(
            Source(
                _text(one.get("title")),
                _text(one.get("relationship")),
                _who(_map(one.get("signer"))),
                hashes.get(_text(one.get("title")), ""),
            )
            for one in _maps(said.get("ingredients"))
        ),
    )


def _against(said: Mapping[str, Any]) -> tuple[str, ...]:
    """What failed, once each; that nobody knows the signer is no failure of the file."""
    told = {
        f"{_text(one.get('says'))} ({_text(one.get('code'))})": None
        for one in _maps(said.get("failures"))
        if one.get("code") != "signingCredential.untrusted"
    }
    return tuple(told) or ("its manifest does not hold",)


def _last_step(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """The action that made the file what it is: the one that says where its pictures come from."""
    labels = ("c2pa.actions.v2", "c2pa.actions")
    actions = [one for label in labels for one in _maps(_assertion(manifest, label).get("actions"))]
    telling = [one for one in actions if one.get("digitalSourceType")]
    found = telling or actions
    return found[-1] if found else {}


def _assertion(manifest: Mapping[str, Any], label: str) -> Mapping[str, Any]:
    found = (one for one in _maps(manifest.get("assertions")) if one.get("label") == label)
    return _map(next(found, {}).get("data"))


def _software(done: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    generator = (_maps(manifest.get("claim_generator_info")) or [{}])[0]
    agent = _map(done.get("softwareAgent")) or generator
    return f"{_text(agent.get('name'))} {_text(agent.get('version'))}".strip()


def _who(signature: Mapping[str, Any]) -> str:
    both = (_text(signature.get("common_name")), _text(signature.get("issuer")))
    return ", ".join(one for one in both if one)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    """A stranger's text on one line, short, and without what a terminal would obey."""
    text = value if isinstance(value, str) else ""
    return re.sub(r"[^\S ]+|[^ -~\xa1-\U0010ffff]+", " ", text[:_MOST_TEXT]).strip()
