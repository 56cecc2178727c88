"""What the owner has, made through the API for the attacks and taken away after them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from cutroom.assault.ground import WORD, Ground
from cutroom.errors import Unreachable

EDIT = "kling-video-o3-pro-video-to-video-edit"
REPO = "doctor"
KEY = {"name": "doctor", "scopes": "read", "expires": "10m"}
"""A key that is asked for: good for less long than the one it is asked with."""
MEMBER = "nobody-of-this-name"
"""Stands for a member in addresses."""


@dataclass(slots=True)
class Belongings:
    """Things of the owner's; an id is empty where its key may not make such a thing, or has no credit for it."""

    mark: str = field(default_factory=lambda: f"doctor-{secrets.token_hex(8)}")
    """What her file holds."""
    path: str = "of-hers.mp4"
    generation: str = ""
    webhook: str = ""
    delivery: str = ""
    key: str = ""

    def named(self, namespace: str) -> dict[str, str]:
        """What stands for the names in the addresses of the route table; empty where there is none."""
        return {
            "generation_id": self.generation,
            "webhook_id": self.webhook,
            "delivery_id": self.delivery,
            "key_id": self.key,
            "model_id": EDIT,
            "namespace": namespace,
            "repo": REPO,
            "branch": "main",
            "path:path": self.path,
            "folder:path": "of-hers",
            "member": MEMBER,
            "name": "index.js",
        }


def file_of(namespace: str, path: str) -> str:
    """The address of a file in the repository of the attacks."""
    return f"/api/repos/{namespace}/{REPO}/file/main/{path}"


@contextmanager
def belongings(ground: Ground) -> Iterator[Belongings]:
    """The owner's things, gone at the end of the block. Raises Unreachable where not even a file can be kept."""
    owner, things = ground.owner, Belongings()
    address = file_of(owner.namespace, things.path)
    kept = ground.ask("PUT", address, by=owner, body=things.mark.encode())
    if kept.status != 200:
        raise Unreachable(f"The first key could not keep a file: {kept.status} {kept.text[:200]}")
    try:
        _make(ground, things)
        yield things
    finally:
        with suppress(Unreachable):
            _take_away(ground, things)
            ground.ask("DELETE", address, by=owner)


def _make(ground: Ground, things: Belongings) -> None:
    owner = ground.owner
    request = {
        "model": EDIT,
        "prompt": f"make it {WORD}",
        "input_video": "https://example.com/a.mp4",
    }
    asked = ground.ask("POST", "/api/ai/queue", by=owner, said=request)
    if asked.status == 200:
        things.generation = asked.json()["generations"][0]["generation_id"]
        ground.ask("DELETE", f"/api/ai/queue/{things.generation}", by=owner)
    hook = ground.ask("POST", "/api/ai/webhooks", by=owner, said={"url": "https://doctor.invalid/"})
    if hook.status in {200, 201}:
        told = hook.json()
        things.webhook = told["id"]
        ground.secrets.add(told["secret"])
        test = ground.ask("POST", f"/api/ai/webhooks/{things.webhook}/test", by=owner)
        things.delivery = (test.json() or {}).get("id", "")
    key = ground.ask("POST", "/api/ai/keys", by=owner, said=KEY)
    if key.status in {200, 201}:
        things.key = key.json()["key"]["id"]
        ground.secrets.add(key.json()["secret"])


def _take_away(ground: Ground, things: Belongings) -> None:
    for address in (
        things.generation and f"/api/ai/queue/{things.generation}",
        things.webhook and f"/api/ai/webhooks/{things.webhook}",
        things.key and f"/api/ai/keys/{things.key}",
    ):
        if address:
            ground.ask("DELETE", address, by=ground.owner)
