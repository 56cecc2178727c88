"""`cutroom pools` and `cutroom workers`, over an installation that nobody serves."""

import json

import sqlalchemy as sa
from click.testing import CliRunner

from cutroom import db
from cutroom.cli.app import app
from cutroom.cli.exits import Exit
from cutroom.db import writing
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.tables import workers


def run(*words):
    return CliRunner().invoke(app, words)


def said(*words):
    done = run(*words, "--json")
    assert done.exit_code == Exit.OK, done.output
    return json.loads(done.stdout)


def test_pools_are_paused_and_go_on():
    assert said("pools", "list") == []
    assert run("pools", "pause", "gpu", "--note", "new driver").exit_code == Exit.OK
    (gpu,) = said("pools", "list")
    assert (gpu["name"], gpu["note"], gpu["workers"]) == ("gpu", "new driver", 0)
    assert "paused for 0:0" in run("pools", "list").stdout
    found = {one["subject"]: one for one in json.loads(run("doctor", "--quick", "--json").stdout)}
    assert found["workers"]["says"] == "pool gpu is paused (`cutroom pools resume gpu`)"
    assert said("pools", "pause", "gpu")["paused"]
    assert said("pools", "list")[0]["paused"] == gpu["paused"], "since the first time"
    assert said("pools", "resume", "gpu")["was_paused"]
    assert not said("pools", "resume", "gpu")["was_paused"]
    assert said("pools", "list")[0]["paused"] is None
    assert run("pools", "pause", "gpu", "--note", "x" * 201).exit_code == Exit.USAGE


def test_namespaces_have_limits_and_weights():
    run("keys", "create", "--namespace", "alice")
    alice = ("pools", "limit", "--namespace", "alice")
    assert said(*alice) == {"namespace": "alice", "running": None, "weight": 1.0}
    assert said(*alice, "--running", "4", "--weight", "2")["running"] == 4
    assert said(*alice) == {"namespace": "alice", "running": 4, "weight": 2.0}
    assert said(*alice, "--running", "none") == {
        "namespace": "alice",
        "running": None,
        "weight": 2.0,
    }
    assert said(*alice, "--running", "0")["running"] == 0
    assert run(*alice, "--running", "many").exit_code == Exit.USAGE
    assert run(*alice, "--weight", "0").exit_code == Exit.BAD_INPUT
    assert run("pools", "limit", "--namespace", "nobody").exit_code != Exit.OK


def test_workers_are_listed_and_told_to_leave():
    assert said("workers", "list") == []
    service = Service.open(Settings())
    with writing(service._engine) as tx:
        for name, host in (("a1", "a"), ("a2", "a"), ("b1", "b")):
            now = db.clock(service._engine)
            row = {"id": name, "host": host, "pid": 1, "pool": "cpu", "started": now, "beat": now}
            tx.execute(sa.insert(workers).values(row))
    assert said("workers", "drain", "a") == {"draining": ["a1", "a2"]}
    states = {one["id"]: one["state"] for one in said("workers", "list")}
    assert states == {"a1": "leaves", "a2": "leaves", "b1": "free"}
    assert said("pools", "list")[0]["workers"] == 1
    assert said("workers", "drain", "b1") == {"draining": ["b1"]}
    assert run("workers", "drain", "c").exit_code != Exit.OK
    service.close()
