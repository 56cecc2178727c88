"""Rows: their order, and what a claim lets its holder do."""

import uuid

import pytest

from cutroom import generations
from cutroom.errors import NotFound
from cutroom.generations import Draft, Outcome
from cutroom.types import Status


def add(tx, namespace="me", model="m", **params):
    draft = Draft(str(uuid.uuid4()), namespace, "me", model, "cpu", params, 7, 10, 100)
    return generations.add(tx, draft)


def test_a_row_comes_back_as_it_was_accepted(tx):
    added = add(tx, prompt="ünïcode", nested={"a": [1, None, 2.5]}, duration="5")
    found = generations.get(tx, added.id)
    assert found == added
    assert found.params == {"prompt": "ünïcode", "nested": {"a": [1, None, 2.5]}, "duration": "5"}
    assert (found.status, found.seed, found.price, found.hold) == (Status.QUEUED, 7, 10, 100)
    with pytest.raises(NotFound):
        generations.get(tx, "nobody")


def test_a_row_is_light_and_the_request_whole_until_the_end(tx):
    sent = {"prompt": "p", "input_image": ["data:image/png;base64," + "A" * 100_000]}
    one, other = add(tx, **sent), add(tx, prompt="p")
    assert one.params["input_image"] == ["data:image/png;base64,... (100022 characters)"]
    assert generations.request(tx, one.id) == sent
    assert generations.request(tx, other.id) == {"prompt": "p"}
    generations.cancel(tx, one.id)
    assert generations.request(tx, one.id) == sent  # for another try
    with pytest.raises(NotFound):
        generations.request(tx, "nobody")


def test_one_claim_at_a_time(tx):
    one = add(tx)
    claim = generations.take(tx, one.id, "a")
    assert generations.take(tx, one.id, "b") is None
    assert generations.take(tx, one.id, "a") is None
    assert generations.get(tx, one.id).status is Status.PROCESSING
    assert generations.lose(tx, "a") == {one.id: 1}
    assert not generations.holds(tx, claim)
    assert generations.take(tx, one.id, "a").attempt == 2
    assert not generations.holds(tx, claim), "a claim is of one attempt, not of a worker"


def test_progress_only_grows_and_begins_anew_with_an_attempt(tx):
    one = add(tx)
    claim = generations.take(tx, one.id, "a")
    for told, shown in [(0.5, 0.5), (0.2, 0.5), (7, 1.0), (-1, 1.0)]:
        assert generations.progress(tx, claim, told)
        assert generations.get(tx, one.id).progress == shown
    started = generations.get(tx, one.id).started_at
    generations.lose(tx, "a")
    generations.take(tx, one.id, "b")
    found = generations.get(tx, one.id)
    assert (found.progress, found.started_at) == (0.0, started)


@pytest.mark.parametrize("first", ["finish", "cancel", "give_up"])
def test_one_end(tx, first):
    one = add(tx)
    claim = generations.take(tx, one.id, "a")
    failed = Outcome(Status.FAILED, "upstream", "no")
    steps = {
        "finish": lambda: generations.finish(tx, claim, Outcome(Status.SUCCEEDED, seconds=1), 10),
        "cancel": lambda: generations.cancel(tx, one.id),
        "give_up": lambda: generations.give_up(tx, one.id, failed),
    }
    if first == "give_up":
        assert steps["give_up"]() is None, "somebody holds it"
        generations.lose(tx, "a")
    ended = steps[first]()
    assert ended.completed_at is not None
    assert [step() for step in steps.values()] == [None, None, None]
    assert generations.take(tx, one.id, "b") is None
    assert generations.lose(tx, "a") == {}
    assert generations.get(tx, one.id) == ended


def test_a_cancelled_one_never_started(tx):
    one = add(tx)
    assert generations.cancel(tx, one.id).started_at is None
