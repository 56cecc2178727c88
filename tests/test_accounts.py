"""Keys and namespaces."""

import pytest
import sqlalchemy as sa

from cutroom import accounts, db, tables
from cutroom.errors import Forbidden, InvalidParams, NotFound, Unauthenticated
from cutroom.terms import Terms
from cutroom.types import Scope


def test_a_new_key_opens_its_namespace_and_is_not_stored(tx):
    key = accounts.create(tx, "me", name="laptop")
    assert key.startswith("cr_")
    assert len(key) > 40
    found = accounts.find(tx, key)
    assert (found.namespace, found.name, found.prefix) == ("me", "laptop", key[:8])
    everything = "".join(str(row) for row in tx.execute(sa.select(tables.keys)))
    assert key not in everything
    assert key[8:] not in everything


def test_a_given_value_works_as_a_key_once(tx):
    assert accounts.create(tx, "me", "YOUR_API_KEY") == "YOUR_API_KEY"
    assert accounts.find(tx, "YOUR_API_KEY").namespace == "me"
    with pytest.raises(InvalidParams, match="in use"):
        accounts.create(tx, "me", "YOUR_API_KEY")


@pytest.mark.parametrize(
    "value", ["", "short", "with a space", "new\nline-new", "é" * 10, "x" * 201]
)
def test_values_that_cannot_be_keys(tx, value):
    with pytest.raises(InvalidParams):
        accounts.create(tx, "me", value)


@pytest.mark.parametrize("told", ["id", "prefix", "key"])
def test_a_revoked_key_opens_nothing(tx, told):
    key = accounts.create(tx, "me")
    found = accounts.find(tx, key)
    names = {"id": found.id, "prefix": found.prefix, "key": key}
    assert accounts.revoke(tx, names[told]).revoked is not None
    with pytest.raises(Unauthenticated):
        accounts.find(tx, key)
    with pytest.raises(NotFound):
        accounts.revoke(tx, names[told])


@pytest.mark.parametrize("key", ["", "cr_", "nonsense", "\udcff", "' OR 1=1"])
def test_what_is_no_key(tx, key):
    accounts.create(tx, "me")
    with pytest.raises(Unauthenticated, match="valid API key"):
        accounts.find(tx, key)


def test_a_prefix_of_two_keys_is_not_enough(tx):
    accounts.create(tx, "me", "same-beginning-1")
    accounts.create(tx, "me", "same-beginning-2")
    with pytest.raises(InvalidParams, match="Several"):
        accounts.revoke(tx, "same-beg")


def test_members_act_for_organisations_and_not_the_other_way(tx):
    accounts.ensure(tx, "org", "organisation")
    accounts.admit(tx, "org", "me")
    accounts.admit(tx, "org", "me")
    assert accounts.caller(tx, "me").namespaces == {"me", "org"}
    assert accounts.caller(tx, "org").namespaces == {"org"}
    with pytest.raises(NotFound):
        accounts.admit(tx, "nowhere", "me")


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "a b", "-x", "x" * 65, "ü"])
def test_names_that_are_no_namespaces(tx, name):
    with pytest.raises(InvalidParams, match="namespace"):
        accounts.ensure(tx, name)


def test_a_use_is_remembered(tx):
    key = accounts.create(tx, "me")
    found = accounts.find(tx, key)
    assert found.last_used is None
    accounts.used(tx, found)
    assert accounts.find(tx, key).last_used is not None
    assert len(accounts.all_keys(tx, "me")) == len(accounts.all_keys(tx)) == 1


def test_names_that_differ_only_in_capitals_might_share_a_folder(tx):
    with pytest.raises(InvalidParams, match="namespace me, which differs only in capitals"):
        accounts.ensure(tx, "Me")
    assert not accounts.ensure(tx, "me")


def test_what_a_key_is_for_fits_its_column(tx):
    accounts.create(tx, "me", name="n" * 200)
    with pytest.raises(InvalidParams, match="200 letters"):
        accounts.create(tx, "me", name="n" * 201)


def test_a_key_reads_and_writes_unless_more_or_less_was_said(tx):
    assert accounts.find(tx, accounts.create(tx, "me")).terms == Terms()
    terms = Terms(frozenset({Scope.ADMIN}), expires=db.now() + 100)
    assert accounts.find(tx, accounts.create(tx, "me", terms=terms)).terms == terms


def test_an_expired_key_says_so_to_its_holder_alone(tx):
    key = accounts.create(tx, "me", "YOUR_API_KEY", terms=Terms(expires=db.now()))
    with pytest.raises(Unauthenticated, match=r"expired at 20\d\d-\d\d-\d\d \d\d:\d\d UTC"):
        accounts.find(tx, key)
    with pytest.raises(Unauthenticated, match="must provide a valid API key"):
        accounts.find(tx, "YOUR_API_KEX")
    accounts.revoke(tx, key)
    with pytest.raises(Unauthenticated, match="must provide a valid API key"):
        accounts.find(tx, key)


def test_owners_administer_members_do_not(tx):
    accounts.ensure(tx, "org", "organisation")
    accounts.admit(tx, "org", "me")
    member = accounts.caller(tx, "me")
    member.administer("me")
    with pytest.raises(Forbidden, match="may not administer"):
        member.administer("org")
    accounts.admit(tx, "org", "me", accounts.OWNER)
    accounts.caller(tx, "me").administer("org")
    weak = accounts.caller(tx, "me", accounts.find(tx, accounts.create(tx, "me")))
    with pytest.raises(Forbidden, match="scope admin; yours has read write"):
        weak.administer("org")


def test_a_scope_that_this_version_does_not_know_opens_nothing(tx):
    key = accounts.create(tx, "me")
    tx.execute(sa.update(tables.keys).values(scopes="read everything"))
    assert accounts.find(tx, key).terms.scopes == {Scope.READ}


def test_whoever_makes_a_namespace_hears_it_on_either_database(database_url):
    engine = db.connect(database_url)
    db.upgrade(engine)
    with db.writing(engine) as tx:
        assert accounts.ensure(tx, "new")
        assert not accounts.ensure(tx, "new")
    engine.dispose()
