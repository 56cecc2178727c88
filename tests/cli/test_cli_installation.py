"""`cutroom keys`, `credits`, `members`: an installation from the command line."""

import json
import time

import pytest
from click.testing import CliRunner, Result

from cutroom.cli.app import app
from cutroom.cli.exits import Exit
from cutroom.cli.show import bytes_size
from cutroom.errors import Forbidden, Unauthenticated
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.signatures import Signatures
from cutroom.terms import dollars


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_new_key_stands_alone_on_stdout_and_is_never_shown_again() -> None:
    done = run("keys", "create", "--namespace", "alice")
    assert done.exit_code == Exit.OK, done.stderr
    key = done.stdout.strip()
    assert done.stdout == f"{key}\n"
    assert done.stderr == ""
    assert len(key) > 30
    listed = run("keys", "list").stdout
    assert key not in listed
    assert key[:8] in listed


def test_given_key_is_taken() -> None:
    done = run("keys", "create", "--namespace", "alice", "--key", "YOUR_API_KEY")
    assert done.stdout == "YOUR_API_KEY\n"
    again = run("keys", "create", "--namespace", "bob", "--key", "YOUR_API_KEY")
    assert again.exit_code == Exit.BAD_INPUT
    assert again.stdout == ""


def test_keys_can_be_listed_by_namespace_and_revoked() -> None:
    run("keys", "create", "--namespace", "alice", "--name", "laptop")
    run("keys", "create", "--namespace", "bob")
    (alices,) = json.loads(run("keys", "list", "--namespace", "alice", "--json").stdout)
    assert (alices["name"], alices["revoked"]) == ("laptop", None)
    assert run("keys", "revoke", alices["id"]).exit_code == Exit.OK
    (alices,) = json.loads(run("keys", "list", "--namespace", "alice", "--json").stdout)
    assert alices["revoked"] is not None
    assert run("keys", "revoke", alices["id"]).exit_code == Exit.BAD_INPUT


def test_credit_adds_up_and_is_stated() -> None:
    for amount in ("12.50", "0.000001"):
        done = run("credits", "add", "--namespace", "alice", amount, "--note", "gift")
        assert done.exit_code == Exit.OK, done.stderr
    assert done.stdout == "alice: $12.500001\n"
    told = json.loads(run("credits", "show", "--namespace", "alice", "--json").stdout)
    assert (told["balance"], told["held"], told["free"]) == (12_500_001, 0, 12_500_001)
    assert [(entry["amount"], entry["note"]) for entry in told["entries"]] == [
        (1, "gift"),
        (12_500_000, "gift"),
    ]
    assert "12.50" in run("credits", "show", "--namespace", "alice").stdout


@pytest.mark.parametrize("amount", ["0", "a lot", "0.0000001", "NaN", "1e400"])
def test_amounts_that_are_none_are_usage_errors(amount: str) -> None:
    assert run("credits", "add", "--namespace", "alice", amount).exit_code == Exit.USAGE


def test_unknown_namespace_is_told_so() -> None:
    done = run("credits", "show", "--namespace", "nobody")
    assert done.exit_code == Exit.BAD_INPUT
    assert "nobody" in done.stderr


def test_member_needs_a_namespace_the_organisation_is_made() -> None:
    missing = run("members", "add", "--organisation", "acme", "alice")
    assert missing.exit_code == Exit.BAD_INPUT
    run("keys", "create", "--namespace", "alice")
    done = run("members", "add", "--organisation", "acme", "alice")
    assert done.exit_code == Exit.OK, done.stderr
    assert done.stdout == "alice may act for acme\n"


def test_the_secret_of_signed_urls_is_changed_without_a_server() -> None:
    signatures = Signatures(Settings())
    before = signatures.sign("/api/x")
    done = run("secrets", "rotate")
    assert done.exit_code == Exit.OK, done.stderr
    assert done.stdout.startswith("a new secret signs; the old one is let pass until ")
    signatures.verify("/api/x", "GET", before)
    assert run("secrets", "rotate", "--stolen", "--json").exit_code == Exit.OK
    with pytest.raises(Forbidden):
        signatures.verify("/api/x", "GET", before)
    given = CliRunner().invoke(app, ["secrets", "rotate"], env={"CUTROOM_SIGNING_SECRET": "mine"})
    assert given.exit_code == Exit.BAD_INPUT
    assert "mine" not in given.stderr


