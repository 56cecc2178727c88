"""What every test may use: real clips where they are, drawn ones everywhere."""

import os
from pathlib import Path

import pytest

from cutroom.sample import birds


@pytest.fixture(scope="session")
def real_media() -> Path:
    """The folder of real clips, images and hostile files; skips where there is none."""
    folder = os.environ.get("CUTROOM_TEST_MEDIA", "")
    if not folder or not Path(folder, "clips").is_dir():
        pytest.skip("CUTROOM_TEST_MEDIA names no folder of real clips")
    return Path(folder)


@pytest.fixture(scope="session")
def birds_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn birds on a wire: 1 s, 320x180, 12 frames a second."""
    path = tmp_path_factory.mktemp("birds") / "birds.mp4"
    birds(path, seconds=1, size=(320, 180), rate=12)
    return path


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or the data folder of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("CUTROOM_")]:
        if name != "CUTROOM_TEST_MEDIA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CUTROOM_DATA_DIR", str(tmp_path / "data"))
