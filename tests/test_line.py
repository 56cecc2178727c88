"""Who is next: a namespace's own in the order of arrival, namespaces in turns, pools apart."""

import uuid

from cutroom import generations, line
from cutroom.generations import Draft


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
