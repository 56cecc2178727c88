"""URLs of the corpus, named to the running server: as video, as image, as webhook, and really fetched."""

import time
from collections.abc import Iterator

from cutroom.assault import corpus
from cutroom.assault.addresses import NAME, UNSEEN
from cutroom.assault.ground import WORD, Answer, Ground
from cutroom.assault.listener import Listener, listening
from cutroom.assault.verdict import Verdict, judged, skipped
from cutroom.assault.waiting import finals

EDIT = "kling-video-o3-pro-video-to-video-edit"
STILL = "kling-video-o3-pro-image-to-video"
HOOKS = "/api/ai/webhooks"
WAIT = 40.0
"""Seconds until generations have failed that should fail at once."""
SECONDS = 10.0
"""Seconds until a message to a webhook was tried."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """The corpus against every field that takes a URL."""
    with listening() as listener:
        yield from _refused(ground, listener)
        yield _webhooks(ground, listener)
        yield _fetched(ground, listener)


def asked(field: str, url: str) -> dict[str, object]:
    """The body of a request that names a URL in one of its fields."""
    body: dict[str, object] = {"prompt": f"make it {WORD}"}
    if field == "input_video":
        return body | {"model": EDIT, "input_video": url}
    if field == "input_image":
        return body | {
            "model": EDIT,
            "input_video": "https://example.com/a.mp4",
            "input_image": url,
        }
    return body | {"model": STILL, field: url, "input_image": "https://example.com/a.png"}


def _refused(ground: Ground, listener: Listener) -> Iterator[Verdict]:
    rows = corpus.urls("malformed", listener.port)
    for field in ("input_video", "input_image"):
        through = []
        for why, url in rows:
            answer = ground.ask("POST", "/api/ai/queue", by=ground.owner, said=asked(field, url))
            if answer.status == 200:
                cancel(ground, answer)
            if answer.status != 400:
                through.append(f"{url!a} ({why}): {answer.status}")
        yield judged(NAME, field, len(rows), through, "malformed URLs")
    allowed = corpus.urls("allowed", 0)
    through = []
    for _, url in allowed:
        answer = ground.ask("POST", "/api/ai/plan", by=ground.owner, said=asked("input_video", url))
        if answer.status == 400 and "Invalid URL" in answer.text:
            through.append(f"{url!a} is refused")
    yield judged(
        NAME, "input_video taken", len(allowed), through, "URLs that nothing is wrong with"
    )


def _webhooks(ground: Ground, listener: Listener) -> Verdict:
    """No webhook can be made of an address that is not public; a name's is looked at when it is posted to."""
    rows = [row for kind in ("private", "malformed") for row in corpus.urls(kind, listener.port)]
    through, made = [], {}
    for why, url in rows:
        answer = ground.ask("POST", HOOKS, by=ground.owner, said={"url": url})
        if answer.status == 403:
            return skipped(NAME, "webhook", "the first key has no scope admin")
        if answer.status != 400:
            hook = (answer.json() or {}).get("id")
            made[hook] = url
            if hook is None or not named(url):
                through.append(f"{url!a} ({why}): {answer.status}")
    through += _told(ground, {hook: url for hook, url in made.items() if hook and named(url)})
    if listener.visits:
        through.append("somebody came to this machine's listener")
    for hook in filter(None, made):
        ground.ask("DELETE", f"{HOOKS}/{hook}", by=ground.owner)
    return judged(NAME, "webhook", len(rows), through, "URLs that must lead nowhere")


def _told(ground: Ground, hooks: dict[str, str]) -> Iterator[str]:
    """What became of a message to each of the webhooks, where it should not have."""
    waiting = dict(hooks)
    for hook in hooks:
        ground.ask("POST", f"{HOOKS}/{hook}/test", by=ground.owner)
    end = time.monotonic() + SECONDS
    while waiting and time.monotonic() < end:
        for hook, url in list(waiting.items()):
            found = ground.ask("GET", f"{HOOKS}/{hook}/deliveries", by=ground.owner).json()
            [message] = found["deliveries"][:1] or [{}]
            if message.get("attempts") and message.get("error"):
                del waiting[hook]
                if UNSEEN not in message["error"]:
                    yield f"{url!a}: {message['error']}"
        time.sleep(0.1)


def named(url: str) -> bool:
    """Whether the host is a name, as far as the address says without asking for it."""
    host = url.partition("://")[2].partition("/")[0].lower()
    return not host.startswith("[") and any(letter.isalpha() for letter in host)


def _fetched(ground: Ground, listener: Listener) -> Verdict:
    """What a worker does with a URL of this machine: it should not come to our listener."""
    guard, waiting = "worker", {}
    for why, url in corpus.urls("live", listener.port):
        answer = ground.ask(
            "POST", "/api/ai/queue", by=ground.owner, said=asked("input_video", url)
        )
        if answer.status == 402:
            return skipped(NAME, guard, "the first key has no credit to ask for a generation")
        if answer.status != 200:
            return judged(
                NAME, guard, 1, [f"{url} ({why}): {answer.status}"], "URLs really fetched"
            )
        waiting[str(answer.json()["generations"][0]["generation_id"])] = url
    rows = finals(ground, ground.owner, waiting, WAIT)
    through = [
        f"{waiting[one]}: {row['error_message'] or row['status']}"
        for one, row in rows.items()
        if UNSEEN not in str(row["error_message"])
    ]
    if listener.visits:
        through.append("somebody came to this machine's listener")
    if len(rows) < len(waiting) and not through:
        return skipped(NAME, guard, f"no worker took {len(waiting)} generations in {WAIT:.0f} s")
    return judged(NAME, guard, len(waiting), through, "URLs of this machine, really fetched")


def cancel(ground: Ground, answer: Answer) -> None:
    """Cancel the generations that a request came to."""
    for one in answer.json()["generations"]:
        ground.ask("DELETE", f"/api/ai/queue/{one['generation_id']}", by=ground.owner)