def test_database_that_cannot_be_opened_is_told_so() -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    done = CliRunner().invoke(app, ["keys", "list"], env={"CUTROOM_DATABASE_URL": url})
    assert done.exit_code == Exit.UNREACHABLE
    assert "\n" not in done.stderr.strip()


@pytest.mark.parametrize(
    ("micro", "text"),
    [(336_000, "$0.336"), (100_000_000, "$100.00"), (70_000, "$0.07"), (1, "$0.000001")],
)
def test_dollars(micro: int, text: str) -> None:
    assert dollars(micro) == text


@pytest.mark.parametrize(
    ("count", "text"), [(999, "999 bytes"), (3_100_000, "3.1 MB"), (25_300_000_000, "25.3 GB")]
)
def test_bytes_size(count: int, text: str) -> None:
    assert bytes_size(count) == text


@pytest.mark.parametrize(
    ("name", "value", "code", "sentence"),
    [
        ("POOLS", "[]", Exit.BAD_INPUT, "CUTROOM_POOLS is []"),
        ("POOLS", "cpu", Exit.BAD_INPUT, "CUTROOM_POOLS cannot be read: it must be JSON."),
        ("FETCH_MAP", "{bad", Exit.BAD_INPUT, "CUTROOM_FETCH_MAP cannot be read"),
        ("PUBLIC_URL", "nonsense", Exit.BAD_INPUT, "it must begin with http://"),
        ("STARTING_CREDIT", "1e300", Exit.BAD_INPUT, "CUTROOM_STARTING_CREDIT is '1e300'"),
        ("DATABASE_URL", "nonsense:pass@word", Exit.BAD_INPUT, "CUTROOM_DATABASE_URL names no"),
        ("DATABASE_URL", "mysql://u:pass@x/y", Exit.BAD_INPUT, "CUTROOM_DATABASE_URL"),
        ("STORAGE_URL", "nonsense", Exit.BAD_INPUT, "CUTROOM_STORAGE_URL cannot be used"),
        ("STORAGE_URL", "file:///proc/nothing", Exit.BAD_INPUT, "CUTROOM_STORAGE_URL"),
        (
            "SIGNING_SECRETS_OLD",
            '"one"',
            Exit.BAD_INPUT,
            "CUTROOM_SIGNING_SECRETS_OLD is not right",
        ),
        ("DATA_DIR", "/proc/nothing", Exit.UNREACHABLE, "folder /proc/nothing cannot be used: "),
    ],
)
def test_settings_that_cannot_be_are_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: Exit, sentence: str
) -> None:
    monkeypatch.setenv(f"CUTROOM_{name}", value)
    done = run("keys", "list")
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1), done.stderr
    assert sentence in done.stderr
    assert "pass" not in done.stderr


def test_a_setting_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTROOM_DATA_DIR", "")
    monkeypatch.setenv("CUTROOM_HOST", "")
    settings = Settings()
    assert settings.data_dir.name == ".cutroom"
    assert settings.host == "127.0.0.1"


def test_the_terms_of_a_key_are_listed_and_its_limit_changes() -> None:
    words = ("keys", "create", "--namespace", "alice", "--scopes", "write,read", "--expires", "30d")
    assert run(*words, "--limit", "5/month").exit_code == Exit.OK
    (key,) = json.loads(run("keys", "list", "--json").stdout)
    assert (key["scopes"], key["spend_limit"], key["spend_period"]) == (
        ["read", "write"],
        5_000_000,
        "month",
    )
    assert key["expires"] - key["created"] in range(30 * 86_400, 30 * 86_400 + 60)
    done = run("keys", "limit", key["prefix"] + "…", "0.5/day")
    assert done.stdout == f"{key['prefix']}… of alice may spend $0.50 a day\n"
    assert "$0.50 a day" in run("keys", "list").stdout
    assert run("keys", "limit", key["id"], "none").exit_code == Exit.OK
    for wrong in ("5", "-5/day", "5/year"):
        assert run("keys", "limit", key["id"], "--", wrong).exit_code == Exit.BAD_INPUT
    for option in (
        ("--scopes", "root"),
        ("--expires", "yesterday"),
        ("--limit", "5"),
        ("--scopes", "admin", "--limit", "5/day"),
    ):
        failed = run("keys", "create", "--namespace", "alice", *option)
        assert (failed.exit_code, failed.stdout) == (Exit.BAD_INPUT, ""), option


