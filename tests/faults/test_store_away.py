"""The storage is slow, answers 503, is full, or may only be read: work waits for it, or fails with a sentence and costs nothing."""

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from history import violations
from storefront import Storefront
from town import EDIT, Town, wrong_with
from visitor import Visitor, together

from servers import Bucket

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
PATIENCE = 3
SENTENCE = "The storage cannot be written."


@contextmanager
def opened(folder, clip, **more):
    """A town with a visitor; in the end nothing may be lost, twice or stuck."""
    url = f"sqlite:///{folder}/cutroom.db"
    environment = {"FAULTS_PATIENCE": str(PATIENCE), **more.pop("environment", {})}
    made = Town(folder / "town", url, clip, environment=environment, **more)
    visitor = Visitor(made.urls, "alice", made.keys["alice"])
    try:
        made.start()
        yield made, visitor
        made.until(lambda: not made.pending(), 30, "something is left to do")
        assert set(made.stop().values()) == {0}
        kept = made.kept()
        wrong = violations(together([visitor], made), kept)
        if made.settings.get("storage_url"):  # the files are not in the folder that was looked into
            wrong = [one for one in wrong if not one.endswith("is not there")]
        assert wrong == []
        assert visitor.surprises == []
    except BaseException:
        print(made.tail())
        raise
    finally:
        visitor.close()
        made.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory, birds_clip, s3_endpoint):
    """A town whose bucket is behind a front that may be slow or refuse."""
    front = Storefront(s3_endpoint)
    bucket = replace(Bucket.make(s3_endpoint), endpoint=front.url)
    environment, settings = bucket.environment, {"storage_url": bucket.url}
    folder = tmp_path_factory.mktemp("shop")
    with opened(folder, birds_clip, environment=environment, settings=settings) as (made, visitor):
        path = "/api/repos/alice/media/file/main/in.mp4"
        visitor.ask("PUT", path, content=birds_clip.read_bytes())
        yield made, visitor, front, made.urls[0] + path
        front.refusing, front.every, front.delay = False, 0, 0.0
    front.close()


def whole(visitor, generation, path):
    """Whether the result can be fetched, and is a video from its beginning to its end."""
    url = httpx.URL(visitor.ask("GET", f"/api/ai/queue/{generation}").json()["result_url"])
    path.write_bytes(visitor.ask("GET", url.raw_path.decode()).content)
    return wrong_with(path) == ""


def test_a_slow_store_that_refuses_now_and_then(shop, tmp_path):
    _, visitor, front, source = shop
    front.delay, front.every = 0.3, 3
    ids = visitor.submit("large", "succeeded", 2, model=EDIT, input_video=source)
    assert [visitor.follow(one) for one in ids] == ["succeeded"] * 2
    front.delay, front.every = 0.0, 0
    assert front.refused > 0
    assert all(whole(visitor, one, tmp_path / "got") for one in ids)


def test_a_store_that_refuses_for_a_while_costs_nothing(shop, tmp_path):
    made, visitor, front, _ = shop
    (generation,) = visitor.submit("sleep:0.5", "succeeded")
    made.until(lambda: visitor.status(generation) == "processing", 30, "nobody begins")
    front.refusing, before = True, front.refused
    made.until(lambda: front.refused > before + 2, 30, "nobody asks it")
    front.refusing = False
    assert visitor.follow(generation) == "succeeded"
    assert whole(visitor, generation, tmp_path / "got")


def test_a_store_that_refuses_for_too_long_fails_what_needs_it_and_costs_nothing(shop):
    made, visitor, front, _ = shop
    (generation,) = visitor.submit("sleep:0.5", "failed")
    made.until(lambda: visitor.status(generation) == "processing", 30, "nobody begins")
    front.refusing = True
    assert visitor.follow(generation) == "failed"
    front.refusing = False
    row = visitor.ask("GET", f"/api/ai/queue/{generation}").json()
    assert row["error_message"] == SENTENCE
    (after,) = visitor.submit("sleep:0.1", "succeeded")
    assert visitor.follow(after) == "succeeded"


@pytest.fixture
def small_disk(tmp_path):
    """A folder with room for 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_storage_and_one_that_may_only_be_read(tmp_path, birds_clip, small_disk):
    settings = {"storage_url": small_disk.as_uri()}
    with opened(tmp_path, birds_clip, settings=settings) as (made, visitor):
        (large,) = visitor.submit("large", "failed")
        assert visitor.follow(large) == "failed"
        assert error(visitor, large) == SENTENCE
        upload = visitor._http.put(
            f"{made.urls[0]}/api/repos/alice/media/file/main/in.mp4",
            content=bytes(17 << 20),
            headers=visitor.headers,
        )
        assert (upload.status_code, SENTENCE in upload.text) == (503, True)
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
        (small,) = visitor.submit("sleep:0", "failed")
        assert visitor.follow(small) == "failed"
        assert error(visitor, small) == SENTENCE
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
        (after,) = visitor.submit("sleep:0", "succeeded")
        assert visitor.follow(after) == "succeeded"


def error(visitor, generation):
    return visitor.ask("GET", f"/api/ai/queue/{generation}").json()["error_message"]
