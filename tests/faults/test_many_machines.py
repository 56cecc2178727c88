"""Two servers and two workers over one PostgreSQL, each on a machine of its own as far as files go; workers have a role.

Any server answers any request, and a worker whose role may touch only what it needs does the whole job.
"""

import base64
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
import sqlalchemy as sa
from receiving import Receiver
from town import EDIT, TEXT, Town, children

from cutroom import db, grants, tables

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

OMNI = "kling-video-o3-omni"
ROLE = "hand"
TTL = 2.0
VERBS = ("SELECT", "INSERT", "UPDATE")


@pytest.fixture(scope="module")
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def town(postgres, tmp_path_factory, birds_clip, receiver):
    url = postgres.create()
    postgres.execute(f"CREATE ROLE {ROLE} LOGIN")
    owner = db.connect(url)
    grants.give(owner, ROLE)
    owner.dispose()
    settings = {
        "worker_ttl": TTL,
        "engines": {OMNI: "classical"},
        "segment": 8,  # a clip of a second is a long one then
        "webhook_allow": (receiver.authority,),
        "public_url": "http://cut.test",
    }
    folder = tmp_path_factory.mktemp("town")
    made = Town(folder, url, birds_clip, servers=2, workers=2, settings=settings, role=ROLE)
    try:
        yield made.start()
        assert set(made.stop().values()) == {0}
    except BaseException:
        print(made.tail())
        raise
    finally:
        made.close()


class Client:
    """A client that is sent to one server, then to the other."""

    def __init__(self, town):
        self.town = town
        headers = {"Authorization": f"Bearer {town.keys['alice']}"}
        self.http = [httpx.Client(base_url=one, headers=headers, timeout=30) for one in town.urls]
        self.turn = 0

    def ask(self, method, path, **more):
        self.turn += 1
        answer = self.http[self.turn % 2].request(method, path, **more)
        assert answer.status_code < 400, answer.text
        return answer

    def queue(self, prompt, model=TEXT, **more):
        body = {"model": model, "prompt": prompt, **more}
        return self.ask("POST", "/api/ai/queue", json=body).json()["generations"][0][
            "generation_id"
        ]

    def row(self, generation):
        return self.ask("GET", f"/api/ai/queue/{generation}").json()

    def until(self, generation, status, seconds=60):
        return self.town.until(
            lambda: (row := self.row(generation))["status"] == status and row,
            seconds,
            f"is not {status}",
        )

    def close(self):
        for one in self.http:
            one.close()


@pytest.fixture
def client(town):
    made = Client(town)
    yield made
    made.close()


def worker_of(town, generation):
    """The process of the worker that holds a generation, and the pid of its engine."""
    query = (
        sa.select(tables.workers.c.pid)
        .join(tables.generations, tables.generations.c.worker == tables.workers.c.id)
        .where(tables.generations.c.id == generation)
    )

    def found():
        with db.reading(town.engine) as tx:
            pid = tx.execute(query).scalar()
        engines = children(pid, "cutroom.worker.child") if pid else []
        begun = generation in town.starts.read_text()
        return begun and engines and (pid, engines[0])

    pid, engine = town.until(found, 60, "nobody works on it")
    return next(one for one in town.all("worker") if one.process.pid == pid), engine


def entries_of(town, generation):
    e = tables.entries.c
    with db.reading(town.engine) as tx:
        query = sa.select(e.kind).where(e.generation == generation).order_by(e.seq)
        return [str(kind) for kind in tx.execute(query).scalars()]