def test_a_namespace_is_limited() -> None:
    run("credits", "add", "--namespace", "alice", "20")
    done = run("credits", "limit", "--namespace", "alice", "10/month")
    assert done.stdout == "alice may spend $10.00 a month\n"
    assert run("credits", "show", "--namespace", "alice").stdout.startswith(
        "alice: $20.00; at most $10.00 a month\n"
    )
    told = json.loads(run("credits", "limit", "--namespace", "alice", "none", "--json").stdout)
    assert told == {"namespace": "alice", "spend_limit": None, "spend_period": None}
    assert run("credits", "limit", "--namespace", "nobody", "1/day").exit_code == Exit.BAD_INPUT


def test_members_have_roles_and_leave() -> None:
    for name in ("alice", "bob"):
        run("keys", "create", "--namespace", name)
    done = run("members", "add", "--organisation", "acme", "--role", "owner", "alice")
    assert done.stdout == "alice may act for acme and administer it\n"
    run("members", "add", "--organisation", "acme", "bob")
    listed = run("members", "list", "--organisation", "acme", "--json").stdout
    assert json.loads(listed) == [
        {"member": "alice", "role": "owner"},
        {"member": "bob", "role": "member"},
    ]
    assert run("members", "remove", "--organisation", "acme", "bob").exit_code == Exit.OK
    assert run("members", "remove", "--organisation", "acme", "bob").exit_code == Exit.BAD_INPUT
    assert "bob" not in run("members", "list", "--organisation", "acme").stdout
    assert run("members", "list", "--organisation", "nowhere").exit_code == Exit.BAD_INPUT


def test_usage_of_nothing_is_nothing_and_days_are_days() -> None:
    run("credits", "add", "--namespace", "alice", "20")
    assert "total" in run("usage", "--namespace", "alice").stdout
    told = json.loads(
        run(
            "usage", "--namespace", "alice", "--from", "2026-01-01", "--to", "2026-01-31", "--json"
        ).stdout
    )
    assert (told["from"], told["to"], told["total"]["cost"]) == ("2026-01-01", "2026-01-31", 0)
    assert run("usage", "--namespace", "nobody").exit_code == Exit.BAD_INPUT
    assert run("usage", "--namespace", "alice", "--from", "soon").exit_code == Exit.USAGE
    wrong = ("--from", "2026-02-01", "--to", "2026-01-01")
    assert run("usage", "--namespace", "alice", *wrong).exit_code == Exit.BAD_INPUT


def test_a_link_stands_alone_on_stdout_and_signs_in() -> None:
    run("credits", "add", "--namespace", "alice", "1")
    done = run("link", "--namespace", "alice", "--port", "9000")
    assert done.exit_code == Exit.OK, done.stderr
    base, _, token = done.stdout.strip().partition("#link=")
    assert (base, done.stderr) == ("http://127.0.0.1:9000/", "")
    told = json.loads(run("link", "--namespace", "alice", "--ttl", "2h", "--json").stdout)
    assert told.keys() == {"url", "namespace", "expires"}
    assert 7000 < told["expires"] - time.time() <= 7200
    service = Service.open(Settings())
    assert service.sessions.of_link(token).namespace == "alice"
    ended = run("link", "--namespace", "alice", "--end")
    assert ended.stdout == "links and sessions of alice that ended: 2\n"
    with pytest.raises(Unauthenticated):
        service.sessions.of_link(told["url"].partition("#link=")[2])
    service.close()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--namespace", "nobody"), Exit.BAD_INPUT),
        (("--namespace", "nobody", "--end"), Exit.BAD_INPUT),
        (("--ttl", "soon"), Exit.BAD_INPUT),
        (("--ttl", "2020-01-01"), Exit.BAD_INPUT),
        (("--port", "0"), Exit.USAGE),
    ],
)
def test_links_that_cannot_be(words: tuple[str, ...], code: Exit) -> None:
    done = run("link", *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"PUBLIC_URL": "https://cut.example/cut/"}, "https://cut.example/cut/"),
        ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8080/"),
        ({"HOST": "::", "PORT": "9000"}, "http://[::1]:9000/"),
        ({"HOST": "cut.lan"}, "http://cut.lan:8080/"),
    ],
)
def test_where_a_link_leads(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], address: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"CUTROOM_{name}", value)
    run("credits", "add", "--namespace", "default", "1")
    assert run("link").stdout.startswith(f"{address}#link=cl_")
    monkeypatch.setenv("CUTROOM_AUTH", "false")
    assert run("link").stdout == f"{address}\n"
