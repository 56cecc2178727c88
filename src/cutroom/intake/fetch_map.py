"""URLs that are answered from local folders: fixtures, and media where there is no network."""

import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from cutroom import urls
from cutroom.errors import InvalidMedia, InvalidParams


class FetchMap:
    """The setting `fetch_map`: URL prefix -> folder. The longest prefix that fits counts."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = sorted(
            ((_normal(prefix).rstrip("/"), folder) for prefix, folder in folders.items()),
            key=lambda item: -len(item[0]),
        )

    def covers(self, url: str) -> bool:
        """Whether a prefix fits a URL, whether or not its folder has the file."""
        return self._fitting(url) is not None

    def find(self, url: str) -> Path | None:
        """The file that stands for a URL, None when no prefix fits it.

        A prefix that fits decides: what is not in its folder is missing, and never fetched. Raises
        InvalidMedia then.
        """
        if (fitting := self._fitting(url)) is None:
            return None
        found = _inside(*fitting)
        if found is None:
            raise InvalidMedia(f"404 Client Error: Not Found for url: {url}")
        return found

    def _fitting(self, url: str) -> tuple[Path, str] | None:
        """The folder whose prefix fits, and what a URL names in it."""
        plain = _normal(url).partition("#")[0].partition("?")[0]
        for prefix, folder in self._folders:
            if plain == prefix or plain.startswith(f"{prefix}/"):
                return folder, unquote(plain[len(prefix) + 1 :])
        return None


def _normal(url: str) -> str:
    """The URL with its host in one spelling."""
    try:
        return str(urls.parse(url))
    except InvalidParams:
        return url


def _inside(folder: Path, name: str) -> Path | None:
    """The regular file of that name in the folder, None when there is none or it lies outside."""
    try:
        root = folder.resolve(strict=True)
        path = (root / name.lstrip("/")).resolve(strict=True)
        if not path.is_relative_to(root) or not stat.S_ISREG(path.stat().st_mode):
            return None
    except (OSError, ValueError, RuntimeError):  # missing, a null byte, a loop of links
        return None
    return path
