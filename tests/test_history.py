"""Lists: their order, their filters, their pages, and what they cost together."""

import uuid

import pytest
import sqlalchemy as sa

from cutroom import generations, history
from cutroom.generations import OPEN, Claim, Draft, Outcome
from cutroom.history import Wanted
from cutroom.types import Status


def add(tx, namespace="me", model="m", params=None, **more):
    draft = Draft(
        str(uuid.uuid4()), namespace, "me", model, "cpu", params or {}, 7, 10, 100, **more
    )
    return generations.add(tx, draft).id


def charged(tx, cost, **more):
    made = add(tx, **more)
    claim = generations.take(tx, made, "w")
    assert isinstance(claim, Claim)
    outcome = Outcome(Status.SUCCEEDED, result_key="k", seconds=1.0)
    assert generations.finish(tx, claim, outcome, cost) is not None
    return made


def ids(tx, wanted, limit=1000, skip=0):
    return [one.id for one in history.newest(tx, wanted, limit, skip)]


@pytest.mark.parametrize("statuses", [None, OPEN, (Status.QUEUED,)])
def test_newest_first_within_one_second_too(tx, statuses):
    added = [add(tx) for _ in range(30)]
    wanted = Wanted("me", statuses)
    assert ids(tx, wanted) == added[::-1]
    assert ids(tx, wanted, limit=2) == added[:-3:-1]
    assert ids(tx, wanted, limit=2, skip=2) == added[-3:-5:-1]


def test_what_is_wanted_and_nothing_else(tx):
    plain, other = add(tx), add(tx, model="other")
    placed = add(tx, repo="films", folder="night")
    cancelled, theirs = add(tx), add(tx, "org")
    generations.cancel(tx, cancelled)
    assert ids(tx, Wanted("org")) == [theirs]
    assert ids(tx, Wanted("me", OPEN)) == [placed, other, plain]
    assert ids(tx, Wanted("me", (Status.CANCELLED,))) == [cancelled]
    assert ids(tx, Wanted("me", model="other")) == [other]
    assert ids(tx, Wanted("me", repo="films")) == [placed]
    assert ids(tx, Wanted("me", repo="playground")) == [cancelled, other, plain]
    assert ids(tx, Wanted("me", folder="night")) == [placed]
    assert ids(tx, Wanted("me", repo="playground", folder="night")) == []
    assert len(ids(tx, Wanted("me", media_type="video"))) == 4
    assert ids(tx, Wanted("me", media_type="image")) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("snow", [0, 1]),
        ("SNOW night", [0]),
        ("night snow", [0]),
        ("now", [0, 1]),
        ("100%", [2]),
        ("%", [2]),
        ("_", [3]),
        ("/", [3]),
        ("\\", [3]),
        ('"quoted"', [2]),
        ("straße", [2]),
        ("CAFÉ", [1]),
        ("zebra", [4]),
        ("zebra sea", [4]),
        ("duration", []),
        ("nowhere", []),
        ("prompt", []),
        ("   ", [0, 1, 2, 3, 4]),
    ],
)
def test_words_are_looked_for_in_prompts(tx, words, found):
    shots = [{"prompt": "the sea", "duration": 3}, {"prompt": "a Zebra", "duration": 2}]
    prompts = [
        {"prompt": "Make it a snowy night", "input_video": "https://nowhere.example/a.mp4"},
        {"prompt": "snow on the café"},
        {"prompt": '100% "quoted" in the Straße'},
        {"prompt": "a_b and c/d and e\\f"},
        {"multi_prompt": shots, "prompt": None},
    ]
    made = [add(tx, params=params) for params in prompts]
    theirs = add(tx, "org", params=prompts[0])
    told = ids(tx, Wanted("me", words=words))
    assert told == [made[one] for one in found][::-1]
    assert theirs not in told
    assert history.page(tx, Wanted("me", words=words), 1, 1).entries == len(found)


def test_batches_and_what_was_deleted(tx):
    first, second, alone = add(tx, batch="a"), add(tx, batch="a"), add(tx)
    add(tx, "org", batch="a")
    assert ids(tx, Wanted("me", batch="a")) == [second, first]
    assert ids(tx, Wanted("me", batch="b")) == []
    generations.delete(tx, first)
    assert ids(tx, Wanted("me", deleted=True)) == [first]
    assert ids(tx, Wanted("me", deleted=False)) == [alone, second]
    assert ids(tx, Wanted("me", batch="a", deleted=False)) == [second]


def test_pages_and_what_they_cost_together(tx):
    made = [charged(tx, cost) for cost in (1, 10, 100)] + [add(tx) for _ in range(2)]
    first = history.page(tx, Wanted("me"), 1, 2)
    assert [one.id for one in first.generations] == made[:-3:-1]
    assert (first.entries, first.cost) == (5, 111)
    last = history.page(tx, Wanted("me"), 3, 2)
    assert [one.id for one in last.generations] == made[:1]
    assert (last.entries, last.cost) == (5, 111)
    past = history.page(tx, Wanted("me"), 10**12, 1000)
    assert (past.generations, past.entries, past.cost) == ((), 5, 111)
    free = history.page(tx, Wanted("me", OPEN), 1, 50)
    assert (free.entries, free.cost) == (2, None)
    assert history.page(tx, Wanted("org"), 1, 50).entries == 0


def test_what_is_open_is_found_without_reading_the_whole_history(tx):
    add(tx)
    query = "EXPLAIN QUERY PLAN SELECT * FROM generations WHERE namespace = 'me' AND "
    found = tx.exec_driver_sql(query + "status IN ('queued', 'processing') ORDER BY seq + 0 DESC")
    assert "generations_of_namespace_by_status" in str(found.fetchall())
    batch = sa.select(sa.func.count()).where(*Wanted("me", batch="b").conditions())
    told = tx.exec_driver_sql(
        f"EXPLAIN QUERY PLAN {batch.compile(compile_kwargs={'literal_binds': True})}"
    )
    assert "ix_generations_batch" in str(told.fetchall())
    totals = query.replace("*", "count(*), sum(cost)") + "1"
    assert "COVERING INDEX" in str(tx.exec_driver_sql(totals).fetchall())
