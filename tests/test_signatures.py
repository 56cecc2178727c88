"""Signed URLs: one path, one method, a while; and secrets that are changed under way."""

import multiprocessing
import stat
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from cutroom.errors import Forbidden, InvalidParams
from cutroom.secret_file import made_once
from cutroom.settings import SECRETS, Settings
from cutroom.signatures import Signatures, _new_secret

PATH = "/api/repos/ada/generations/file/main/a b/é.mp4"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def signatures(settings: Settings) -> Signatures:
    return Signatures(settings)


def test_a_signature_opens_its_path_and_no_other(signatures: Signatures) -> None:
    query = signatures.sign(PATH)
    assert set(parse_qs(query)) == {"expires", "oxen_signature"}
    signatures.verify(PATH, "GET", query)
    signatures.verify(PATH, "HEAD", query)
    signatures.verify(PATH, "get", query + "&download=1")
    signatures.verify(PATH, "GET", {name: values[0] for name, values in parse_qs(query).items()})
    for path, method in (
        (PATH + "x", "GET"),
        (PATH, "PUT"),
        (PATH, "DELETE"),
        (PATH.upper(), "GET"),
    ):
        with pytest.raises(Forbidden, match="does not match"):
            signatures.verify(path, method, query)


def test_a_signature_expires_and_says_so(signatures: Signatures) -> None:
    query = signatures.sign(PATH, now=1000, ttl=60)
    signatures.verify(PATH, "GET", query, now=1060)
    with pytest.raises(Forbidden, match="has expired"):
        signatures.verify(PATH, "GET", query, now=1061)
    later = query.replace("expires=1060", "expires=9060")
    with pytest.raises(Forbidden, match="does not match"):
        signatures.verify(PATH, "GET", later, now=1061)


def test_the_default_lifetime_is_the_setting(signatures: Signatures, settings: Settings) -> None:
    [expires] = parse_qs(signatures.sign(PATH, now=5000))["expires"]
    assert int(expires) == 5000 + settings.url_ttl


@pytest.mark.parametrize(
    "query",
    ["", "expires=9999999999", "oxen_signature=x", "expires=-1&oxen_signature=x", "expires=1e9&oxen_signature=x",
     "expires=٣&oxen_signature=x", "expires=1&expires=2&oxen_signature=x", "expires=9999999999&oxen_signature=%ff",
     "expires=9999999999&oxen_signature=a&oxen_signature=b", "&".join(["expires=1"] * 99), "expires=" + "9" * 5000],
)  # fmt: skip
def test_broken_signatures_are_forbidden(signatures: Signatures, query: str) -> None:
    with pytest.raises(Forbidden):
        signatures.verify(PATH, "GET", query)


def test_a_tampered_letter_is_noticed(signatures: Signatures) -> None:
    query = signatures.sign(PATH)
    head, tail = query[:-5], query[-5:]
    with pytest.raises(Forbidden):
        signatures.verify(PATH, "GET", head + ("A" if tail[0] != "A" else "B") + tail[1:])


def test_installations_do_not_open_each_other(tmp_path: Path) -> None:
    one, two = (Signatures(Settings(data_dir=tmp_path / name)) for name in "ab")
    with pytest.raises(Forbidden):
        two.verify(PATH, "GET", one.sign(PATH))


def test_processes_of_one_installation_agree(tmp_path: Path) -> None:
    same = [Signatures(Settings(data_dir=tmp_path)) for _ in range(2)]
    same[1].verify(PATH, "GET", same[0].sign(PATH))
    given = [
        Signatures(Settings(data_dir=tmp_path / n, signing_secret=SecretStr("s"))) for n in "ab"
    ]
    given[1].verify(PATH, "GET", given[0].sign(PATH))


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        made = pool.starmap(made_once, [(path, _new_secret)] * 24)
    assert len(set(made)) == 1
    assert len(made[0]) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret"]


# --- secrets that change ----------------------------------------------------------------------


def test_a_new_secret_signs_and_the_old_one_still_verifies(settings: Settings) -> None:
    """Two processes over one folder: one rotates, the other follows without being told."""
    server, command = Signatures(settings), Signatures(settings)
    before = server.sign(PATH)
    command.rotate()
    after = server.sign(PATH)
    assert before[-43:] != after[-43:]
    for process in (server, command, Signatures(settings)):
        process.verify(PATH, "GET", before)
        process.verify(PATH, "GET", after)
    assert len(list(settings.data_dir.glob(".*"))) == 0
    modes = {stat.S_IMODE(path.stat().st_mode) for path in settings.data_dir.glob("secret*[!k]")}
    assert modes == {0o600}


def test_what_the_old_secret_signs_later_is_good_for_nobody(settings: Settings) -> None:
    """Whoever stole the old secret signs what they like; only what expires in time passes."""
    thief, server = Signatures(settings), Signatures(settings)
    stolen = made_once(settings.data_dir / "secret", _new_secret)
    thief = Signatures(Settings(signing_secret=SecretStr(stolen.decode())))
    until = server.rotate(now=1000)
    assert until == 1000 + settings.url_ttl + 60
    server.verify(PATH, "GET", thief.sign(PATH, now=1000), now=1001)
    with pytest.raises(Forbidden, match="does not match"):
        server.verify(PATH, "GET", thief.sign(PATH, now=1061), now=1061)
    server.rotate(keep=False, now=1062)
    with pytest.raises(Forbidden, match="does not match"):
        server.verify(PATH, "GET", thief.sign(PATH, now=1062), now=1062)


def test_secrets_that_changed_twice_in_an_hour(settings: Settings, signatures: Signatures) -> None:
    first = signatures.sign(PATH, now=1000)
    signatures.rotate(now=1000)
    second = signatures.sign(PATH, now=1500)
    signatures.rotate(now=2000)
    for query in (first, second):
        signatures.verify(PATH, "GET", query, now=2001)
    signatures.rotate(now=1000 + 3 * settings.url_ttl)
    assert len((settings.data_dir / "secrets-before").read_text().splitlines()) == 1


def test_a_secret_of_the_settings_has_older_ones(tmp_path: Path) -> None:
    def given(now: str, *old: str) -> Signatures:
        secrets = tuple(map(SecretStr, old))
        return Signatures(
            Settings(data_dir=tmp_path, signing_secret=SecretStr(now), signing_secrets_old=secrets)
        )

    made = given("one").sign(PATH)
    given("two", "zero", "one").verify(PATH, "GET", made)
    with pytest.raises(Forbidden, match="does not match"):
        given("two").verify(PATH, "GET", made)
    with pytest.raises(InvalidParams, match="CUTROOM_SIGNING_SECRET"):
        given("two").rotate()
    # From the folder to the settings: the file is an old secret like any other.
    folder = Signatures(Settings(data_dir=tmp_path))
    file = folder.sign(PATH)
    with pytest.raises(Forbidden):
        given("two").verify(PATH, "GET", file)
    given("two", (tmp_path / "secret").read_text()).verify(PATH, "GET", file)


def test_workers_get_the_older_secrets_and_engines_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, signing_secrets_old=(SecretStr("o'ne"), SecretStr("2")))
    told = settings.environment()["CUTROOM_SIGNING_SECRETS_OLD"]
    assert told == '["o\'ne", "2"]'
    assert "CUTROOM_SIGNING_SECRETS_OLD" in SECRETS
    assert "o'ne" not in repr(settings)
