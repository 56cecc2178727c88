"""Requests in full: kept as long as somebody may need them."""

import uuid

import sqlalchemy as sa

from cutroom import generations, tables, whole
from cutroom.generations import Draft, Outcome
from cutroom.types import Status
from cutroom.urls import is_shortened, shortened

PICTURE = {"input_image": ["data:image/png;base64," + "A" * 100_000], "nested": {"a": None}}


def add(tx, params):
    draft = Draft(str(uuid.uuid4()), "me", "me", "m", "cpu", params, 7, 10, 100)
    return generations.add(tx, draft)


def test_what_was_cut_is_known_by_its_looks(tx):
    assert is_shortened(shortened(PICTURE))
    assert not is_shortened(PICTURE)
    assert not is_shortened({"prompt": "... (5 characters)", "a": ["data:,short"], "b": 1})


def test_a_success_needs_its_request_no_more(tx):
    one = add(tx, PICTURE)
    claim = generations.take(tx, one.id, "w")
    generations.finish(tx, claim, Outcome(Status.SUCCEEDED, result_key="k", seconds=1.0), 1)
    assert whole.find(tx, one.id) is None


def test_it_goes_where_it_is_needed_and_is_there_once(tx):
    one = add(tx, PICTURE)
    other = add(tx, one.params)
    assert whole.find(tx, other.id) is None
    assert [whole.is_kept(tx, each.id) for each in (one, other)] == [True, False]
    whole.move(tx, one.id, other.id)
    assert generations.request(tx, other.id) == PICTURE
    assert whole.find(tx, one.id) is None


def test_only_what_ended_long_ago_is_forgotten(tx):
    still, now, old = (add(tx, PICTURE).id for _ in range(3))
    for one in (now, old):
        generations.cancel(tx, one)
    table = tables.generations
    tx.execute(sa.update(table).where(table.c.id == old).values(completed_at=1000))
    assert whole.prune(tx, 1001) == 1
    assert [whole.find(tx, one) is not None for one in (still, now, old)] == [True, True, False]
