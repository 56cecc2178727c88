"""`cutroom demo`: a real server, real edits, a picture."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from cutroom.cli.app import app
from cutroom.cli.demo import compare, slug
from cutroom.cli.exits import Exit
from cutroom.errors import EngineFailed
from cutroom.media.probe import probe
from cutroom.sample import birds


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["demo", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_demo_edits_a_video_of_ones_own_through_the_api(birds_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--prompt", "make it sepia", "--prompt", "add film grain", "--out", out, "--json")
    code, told, said = run("--video", birds_clip, *words)
    assert code == Exit.OK, said
    results = json.loads(told)["results"]
    assert [result["prompt"] for result in results] == ["make it sepia", "add film grain"]
    for result in results:
        assert probe(Path(result["file"])).frames == probe(birds_clip).frames
    with Image.open(out / "before-and-after.png") as sheet:
        assert sheet.width == 1600
    assert said.count("succeeded") == 2


def test_demo_fails_with_the_reason(birds_clip: Path, tmp_path: Path) -> None:
    words = ("--prompt", "let the birds recite a poem", "--out", tmp_path / "out")
    code, _, said = run("--video", birds_clip, *words)
    assert code == Exit.CANNOT_DO
    assert "“let the birds recite a poem” failed: " in said.splitlines()[-1]


def test_result_that_is_not_like_its_source_is_a_failure(birds_clip: Path, tmp_path: Path) -> None:
    compare(birds_clip, birds_clip)
    for name, seconds, size in (("longer", 2, (320, 180)), ("smaller", 1, (160, 90))):
        other = tmp_path / f"{name}.mp4"
        birds(other, seconds=seconds, size=size, rate=12)
        with pytest.raises(EngineFailed, match=name):
            compare(birds_clip, other)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("make it a snowy night", "make-it-a-snowy-night"),
        ("../../etc/passwd", "etc-passwd"),
        ("!!!", "edit"),
        ("x" * 100, "x" * 40),
    ],
)
def test_slug_is_a_safe_name(prompt: str, name: str) -> None:
    assert slug(prompt) == name
