"""A town of a server and two workers that share nothing but PostgreSQL: frozen, terminated, and left by its callers."""

import json
import os
import random
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from history import violations
from town import TEXT, Town
from visitor import Visitor, together

from cutroom import db, tables

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
TTL = 2


@pytest.fixture(scope="module")
def town(tmp_path_factory, postgres, birds_clip):
    """The town and somebody who visits it; in the end nothing may be lost, twice or stuck."""
    made = Town(
        tmp_path_factory.mktemp("town"),
        postgres.create(),
        birds_clip,
        workers=2,
        settings={"drain_timeout": 1},
    )
    visitor = Visitor(made.urls, "alice", made.keys["alice"])
    try:
        made.start()
        yield made, visitor
        made.until(lambda: not made.pending(), 30, "something is left to do")
        assert set(made.stop().values()) == {0}
        assert violations(together([visitor], made), made.kept()) == []
        assert visitor.surprises == []
    except BaseException:
        print(made.tail())
        raise
    finally:
        visitor.close()
        made.close()


def attempts(made, generation):
    with db.reading(made.engine) as tx:
        row = tables.generations.c
        return tx.execute(sa.select(row.attempts).where(row.id == generation)).scalar()


def test_a_frozen_worker_s_work_is_done_by_another_and_paid_once(town):
    made, visitor = town
    (generation,) = visitor.submit("sleep:0.5", "succeeded")
    pid = made.until(lambda: made.holder(generation), 30, "nobody takes it")
    os.kill(pid, signal.SIGSTOP)
    try:
        assert visitor.follow(generation, 30) == "succeeded"
        time.sleep(TTL)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert attempts(made, generation) == 2
    ids = visitor.submit("sleep:0.1", "succeeded", 2)
    assert [visitor.follow(one) for one in ids] == ["succeeded"] * 2


def test_terminated_in_the_middle_of_everything(town):
    made, visitor = town
    ids = visitor.submit("sleep:1.5", "succeeded", 4)
    made.until(lambda: any(made.holder(one) for one in ids), 30, "nobody begins")
    visitor.cancel(ids[-1])
    for one in made.processes:
        one.signal(signal.SIGTERM)
    for one in ids:
        visitor.follow(one)


def sockets(made):
    """How many the server has open."""
    opened = list(Path(f"/proc/{made.all('server')[0].process.pid}/fd").iterdir())
    return sum("socket:" in str(one.readlink()) for one in opened if one.is_symlink())


def test_two_hundred_callers_who_hang_up_lose_nothing(town):
    made, visitor = town
    visitor.follow(*visitor.submit("sleep:0", "succeeded"))
    before = sockets(made)
    rng = random.Random(1)
    keys = [f"dropped-{number}" for number in range(5)]
    body = json.dumps({"model": TEXT, "prompt": "sleep:0.3"}).encode()
    lines = [
        "POST /api/ai/videos/generate HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {visitor.headers['Authorization']}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    callers = []
    for number in range(200):
        caller = socket.create_connection(("127.0.0.1", made.ports[0]))
        head = [*lines, f"Idempotency-Key: {keys[number % len(keys)]}", "", ""]
        caller.sendall("\r\n".join(head).encode() + body)
        callers.append(caller)
    rng.shuffle(callers)
    for caller in callers:
        if rng.random() < 0.5:  # half of them say nothing, as when a cable is cut
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
        caller.close()
        time.sleep(0.005)
    for key in keys:
        visitor.seen.wishes[key] = "succeeded"
        answer = visitor.ask(
            "POST",
            "/api/ai/videos/generate",
            json=json.loads(body),
            headers={"Idempotency-Key": key},
            timeout=60,
        )
        assert answer.status_code == 200
        visitor.seen.accepted.append((key, (answer.headers["x-generation-id"],)))
    made.until(lambda: sockets(made) <= before + 8, 30, "connections are left open")
