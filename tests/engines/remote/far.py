"""What the tests of the remote engine share."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from cutroom import accounts, db, ledger
from cutroom.cli.local_server import LocalServer
from cutroom.engine import Silent
from cutroom.errors import Cancelled
from cutroom.settings import Settings

KEY = "cr_key-of-the-remote-server-and-nobody-elses"
EDIT = "kling-video-o3-pro-video-to-video-edit"


class Ticks(Silent):
    """A tick that remembers, and cancels once so much is done or so many seconds have passed."""

    def __init__(self, cancel: Callable[[float], bool] = lambda _: False) -> None:
        self.told: list[float] = []
        self.notes: list[str] = []
        self.details: dict[str, str] = {}
        self._cancel = cancel

    def __call__(self, done: float) -> None:
        self.told.append(done)
        if self._cancel(done):
            raise Cancelled

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def detail(self, name: str, text: str) -> None:
        self.details[name] = text


def until(condition: Callable[[], object], seconds: float = 30) -> object:
    """What the condition holds once it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def rows(url: str, key: str = KEY, **query: str) -> list[dict]:
    """The generations there, newest first."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.get(f"{url}/api/ai/generations", headers=headers, params=query, timeout=10)
    return answer.raise_for_status().json()["generations"]


def grant(server: LocalServer, namespace: str, key: str, dollars: float = 0) -> None:
    """A namespace with a key and so much credit. Quicker than the command line."""
    folder = Path(server.environment["CUTROOM_DATA_DIR"])
    engine = db.connect(Settings(data_dir=folder).database)
    with db.writing(engine) as tx:
        accounts.ensure(tx, namespace)
        if dollars:
            ledger.deposit(tx, namespace, round(dollars * 1_000_000))
        accounts.create(tx, namespace, key)
    engine.dispose()
