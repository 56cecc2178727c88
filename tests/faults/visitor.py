"""Clients of an installation that dies around them: each asks until it is answered, and notes what it is told."""

import json
import random
import time
from contextlib import suppress
from threading import Event, Lock, Thread

import httpx
from history import FINAL, Seen
from town import TEXT

PATIENCE = 240.0
"""Seconds for which a client asks the same thing."""


class Visitor:
    """A client with a key; threads may share it."""

    def __init__(self, urls, namespace, key, seed=0):
        self.urls = urls
        self.namespace = namespace
        self.headers = {"Authorization": f"Bearer {key}"}
        self.seen = Seen()
        self.surprises = []
        """Answers that nobody should ever get."""
        self.over = Event()
        self._lock = Lock()
        self._rng = random.Random(f"{namespace} {seed}")
        self._http = httpx.Client(trust_env=False, timeout=10)
        self._listener = None

    def ask(self, method, path, **more):
        """The answer, whoever dies meanwhile: whatever is asked here may be asked twice."""
        end = time.monotonic() + PATIENCE
        headers = {**self.headers, **more.pop("headers", {})}
        while True:
            url = self._rng.choice(self.urls)
            try:
                answer = self._http.request(method, url + path, headers=headers, **more)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code != 503:
                if answer.status_code >= 400:
                    with self._lock:
                        self.surprises.append(
                            f"{method} {path}: {answer.status_code} {answer.text}"
                        )
                return answer
            assert time.monotonic() < end, f"{method} {path}: nobody answers"
            time.sleep(self._rng.uniform(0.05, 0.2))

    def submit(self, prompt, wish, count=1, model=TEXT, **more):
        """The ids of a request's generations, asked for with a key of its own."""
        with self._lock:
            key = f"{self._rng.getrandbits(64):x}"
            self.seen.wishes[key] = wish
        body = {"model": model, "prompt": prompt, "num_generations": count, **more}
        return self._submit(key, body)

    def _submit(self, key, body):
        ids = None
        for _ in range(2 if self._rng.random() < 0.2 else 1):  # some ask again although they know
            answer = self.ask("POST", "/api/ai/queue", json=body, headers={"Idempotency-Key": key})
            if answer.status_code != 200:
                return ()
            ids = tuple(one["generation_id"] for one in answer.json()["generations"])
            with self._lock:
                self.seen.accepted.append((key, ids))
        return ids

    def cancel(self, generation):
        """Cancel, and look what came of it."""
        if self.ask("DELETE", f"/api/ai/queue/{generation}").status_code == 200:
            with self._lock:
                self.seen.cancels.append(generation)
        self._note(generation, self.status(generation))

    def status(self, generation):
        answer = self.ask("GET", f"/api/ai/queue/{generation}")
        return answer.json().get("status", "nothing")

    def follow(self, generation, seconds=PATIENCE):
        """Look until it has ended, and once more."""
        end = time.monotonic() + seconds
        while (status := self.status(generation)) not in FINAL:
            assert time.monotonic() < end, f"{generation} is stuck in {status}"
            time.sleep(self._rng.uniform(0.1, 0.4))
        self._note(generation, status)
        return status

    def _note(self, generation, status):
        with self._lock:
            self.seen.ends.append((generation, status))

    def close(self):
        """Hang up."""
        self.over.set()
        if self._listener is not None:
            self._listener.join(10)
        self._http.close()

    # --- events and webhooks
    def listen(self):
        """Hear every event from the first on, with another connection whenever one breaks."""
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self):
        heard = self.seen.heard.setdefault(self.namespace, [])
        last = "0"
        while not self.over.is_set():
            url = self._rng.choice(self.urls) + "/api/events"
            headers = {**self.headers, "Last-Event-ID": last}
            given = {"namespace": self.namespace}
            with (
                suppress(httpx.TransportError),
                self._http.stream(
                    "GET", url, headers=headers, params=given, timeout=httpx.Timeout(10, read=2)
                ) as answer,
            ):
                if answer.status_code != 200:
                    time.sleep(0.1)
                    continue
                event = {}
                for line in answer.iter_lines():
                    name, _, value = line.partition(": ")
                    if name:
                        event[name] = value
                    elif event.get("event") == "generation_progress":
                        event = {}
                    elif "data" in event:
                        last = event["id"]
                        told = json.loads(event["data"])
                        heard.append((int(last), event["event"], told["generation_id"]))
                        event = {}
            time.sleep(0.05)

    def heard(self, count, seconds=20):
        """Wait until so many events were heard, then hear no more."""
        end = time.monotonic() + seconds
        while len(self.seen.heard[self.namespace]) < count and time.monotonic() < end:
            time.sleep(0.05)
        self.over.set()
        self._listener.join(10)

    def hook(self, receiver):
        """Have all messages sent to a receiver."""
        answer = self.ask("POST", "/api/ai/webhooks", json={"url": receiver.url})
        assert answer.is_success, answer.text


def received(receiver):
    """(message id, generation) of what came to a receiver."""
    return [
        (headers["webhook-id"], json.loads(body)["data"]["generation_id"])
        for headers, body in receiver.messages
    ]


def together(visitors, town, receiver=None):
    """What all of them saw."""
    seen = Seen(starts=town.begun(), received=received(receiver) if receiver else [])
    for one in visitors:
        seen.accepted += one.seen.accepted
        seen.wishes |= one.seen.wishes
        seen.cancels += one.seen.cancels
        seen.ends += one.seen.ends
        seen.heard |= one.seen.heard
    return seen
