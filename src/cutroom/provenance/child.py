"""The child that makes and reads manifests, a script of its own: `python -I {file} SANDBOX MEMORY SECONDS WRITTEN`.

Strangers' files are looked into for manifests of their own, by a library that is not ours: so this process has no
key, opens no file (it inherits those it may see), and is confined before it looks. It is given one order, a line of
JSON; asks its parent for a signature; and answers with a line of JSON.
"""

import base64
import ctypes
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cutroom.sandbox import Mode, Room, bind

if TYPE_CHECKING:
    import c2pa

READY = b"ready\n"
"""Said when the library is loaded, and nothing of a stranger's was looked at."""
MOST = 1 << 20
"""Bytes of an answer at most; what a manifest says beyond that is left out."""

_PR_SET_PDEATHSIG = 1
_OFFLINE = {
    "version": 1,
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False},
    "builder": {"thumbnail": {"enabled": False}},
    "core": {"decode_identity_assertions": False, "max_decompressed_manifest_size_in_mb": 16,
             "backing_store_memory_threshold_in_mb": 16},
}  # fmt: skip
"""Nothing is fetched, whatever a file asks for; what is large waits in a temporary file, not in memory."""


def sign(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the source with its manifest to `out`: how many bytes that is."""
    import c2pa  # noqa: PLC0415 - loaded once confined

    given = [one for one in order["ingredients"] if one["fd"] is not None]
    hashed = [one["definition"] for one in order["ingredients"] if one["fd"] is None]
    builder = c2pa.Builder(
        {**order["manifest"], "ingredients": hashed}, c2pa.Context.from_dict(_OFFLINE)
    )
    for one in given:
        with opened(one["fd"]) as file:
            builder.add_ingredient(one["definition"], one["format"], file)
    signer = c2pa.Signer.from_callback(
        _signature, c2pa.C2paSigningAlg[order["algorithm"]], order["chain"]
    )
    with opened(order["source"]) as source, opened(order["out"], "r+b") as out:
        builder.sign(signer, "video/mp4", source, out)
        return {"bytes": out.seek(0, os.SEEK_END)}


def read(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the manifest of a file says, and whether it holds; `none` where there is no manifest."""
    import c2pa  # noqa: PLC0415 - loaded once confined

    with opened(order["file"]) as file:
        try:
            reader = _reader(order, file, order["anchors"])
        except c2pa.C2paError.ManifestNotFound:
            return {"none": True}
        said = told(json.loads(reader.json()), reader.get_validation_state())
        ours = order["own"] and _reader(order, file, order["own"]).get_validation_state()
    return {**said, "ours": ours == "Trusted"}


def _reader(order: Mapping[str, Any], file: BinaryIO, anchors: str) -> "c2pa.Reader":
    import c2pa  # noqa: PLC0415 - loaded once confined

    settings = {**_OFFLINE, "trust": {"user_anchors": anchors or None}}
    file.seek(0)
    return c2pa.Reader(order["format"], file, context=c2pa.Context.from_dict(settings))


def told(store: Mapping[str, Any], state: str | None) -> Mapping[str, Any]:
    """Of a store of manifests, what is worth saying: the active one, and its parents in a line each."""
    manifests = store.get("manifests", {})
    active = manifests.get(store.get("active_manifest"), {})
    results = store.get("validation_results", {})
    failures = list(results.get("activeManifest", {}).get("failure", []))
    for delta in results.get("ingredientDeltas") or []:
        failures += delta.get("validationDeltas", {}).get("failure", [])
    return {
        "state": state,
        "failures": [
            {"code": one.get("code", ""), "says": one.get("explanation", "")} for one in failures
        ],
        "manifest": {
            name: active.get(name)
            for name in ("title", "claim_generator_info", "signature_info", "assertions")
        },
        "ingredients": [
            {
                "title": one.get("title"),
                "relationship": one.get("relationship"),
                "signer": (manifests.get(one.get("active_manifest")) or {}).get("signature_info"),
            }
            for one in active.get("ingredients") or []
        ],
    }


def opened(fd: int, mode: str = "rb") -> BinaryIO:
    """An inherited file, from its beginning; closing it leaves the descriptor open."""
    os.lseek(fd, 0, os.SEEK_SET)
    file: Any = os.fdopen(fd, mode, closefd=False)
    return file  # type: ignore[no-any-return]


def _signature(content: bytes) -> bytes:
    """The parent's signature of that; it has the key."""
    _say({"sign": base64.b64encode(content).decode()})
    return base64.b64decode(json.loads(sys.stdin.buffer.readline())["signature"])


def _say(answer: Mapping[str, Any]) -> None:
    line = json.dumps(answer).encode()
    os.write(1, (line if len(line) < MOST else b'{"error": "the manifest is too long"}') + b"\n")


def main(sandbox: Mode, memory: str, seconds: str, written: str) -> None:
    """Carry out one order, in which all files come open; temporary ones may be made in TMPDIR."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    limits = {
        resource.RLIMIT_AS: int(memory),
        resource.RLIMIT_CPU: math.ceil(float(seconds)) + 1,
        resource.RLIMIT_FSIZE: int(written),
        resource.RLIMIT_NOFILE: 64,
    }
    folder = os.environ.get("TMPDIR")
    bind(Room(writes=(Path(folder),) if folder else (), limits=limits), sandbox)
    import c2pa  # noqa: PLC0415 - loaded once confined

    os.write(1, READY)
    order = json.loads(sys.stdin.buffer.readline())
    try:
        answer = sign(order) if order["work"] == "sign" else read(order)
    except (c2pa.C2paError, ValueError, OSError, MemoryError) as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:500]}
    _say(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]  # from our own parent
