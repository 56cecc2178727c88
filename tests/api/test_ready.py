"""Whether the process answers, and whether work can be taken: with parts of it away, and at the end."""

import shutil

import anyio
import httpx
import pytest

from cutroom.api.app import create_app
from cutroom.service import Service
from cutroom.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "data", storage_url=(tmp_path / "files").as_uri())


@pytest.fixture
def service(settings):
    made = Service.open(settings)
    yield made
    made.close()


def asked(service, settings, *paths, stopping=False, headers=None):
    """Status and body of the answers of an app over this service."""

    async def ask():
        app = create_app(service, settings, stopping=lambda: stopping)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [await client.get(path, headers=headers) for path in paths]

    return anyio.run(ask)


def check_unready(answers, reason):
    live, ready = answers
    assert live.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"status": "unready", "reason": reason})
    assert int(ready.headers["retry-after"]) >= 1


def test_ready(service, settings):
    live, ready = asked(service, settings, "/livez", "/readyz")
    assert (live.status_code, ready.status_code, ready.json()) == (200, 200, {"status": "ready"})


def test_a_server_that_stops_takes_no_work(service, settings):
    answers = asked(service, settings, "/livez", "/readyz", stopping=True)
    check_unready(answers, "The server is stopping.")


def test_the_database_is_away(service, settings):
    service.ready()
    service.close()
    shutil.rmtree(settings.data_dir)
    answers = asked(service, settings, "/livez", "/readyz")
    check_unready(answers, "The database does not answer.")
    (queue,) = asked(service, settings, "/api/ai/queue", headers={"Authorization": "Bearer any"})
    assert (queue.status_code, queue.json()["error"]["type"]) == (503, "unavailable")
    assert str(settings.data_dir) not in queue.text


def test_the_storage_is_away_and_comes_back(service, settings, tmp_path):
    (tmp_path / "files").rmdir()
    (tmp_path / "files").touch()
    answers = asked(service, settings, "/livez", "/readyz")
    check_unready(answers, "The storage cannot be written.")
    (tmp_path / "files").unlink()
    (tmp_path / "files").mkdir()
    assert asked(service, settings, "/readyz")[0].status_code == 200
