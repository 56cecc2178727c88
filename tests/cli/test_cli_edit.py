"""`cutroom edit`: a file in, a file out, and everything that can be wrong with them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cutroom.cli.app import app
from cutroom.cli.exits import Exit
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.settings import Settings
from cutroom.types import Encoding


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def unsigned(path: Path) -> bytes:
    """The file's bytes from its index on: before that stands the manifest, with a time and a salt in it."""
    return path.read_bytes().partition(b"moov")[2]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["edit", *map(str, words)])


def test_edit_makes_a_video_like_the_source_but_for_the_change(
    birds_clip: Path, here: Path
) -> None:
    done = run(birds_clip, "make it black and white", "-o", "out.mp4", "--json")
    assert done.exit_code == Exit.OK, done.stderr
    before, after = probe(birds_clip), probe(here / "out.mp4")
    assert (after.width, after.height, after.frames) == (before.width, before.height, before.frames)
    assert (after.rate, after.duration) == (before.rate, before.duration)
    told = json.loads(done.stdout)
    assert told["frames"] == before.frames
    assert told["result"] == "out.mp4"
    for frame in frames(after):
        red, green, blue = (frame.pixels[..., n].astype(int) for n in range(3))
        assert np.abs(red - green).mean() < 3
        assert np.abs(red - blue).mean() < 3


def test_result_goes_beside_the_caller_by_default(birds_clip: Path, here: Path) -> None:
    done = run(birds_clip, "make it sepia")
    assert done.exit_code == Exit.OK, done.stderr
    assert done.stdout.startswith("birds-edited.mp4  320x180, 12 frames/s, 1.0 s")
    assert [path.name for path in here.iterdir()] == ["birds-edited.mp4"]


