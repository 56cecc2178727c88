"""The remote engine over another real cutroom: what it passes on, how it ends, what it leaves behind."""

import json
import threading
import uuid
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from far import EDIT, KEY, Ticks, grant, rows, until
from told_engine import digest

from cutroom.cli import local_server as local
from cutroom.engines.remote.account import REPOSITORY
from cutroom.engines.remote.engine import Remote
from cutroom.errors import Cancelled, CannotDo, EngineFailed, InvalidParams
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Element, Kind

HEADERS = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def remote(other, monkeypatch) -> Remote:
    monkeypatch.setenv("CUTROOM_REMOTE_URL", other.url)
    monkeypatch.setenv("CUTROOM_REMOTE_KEY", KEY)
    return Remote(poll=0.1, patience=5)


@pytest.fixture
def edit(clip) -> Edit:
    return Edit(str(uuid.uuid4()), EDIT, Kind.EDIT, "make it snow", clip, seed=5)


# fmt: off
FILM = {"negative_prompt": "blur", "duration": 10, "aspect_ratio": "9:16", "generate_audio": True}
SHOTS = [{"prompt": "@Image1 walks", "duration": 2}, {"prompt": "@Element1 runs", "duration": 3}]
NONE = {"duration": 4, "aspect_ratio": None, "generate_audio": False, "negative_prompt": None}


def kinds(clip: Clip, stills: list[Path]) -> list[Edit]:
    """An edit of each kind with all that it can hold."""
    first, second, third, fourth, fifth, sixth = stills
    someone = (Element(third, (fourth, fifth)),)
    return [
        Edit("", EDIT, Kind.EDIT, "@Image1 and @Element1 in @Video1", clip, (first,), someone, keep_audio=True),
        Edit("", "kling-video-o3-pro-reference-to-video", Kind.REFERENCE, "", None, (first, second), someone,
             first, sixth, params={**FILM, "multi_prompt": SHOTS, "duration": 5}),
        Edit("", "kling-video-o3-pro-image-to-video", Kind.IMAGE, "@Image1 moves", None, (first,), (), first, second, params=NONE),
        Edit("", "kling-video-v2-6-pro-text-to-video", Kind.TEXT, "a ship", params={**FILM, "cfg_scale": 0.7}),
        Edit("", "kling-video-v3-pro-motion-control", Kind.MOTION, "dance", clip, (first,), someone,
             params={"character_orientation": "video"}),
        Edit("", "kling-video-o3-omni", Kind.REFERENCE, "after @Video1", clip, (first,), keep_audio=True,
             params={"duration": 5, "aspect_ratio": "1:1", "generate_audio": False}),
    ]
# fmt: on


@pytest.mark.parametrize("number", range(6))
def test_everything_an_edit_holds_arrives_field_for_field(
    remote, clip, stills, tmp_path, number
) -> None:
    edit = replace(kinds(clip, stills)[number], id=f"all-of-{number}", seed=2**53 - 1)
    tick = Ticks()
    remote.edit(edit, tmp_path / "out.mp4", tick)
    there = json.loads(tick.notes[0])
    assert there["kind"] == edit.kind
    assert there["prompt"] == edit.prompt
    assert there["seed"] == edit.seed
    assert there["keep_audio"] == edit.keep_audio
    assert there["video"] == (digest(edit.video.path) if edit.video else None)
    assert there["images"] == [digest(path) for path in edit.images]
    assert there["elements"] == [
        [digest(path) for path in (one.frontal, *one.angles)] for one in edit.elements
    ]
    assert (there["start"], there["tail"]) == (digest(edit.start_image), digest(edit.tail_image))
    assert {name: there["params"].get(name) for name in edit.params} == edit.params
    assert probe(tmp_path / "out.mp4").frames == 12
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1.0


def test_no_file_is_left_with_the_other_server(remote, other, clip, stills, tmp_path) -> None:
    remote.edit(replace(kinds(clip, stills)[0], id="left-over"), tmp_path / "out.mp4", Ticks())
    (row,) = [row for row in rows(other.url) if "left-over" in str(row.get("input_video"))]
    folder = f"{other.url}/api/repos/us/{REPOSITORY}/file/main/left-over"
    assert row["input_video"].startswith(folder)
    element = row["elements"][0]
    for url in (row["input_video"], *row["input_image"], *element["reference_image_urls"]):
        until(lambda url=url: httpx.get(url, headers=HEADERS).status_code == 404)


