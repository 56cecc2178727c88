"""Webhooks: written with the end they tell of, signed, sent until they arrive, and to nobody's inside."""

import json
import re
import time
from contextlib import suppress

import pytest
import sqlalchemy as sa
from receiving import Receiver, verified

from cutroom import db, deliveries, tables, webhooks
from cutroom.errors import Forbidden, InvalidParams, NotFound
from cutroom.generations import Outcome
from cutroom.intake.post import Poster
from cutroom.sender import Sender
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.types import Status

BODY = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a wire", "duration": 5}


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


class House:
    """A service, and the sender that its server would run."""

    def __init__(self, folder, receiver, **more):
        allow = (receiver.authority,)
        self.settings = Settings(data_dir=folder, poll_interval=0.02, webhook_allow=allow, **more)
        self.service = Service.open(self.settings)
        self.service.add_credit("me", 10**9)
        self.caller = self.service.caller("me")
        self.hooks = self.service.webhooks
        self.senders = []

    def send(self):
        self.senders.append(self.hooks.sender())
        self.senders[-1].start()
        return self

    def close(self):
        for sender in self.senders:
            sender.stop()
        self.service.close()

    def submit(self, **more):
        (one,) = self.service.submit(self.caller, BODY | more, origin="http://me.test:80/")
        return one

    def cancel(self):
        one = self.submit()
        self.service.cancel(self.caller, one.id)
        return one

    def write(self, statement):
        with db.writing(self.service._engine) as tx:
            tx.execute(statement)

    def hurry(self):
        """Let every pause be over."""
        waits = tables.deliveries.c.status == "pending"
        self.write(sa.update(tables.deliveries).where(waits).values(next_at=0.0))

    def until(self, hook, condition):
        """The deliveries of a webhook, newest first, once they are as they should be."""
        end = time.monotonic() + 30
        while not condition(found := self.hooks.deliveries(self.caller, hook.id)):
            assert time.monotonic() < end, found
            time.sleep(0.02)
        return found


@pytest.fixture
def house(tmp_path, receiver):
    made = House(tmp_path, receiver)
    yield made
    made.close()


def delivered(found):
    return all(one.state == "delivered" for one in found)


def test_an_end_is_told_signed_and_with_a_url(house, receiver):
    hook, secret = house.hooks.add(house.caller, None, receiver.url)
    one = house.submit()
    row = {"id": "w", "host": "h", "pid": 1, "pool": "cpu", "started": 0.0, "beat": 0.0}
    house.write(sa.insert(tables.workers).values(row))
    claim = house.service._life.take(one.id, "w")
    outcome = Outcome(Status.SUCCEEDED, result_key="me/playground/a b.mp4", seconds=5)
    assert house.service._life.finish(claim, outcome)
    ((headers, body),) = house.send() and receiver.until(1)
    said = verified(secret, headers, body)
    assert headers["content-type"] == "application/json"
    url = said["data"].pop("url")
    assert url.startswith("http://me.test/api/repos/me/playground/file/main/a%20b.mp4?expires=")
    moment = said.pop("timestamp")
    assert moment.endswith("Z")
    assert said == {
        "type": "media_generation_completed",
        "data": {"generation_id": one.id, "status": "succeeded", "media_type": "video", "model": BODY["model"]},
    }  # fmt: skip
    (told,) = house.until(hook, delivered)
    assert (told.id, told.attempts, told.response_status) == (headers["webhook-id"], 1, 204)


