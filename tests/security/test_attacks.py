"""`cutroom doctor --security` against a real server: everything holds, and what does not is told."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from cutroom.assault import corpus, suite
from cutroom.assault.ground import Ground, Tenant
from cutroom.assault.throwaway import OWNER, STRANGER
from cutroom.assault.verdict import Outcome, Verdict, judged
from cutroom.cli.app import app
from cutroom.cli.exits import Exit
from cutroom.cli.local_server import LocalServer, local_server
from cutroom.secret_file import made_once
from cutroom.service import Service
from cutroom.settings import Settings


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory):
    data = tmp_path_factory.mktemp("attacked")
    with local_server(data, poll_interval="0.1", log_level="debug") as server:
        yield server, data


def doctor(server: LocalServer, *words: str) -> tuple[int, list[dict[str, object]]]:
    """The exit code of the command over the server's data, and its verdicts."""
    command = [sys.executable, "-m", "cutroom.cli", "doctor", "--security", "--json", *words]
    done = subprocess.run(
        [*command, "--url", server.url],
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_everything_holds_and_nothing_is_left(up) -> None:
    server, data = up
    key = server.cutroom("keys", "create", "--namespace", "bystander")
    theirs = {"Authorization": f"Bearer {key}"}
    file = f"{server.url}/api/repos/bystander/box/file/main/theirs.txt"
    requests.put(file, headers=theirs, data=b"theirs", timeout=10).raise_for_status()
    code, verdicts = doctor(server, "--quick", "--log", str(data / "serve.log"))
    assert [one for one in verdicts if one["outcome"] != Outcome.HOLDS] == []
    assert code == Exit.OK
    names = {"policy", "addresses", "maze"}
    assert {one["attack"] for one in verdicts} | names >= set(suite.NAMES) - set(suite.LONG)
    assert sum(int(str(one["tried"])) for one in verdicts) > 4000
    assert requests.get(file, headers=theirs, timeout=10).content == b"theirs"
    kept = [path.relative_to(data / "files").as_posix() for path in (data / "files").rglob("*") if path.is_file()]  # fmt: skip
    assert [path for path in kept if not path.startswith(".")] == ["bystander/box/theirs.txt"]
    keys = json.loads(server.cutroom("keys", "list", "--json"))
    assert {one["namespace"] for one in keys if not one["revoked"]} == {"default", "bystander"}
    assert {OWNER, STRANGER} < {one["namespace"] for one in keys}


def test_a_log_that_tells_too_much(up, tmp_path: Path) -> None:
    server, data = up
    secret = (data / "secret").read_text() if (data / "secret").exists() else None
    if secret is None:
        doctor(server, "--only", "signatures")
        secret = (data / "secret").read_text()
    log = tmp_path / "serve.log"
    log.write_text("x" * 3_000_000 + secret + "x" * 3_000_000)
    code, verdicts = doctor(server, "--only", "leftovers", "--log", str(log))
    assert code == Exit.FAILED
    [told] = [one for one in verdicts if one["outcome"] == Outcome.FAILS]
    assert told["guard"] == "logs"
    assert "the signing secret" in str(told["says"])
    assert secret not in json.dumps(verdicts)


def test_with_two_keys_of_one_s_own(up) -> None:
    server, _ = up
    own = [server.cutroom("keys", "create", "--namespace", name) for name in ("one", "two")]
    code, verdicts = doctor(
        server, "--only", "tenants", "--only", "signatures", "--key", own[0], "--other-key", own[1]
    )
    assert code == Exit.OK
    skipped = {one["guard"] for one in verdicts if one["outcome"] == Outcome.SKIPPED}
    # No scope admin, no credit, and no secret at hand.
    assert skipped == {"all routes", "as an input", "expired URLs"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "nothing"], "There is no attack nothing"),
        (["--url", "ftp://127.0.0.1/"], "begins with http"),
        (["--key", "cr_one"], "two keys"),
        (["--key", "cr_one", "--other-key", "cr_one"], "two keys"),
        (["--only", "paths", "--url", "http://127.0.0.1:1"], "127.0.0.1:1"),
    ],
)
def test_what_cannot_be_attacked(words: list[str], sentence: str) -> None:
    done = CliRunner().invoke(app, ["doctor", "--security", *words])
    assert done.exit_code != Exit.OK
    assert sentence in done.output


def test_another_machine_is_asked_for_first() -> None:
    words = ["doctor", "--security", "--url", "http://192.0.2.7"]
    done = CliRunner().invoke(app, words, input="n\n")
    assert "http://192.0.2.7 is another machine" in done.output
    assert done.exit_code != Exit.OK
    assert "holds" not in done.output


def test_an_attack_without_anything_to_try_does_not_hold() -> None:
    assert judged("a", "b", 0, [], "things").outcome is Outcome.FAILS
    assert judged("a", "b", 3, [], "things").outcome is Outcome.HOLDS
    many = judged("a", "b", 9, [f"thing {n}" for n in range(7)], "things")
    assert many.outcome is Outcome.FAILS
    assert many.says.endswith("thing 4; and 2 more")


def test_an_attack_that_breaks_down_does_not_hold() -> None:
    nobody = Tenant("nobody", "cr_nothing")
    [told] = suite.attacked("paths", Ground("http://127.0.0.1:1", nobody, nobody))
    assert isinstance(told, Verdict)
    assert told.outcome is Outcome.FAILS
    assert "broke down" in told.says


def test_the_corpus_is_large() -> None:
    rows = [url for kind in ("private", "malformed", "allowed") for _, url in corpus.urls(kind, 1)]
    assert len(rows) >= 200
    assert len(set(rows)) == len(rows)


def test_a_data_folder_is_made_for_its_owner(tmp_path: Path) -> None:
    new = tmp_path / "of-mine" / "data"
    Service.open(Settings(data_dir=new)).close()
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    first = tmp_path / "made-for-a-secret"
    made_once(first / "secret", lambda: b"x")  # which may come before everything else
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    new.chmod(0o750)
    Service.open(Settings(data_dir=new)).close()
    assert stat.S_IMODE(new.stat().st_mode) == 0o750
