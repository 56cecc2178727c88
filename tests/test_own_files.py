"""Files of this installation: for their owners, and for whoever has a good signature."""

import time
from collections.abc import Callable, Iterator

import pytest

from cutroom import accounts, db
from cutroom.db import writing
from cutroom.errors import Forbidden, InvalidParams, NotFound
from cutroom.own_files import OwnFiles
from cutroom.settings import Settings
from cutroom.signatures import Signatures
from cutroom.storage import Storage
from cutroom.types import Generation, Status
from cutroom.urls import OwnFile

PATH = "/api/repos/ada/box/file/main/a.mp4"
KEY = "ada/box/a.mp4"

Read = Callable[[str, str], bytes]


@pytest.fixture
def storage() -> Storage:
    return Storage(Settings())


@pytest.fixture
def signatures() -> Signatures:
    return Signatures(Settings())


@pytest.fixture
def read(storage: Storage) -> Iterator[Read]:
    """What a generation of `user` reads at PATH with a query."""
    engine = db.connect(Settings().database)
    db.upgrade(engine)
    with writing(engine) as tx:
        for name in ("ada", "bob", "studio"):
            accounts.ensure(tx, name)
        accounts.admit(tx, "ada", "studio")
    storage.put_stream(KEY, [b"the clip"])
    files = OwnFiles(engine, storage, Signatures(Settings()))

    def reading(user: str, query: str, key: str = KEY) -> bytes:
        asker = Generation("id", user, user, "m", {}, Status.PROCESSING, 0.0, 0)
        return b"".join(files(asker, OwnFile(key, PATH, query)))

    yield reading
    engine.dispose()


@pytest.mark.parametrize("user", ["ada", "studio"])
def test_owners_need_no_signature(read: Read, user: str) -> None:
    assert read(user, "") == b"the clip"


def test_an_owner_s_signature_may_expire_while_the_generation_waits(
    read: Read, signatures: Signatures
) -> None:
    assert read("ada", signatures.sign(PATH, now=time.time() - 999_999)) == b"the clip"


def test_a_stranger_needs_a_signature_that_holds(read: Read, signatures: Signatures) -> None:
    assert read("bob", signatures.sign(PATH)) == b"the clip"
    with pytest.raises(Forbidden):
        read("bob", signatures.sign(PATH, now=time.time() - 999_999))
    with pytest.raises(Forbidden):
        read("bob", signatures.sign("/api/repos/ada/box/file/main/b.mp4"))
    with pytest.raises(NotFound):
        read("bob", "")


def test_a_name_does_not_lead_into_another_namespace(read: Read) -> None:
    with pytest.raises(InvalidParams):
        read("bob", "", "bob/../ada/box/a.mp4")