def test_the_specification_s_own_example():
    signed = webhooks.signatures(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_only_what_is_asked_for_and_only_one_s_own(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url, ["generation_cancelled"])
    unasked, _ = house.hooks.add(house.caller, None, receiver.url, ["media_generation_completed"])
    house.service.add_credit("other", 10**9)
    stranger = house.service.caller("other")
    theirs, _ = house.hooks.add(stranger, None, receiver.url)
    one = house.cancel()
    (told,) = house.hooks.deliveries(house.caller, hook.id)
    assert (told.generation, told.name) == (one.id, "generation_cancelled")
    assert house.hooks.deliveries(house.caller, unasked.id) == []
    assert house.hooks.deliveries(stranger, theirs.id) == []
    for call in (house.hooks.get, house.hooks.remove, house.hooks.test, house.hooks.deliveries):
        with pytest.raises(NotFound):
            call(house.caller, theirs.id)
    with pytest.raises(Forbidden):
        house.hooks.add(house.caller, "other", receiver.url)
    assert {one.id for one in house.hooks.list(house.caller)} == {hook.id, unasked.id}


def test_what_fails_is_sent_again_after_each_pause_under_the_same_id(house, receiver):
    hook, secret = house.hooks.add(house.caller, None, receiver.url)
    receiver.status = 500
    house.cancel()
    house.send()
    for attempt, pause in enumerate(deliveries.PAUSES[:3], 1):
        receiver.until(attempt)
        (told,) = house.until(hook, lambda found: found[0].error and found[0].next_at > time.time())
        assert (told.attempts, told.response_status, told.error) == (attempt, 500, "It answered 500.")  # fmt: skip
        assert pause - 10 < told.next_at - time.time() <= pause * 1.1
        house.write(sa.update(tables.deliveries).values(next_at=0.0, error=None))
    receiver.status = 200
    house.hurry()
    (told,) = house.until(hook, delivered)
    assert told.error is None
    assert len({headers["webhook-id"] for headers, _ in receiver.messages}) == 1
    assert [verified(secret, *message)["type"] for message in receiver.messages]


def test_after_the_last_attempt_it_is_over_and_who_never_answers_is_disabled(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    receiver.status = 503
    house.cancel()
    house.cancel()
    house.write(sa.update(tables.deliveries).where(tables.deliveries.c.seq == 1).values(attempts=deliveries.ATTEMPTS - 1))  # fmt: skip
    house.send()
    other, last = house.until(hook, lambda found: {one.state for one in found} == {"failed"})
    assert (last.attempts, last.error) == (deliveries.ATTEMPTS, "It answered 503.")
    assert other.error == "The webhook was disabled."
    assert house.hooks.get(house.caller, hook.id).disabled is not None
    house.cancel()  # is not even written down
    with pytest.raises(InvalidParams, match="disabled"):
        house.hooks.retry(house.caller, hook.id, other.id)
    receiver.status = 200
    house.hooks.change(house.caller, hook.id, enabled=True)
    house.hooks.retry(house.caller, hook.id, other.id)
    house.until(hook, lambda found: found[0].state == "delivered" and len(found) == 2)


def test_gone_is_never_told_again(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    receiver.status = 410
    house.cancel()
    house.send()
    (told,) = house.until(hook, lambda found: found[0].state == "failed")
    assert (told.attempts, told.response_status) == (1, 410)
    assert house.hooks.get(house.caller, hook.id).disabled is not None


def test_what_is_under_way_when_its_webhook_is_disabled_is_not_sent_again(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    receiver.status = 500
    receiver.hang.set()
    house.cancel()
    house.send()
    receiver.until(1)
    house.hooks.change(house.caller, hook.id, enabled=False)
    receiver.hang.clear()
    house.until(hook, lambda found: found[0].response_status == 500)
    house.hurry()
    (told,) = house.until(hook, lambda found: found[0].state == "failed")
    assert (told.attempts, told.error) == (2, "The webhook is disabled.")
    assert len(receiver.messages) == 1


def test_redirects_are_not_followed(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    receiver.status, receiver.answer_headers = 307, {"Location": receiver.url}
    house.cancel()
    house.send()
    (told,) = house.until(hook, lambda found: found[0].error)
    assert told.error == "It answered 307; redirects are not followed."
    assert len(receiver.messages) == 1


def test_who_hangs_is_given_up_and_holds_up_nobody(tmp_path, receiver):
    quick = Receiver()
    house = House(tmp_path, receiver, webhook_timeout=0.5)
    house.settings = house.settings.model_copy(
        update={"webhook_allow": (receiver.authority, quick.authority)}
    )
    receiver.hang.set()
    hanging, _ = house.hooks.add(house.caller, None, receiver.url)
    house.service.add_credit("other", 10**9)
    stranger = house.service.caller("other")
    for _ in range(5):
        house.cancel()
    engine = house.service._engine
    house.senders.append(Sender(house.settings, engine, house.service.files.url))
    with db.writing(engine) as tx:
        fast, _ = webhooks.add(tx, "other", quick.url, (), "")
    house.senders[0].start()
    house.hooks.test(stranger, fast.id)
    quick.until(1)
    found = house.until(hanging, lambda found: any(one.error for one in found))
    told = {one.error for one in found if one.error}
    assert all(re.fullmatch(r"It was too slow \(\d+ s\)\.", one) for one in told), told
    house.close()
    quick.close()


def test_two_senders_send_once(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    for _ in range(10):
        house.cancel()
    house.send().send()
    house.until(hook, delivered)
    ids = [headers["webhook-id"] for headers, _ in receiver.messages]
    assert len(ids) == len(set(ids)) == 10


def test_what_was_claimed_by_who_died_is_due_again(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    house.cancel()
    with db.writing(house.service._engine) as tx:
        (waiting,) = deliveries.due(tx, 0.3)
        assert deliveries.claim(tx, waiting.seq, lease=0.3).attempts == 1
        assert deliveries.claim(tx, waiting.seq, lease=0.3) is None
        assert deliveries.due(tx, 0.3) == []
    house.send()
    (told,) = house.until(hook, delivered)
    assert told.attempts == 2


def test_a_new_secret_and_the_old_one_sign_together_for_a_day(house, receiver):
    hook, old = house.hooks.add(house.caller, None, receiver.url)
    _, new = house.hooks.change_secret(house.caller, hook.id)
    house.hooks.test(house.caller, hook.id)
    (message,) = house.send() and receiver.until(1)
    assert verified(old, *message) == verified(new, *message)
    assert verified(new, *message)["type"] == "webhook_test"
    house.write(sa.update(tables.webhooks).values(old_until=db.now() - 1))
    house.hooks.test(house.caller, hook.id)
    receiver.until(2)
    verified(new, *receiver.messages[1])
    with pytest.raises(AssertionError):
        verified(old, *receiver.messages[1])


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "https://10.0.0.1/a", "http://[::1]:8080/", "http://169.254.169.254/latest", "http://0x7f000001/", "ftp://a.example/", "https://user:pass@a.example/", "", "https://a.example:22/"],
)  # fmt: skip
def test_what_is_no_public_address_is_refused_at_once(house, url):
    with pytest.raises(InvalidParams, match="Invalid URL"):
        house.hooks.add(house.caller, None, url)


def test_a_name_with_a_private_address_is_refused_when_it_is_dialled(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, f"http://localhost:{receiver.port}/")
    house.hooks.test(house.caller, hook.id)
    house.send()
    (told,) = house.until(hook, lambda found: found[0].error)
    assert told.error == "Its host is unknown or its address is not public."
    assert receiver.messages == []


def test_only_that_very_host_and_port_are_let_in(receiver):
    settings = Settings(webhook_allow=(receiver.authority,))
    poster = Poster(settings, resolve=lambda *_: ["127.0.0.1"])
    poster.check(receiver.url)
    with pytest.raises(InvalidParams, match="not public"):
        poster.check("http://127.0.0.1:9999/")
    assert poster.post(receiver.url, b"{}", {}, lambda: None) == 204


def test_unknown_events_and_too_many_webhooks(house, receiver):
    with pytest.raises(InvalidParams, match="There is no event nonesuch"):
        house.hooks.add(house.caller, None, receiver.url, ["nonesuch"])
    for _ in range(webhooks.MOST):
        house.hooks.add(house.caller, None, receiver.url)
    with pytest.raises(InvalidParams, match="may have 20"):
        house.hooks.add(house.caller, None, receiver.url)


def test_a_removed_webhook_takes_its_messages_along(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    house.cancel()
    house.hooks.remove(house.caller, hook.id)
    with db.reading(house.service._engine) as tx:
        assert tx.execute(sa.select(tables.deliveries)).all() == []
    house.cancel()
    house.send()
    assert receiver.messages == []


def test_an_end_that_is_undone_is_told_to_nobody(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    one = house.submit()
    life = house.service._life
    with suppress(ZeroDivisionError), db.writing(house.service._engine) as tx:
        assert life._settle(tx, life.get(one.id))
        _ = 1 / 0
    assert house.hooks.deliveries(house.caller, hook.id) == []
    assert house.service.events.last() == 0


def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(house, receiver):
    hook, _ = house.hooks.add(house.caller, None, receiver.url)
    house.cancel()
    house.send()
    house.until(hook, delivered)
    house.senders[0].stop()
    house.cancel()
    house.write(sa.update(tables.deliveries).values(created=0))
    house.service.events.prune()
    (left,) = house.hooks.deliveries(house.caller, hook.id)
    assert left.state == "pending"
    assert json.loads(left.payload)["type"] == "generation_cancelled"
