"""What journeys through the playground need: Node, its packages, a browser, and a built page."""

import shutil
from pathlib import Path

import pytest

import cutroom.api

WEB = Path(__file__).parents[2] / "web"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of the playground's packages; skips where there is none."""
    folder = WEB / "node_modules"
    if shutil.which("node") is None or not folder.is_dir():
        pytest.skip("needs Node and the playground's packages: make playground")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """A browser; skips where none is installed."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("needs a browser: apt install chromium")
    return found


@pytest.fixture(scope="session")
def playground() -> None:
    """Skips where the page is not built."""
    if not (Path(cutroom.api.__file__).parent / "playground" / "index.html").is_file():
        pytest.skip("needs the playground: make playground")
