"""Inputs are copied into the storage when their request comes in: what a URL leads to later does not matter."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
import sqlalchemy as sa
from httpx import Client

from cutroom import collector, db, inputs, tables
from cutroom.cli.local_server import local_server
from cutroom.collector import Collector
from cutroom.inputs import State
from cutroom.intake import Bring
from cutroom.intake.fetch import Fetcher
from cutroom.own_files import OwnFiles
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.signatures import Signatures
from cutroom.types import Status

EDIT = "kling-video-o3-pro-video-to-video-edit"


def until(what, seconds: float = 60):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.05)
    return found


# --- a whole server, and a worker that comes late


@pytest.fixture
def clips(tmp_path: Path, birds_clip: Path) -> Path:
    """The folder that stands for https://clips.test/."""
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "birds.mp4").write_bytes(birds_clip.read_bytes())
    return folder


@contextmanager
def a_worker(environment) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "cutroom.cli", "worker"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_what_a_url_led_to_may_be_gone_when_the_turn_comes(
    clips: Path, tmp_path: Path, birds_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "contract"))
    data = tmp_path / "data"
    settings = {
        "workers": "0",
        "worker_fetches": "false",
        "engine": "quick_engine:Quick",
        "relax_limits": "true",
        "poll_interval": "0.1",
        "fetch_map": json.dumps({"https://clips.test/": str(clips)}),
    }
    data.mkdir()
    with local_server(data, **settings) as up, Client(base_url=up.url, timeout=60) as one:
        key = up.cutroom("keys", "create", "--namespace", "alice")
        up.cutroom("credits", "add", "--namespace", "alice", "100")
        one.headers["Authorization"] = f"Bearer {key}"
        place = "/api/repos/alice/box/file/main/own.mp4"
        one.put(place, content=birds_clip.read_bytes()).raise_for_status()

        def ask(url: str, count: int = 1) -> list[str]:
            body = {"model": EDIT, "prompt": "x", "input_video": url, "num_generations": count}
            answer = one.post("/api/ai/queue", json=body)
            assert answer.status_code == 200, answer.text
            return [row["generation_id"] for row in answer.json()["generations"]]

        def row(generation_id: str):
            return one.get(f"/api/ai/queue/{generation_id}").json()

        def ended(generation_id: str):
            final = {"succeeded", "failed", "cancelled"}
            return until(lambda: (r := row(generation_id))["status"] in final and r)

        batch = ask("https://clips.test/birds.mp4#t=0,0.5", 2)
        (own,) = ask(f"{up.url}{place}")
        # Nobody works yet, and what cannot be had fails all the same, and costs nothing.
        missing = ask("https://clips.test/no-such.mp4", 2)
        for lost in missing:
            failed = ended(lost)
            assert failed["status"] == "failed"
            assert failed["error_message"] == (
                "input_video: 404 Client Error: Not Found for url: https://clips.test/no-such.mp4"
            )
            assert failed["error_type"] == "invalid_params"
        folder = data / "files" / ".inputs"
        # A batch has its file once. One of ours takes no room: it is the same file under another name.
        until(lambda: len(list(folder.glob("*/*"))) == 2)
        assert sum(path.stat().st_nlink == 2 for path in folder.glob("*/*")) == 1
        (clips / "birds.mp4").unlink()
        one.put(place, content=b"another file by now").raise_for_status()
        one.delete(place).raise_for_status()
        (gone,) = ask("https://clips.test/birds.mp4")
        assert ended(gone)["status"] == "failed"
        with a_worker(up.environment):
            for generation_id in (*batch, own):
                done = ended(generation_id)
                assert done["status"] == "succeeded", done
        assert one.get("/api/repos/.inputs/x/file/main/y").status_code == 404
    service = Service.open(Settings(data_dir=data, storage_url=(data / "files").as_uri()))
    assert service.balance("alice").held == 0
    assert service.audit() == []
    # All but what failed a moment ago, which may be retried, are of no use any more.
    service.inputs.forget()
    assert not list(folder.glob("*/*"))
    service.close()


# --- the collector over a real database and a real web server


class Web(BaseHTTPRequestHandler):
    """Answers 503 as often as the path's first number says, then with a file; counts."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        busy = int(self.path.split("/")[1])
        if self.asked.count(self.path) <= busy:
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"x" * 5000)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    Web.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        poll_interval=0.05,
        input_bytes=12_000,
        fetchers=4,
    )
    made = Service.open(settings)
    for name in ("ada", "bob"):
        made.add_credit(name, 1_000_000_000)
    yield made
    assert made.audit() == []
    made.close()


@pytest.fixture
def collecting(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that may reach this machine."""
    monkeypatch.setattr(collector, "PAUSES", (0.05, 0.05))
    made = other(service)
    yield made
    made.stop()