def test_a_file_an_edit_its_preview_its_result_its_event_and_its_message(town, client, receiver):
    hook = client.ask("POST", "/api/ai/webhooks", json={"url": receiver.url}).json()
    path = "/api/repos/alice/media/file/main/birds.mp4"
    client.ask("PUT", path, content=town.clip.read_bytes())
    generation = client.queue("show sleep:2", EDIT, input_video=f"http://cut.test{path}")
    seen = town.until(
        lambda: (row := client.row(generation)).get("preview_url") and row, 60, "no preview"
    )
    assert seen["status"] == "processing"
    frame = client.ask("GET", f"/api/ai/queue/{generation}/preview")
    assert frame.content.startswith(b"\xff\xd8\xff")
    done = client.until(generation, "succeeded")
    url = done["result_url"].replace("http://cut.test", "")
    # The one that signed it and the other; the URL alone is enough.
    told = [http.get(url, headers={"Authorization": ""}).content for http in client.http]
    assert told[0] == told[1]
    assert len(told[0]) >= town.clip.stat().st_size
    assert told[0][4:8] == b"ftyp"
    assert entries_of(town, generation) == ["hold", "release", "charge"]
    headers, _ = receiver.until(1)[0]
    assert headers["webhook-id"]
    with client.http[0].stream("GET", "/api/events", headers={"Last-Event-ID": "0"}) as answer:
        assert any(generation in line for line in answer.iter_lines())
    client.ask("DELETE", f"/api/ai/webhooks/{hook['id']}")


def test_a_long_clip_by_the_classical_engine(town, client):
    path = "/api/repos/alice/media/file/main/long.mp4"
    client.ask("PUT", path, content=town.clip.read_bytes())
    given = {"input_video": f"http://cut.test{path}"}
    generation = client.queue("make @Video1 sepia", OMNI, **given)
    client.until(generation, "succeeded")
    assert entries_of(town, generation) == ["hold", "release", "charge"]


def test_a_failure_costs_nothing(town, client):
    generation = client.queue("refuse")
    assert client.until(generation, "failed")["error_message"] == "This cannot be done."
    assert entries_of(town, generation) == ["hold", "release"]


def test_a_request_with_its_file_in_it(town, client):
    data = "data:video/mp4;base64," + base64.b64encode(town.clip.read_bytes()).decode()
    client.until(client.queue("sleep:0.1", EDIT, input_video=data), "succeeded")


def test_the_same_request_at_both_servers_at_once_is_one(town, client):
    body = {"model": TEXT, "prompt": "sleep:0.1"}

    def ask(http):
        answer = http.post("/api/ai/queue", json=body, headers={"Idempotency-Key": "both"})
        return [one["generation_id"] for one in answer.json()["generations"]]

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(ask, client.http * 4))
    assert all(one == told[0] for one in told)
    client.until(told[0][0], "succeeded")


def test_who_signs_in_at_one_server_is_signed_in_at_the_other(town, client):
    first, second = (httpx.Client(base_url=one) for one in town.urls)
    signed = first.post("/api/session", json={"key": town.keys["alice"]})
    assert signed.status_code == 200
    (cookie,) = signed.cookies.items()
    told = second.get("/api/session", headers={"Cookie": "=".join(cookie)}).json()
    assert told["user"] == "alice"
    for one in (first, second):
        one.close()


def test_events_of_what_was_asked_of_another_server(town, client):
    with client.http[1].stream("GET", "/api/events") as answer:
        generation = client.http[0].post(
            "/api/ai/queue", json={"model": TEXT, "prompt": "sleep:0.1"}
        )
        (one,) = generation.json()["generations"]
        told = list(lines_until(answer, one["generation_id"], "succeeded"))
        assert told


def lines_until(answer, *words):
    for line in answer.iter_lines():
        yield line
        if all(word in line for word in words):
            return


def test_cancel_reaches_an_engine_on_another_machine(town, client):
    generation = client.queue("sleep:60")
    _, engine = worker_of(town, generation)
    client.ask("DELETE", f"/api/ai/queue/{generation}")
    town.until(lambda: not at_work(engine, generation, town), 10, "the engine goes on")
    assert client.row(generation)["status"] == "cancelled"
    assert entries_of(town, generation) == ["hold", "release"]


def test_a_machine_that_dies_has_its_work_done_elsewhere(town, client):
    generation = client.queue("once:sleep:60")
    dead, _ = worker_of(town, generation)
    town.processes.remove(dead)  # nobody starts another on it
    dead.process.kill()
    dead.process.wait()
    client.until(generation, "succeeded")
    town.processes.append(dead)
    assert entries_of(town, generation) == ["hold", "release", "charge"]
    assert results_of(town, generation) == ["2.mp4"]