@pytest.mark.parametrize(
    ("prompt", "kind", "sentence"),
    [
        ("refuse this", CannotDo, "This engine cannot do “dragons”; it can do snow."),
        ("fail at this", EngineFailed, "The remote server failed: The GPU has melted."),
        ("@Image1 is not there", InvalidParams, "The prompt mentions @Image1, but the request has no such image"),
    ],
)  # fmt: skip
def test_how_it_ends_there_is_how_it_ends_here(
    remote, edit, tmp_path, prompt, kind, sentence
) -> None:
    with pytest.raises(kind) as told:
        remote.edit(replace(edit, prompt=prompt), tmp_path / "out.mp4", Ticks())
    assert type(told.value) is kind
    assert told.value.message == sentence
    assert not (tmp_path / "out.mp4").exists()


def test_what_only_the_operators_of_both_can_mend(
    remote, other, edit, monkeypatch, tmp_path
) -> None:
    def said() -> str:
        with pytest.raises(EngineFailed) as told:
            remote.edit(edit, tmp_path / "out.mp4", Ticks())
        return told.value.message

    monkeypatch.setenv("CUTROOM_REMOTE_MODEL", "nonesuch")
    assert said() == "The remote server answered with status 404: Model not found: nonesuch"
    monkeypatch.delenv("CUTROOM_REMOTE_MODEL")
    grant(other, "poor", "cr_key-of-somebody-who-has-no-money")
    monkeypatch.setenv("CUTROOM_REMOTE_KEY", "cr_key-of-somebody-who-has-no-money")
    assert "run out of credits" in said()
    monkeypatch.setenv("CUTROOM_REMOTE_KEY", "cr_wrong")
    assert "CUTROOM_REMOTE_KEY" in said()
    assert "cr_wrong" not in said()
    monkeypatch.delenv("CUTROOM_REMOTE_URL")
    assert "CUTROOM_REMOTE_URL" in said()


def test_cancelling_reaches_the_other_server_and_another_attempt_begins_anew(
    remote, other, edit, tmp_path
) -> None:
    go = tmp_path / "go"
    edit = replace(edit, prompt=f"wait for {go}", parts=tmp_path / "parts")
    with pytest.raises(Cancelled):
        remote.edit(edit, tmp_path / "out.mp4", Ticks(cancel=lambda done: done > 0.1))

    def mine() -> list[str]:
        return [row["status"] for row in rows(other.url) if row["prompt"] == edit.prompt]

    until(lambda: mine() == ["cancelled"])
    go.touch()
    for parts in (edit.parts, None):  # on this machine, and on one that knows nothing of it
        remote.edit(replace(edit, parts=parts), tmp_path / "out.mp4", Ticks())
        assert mine() == ["succeeded", "cancelled"]


def test_a_server_that_dies_and_comes_back_goes_on_where_it_was(
    clip, tmp_path, tmp_path_factory, monkeypatch
) -> None:
    port, folder, go = local.free_port(), tmp_path_factory.mktemp("dying"), tmp_path / "go"
    settings = {
        "engines": json.dumps({EDIT: "told_engine:Told"}),
        "relax_limits": "true",
        "auth": "false",
        "poll_interval": "0.05",
        "worker_ttl": "1",
    }
    monkeypatch.setattr(local, "free_port", lambda: port)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("CUTROOM_REMOTE_URL", f"http://127.0.0.1:{port}")
    tick = Ticks()
    edit = Edit("dying", EDIT, Kind.EDIT, f"wait for {go}", clip)
    run = threading.Thread(
        target=Remote(poll=0.1, patience=60).edit, args=(edit, tmp_path / "out.mp4", tick)
    )
    with local.local_server(folder, drain_timeout="0", **settings):
        run.start()
        until(lambda: tick.told and tick.told[-1] > 0.1)
    go.touch()
    with local.local_server(folder, **settings) as again:
        run.join(60)
        assert [row["status"] for row in rows(again.url)] == ["succeeded"]
    assert probe(tmp_path / "out.mp4").frames == 12


def test_a_server_that_stays_away(edit, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("CUTROOM_REMOTE_URL", f"http://127.0.0.1:{local.free_port()}")
    tick = Ticks()
    with pytest.raises(EngineFailed, match="does not answer"):
        Remote(patience=1).edit(edit, tmp_path / "out.mp4", tick)
    assert len(tick.told) > 3  # who waits still ticks