def other(service: Service) -> Collector:
    settings, engine, storage = service._settings, service._engine, service._storage
    own_files = OwnFiles(engine, storage, Signatures(settings))
    fetcher = Fetcher(settings, allow=lambda _: True)
    return Collector(
        settings,
        engine,
        storage,
        service._catalog,
        own_files=own_files,
        fail=service.inputs.fail,
        forget=service.inputs.forget,
        bring=Bring(settings, own_files, fetcher=fetcher),
    )


def ask(service: Service, who: str, url: str, **more: object) -> str:
    body = {"model": EDIT, "prompt": "x", "input_video": url, **more}
    return service.submit(service.caller(who), body)[0].id


def found(service: Service, generation_id: str, url: str) -> inputs.Input:
    generation = service._life.get(generation_id)
    with db.reading(service._engine) as tx:
        one = inputs.find(tx, generation, url)
    assert one is not None
    return one


def until_kept(service: Service, generation_id: str, url: str) -> None:
    until(lambda: found(service, generation_id, url).state is State.KEPT)


def test_what_may_pass_is_tried_again_and_what_may_not_fails(
    service: Service, collecting: Collector, web: str
) -> None:
    twice, often, once = f"{web}/2/a.mp4", f"{web}/9/a.mp4", f"{web}/0/a.mp4"
    good, bad, same = (ask(service, "ada", url) for url in (twice, often, once))
    two = other(service)  # two servers share the work, and neither does it twice
    collecting.start()
    two.start()
    until(lambda: service._life.get(bad).status is Status.FAILED)
    until_kept(service, good, twice)
    until_kept(service, same, once)
    two.stop()
    assert Web.asked.count("/2/a.mp4") == 3
    assert Web.asked.count("/9/a.mp4") == 3
    assert Web.asked.count("/0/a.mp4") == 1
    failed = service._life.get(bad)
    assert (
        failed.error_message
        == f"input_video: 503 Server Error: Service Unavailable for url: {often}"
    )
    assert service.balance("ada").held == 2 * failed.hold


def test_a_namespace_has_its_share_of_the_disk_unless_a_worker_waits(
    service: Service, collecting: Collector, web: str
) -> None:
    urls = [f"{web}/0/{number}.mp4" for number in range(6)]
    ids = [ask(service, "ada", url) for url in urls]
    other_id = ask(service, "bob", f"{web}/0/bob.mp4")
    collecting.start()

    def kept() -> list[int]:
        states = [found(service, one, url).state for one, url in zip(ids, urls, strict=True)]
        return [number for number, state in enumerate(states) if state is State.KEPT]

    until(
        lambda: (
            len(kept()) >= 3 and found(service, other_id, f"{web}/0/bob.mp4").state is State.KEPT
        )
    )
    time.sleep(0.5)
    assert (
        len(kept()) <= 4
    )  # 12 kB are full with three files of 5 kB; one more may have been under way
    last = next(number for number in range(6) if number not in kept())
    with db.writing(service._engine) as tx:
        tx.exec_driver_sql(f"UPDATE generations SET started_at = 1 WHERE id = '{ids[last]}'")
    until(lambda: last in kept())


def test_a_retry_takes_over_what_is_kept_and_nothing_outlives_its_use(
    service: Service, collecting: Collector, web: str
) -> None:
    url = f"{web}/0/a.mp4"
    first = ask(service, "ada", url)
    collecting.start()
    until_kept(service, first, url)
    service.cancel(service.caller("ada"), first)
    (second,) = service.retry(service.caller("ada"), first).generations
    until_kept(service, second.id, url)
    assert Web.asked == ["/0/a.mp4"]
    service.cancel(service.caller("ada"), second.id)
    assert service.inputs.forget() == 0  # they may be tried again
    service.inputs._settings = service._settings.model_copy(update={"input_ttl": -1})
    assert service.inputs.forget() == 2
    assert service._storage.contents(".inputs") == ([], [])
    (third,) = service.retry(service.caller("ada"), second.id).generations
    until_kept(service, third.id, url)
    assert Web.asked == ["/0/a.mp4"] * 2