def test_a_worker_that_froze_and_wakes_changes_nothing_and_stops_its_engine(town, client):
    generation = client.queue("once:sleep:60")
    frozen, engine = worker_of(town, generation)
    frozen.signal(signal.SIGSTOP)
    try:
        client.until(generation, "succeeded")
        row = client.row(generation)
        assert at_work(engine, generation, town)
    finally:
        frozen.signal(signal.SIGCONT)
    town.until(lambda: not at_work(engine, generation, town), 30, "the engine goes on")
    again = client.queue("sleep:0.1")  # and the worker that woke up may work again
    client.until(again, "succeeded")
    told, now = (without_urls(one) for one in (row, client.row(generation)))
    assert told == now
    assert entries_of(town, generation) == ["hold", "release", "charge"]
    assert results_of(town, generation) == ["2.mp4"]


def without_urls(row):
    return {name: value for name, value in row.items() if not name.endswith("url")}


def results_of(town, generation):
    folder = town.files / "alice" / "playground" / generation
    return sorted(path.name for path in folder.glob("*.mp4"))


def at_work(engine, generation, town):
    """Whether a process still has the folder of a generation for its own."""
    try:
        return generation in str(Path(f"/proc/{engine}/cwd").readlink())
    except OSError:
        return False


def test_a_workers_role_may_do_what_it_must_and_nothing_else(town):
    asked = sa.text("SELECT has_column_privilege(:role, :table, :column, :verb)")
    of_rows = sa.text("SELECT has_table_privilege(:role, :table, 'DELETE')")
    wrong = []
    with db.reading(town.engine) as tx:
        for table in [*tables.metadata.sorted_tables, tables.stamps]:
            rights = grants.WORKER.get(table, {})
            for verb in VERBS:
                wanted = rights.get(verb, ())
                for column in table.c:
                    given = {
                        "role": ROLE,
                        "table": table.name,
                        "column": column.name,
                        "verb": verb,
                    }
                    may = tx.execute(asked, given).scalar()
                    if may != (wanted == grants.ALL or column.name in wanted):
                        wrong.append((table.name, column.name, verb, may))
            may = tx.execute(of_rows, {"role": ROLE, "table": table.name}).scalar()
            if may != ("DELETE" in rights):
                wrong.append((table.name, "DELETE", may))
    assert wrong == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT hash FROM keys",
        "SELECT hash FROM sessions",
        "SELECT secret FROM webhooks",
        "SELECT * FROM answers",
        "SELECT amount FROM entries",
        "INSERT INTO keys (id) VALUES ('x')",
        "INSERT INTO members VALUES ('alice', 'mallory', 'owner')",
        "INSERT INTO namespaces (name) VALUES ('mallory')",
        "INSERT INTO generations (id) VALUES ('x')",
        "UPDATE entries SET amount = 0",
        "DELETE FROM entries",
        "UPDATE generations SET namespace = 'mallory'",
        "UPDATE generations SET price = 0, hold = 0",
        "DELETE FROM generations",
        "UPDATE namespaces SET spend_limit = NULL",
        "UPDATE webhooks SET url = 'http://mallory.test'",
        "UPDATE deliveries SET status = 'delivered'",
        "DELETE FROM events",
        "UPDATE pools SET paused = NULL",
        "UPDATE alembic_version SET version_num = '9999'",
        "UPDATE dbos.dbos_migrations SET version = 0",
        "ALTER TABLE generations ADD COLUMN x text",
        "DROP TABLE previews",
        "CREATE TABLE mallory (x text)",
        f"GRANT SELECT ON keys TO {ROLE}",
        "COPY keys TO '/tmp/keys'",
    ],
)
def test_a_workers_role_is_refused(town, statement):
    url = town.database_url.replace("+psycopg", "").replace("postgres@", f"{ROLE}@")
    with (
        psycopg.connect(url, autocommit=True) as tx,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        tx.execute(statement)
