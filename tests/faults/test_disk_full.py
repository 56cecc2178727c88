"""The disk of the data folder is full, or may only be read: nobody is told yes in vain, and nothing is lost."""

import subprocess
import sys
from contextlib import suppress

import pytest
from history import violations
from town import TEXT, Town
from visitor import Visitor, together

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
FULL = "The worker's disk cannot be written: No space left on device."


@pytest.fixture
def disk(tmp_path):
    """A folder with room for 12 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def ask(visitor, key):
    """What a request is answered once."""
    return visitor._http.post(
        visitor.urls[0] + "/api/ai/queue",
        json={"model": TEXT, "prompt": "sleep:0"},
        headers={**visitor.headers, "Idempotency-Key": key},
    )


def test_a_data_folder_that_is_full_or_read_only(tmp_path, birds_clip, disk):
    settings = {"data_dir": disk}
    made = Town(tmp_path / "town", f"sqlite:///{disk}/cutroom.db", birds_clip, settings=settings)
    visitor = Visitor(made.urls, "alice", made.keys["alice"])
    try:
        made.start()
        # The engine's own files have no room: an outcome, with a sentence, and nothing is paid.
        (large,) = visitor.submit("large", "failed")
        assert visitor.follow(large) == "failed"
        row = visitor.ask("GET", f"/api/ai/queue/{large}").json()
        assert row["error_message"] == FULL

        # Nor has the database: what was accepted waits, what cannot be is told so.
        (running,) = visitor.submit("sleep:1", "succeeded")
        made.until(lambda: visitor.status(running) == "processing", 30, "nobody begins")
        with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        keys = [f"full-{number}" for number in range(200)]
        asked = []
        for key in keys:
            asked.append(key)
            if ask(visitor, key).status_code == 503:
                break
        else:
            pytest.fail("a full disk takes everything")
        assert visitor.status(running) in {"processing", "succeeded"}  # who looks is answered
        (disk / "filler").unlink()
        for key in asked:
            visitor.seen.wishes[key] = "succeeded"
            visitor._submit(key, {"model": TEXT, "prompt": "sleep:0"})
        assert visitor.follow(running) == "succeeded"
        made.until(lambda: not made.pending(), 60, "something does not go on")
        assert set(made.stop().values()) == {0}
        assert violations(together([visitor], made), made.kept()) == []
        assert visitor.surprises == []

        # Whoever starts on what may only be read is told so at once.
        made.close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        server = made.all("server")[0]
        told = subprocess.run(
            server.command,
            env=server.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (told.returncode, "Traceback" in told.stderr) == (5, False)
        assert "Read-only file system" in told.stderr
    except BaseException:
        print(made.tail())
        raise
    finally:
        visitor.close()
        made.close()