def test_a_server_that_died_or_froze_leaves_its_input_to_another(
    service: Service, web: str
) -> None:
    url = f"{web}/0/a.mp4"
    one = ask(service, "ada", url)
    with db.writing(service._engine) as tx:
        (due,) = inputs.due(tx)
        frozen = inputs.claim(tx, due, "frozen", 0.0)
        assert frozen is not None
    with db.writing(service._engine) as tx:
        assert inputs.claim(tx, due, "second", 30.0) is not None
        assert inputs.claim(tx, due, "third", 30.0) is None
        assert inputs.due(tx) == []
    with db.writing(service._engine) as tx:  # a clock that is set back gives nobody an hour more
        away = sa.update(tables.inputs).values(until=tables.inputs.c.until + 3600)
        tx.execute(away)
        assert len(inputs.due(tx)) == 1
        assert inputs.claim(tx, due, "fourth", 30.0) is not None
        assert inputs.due(tx) == []
    with db.writing(service._engine) as tx:  # and now it wakes up
        assert not inputs.renew(tx, frozen, 30.0)
        assert inputs.fail(tx, frozen, "no") == []
    assert found(service, one, url).busy
    assert found(service, one, url).state is State.WAITING


def test_of_two_copies_the_first_that_is_whole_is_kept(service: Service, web: str) -> None:
    """A storage that takes longer than a claim lasts would otherwise keep none, however often it is tried."""
    url = f"{web}/0/a.mp4"
    one = ask(service, "ada", url)
    with db.writing(service._engine) as tx:
        (due,) = inputs.due(tx)
        slow = inputs.claim(tx, due, "slow", 0.0)
        second = inputs.claim(tx, due, "second", 30.0)
        assert slow is not None
        assert second is not None
    with db.writing(service._engine) as tx:
        assert inputs.keep(tx, slow, ".inputs/slow", 5)
        assert not inputs.renew(tx, second, 30.0)
        assert not inputs.keep(tx, second, ".inputs/second", 5)
        assert inputs.fail(tx, second, "no") == []
    assert found(service, one, url).key == ".inputs/slow"


def test_pictures_in_the_request_itself_hide_no_other_file(
    service: Service, collecting: Collector, web: str
) -> None:
    """Their rows keep no more than how they begin and how long they are, and these two are the same in that."""
    url = f"{web}/0/c.png"
    inside = [f"data:image/png;base64,{letter * 400}" for letter in "AB"]
    one = ask(service, "ada", f"{web}/0/a.mp4", input_image=[*inside, url])
    collecting.start()
    until_kept(service, one, url)


def test_what_lost_attempts_left_is_removed_by_a_server(service: Service) -> None:
    one = ask(service, "ada", "https://example.com/a.mp4")
    row = service._life.get(one)
    for attempt in (1, 2, 3):
        service._storage.put_stream(row.key(attempt), [b"video"])
    assert service.retention.sweep() == 0  # it is still worked on
    end = f"status = 'succeeded', result_key = '{row.key(2)}', attempts = 3, completed_at = {db.now()}"
    with db.writing(service._engine) as tx:
        tx.exec_driver_sql(f"UPDATE generations SET {end} WHERE id = '{one}'")
    assert service.retention.sweep() == 2
    assert [service._storage.exists(row.key(n)) for n in (1, 2, 3)] == [False, True, False]
    with db.writing(service._engine) as tx:
        tx.exec_driver_sql(
            f"UPDATE generations SET status = 'queued', completed_at = NULL WHERE id = '{one}'"
        )


def test_results_are_deleted_only_where_the_operator_says_so(
    service: Service, tmp_path: Path
) -> None:
    one = ask(service, "ada", "https://example.com/a.mp4")
    key = service._life.get(one).key(1)
    service._storage.put_stream(key, [b"video"])
    with db.writing(service._engine) as tx:
        tx.exec_driver_sql(
            f"UPDATE generations SET status = 'succeeded', result_key = '{key}', completed_at = 5 WHERE id = '{one}'"
        )
    assert service.retention.enforce() == 0
    service.retention._settings = service._settings.model_copy(update={"result_ttl": 60})
    assert service.retention.enforce() == 1
    gone = service._life.get(one)
    assert (gone.status, gone.result_key) == (Status.SUCCEEDED, None)
    assert gone.deleted_at
    assert not service._storage.exists(key)
    assert service.retention.enforce() == 0
    with db.writing(
        service._engine
    ) as tx:  # the books are of a generation that was really finished
        tx.exec_driver_sql(
            f"UPDATE generations SET status = 'queued', completed_at = NULL WHERE id = '{one}'"
        )
