"""The commands by name: quick help, sentences for errors, exit codes."""

import json
import os
import subprocess
import sys
import time

import click
import pytest
from click.testing import CliRunner

from cutroom.cli.app import SECTIONS, app
from cutroom.cli.exits import Exit, exit_of
from cutroom.errors import (
    Cancelled,
    CannotDo,
    CutroomError,
    EngineFailed,
    InvalidMedia,
    UnknownModel,
    Unreachable,
)

COMMANDS = [name for entries in SECTIONS.values() for name in entries]
HEAVY = ("numpy", "av", "cv2", "pydantic", "sqlalchemy", "dbos", "starlette", "httpx", "PIL")


def test_help_answers_in_half_a_second() -> None:
    def once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "cutroom.cli", "--help"], check=True, stdout=-3)
        return time.perf_counter() - began

    assert min(once() for _ in range(5)) < 0.5


def test_help_imports_nothing_heavy() -> None:
    code = f"""
import sys
from cutroom.cli import app
try: app.main(["--help"])
except SystemExit: pass
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_help_names_every_command_and_exit_code() -> None:
    said = CliRunner().invoke(app, ["--help"], prog_name="cutroom").output
    assert '\n    cutroom edit birds.mp4 "make it a snowy night" -o out.mp4\n' in said
    for name in COMMANDS:
        assert f"\n  {name} " in said
    for code in Exit:
        assert f"{int(code):>3}  {code.meaning}" in said


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_eighty_columns(name: str) -> None:
    done = CliRunner().invoke(app, [*filter(None, [name]), "--help"], prog_name="cutroom")
    assert done.exit_code == 0
    assert max(len(line) for line in done.output.splitlines()) <= 80


def test_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["eddit"]).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CutroomError(), Exit.FAILED),
        (EngineFailed(), Exit.FAILED),
        (CannotDo(), Exit.CANNOT_DO),
        (InvalidMedia(), Exit.BAD_INPUT),
        (UnknownModel(), Exit.BAD_INPUT),
        (Unreachable(), Exit.UNREACHABLE),
        (Cancelled(), Exit.STOPPED),
    ],
)
def test_exit_code_of_an_error_is_that_of_its_nearest_class(
    error: CutroomError, code: Exit
) -> None:
    assert exit_of(error) is code


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """`cutroom models` raising something that nobody foresaw."""

    class OddError(RuntimeError):
        pass

    @click.command()
    def broken() -> None:
        raise OddError("the moon")

    monkeypatch.setattr(type(app), "get_command", lambda *_: broken)
    return OddError


def test_unforeseen_error_is_one_sentence(failing: type[Exception]) -> None:
    done = CliRunner().invoke(app, ["models"])
    assert done.exit_code == Exit.FAILED
    assert done.stderr == (
        "cutroom: Internal error: OddError: the moon. CUTROOM_LOG_LEVEL=debug shows where.\n"
    )


def test_unforeseen_error_shows_its_trace_on_demand(failing: type[Exception]) -> None:
    done = CliRunner().invoke(app, ["models"], env={"CUTROOM_LOG_LEVEL": "debug"})
    assert isinstance(done.exception, failing)


def test_errors_are_json_on_demand() -> None:
    done = CliRunner().invoke(app, ["models", "--json", "no-such"])
    assert done.exit_code == Exit.BAD_INPUT
    assert json.loads(done.stdout) == {
        "error": {"kind": "model_not_found", "message": "Model not found: no-such"}
    }
    assert done.stderr == "cutroom: Model not found: no-such\n"


def test_wrong_setting_is_named() -> None:
    done = CliRunner().invoke(app, ["models"], env={"CUTROOM_PORT": "a lot"})
    assert done.exit_code == Exit.BAD_INPUT
    assert "CUTROOM_PORT" in done.stderr
    assert "\n" not in done.stderr.strip()


def test_a_reader_that_has_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "cutroom.cli", "models"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""
