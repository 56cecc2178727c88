"""The service as its doors use it: a real database file, a real queue, no worker."""

import json
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from cutroom import db, tables
from cutroom.errors import (
    Forbidden,
    InsufficientCredits,
    InvalidParams,
    NotFound,
    Unauthenticated,
    UnknownModel,
)
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.types import Status

EDIT = "kling-video-o3-pro-video-to-video-edit"
TEXT = "kling-video-v2-6-pro-text-to-video"
BODY = {"model": TEXT, "prompt": "a wire", "duration": 5}
HOLD = 5 * 70_000


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = Service.open(Settings(data_dir=tmp_path_factory.mktemp("service")))
    made.first_start()
    yield made
    assert made.audit() == []
    made.close()


@pytest.fixture
def caller(service, request):
    """A namespace of this test's own, with ten dollars."""
    name = "n" + str(abs(hash(request.node.nodeid)))
    service.add_credit(name, 10_000_000)
    return service.caller(name)


def queued(service, generation):
    query = sa.text("SELECT status FROM workflow_status WHERE workflow_uuid = :id")
    with db.reading(service._engine) as tx:
        return tx.execute(query, {"id": generation.id}).scalar()


def test_the_first_start_makes_a_key_with_credit_once(tmp_path):
    settings = Settings(data_dir=tmp_path, starting_credit=12.5)
    service = Service.open(settings)
    key = service.first_start()
    assert service.authenticate(key).namespace == "default"
    assert service.balance("default").free == 12_500_000
    assert service.first_start() is None
    service.close()
    again = Service.open(settings)
    assert again.first_start() is None
    assert again.authenticate(key).namespace == "default"
    again.close()


def test_ready_and_not(service, tmp_path):
    assert service.ready() is None
    service._queue.opened()
    assert service.ready() is None
    odd = Service.open(Settings(data_dir=tmp_path))
    with db.writing(odd._engine) as tx:
        tx.execute(sa.update(tables.stamps).values(version_num="9999"))
    assert odd.ready() is None, "a newer schema is good for this program too"
    with db.writing(odd._engine) as tx:
        tx.execute(sa.update(tables.stamps).values(version_num="0001"))
    assert "`cutroom db upgrade`" in odd.ready()
    odd.close()


def test_keys(service):
    key = service.accounts.create_key("keys", name="ci")
    assert service.authenticate(key).namespaces == {"keys"}
    assert service.accounts.keys("keys")[0].last_used is not None
    assert service.accounts.create_key("keys", "YOUR_API_KEY") == "YOUR_API_KEY"
    service.accounts.revoke_key(key)
    with pytest.raises(Unauthenticated):
        service.authenticate(key)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_rows_and_holds_come_together(service, caller, count):
    made = service.submit(caller, BODY | {"num_generations": count})
    assert len({one.id for one in made}) == len({one.seed for one in made}) == count
    assert service.balance(caller.namespace).held == count * HOLD
    assert [queued(service, one) for one in made] == [None] * count, "there is no worker"
    assert all(one.status is Status.QUEUED for one in made)
    assert [one.id for one in service.history.newest(caller)] == [one.id for one in made][::-1]


@pytest.mark.parametrize("count", [0, 5, -1, True, False, "2", 2.0, [1]])
def test_counts_that_are_refused(service, caller, count):
    with pytest.raises(InvalidParams, match="must be an integer between 1 and 4"):
        service.submit(caller, BODY | {"num_generations": count})
    assert service.history.newest(caller) == []


def test_what_was_sent_is_kept_as_it_was(service, caller):
    sent = BODY | {"seed": 42, "mystery": {"deep": [1, None]}, "num_generations": 1}
    (one,) = service.submit(caller, sent)
    assert one.params == {
        "prompt": "a wire", "duration": 5, "seed": 42, "mystery": {"deep": [1, None]},
    }  # fmt: skip
    assert (one.seed, one.model, one.user) == (42, TEXT, caller.namespace)
    assert service.get(caller, one.id) == one


