"""A crash at each named point, on either database; the history is clean afterwards."""

import sys
import time

import pytest
from history import violations
from town import EDIT, Town
from visitor import Visitor, together

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
POINTS = {
    "server": ["uploading", "enqueue-committed", "settling"],
    "worker": ["taken", "downloading", "engine-done", "uploading", "stored", "settling"],
}


def test_a_crash_at_each_point(tmp_path, database_url, birds_clip):
    marks = {kind: {one: tmp_path / f"{kind}-{one}" for one in of} for kind, of in POINTS.items()}
    points = {
        kind: {one: f"kill once {mark}" for one, mark in of.items()} for kind, of in marks.items()
    }
    made = Town(tmp_path / "town", database_url, birds_clip, points=points)
    visitor = Visitor(made.urls, "alice", made.keys["alice"])
    try:
        made.start()
        path = "/api/repos/alice/media/file/main/in.mp4"
        visitor.ask("PUT", path, content=birds_clip.read_bytes())
        (generation,) = visitor.submit("large", "succeeded", model=EDIT, input_video=made.urls[0] + path)  # fmt: skip
        assert visitor.follow(generation) == "succeeded"
        (other,) = visitor.submit("sleep:30", "succeeded")
        made.until(lambda: visitor.status(other) == "processing", 30, "nobody begins")
        visitor.cancel(other)
        made.until(lambda: not made.pending(), 20, "something is left to do")
        time.sleep(0.5)  # the worker puts the cancelled one aside
        assert set(made.stop().values()) == {0}
        for of in marks.values():
            assert [one for one, mark in of.items() if not mark.exists()] == []
        kept = made.kept()
        assert violations(together([visitor], made), kept) == []
        assert visitor.surprises == []
        taken = {row.id: row.attempts for row in kept.rows}[generation]
        assert taken == 1 + len(POINTS["worker"])
    except BaseException:
        print(made.tail())
        raise
    finally:
        visitor.close()
        made.close()
