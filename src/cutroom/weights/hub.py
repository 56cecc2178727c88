"""What the hub says of a repository. The only module that knows huggingface_hub, which comes with the extra `gpu`.

The endpoint, the key and proxies are those that library knows: HF_ENDPOINT, HF_TOKEN or `hf auth login`, HTTPS_PROXY.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from cutroom.errors import CutroomError, EngineFailed, NotFound, Unreachable
from cutroom.weights.extra import HOW
from cutroom.weights.rows import WeightSet

SAFE = frozenset({".safetensors", ".json", ".txt"})
"""Suffixes of files that can be read without running what is in them."""
_TOKENIZERS = frozenset({"spiece.model", "sentencepiece.bpe.model", "tokenizer.model"})
"""SentencePiece's own files: numbers and words."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on the hub."""

    path: str
    bytes: int
    sha256: str
    """Of large files; empty for those that git itself keeps."""
    blob: str
    """Git's own hash: SHA-1 over a header and the content."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a set of weights at one commit."""

    revision: str
    files: tuple[Remote, ...]

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)


def listing(row: WeightSet, revision: str) -> Listing:
    """The files of a set that are fetched, at a commit or, where `revision` is empty, at the newest.

    Raises NotFound for a repository or commit that is not there, Unreachable, EngineFailed otherwise.
    """
    hub = _library()
    with _told(row, revision):
        info = hub.HfApi().model_info(row.repo, revision=revision or None, files_metadata=True)
    files = tuple(_remote(row, one) for one in info.siblings or () if wanted(row, one.rfilename))
    absent = [path for path in row.adapters if path not in {file.path for file in files}]
    if absent or not files:
        raise EngineFailed(
            f"{row.repo} has no {', '.join(absent or row.files)} at {info.sha}: the weights {row.id} cannot be had there."
        )
    return Listing(str(info.sha), files)


def wanted(row: WeightSet, path: str) -> bool:
    """Whether a file of the repository belongs to a set: named by its patterns, and of a kind that runs nothing."""
    name = PurePosixPath(path)
    safe = name.suffix in SAFE or name.name in _TOKENIZERS
    return safe and any(fnmatchcase(path, pattern) for pattern in row.files)


def address(row: WeightSet, path: str, revision: str) -> str:
    """The URL of a file at a commit."""
    return str(_library().hf_hub_url(row.repo, path, revision=revision))


def headers() -> Mapping[str, str]:
    """What a request to the hub is sent with: who asks, and the key if there is one."""
    from huggingface_hub.utils import build_hf_headers  # noqa: PLC0415  of the extra

    found: Mapping[str, str] = build_hf_headers(library_name="cutroom")
    return found


def _library() -> Any:  # noqa: ANN401  its types are not looked at
    try:
        import huggingface_hub  # noqa: PLC0415  of the extra `gpu`: only whoever pulls needs it
    except ImportError:
        raise EngineFailed(
            f"Fetching weights takes huggingface_hub, which comes with {HOW}."
        ) from None
    return huggingface_hub


def _remote(row: WeightSet, one: Any) -> Remote:  # noqa: ANN401  the library's RepoSibling
    path, lfs = str(one.rfilename), one.lfs
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\\" in path:
        raise EngineFailed(f"{row.repo} names a file outside of itself: {path!r}")
    if one.size is None or not (lfs or one.blob_id):
        raise EngineFailed(f"The hub does not tell size and hash of {path} in {row.repo}.")
    return Remote(path, int(one.size), str(lfs.sha256) if lfs else "", str(one.blob_id or ""))


@contextmanager
def _told(row: WeightSet, revision: str) -> Iterator[None]:
    """Errors of the library as ours, with what to do."""
    from huggingface_hub import errors  # noqa: PLC0415  of the extra

    try:
        yield
    except errors.RevisionNotFoundError as error:
        raise NotFound(
            f"{row.repo} has no commit {revision}. cutroom weights pull --update {row.id} takes the newest."
        ) from error
    except errors.GatedRepoError as error:
        raise EngineFailed(
            f"{row.repo} is given only to those who ask: do so at https://huggingface.co/{row.repo}, then set HF_TOKEN."
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise NotFound(
            f"There is no {row.repo} on the hub, or not for you; HF_TOKEN says who you are."
        ) from error
    except CutroomError:
        raise
    except Exception as error:
        # Which classes an HTTP library throws here has changed from version to version.
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise Unreachable(f"The hub does not answer for {row.repo}: {said}") from error
