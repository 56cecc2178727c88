"""The child that looks into files: what it tells, and what it survives."""

import json
import os
import socket
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from cutroom.errors import Cancelled, CutroomError, InvalidMedia
from cutroom.intake import probe_child
from cutroom.intake.picture import Picture
from cutroom.intake.probe import Probe
from cutroom.media import images
from cutroom.media.probe import probe as probe_here
from cutroom.sandbox import landlock, seccomp
from cutroom.settings import Settings


def nobody_cancels() -> None:
    return


@pytest.fixture
def probe() -> Probe:
    return Probe(Settings())


def test_a_video_is_told_as_it_is(probe: Probe, birds_clip: Path) -> None:
    clip = probe.video(birds_clip, nobody_cancels)
    assert clip == probe_here(birds_clip)
    assert clip.path == birds_clip
    assert (clip.width, clip.height, clip.frames, clip.rate) == (320, 180, 12, Fraction(12))


def test_an_image_is_told_as_it_is(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "a b.png"
    images.save(path, np.zeros((30, 40, 3), np.uint8))
    assert probe.image(path, nobody_cancels) == Picture(40, 30)


def test_a_sentence_comes_back(probe: Probe, birds_clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(birds_clip.read_bytes()[:500])
    with pytest.raises(InvalidMedia, match=r"damaged|no video"):
        probe.video(cut, nobody_cancels)
    with pytest.raises(InvalidMedia, match="is a video"):
        probe.image(birds_clip, nobody_cancels)
    with pytest.raises(InvalidMedia, match="cannot be read"):
        probe.video(tmp_path / "missing", nobody_cancels)


def test_a_relative_path(probe: Probe, birds_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(birds_clip.parent)
    assert probe.video(Path(birds_clip.name), nobody_cancels).frames == 12


def test_a_picture_larger_than_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    images.save(path, np.zeros((6000, 8000, 1), np.uint8)[..., 0])
    probe = Probe(Settings(probe_memory=300_000_000))
    with pytest.raises(InvalidMedia, match=r"too large|memory"):
        probe.image(path, nobody_cancels)


def test_too_little_memory_to_start_is_not_the_files_fault(birds_clip: Path) -> None:
    probe = Probe(Settings(probe_memory=100_000_000))
    with pytest.raises(CutroomError, match="could not start") as raised:
        probe.video(birds_clip, nobody_cancels)
    assert not isinstance(raised.value, InvalidMedia)


def test_time_is_limited(tmp_path: Path) -> None:
    """A named pipe nobody writes to stands for a file that keeps a decoder busy for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    started = time.monotonic()
    with pytest.raises(InvalidMedia, match=r"takes longer than 1\.5 s"):
        Probe(Settings(probe_timeout=1.5)).video(pipe, nobody_cancels)
    assert time.monotonic() - started < 4


def children() -> set[str]:
    """The processes that this one has started and not waited for; a server of other tests too."""
    lists = Path("/proc/self/task").glob("*/children")
    return {child for one in lists for child in one.read_text().split()}


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_cancelling_kills_the_child(probe: Probe, tmp_path: Path) -> None:
    before = children()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    started = time.monotonic()

    def cancelled() -> None:
        if time.monotonic() - started > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        probe.video(pipe, cancelled)
    assert time.monotonic() - started < 3
    assert children() == before


@pytest.mark.parametrize(
    "script",
    [
        "import os, sys; os.write(1, b'ready\\n'); os.abort()",
        "import os, sys; os.write(1, b'ready\\n'); os.kill(os.getpid(), 9)",
        "import os, sys; os.write(1, b'ready\\n'); sys.exit(3)",
        'import os, sys; os.write(1, b\'ready\\n{"width": 1, "hei\')',
        "import os, sys; os.write(1, b'ready\\n[]')",
        "import os, sys; os.write(1, b'ready\\n' + b'{' * 10_000_000)",
    ],
)
def test_a_decoder_that_dies_is_a_sentence(
    probe: Probe, tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a captured or crashed child does, played by scripts."""
    child = tmp_path / "child.py"
    child.write_text(script)
    monkeypatch.setattr(probe_child, "__file__", str(child))
    with pytest.raises(InvalidMedia, match="is damaged or made to do harm"):
        probe.image(tmp_path / "any", nobody_cancels)


@pytest.mark.parametrize("answer", ["{}", '{"width": "wide"}', '{"width": 1, "height": null}'])
def test_a_child_that_talks_nonsense(
    probe: Probe, tmp_path: Path, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(f"print('ready'); print({answer!r})")
    monkeypatch.setattr(probe_child, "__file__", str(child))
    with pytest.raises(CutroomError):
        probe.image(tmp_path / "any", nobody_cancels)


def test_a_chatty_child_is_not_listened_to_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os\nwhile True: os.write(1, b'x' * 65536)")
    monkeypatch.setattr(probe_child, "__file__", str(child))
    with pytest.raises(InvalidMedia, match=r"takes longer than 1 s"):
        Probe(Settings(probe_timeout=1)).image(tmp_path / "any", nobody_cancels)


CONFINED = """
import json, os, resource, socket, sys
from pathlib import Path
from cutroom.intake.probe_child import confine
confine(Path(sys.argv[1]), 500_000_000, 5, 2)
told = {"environ": sorted(set(os.environ) - {"LC_CTYPE"})}
def attempt(name, action):
    try:
        action()
        told[name] = "done"
    except (OSError, MemoryError) as error:
        told[name] = type(error).__name__
attempt("read", lambda: open(sys.argv[1], "rb").read())
attempt("write", lambda: open(sys.argv[1], "wb", buffering=0).write(b"x"))
attempt("beside", lambda: open(sys.argv[1] + ".secret", "rb").read())
attempt("memory", lambda: bytearray(600_000_000))
attempt("files", lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(100)])
told["cpu"] = resource.getrlimit(resource.RLIMIT_CPU)[0]
for fd in range(3, 64):
    try: os.close(fd)
    except OSError: pass
attempt("network", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 2))
print(json.dumps(told))
"""


def test_the_child_is_confined(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_bytes(b"clip")
    (tmp_path / "given.secret").write_bytes(b"secret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-I", "-c", CONFINED, str(given), str(port)],
            capture_output=True, env={}, timeout=30, check=True,
        )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["read"] == "done"
    assert told["write"] in {"OSError", "PermissionError"}
    assert given.read_bytes() in {
        b"clip",
        b"",
    }  # where only limits hold it was emptied, not written
    assert told["memory"] == "MemoryError"
    assert told["files"] == "OSError"
    assert told["cpu"] == 11
    assert set(told["environ"]) <= {"OPENBLAS_NUM_THREADS"}  # our own; nothing was handed down
    if seccomp.available():
        assert told["network"] == "PermissionError"
    if landlock.version() >= landlock.OLDEST:
        assert told["beside"] == "PermissionError"


def test_the_parent_loads_no_codec() -> None:
    """The API process imports intake through the service: it must stay without av, cv2 and Pillow."""
    code = "import sys, cutroom.intake; print([m for m in ('av', 'cv2', 'PIL', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"