def test_a_key_is_known_while_nothing_can_be_written(service):
    key = service.accounts.create_key("alice")
    with service._engine.connect() as tx:
        tx.exec_driver_sql("PRAGMA query_only=ON")
    try:
        assert service.authenticate(key).namespace == "alice"
    finally:
        with service._engine.connect() as tx:
            tx.exec_driver_sql("PRAGMA query_only=OFF")


def test_a_row_has_room_for_a_request_but_not_for_anything(service, caller):
    image = "data:image/png;base64," + "A" * 200_000
    (one,) = service.submit(caller, BODY | {"mystery": [image]}, origin="http://box.lan:8080/")
    assert one.params["mystery"] == ["data:image/png;base64,... (200022 characters)"]
    assert one.origin == "http://box.lan:8080"
    with pytest.raises(InvalidParams, match="65536 letters besides data: URIs"):
        service.submit(caller, BODY | {"mystery": "x" * 70_000})
    assert len(service.history.newest(caller)) == 1


def test_credit_for_some_is_credit_for_none(service, caller):
    dear = {"model": EDIT, "prompt": "p", "input_video": "https://example.com/v.mp4"}
    with pytest.raises(InsufficientCredits):
        service.submit(caller, dear | {"num_generations": 4})  # each may cost 5.0568 dollars
    assert service.history.newest(caller) == []
    assert service.balance(caller.namespace).held == 0
    (one,) = service.submit(caller, dear)
    assert one.hold == 5_056_800
    with pytest.raises(InsufficientCredits):
        service.submit(caller, dear)


@pytest.mark.parametrize("count", [None, 1])
def test_bad_parameters_are_told_at_once_and_nothing_is_kept(service, caller, count):
    with pytest.raises(InvalidParams):
        service.submit(caller, {"model": TEXT, "prompt": "p", "duration": 7}, count=count)
    assert service.history.newest(caller) == []
    assert service.balance(caller.namespace).held == 0


def test_siblings_of_a_seeded_request_differ_and_can_be_repeated(service, caller):
    made = service.submit(caller, BODY | {"seed": 42, "num_generations": 3})
    assert [one.seed for one in made] == [42, 43, 44]


def test_one_request_is_one_batch_and_stands_in_line(service, caller):
    first = service.submit(caller, BODY | {"num_generations": 2})
    second = service.submit(caller, BODY)
    told = service.line.places([*first, *second])
    places = [told[one.id].position for one in [*first, *second]]
    assert places == sorted(set(places))
    assert len({one.batch for one in first}) == 1
    assert len({one.batch for one in [*first, *second]}) == 2
    for one in first:
        service.cancel(caller, one.id)
    (again,) = service.retry(caller, first[0].id).generations
    assert again.batch not in {first[0].batch, second[0].batch}
    # A place may be one of a moment ago, but who came since is looked for.
    told = service.line.places([service.get(caller, one.id) for one in [*first, *second, again]])
    assert told.keys() <= {second[0].id, again.id}


@pytest.mark.parametrize("model", [None, "", 7, ["a"]])
def test_no_model(service, caller, model):
    with pytest.raises(InvalidParams, match="model"):
        service.submit(caller, BODY | {"model": model})


def test_an_unknown_model(service, caller):
    with pytest.raises(UnknownModel, match="Model not found: dall-e"):
        service.submit(caller, BODY | {"model": "dall-e"})


def test_target_namespace(service, caller):
    with pytest.raises(Forbidden):
        service.submit(caller, BODY | {"target_namespace": "default"})
    with pytest.raises(InvalidParams):
        service.submit(caller, BODY | {"target_namespace": 1})
    organisation = caller.namespace + "-org"
    service.accounts.admit(organisation, caller.namespace)
    service.add_credit(organisation, HOLD)
    member = service.caller(caller.namespace)
    (one,) = service.submit(member, BODY | {"target_namespace": organisation})
    assert (one.namespace, one.user) == (organisation, caller.namespace)
    assert service.balance(organisation).free == 0
    assert service.balance(caller.namespace).held == 0
    assert service.history.newest(member) == []
    assert [found.id for found in service.history.newest(member, namespace=organisation)] == [
        one.id
    ]
    assert service.get(member, one.id) == one


