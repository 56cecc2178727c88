"""Who is next: a namespace's own in the order of arrival, namespaces in turns, pools apart."""

import uuid

import pytest
import sqlalchemy as sa

from cutroom import accounts, generations, line, tables
from cutroom.generations import Draft


@pytest.fixture
def tx():
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    tables.metadata.create_all(engine)
    with engine.begin() as open_tx:
        for name in ("me", "you"):
            accounts.ensure(open_tx, name)
        row = {"id": "w", "host": "h", "pid": 1, "pool": "p", "started": 0.0, "beat": 0.0}
        open_tx.execute(sa.insert(tables.workers).values(row))
        yield open_tx
    engine.dispose()


def add(tx, namespace="me", pool="cpu"):
    draft = Draft(str(uuid.uuid4()), namespace, "me", "m", pool, {}, 7, 10, 100)
    return generations.add(tx, draft).id


def test_the_order_of_arrival(tx):
    assert line.places(tx) == {}
    mine = [add(tx) for _ in range(3)]
    assert line.places(tx) == {mine[0]: 1, mine[1]: 2, mine[2]: 3}
    generations.take(tx, mine[0], "w")
    assert line.places(tx) == {mine[1]: 1, mine[2]: 2}
    generations.cancel(tx, mine[1])
    assert line.places(tx) == {mine[2]: 1}


def test_namespaces_take_turns(tx):
    mine = [add(tx) for _ in range(3)]
    yours = [add(tx, "you") for _ in range(2)]
    told = line.places(tx)
    assert sorted(told, key=told.__getitem__) == [mine[0], yours[0], mine[1], yours[1], mine[2]]


def test_pools_have_lines_of_their_own(tx):
    mine, other = add(tx), add(tx, pool="gpu")
    assert line.places(tx) == {mine: 1, other: 1}