def test_an_edit_starts_without_what_only_servers_need(birds_clip: Path, here: Path) -> None:
    code = """
import sys
from cutroom.cli import app
try: app.main(sys.argv[1:])
except SystemExit: print(*sys.modules, file=sys.stderr)
"""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CUTROOM_")}
    clean["HOME"] = str(here)  # its key is made in there
    done = subprocess.run(
        [sys.executable, "-c", code, "edit", birds_clip, "make it sepia"],
        cwd=here, env=clean, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (here / "birds-edited.mp4").exists()
    loaded = set(done.stderr.split())
    assert {"numpy", "av", "cv2", "click"} <= loaded
    assert loaded & {"pydantic", "asyncio", "sqlalchemy", "httpx", "ssl", "rapidfuzz"} == set()
    ours = {name.removeprefix("cutroom.engines.classical.") for name in loaded}
    assert ours & {"sight", "sprites.sprite", "scenes.places", "text.lettering", "montage"} == set()
    assert {name for name in ours if name.startswith("ops.")} == {"ops.sepia"}


def test_settings_hold_for_an_edit(
    birds_clip: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTROOM_CODEC", "vp9")
    assert run(birds_clip, "make it sepia", "-o", "one.mp4").exit_code == Exit.OK
    assert run(birds_clip, "make it sepia", "-o", "two.mp4", "--codec", "h264").exit_code == Exit.OK
    assert [probe(here / name).codec for name in ("one.mp4", "two.mp4")] == ["vp9", "h264"]
    monkeypatch.setenv("CUTROOM_CRF", "many")
    done = run(birds_clip, "make it sepia", "-o", "three.mp4")
    assert done.exit_code == Exit.BAD_INPUT
    assert "CUTROOM_CRF is 'many'" in done.stderr


def test_what_is_not_set_is_as_the_settings_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CUTROOM_"):
            monkeypatch.delenv(name)
    assert Settings().encoding == Encoding()
    assert Settings().engines == {}


def test_nothing_is_overwritten_unless_forced(birds_clip: Path, here: Path) -> None:
    out = here / "out.mp4"
    out.write_text("mine")
    done = run(birds_clip, "make it sepia", "-o", out)
    assert done.exit_code == Exit.BAD_INPUT
    assert "--force" in done.stderr
    assert out.read_text() == "mine"
    assert run(birds_clip, "make it sepia", "-o", out, "--force").exit_code == Exit.OK
    assert probe(out).frames == 12


def test_the_video_itself_is_never_overwritten(birds_clip: Path, here: Path) -> None:
    before = birds_clip.read_bytes()
    done = run(birds_clip, "make it sepia", "-o", birds_clip, "--force")
    assert done.exit_code == Exit.BAD_INPUT
    assert birds_clip.read_bytes() == before


def test_plan_says_what_was_understood_and_edits_nothing(birds_clip: Path, here: Path) -> None:
    done = run(birds_clip, "make it a snowy night", "--plan", "--json")
    assert done.exit_code == Exit.OK, done.stderr
    assert {op["op"] for op in json.loads(done.stdout)["ops"]} == {"night", "snow"}
    said = run(birds_clip, "make it a snowy night", "--plan").stdout
    assert said.splitlines()[0].startswith("1. ")
    assert list(here.iterdir()) == []


def test_what_cannot_be_done_is_refused_whole(birds_clip: Path, here: Path) -> None:
    done = run(birds_clip, "make it sepia and let the birds recite a poem", "-o", "out.mp4")
    assert done.exit_code == Exit.CANNOT_DO
    assert done.stderr.startswith("cutroom: ")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("prompt", ["", "   "])
def test_empty_prompt_is_told_so(birds_clip: Path, here: Path, prompt: str) -> None:
    done = run(birds_clip, prompt)
    assert done.exit_code == Exit.BAD_INPUT
    assert "prompt" in done.stderr


def test_file_that_is_no_video_is_told_so(here: Path) -> None:
    (here / "notes.mp4").write_text("not a video")
    done = run("notes.mp4", "make it sepia")
    assert done.exit_code == Exit.BAD_INPUT
    assert [path.name for path in here.iterdir()] == ["notes.mp4"]


def test_missing_files_are_usage_errors(birds_clip: Path, here: Path) -> None:
    assert run("no.mp4", "make it sepia").exit_code == Exit.USAGE
    assert run(birds_clip, "sepia", "--image", "no.png").exit_code == Exit.USAGE
    assert run(birds_clip, "sepia", "--element", "no.png").exit_code == Exit.USAGE


def test_folder_that_is_not_there_is_told_before_any_work(birds_clip: Path, here: Path) -> None:
    done = run(birds_clip, "make it sepia", "-o", "no/out.mp4")
    assert done.exit_code == Exit.BAD_INPUT
    assert "There is no folder" in done.stderr


def test_model_that_does_not_edit_is_told_so(birds_clip: Path, here: Path) -> None:
    done = run(birds_clip, "make it sepia", "--model", "kling-video-v2-6-pro-text-to-video")
    assert done.exit_code == Exit.BAD_INPUT
    assert "does not edit videos" in done.stderr


def test_same_seed_gives_the_same_picture(birds_clip: Path, here: Path) -> None:
    made = {}
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        done = run(birds_clip, "add film grain", "--seed", str(seed), "-o", f"{name}.mp4")
        assert done.exit_code == Exit.OK, done.stderr
        shown = frames(probe(here / f"{name}.mp4"))
        made[name] = np.stack([frame.pixels for frame in shown]).astype(int)
    # x264's own decisions differ a little from run to run, so equal up to the codec.
    assert np.abs(made["one"] - made["two"]).mean() < 1
    assert np.abs(made["one"] - made["other"]).mean() > 2


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [(signal.SIGINT, Exit.STOPPED, "cutroom: Stopped.\n"), (signal.SIGTERM, 143, "")],
)
def test_being_stopped_leaves_nothing_behind(here: Path, number, code, words) -> None:
    birds(here / "birds.mp4", seconds=2, size=(640, 360), rate=24)
    command = [sys.executable, "-m", "cutroom.cli", "edit", "birds.mp4", "oil painting"]
    process = subprocess.Popen(command, cwd=here, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not list(here.glob(".cutroom-*/.*.part")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == code
    assert said == words
    assert [path.name for path in here.iterdir()] == ["birds.mp4"]


def test_what_a_killed_edit_left_goes_with_the_next_and_what_a_living_one_has_stays(
    here: Path,
) -> None:
    birds(here / "birds.mp4", seconds=2, size=(640, 360), rate=12)

    def halted(out: str) -> tuple[subprocess.Popen[bytes], Path]:
        before = set(here.glob(".cutroom-*"))
        command = [sys.executable, "-m", "cutroom.cli", "edit", "birds.mp4", "oil painting"]
        process = subprocess.Popen([*command, "-o", out], cwd=here, stdout=subprocess.DEVNULL)
        while not list(here.glob(f".cutroom-*/.{out}.*.part")) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        (folder,) = set(here.glob(".cutroom-*")) - before
        return process, folder

    killed, left = halted("killed.mp4")
    killed.kill()
    killed.wait()
    living, kept = halted("living.mp4")
    assert not left.exists()
    (here / ".cutroom-empty").mkdir()
    (here / ".cutroom-other").mkdir()
    (here / ".cutroom-other" / "mine.txt").write_text("not of an edit")
    assert run("birds.mp4", "make it sepia").exit_code == Exit.OK
    assert set(here.glob(".cutroom-*")) == {kept, here / ".cutroom-other"}
    living.send_signal(signal.SIGCONT)
    assert living.wait(timeout=60) == 0
    assert probe(here / "living.mp4").frames == 24
    assert list(here.glob(".cutroom-*")) == [here / ".cutroom-other"]


def started(here: Path, parts: int) -> subprocess.Popen[str]:
    """A long edit, halted once so many parts of it are finished."""
    command = [sys.executable, "-m", "cutroom.cli", "edit", "birds.mp4", "snow and film grain"]
    environment = {**os.environ, "CUTROOM_SEGMENT": "12"}
    process = subprocess.Popen(
        command, cwd=here, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while len(list(here.glob(".cutroom-*/parts/look/0*.mp4"))) < parts and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGSTOP)
    return process


def test_the_same_command_goes_on_where_it_was(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed, then stopped, then left to finish: without a seed given, one result all the same."""
    birds(here / "birds.mp4", seconds=8, size=(320, 180), rate=12)
    killed = started(here, 1)
    killed.kill()
    killed.communicate(timeout=30)
    done = len(list(here.glob(".cutroom-*/parts/look/0*.mp4")))
    stopped = started(here, done + 1)
    second = run("birds.mp4", "make it sepia")
    assert (second.exit_code, "another cutroom edit" in second.stderr) == (Exit.BAD_INPUT, True)
    for number in (signal.SIGINT, signal.SIGCONT):
        stopped.send_signal(number)
    _, said = stopped.communicate(timeout=30)
    assert stopped.returncode == Exit.STOPPED
    assert said.splitlines()[0] == f"going on after {done} of 8 segments"
    assert "the same command goes on there" in said
    assert run("birds.mp4", "let the birds recite a poem").exit_code == Exit.CANNOT_DO
    done = len(list(here.glob(".cutroom-*/parts/look/0*.mp4")))
    folder = next(here.glob(".cutroom-*"))
    seed = int((folder / "seed").read_text())
    monkeypatch.setenv("CUTROOM_SEGMENT", "12")
    last = run("birds.mp4", "snow and film grain", "--json")
    assert last.exit_code == Exit.OK, last.stderr
    assert f"going on after {done} of 8 segments" in last.stderr
    assert json.loads(last.stdout)["seed"] == seed
    names = {path.name for path in here.iterdir()}
    assert names == {"birds.mp4", "birds-edited.mp4"}
    anew = run("birds.mp4", "snow and film grain", "--seed", seed, "-o", "anew.mp4")
    assert "going on" not in anew.stderr
    assert unsigned(here / "anew.mp4") == unsigned(here / "birds-edited.mp4")


@pytest.mark.parametrize("name", ["out.webm", "out", "-", "a" * 300 + ".mp4"])
def test_a_result_that_cannot_have_that_name_is_told_so(
    birds_clip: Path, here: Path, name: str
) -> None:
    done = run(birds_clip, "make it sepia", "-o", name)
    assert done.exit_code == Exit.BAD_INPUT
    assert "MP4" in done.stderr or "too long" in done.stderr
    assert list(here.iterdir()) == []


def test_a_pipe_is_no_video(here: Path) -> None:
    os.mkfifo(here / "pipe.mp4")
    done = run("pipe.mp4", "make it sepia")
    assert done.exit_code == Exit.BAD_INPUT
    assert "is not a file" in done.stderr


def test_a_plan_is_told_and_carried_out_again(birds_clip: Path, here: Path) -> None:
    told = run(birds_clip, "make it sepia", "--plan", "--json")
    assert told.exit_code == Exit.OK, told.stderr
    (here / "plan.json").write_text(told.stdout)
    by_plan = run(birds_clip, "--with-plan", "plan.json", "-o", "a.mp4", "--seed", "1")
    assert by_plan.exit_code == Exit.OK, by_plan.stderr
    by_words = run(birds_clip, "make it sepia", "-o", "b.mp4", "--seed", "1")
    assert by_words.exit_code == Exit.OK, by_words.stderr
    assert unsigned(here / "a.mp4") == unsigned(here / "b.mp4")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "version must be 1"),
        (
            '{"version": 1, "ops": [{"op": "snow", "density": 99}]}',
            "ops[0].density must be between",
        ),
        (" " * (1 << 20) + "{}", "larger than"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_with_the_place(
    birds_clip: Path, here: Path, text: str, said: str
) -> None:
    (here / "plan.json").write_text(text)
    refused = run(birds_clip, "--with-plan", "plan.json", "-o", "a.mp4")
    assert refused.exit_code == Exit.BAD_INPUT
    assert said in refused.stderr
    assert not (here / "a.mp4").exists()


def test_a_prompt_and_a_plan_exclude_each_other(birds_clip: Path, here: Path) -> None:
    (here / "plan.json").write_text("{}")
    assert run(birds_clip, "sepia", "--with-plan", "plan.json").exit_code == 2
    assert run(birds_clip).exit_code == 2


def test_only_a_stretch_is_edited(birds_clip: Path, here: Path) -> None:
    words = ("make it black and white", "--from", "0.25", "--to", "00:00.75")
    done = run(birds_clip, *words, "-o", "out.mp4", "--json")
    assert done.exit_code == Exit.OK, done.stderr
    told = json.loads(done.stdout)
    assert (told["frames"], told["seconds"]) == (6, 0.5)
    assert told["notes"] == ["Cut from 0.25 s to 0.75 s of the clip."]
    assert [path.name for path in here.iterdir()] == ["out.mp4"]
    for wrong, sentence in (
        (("--from", "2"), "begins at 2 s"),
        (("--from", "0.9", "--to", "0.75"), "ends before"),
        (("--to", "x"), "not understood"),
    ):
        done = run(birds_clip, "make it sepia", *wrong)
        assert done.exit_code == Exit.BAD_INPUT, done.stderr
        assert sentence in done.stderr
