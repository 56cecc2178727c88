"""/api/ai/webhooks on a server of their own: made, tested, listed; and nothing is lost when it is killed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import requests
from receiving import Receiver, verified

from cutroom.cli.local_server import free_port
from cutroom.service import Service
from cutroom.settings import Settings

BODY = {"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a wire", "duration": 5}


class Server:
    """`cutroom serve` without workers: what ends is cancelled."""

    def __init__(self, data_dir, receiver):
        data_dir.mkdir()
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = data_dir / "serve.log"
        self.environment = os.environ | {
            "CUTROOM_DATA_DIR": str(data_dir),
            "CUTROOM_PORT": self.url.rpartition(":")[2],
            "CUTROOM_WORKERS": "0",
            "CUTROOM_POLL_INTERVAL": "0.05",
            "CUTROOM_WEBHOOK_TIMEOUT": "1",
            "CUTROOM_WEBHOOK_ALLOW": json.dumps([receiver.authority]),
        }
        service = Service.open(Settings(data_dir=data_dir))
        self.key = service.first_start()
        service.close()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cutroom.cli", "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 30
        while True:
            try:
                if requests.get(f"{self.url}/readyz", timeout=2).ok:
                    return
            except requests.ConnectionError:
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.05)

    def end(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(20)

    def ask(self, method, path, body=None, status=200):
        answer = requests.request(
            method,
            f"{self.url}/api/ai/{path}",
            headers={"Authorization": f"Bearer {self.key}"},
            json=body,
            timeout=20,
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def cancel_one(self):
        (one,) = self.ask("POST", "queue", BODY)["generations"]
        self.ask("DELETE", f"queue/{one['generation_id']}")
        return one["generation_id"]

    def until(self, hook, condition):
        end = time.monotonic() + 30
        while True:
            found = self.ask("GET", f"webhooks/{hook}/deliveries")["deliveries"]
            if condition(found):
                return found
            assert time.monotonic() < end, found
            time.sleep(0.05)

    def cutroom(self, *words):
        command = [sys.executable, "-m", "cutroom.cli", "webhooks", *words, "--json"]
        run = subprocess.run(command, env=self.environment, capture_output=True, check=True)
        return json.loads(run.stdout)


@pytest.fixture(scope="module")
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def up(tmp_path_factory, receiver):
    made = Server(tmp_path_factory.mktemp("webhooks") / "data", receiver)
    made.start()
    yield made
    made.end(signal.SIGTERM)
    log = made.log.read_text()
    assert "whsec_" not in log
    assert "Traceback" not in log


def test_made_tested_told_changed_and_removed(up, receiver):
    receiver.messages.clear()
    wanted = {"url": receiver.url, "events": ["generation_cancelled"], "description": "mine"}
    made = up.ask("POST", "webhooks", wanted)
    secret = made.pop("secret")
    assert wanted.items() <= made.items()
    assert up.ask("GET", f"webhooks/{made['id']}") == made
    assert up.ask("GET", "webhooks?namespace=default") == {"count": 1, "webhooks": [made]}
    tested = up.ask("POST", f"webhooks/{made['id']}/test")
    message = receiver.until(1)[0]
    assert message[0]["webhook-id"] == tested["id"]
    assert verified(secret, *message)["data"] == {"webhook_id": made["id"]}
    one = up.cancel_one()
    message = receiver.until(2)[1]
    assert verified(secret, *message)["data"] == {
        "generation_id": one,
        "status": "cancelled",
        "media_type": "video",
        "model": BODY["model"],
    }
    told, _ = up.until(made["id"], lambda found: all(one["delivered_at"] for one in found))
    assert (told["generation_id"], told["status"], told["attempts"]) == (one, "delivered", 1)
    up.ask("POST", f"webhooks/{made['id']}/deliveries/{told['id']}/retry")
    assert receiver.until(3)[2][0]["webhook-id"] == told["id"]
    new = up.ask("POST", f"webhooks/{made['id']}/secret")["secret"]
    assert new != secret
    off = up.ask("PATCH", f"webhooks/{made['id']}", {"enabled": False, "events": []})
    assert (off["enabled"], off["events"], off["description"]) == (False, [], "mine")
    up.ask("POST", f"webhooks/{made['id']}/test", status=400)
    assert up.ask("DELETE", f"webhooks/{made['id']}")["status"] == "success"
    up.ask("GET", f"webhooks/{made['id']}", status=404)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Field required: url"),
        ({"url": 5}, "url must be a string"),
        ({"url": "http://127.0.0.1:8080/"}, "Invalid URL: its address is not public"),
        ({"url": "https://a.example/", "events": "all"}, "events must be a list of names"),
        ({"url": "https://a.example/", "events": ["a"]}, "There is no event a; there are media_"),
        ({"url": "https://a.example/" + "a" * 2000}, "The URL of a webhook may have 2000 letters"),
        ({"url": "https://a.example/", "description": "a" * 201}, "The description of a webhook"),
    ],
)
def test_what_cannot_be_a_webhook(up, body, sentence):
    assert up.ask("POST", "webhooks", body, 400)["error"]["detail"].startswith(sentence)


def test_the_command_line(up, receiver):
    made = up.cutroom("add", receiver.url)
    assert [one["id"] for one in up.cutroom("list")] == [made["id"]]
    assert up.cutroom("remove", made["id"])["removed"] is True
    up.ask("GET", f"webhooks/{made['id']}", status=404)


def test_killed_in_the_middle_of_sending_and_between_commit_and_sending(up, receiver):
    receiver.messages.clear()
    made = up.ask("POST", "webhooks", {"url": receiver.url})
    receiver.hang.set()
    first = up.cancel_one()
    receiver.until(1)
    second = up.cancel_one()  # one at a time to each webhook: this one waits
    up.end(signal.SIGKILL)
    receiver.hang.clear()
    up.start()
    up.until(made["id"], lambda found: all(one["status"] == "delivered" for one in found))
    told = [
        (headers["webhook-id"], verified(made["secret"], headers, body)["data"]["generation_id"])
        for headers, body in receiver.messages
    ]
    assert {one for _, one in told} == {first, second}
    assert len(set(told)) == 2
    assert [one for _, one in told].count(second) == 1
