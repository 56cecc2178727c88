"""What the documentation says is so: links resolve, settings are complete, commands exist."""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
from click.testing import CliRunner

from cutroom.cli.app import SECTIONS, app
from cutroom.cli.exits import Exit
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
COMMANDS = [name for entries in SECTIONS.values() for name in entries]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(page: Path) -> list[str]:
    return re.findall(
        r"^```\w*\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def command_lines(text: str) -> list[str]:
    """The lines of a text that run `cutroom`, from the PATH or the environment, with their continuations."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [
        line.strip()
        for line in joined.splitlines()
        if re.match(r"\s*(\.venv/bin/)?cutroom [a-z]", line)
    ]


def parses(line: str) -> None:
    """Parse a command line as click would, without running it or asking the disk for files."""
    words = shlex.split(line.partition(" | ")[0].partition("  #")[0])[1:]
    command = app.get_command(click.Context(app), words[0])
    assert command is not None, f"no command {words[0]}"
    words = words[1:]
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no command {words[0]} in {line}"
        command, words = found, words[1:]
    parser = command.make_parser(click.Context(command))
    _, left, _ = parser.parse_args(args=list(words))
    assert not left, f"left over in {line!r}: {left}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_resolve(page: Path) -> None:
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            assert file.exists(), f"{named(page)} links to {target}"
            if anchor:
                assert anchor in anchors(file), f"{named(page)} links to {target}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["grants_page"])
def test_a_written_page_is_what_the_code_says(name: str) -> None:
    spec = importlib.util.spec_from_file_location("page", ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.page() == script.PAGE.read_text(encoding="utf-8"), "run `make docs`"


def test_settings_page_is_what_the_code_says() -> None:
    spec = importlib.util.spec_from_file_location("page", ROOT / "scripts" / "settings_page.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), "run `make docs`"
    assert {name for name, _ in script.meanings()} == set(Settings.model_fields)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_on_pages_parse(page: Path) -> None:
    for block in blocks(page):
        for line in command_lines(block):
            parses(line)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_of_help_pages_parse(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    lines = command_lines(command.epilog or "")
    assert lines, f"cutroom {name} --help shows no example"
    for line in lines:
        parses(line)


@pytest.mark.parametrize("name", COMMANDS)
def test_summaries_of_the_table_are_those_of_the_commands(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    summary = next(entries[name].summary for entries in SECTIONS.values() if name in entries)
    assert (command.help or "").startswith(summary)


def test_readme_has_two_commands_and_ci_runs_the_second() -> None:
    two = blocks(ROOT / "README.md")[0].split("\n")
    assert two == ["make demo", "make test", ""]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in ci.splitlines()
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"demo", "test", "lint", "bench", "docs"} <= set(targets)


def test_lock_files_name_no_host_and_pin_every_requirement() -> None:
    for file in ROOT.glob("requirements*.lock"):
        text = file.read_text(encoding="utf-8")
        assert "://" not in text
        for requirement in re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL):
            assert "==" in requirement
            assert "--hash=sha256:" in requirement


def test_engine_of_the_contributing_page_works(
    birds_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = blocks(ROOT / "CONTRIBUTING.md")
    (tmp_path / "mine.py").write_text(next(block for block in page if "class Mine" in block))
    setting = next(block for block in page if "CUTROOM_ENGINES" in block).splitlines()[0]
    name, value = shlex.split(setting)[1].split("=", 1)
    monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(tmp_path)
    out = tmp_path / "negative.mp4"
    done = CliRunner().invoke(app, ["edit", str(birds_clip), "anything", "-o", str(out)])
    assert done.exit_code == 0, done.stderr
    before, after = (next(frames(probe(path))).pixels.astype(int) for path in (birds_clip, out))
    assert abs((255 - before) - after).mean() < 4


def test_page_of_the_command_line_has_the_exit_codes() -> None:
    text = (ROOT / "docs" / "01-command-line.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert rows == [(str(int(code)), code.meaning) for code in Exit]


def test_first_edit_of_the_readme_runs_as_written(
    server: Any, birds_clip: Path, tmp_path: Path
) -> None:
    script = next(block for block in blocks(ROOT / "README.md") if "export KEY=" in block)
    server.cutroom("credits", "add", "--namespace", "default", "10")
    key = server.cutroom("keys", "create", "--namespace", "default")
    mine = re.sub(r"(?m)^export KEY=.*$", f"export KEY={key}", script)
    mine = re.sub(r"(?m)^export HOST=.*$", f"export HOST={server.url}", mine)
    shutil.copy(birds_clip, tmp_path / "birds.mp4")
    run = subprocess.run(
        ["bash", "-euc", mine.replace("curl ", "curl -sf --noproxy '*' ")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(run.stdout[run.stdout.index('{"created"') :])
    result = httpx.get(answer["videos"][0]["url"], trust_env=False)
    (tmp_path / "result.mp4").write_bytes(result.raise_for_status().content)
    assert probe(tmp_path / "result.mp4").frames == probe(birds_clip).frames