def test_strangers_see_nothing(service, caller):
    (one,) = service.submit(caller, BODY)
    stranger = service.caller("default")
    for step in (service.get, service.cancel):
        with pytest.raises(NotFound):
            step(stranger, one.id)
    with pytest.raises(Forbidden):
        service.history.newest(stranger, namespace=caller.namespace)
    assert service.get(caller, one.id).status is Status.QUEUED


def test_cancelling_while_queued(service, caller):
    first, second = service.submit(caller, BODY | {"num_generations": 2})
    service.cancel(caller, first.id)
    service.cancel(caller, first.id)
    found = service.wait(first.id, 0)
    assert (found.status, found.started_at, found.cost) == (Status.CANCELLED, None, None)
    assert queued(service, first) is None
    assert service.balance(caller.namespace).held == HOLD
    assert [one.id for one in service.history.newest(caller)] == [second.id]
    assert [one.id for one in service.history.newest(caller, statuses=[Status.CANCELLED])] == [
        first.id
    ]
    with pytest.raises(NotFound):
        service.cancel(caller, "nothing")


def test_waiting_ends_in_time(service, caller):
    (one,) = service.submit(caller, BODY)
    began = time.monotonic()
    assert service.wait(one.id, 0.2).status is Status.QUEUED
    assert 0.2 <= time.monotonic() - began < 2


def test_files_of_one_s_own(service, caller):
    key = f"{caller.namespace}/clips/ä ö.mp4"
    assert service.files.put(caller, key, iter([b"abc", b"def"])) == 6
    assert (
        service.files.find(key).bytes,
        b"".join(service.files.read(service.files.find(key), 2, 4)),
    ) == (6, b"cd")
    with pytest.raises(Forbidden):
        service.files.put(caller, "default/clips/a.mp4", iter([b"abc"]))


def test_a_result_s_url_is_signed(service, caller):
    (one,) = service.submit(caller, BODY)
    assert service.result_url(one, "http://here") is None
    key = f"{caller.namespace}/playground/{one.id}/1 ü.mp4"
    done = type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"result_key": key})
    url = service.result_url(done, "http://here/")
    place, _, query = url.partition("?")
    assert place == (
        f"http://here/api/repos/{caller.namespace}/playground/file/main/{one.id}/1%20%C3%BC.mp4"
    )
    path = f"/api/repos/{caller.namespace}/playground/file/main/{one.id}/1 ü.mp4"
    service.files.verify(path, "GET", query)
    with pytest.raises(Forbidden):
        service.files.verify(path + "x", "GET", query)


def test_opening_loads_nothing_heavy(tmp_path):
    code = (
        "import sys, json; from cutroom.service import Service; import cutroom.worker;"
        "print(json.dumps([n for n in ('av', 'cv2', 'torch', 'numpy', 'dbos', 'alembic')"
        " if n in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(out) == []


def test_data_uris_of_a_retry_are_kept_for_a_while_and_then_missed(service, caller):
    image = "data:image/png;base64," + "A" * 1000
    body = {"model": EDIT, "prompt": "p", "input_video": "https://a.example/v.mp4"}
    (one,) = service.submit(caller, body | {"input_image": image})
    service.cancel(caller, one.id)
    service.upkeep.round()
    (second,) = service.retry(caller, one.id).generations
    with pytest.raises(InvalidParams, match="went to its last retry"):
        service.retry(caller, one.id)
    service.cancel(caller, second.id)
    with db.writing(service._engine) as tx:
        tx.execute(sa.update(tables.generations).values(completed_at=1000))
    service.upkeep.round()
    before = service.balance(caller.namespace)
    with pytest.raises(InvalidParams, match="not kept any more"):
        service.retry(caller, second.id)
    assert service.balance(caller.namespace) == before
    assert service.history.newest(caller) == []
