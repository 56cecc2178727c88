"""Links and sessions: what opens what, for how long, and once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from cutroom import accounts, db, sessions, tables
from cutroom.errors import NotFound, Unauthenticated
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.terms import Terms
from cutroom.types import Scope


@pytest.fixture
def service(tmp_path):
    made = Service.open(Settings(data_dir=tmp_path))
    made.add_credit("alice", 10_000_000)
    yield made
    made.close()


@pytest.fixture
def rows(service):
    """What the table holds now, or holds after a change."""

    def look(**values):
        with db.writing(service._engine) as tx:
            if values:
                tx.execute(sa.update(tables.sessions).values(values))
            return tx.execute(sa.select(tables.sessions)).all()

    return look


def signed_in(service, **terms):
    """A session of a new key of alice's, and the key."""
    key = service.accounts.create_key("alice", terms=Terms(**terms))
    return service.sessions.of_key(service.authenticate(key)).token, key


def test_a_link_opens_one_session_with_every_scope(service, rows):
    link = service.sessions.link("alice")
    session = service.sessions.of_link(link.token)
    caller = service.sessions.caller(session.token)
    assert (caller.namespace, caller.scopes, caller.key_id) == ("alice", frozenset(Scope), "")
    assert (caller.expires, service.sessions.expiry(caller)) == (None, session.expires)
    with pytest.raises(Unauthenticated, match="used already"):
        service.sessions.of_link(link.token)
    assert link.token[3:] not in str(rows())
    assert session.token[3:] not in str(rows())


def test_of_many_who_use_a_link_at_once_one_is_let_in(service):
    link = service.sessions.link("alice").token

    def attempt(_):
        try:
            return service.sessions.of_link(link).token
        except Unauthenticated:
            return None

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(attempt, range(16)))
    assert len([one for one in got if one]) == 1


def test_nothing_opens_what_is_not_its_own(service):
    link = service.sessions.link("alice").token
    session, key = signed_in(service)
    for wrong in (link, key, "", "cs_", session[:-1], session + "a", "\udcff", "' OR 1=1 --"):
        with pytest.raises(Unauthenticated):
            service.sessions.caller(wrong)
    for wrong in (session, key, link.replace("cl_", "cs_")):
        with pytest.raises(Unauthenticated):
            service.sessions.of_link(wrong)
    for wrong in (session, link):
        with pytest.raises(Unauthenticated):
            service.authenticate(wrong)
    assert service.sessions.of_link(link).namespace == "alice"


def test_there_is_no_link_to_a_namespace_that_is_not_there(service):
    for ask in (service.sessions.link, service.sessions.end_all):
        with pytest.raises(NotFound, match="no namespace nobody"):
            ask("nobody")


def test_a_session_of_a_key_is_the_key(service):
    token, key = signed_in(service, scopes=frozenset({Scope.READ}))
    caller, owner = service.sessions.caller(token), service.authenticate(key)
    assert (caller.key_id, caller.scopes) == (owner.key_id, frozenset({Scope.READ}))
    (known,) = service.accounts.keys("alice")
    assert known.last_used is not None
    service.accounts.revoke_key(key)
    with pytest.raises(Unauthenticated, match="over"):
        service.sessions.caller(token)


def test_a_session_is_not_good_for_longer_than_its_key(service, rows, monkeypatch):
    soon = db.now() + 3600
    token, _ = signed_in(service, expires=soon)
    assert service.sessions.expiry(service.sessions.caller(token)) == soon
    rows(expires=soon + 10**6)  # the key alone decides
    monkeypatch.setattr(accounts, "now", lambda: soon)
    with pytest.raises(Unauthenticated):
        service.sessions.caller(token)


def test_time_ends_links_and_sessions(service, rows):
    link, (token, _) = service.sessions.link("alice").token, signed_in(service)
    rows(expires=db.now())
    with pytest.raises(Unauthenticated):
        service.sessions.of_link(link)
    with pytest.raises(Unauthenticated):
        service.sessions.caller(token)


def test_what_is_over_is_forgotten_and_the_rest_kept(service, rows):
    ended, (token, _) = service.sessions.link("alice").token, signed_in(service)
    service.sessions.of_link(ended)
    assert len(rows()) == 3
    service.upkeep.round()
    assert len(rows()) == 2
    assert service.sessions.caller(token)
    rows(expires=db.now())
    assert service.sessions.prune() == 2


def test_one_ends_or_all(service):
    (one, _), (two, _) = signed_in(service), signed_in(service)
    service.add_credit("bob", 1)
    others = service.sessions.of_link(service.sessions.link("bob").token).token
    service.sessions.end(one)
    service.sessions.end(one)
    with pytest.raises(Unauthenticated):
        service.sessions.caller(one)
    link = service.sessions.link("alice").token
    assert service.sessions.caller(two)
    assert service.sessions.end_all("alice") == 2
    with pytest.raises(Unauthenticated):
        service.sessions.caller(two)
    with pytest.raises(Unauthenticated):
        service.sessions.of_link(link)
    assert service.sessions.caller(others).namespace == "bob"


def test_a_use_is_written_once_a_minute(service, rows, monkeypatch):
    token, _ = signed_in(service)
    written = []
    monkeypatch.setattr(
        sessions, "used", lambda tx, one, really=sessions.used: written.append(really(tx, one))
    )
    for _ in range(3):
        service.sessions.caller(token)
    assert len(written) == 1
    rows(last_used=db.now() - accounts.FRESH - 1)
    service.sessions.caller(token)
    assert len(written) == 2
