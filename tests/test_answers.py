"""First answers: one for a key and a request, for as long as they are kept."""

import pytest
import sqlalchemy as sa

from cutroom import answers, db, tables
from cutroom.answers import Once
from cutroom.errors import KeyReused


def once(namespace="me", key="k", said=b"a", since=0):
    return Once(namespace, key, answers.fingerprint([said]), since)


def test_the_first_answer_stays(tx):
    assert answers.find(tx, once()) is None
    assert answers.give(tx, once(), ["1", "2"]) == ["1", "2"]
    assert answers.give(tx, once(), ["3", "4"]) == ["1", "2"]
    assert answers.find(tx, once()) == ["1", "2"]
    assert answers.give(tx, once("you"), ["5"]) == ["5"]
    assert answers.give(tx, once(key="l"), ["6"]) == ["6"]


def test_another_request_of_the_same_key(tx):
    answers.give(tx, once(), ["1"])
    with pytest.raises(KeyReused):
        answers.find(tx, once(said=b"b"))
    with pytest.raises(KeyReused):
        answers.give(tx, once(said=b"b"), ["2"])


def test_an_old_answer_is_none(tx):
    answers.give(tx, once(), ["1"])
    later = db.now() + 1
    assert answers.find(tx, once(since=later)) is None
    assert answers.find(tx, once(said=b"b", since=later)) is None
    tx.execute(sa.update(tables.answers).values(created=1000))
    assert answers.give(tx, once(said=b"b", since=1001), ["2"]) == ["2"]
    assert answers.prune(tx, 1001) == 0
    assert answers.prune(tx, later) == 1


def test_a_fingerprint_is_of_all_that_is_said():
    assert answers.fingerprint([b"ab", b"c"]) == answers.fingerprint([b"a", b"bc"])
    assert answers.fingerprint([b"abc"]) != answers.fingerprint([b"abd"])
