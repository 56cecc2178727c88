"""Every route of the table, asked for the owner's things by everybody who should get nothing."""

import re
from collections.abc import Iterator

from cutroom.assault.belongings import EDIT, REPO, Belongings, belongings, file_of
from cutroom.assault.ground import Answer, Ground, Tenant
from cutroom.assault.named import WAIT, cancel
from cutroom.assault.routes import CALLS, EXPECTED, PLACES, Closed, expected
from cutroom.assault.verdict import Verdict, judged, skipped
from cutroom.assault.waiting import finals

NAME = "tenants"
QUERIES = {"/api/ai/models/search": "?search=kling"}
LISTS = ("/queue", "/generations", "/videos", "/usage")
NOBODY: tuple[tuple[str, dict[str, str]], ...] = (
    ("no key", {}),
    ("a wrong key", {"Authorization": "Bearer nonsense-nonsense"}),
    ("an empty key", {"Authorization": "Bearer "}),
    ("a password", {"Authorization": "Basic ZG9jdG9yOmRvY3Rvcg=="}),
    ("a wrong cookie", {"Cookie": "cutroom_session=cs_nonsense"}),
)
"""Headers of those who are nobody."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """The matrix: nobody, a stranger, and a stranger who names the owner in bodies and queries."""
    through = [" ".join(call) for call in CALLS if not known(*call)]
    yield judged(NAME, "route table", len(CALLS), through, "calls with a line in the matrix")
    with belongings(ground) as things:
        yield _complete(ground, things)
        yield _nobody(ground, things)
        yield _stranger(ground, things)
        yield _by_name(ground, things)
        yield _early(ground, things)
        yield _her_file(ground, things)
        yield _unharmed(ground, things)


def known(method: str, path: str) -> bool:
    """Whether the matrix has a line for a call."""
    return f"{'GET' if method == 'HEAD' else method} {path}" in EXPECTED


def closed(ground: Ground, things: Belongings) -> Iterator[tuple[str, str, str, Closed]]:
    """Method, path, address and line of every call that needs a key, as far as she has what it names."""
    names = things.named(ground.owner.namespace)
    for method, path in CALLS:
        row = expected(method, path) if known(method, path) else None
        if row is not None and not lacking(path, names):
            yield method, path, PLACES.sub(lambda found: names[found[1]], path), row


def lacking(path: str, names: dict[str, str]) -> list[str]:
    """The names in an address for which nothing stands."""
    return [name for name in PLACES.findall(path) if not names.get(name)]


def _complete(ground: Ground, things: Belongings) -> Verdict:
    """Calls that cannot be tried, because the owner's key could not make what they name."""
    names = things.named(ground.owner.namespace)
    missing = sorted({name for _, path in CALLS for name in lacking(path, names)})
    if missing:
        why = f"her key could not make what {', '.join(missing)} names: it lacks a scope or credit"
        return skipped(NAME, "all routes", why)
    return judged(NAME, "all routes", len(CALLS), [], "calls for which she has what they name")


def empty(
    ground: Ground, method: str, address: str, headers: dict[str, str] | None, by: Tenant | None
) -> Answer:
    """The answer to a request that says nothing."""
    says: dict[str, str] | None = {} if method in {"POST", "PUT", "PATCH"} else None
    return ground.ask(method, address, by=by, headers=headers, said=says)


def _nobody(ground: Ground, things: Belongings) -> Verdict:
    if ground.settings and not ground.settings.auth:
        return skipped(NAME, "no key", "keys are off: everybody is one namespace")
    through, tried = [], 0
    for method, path, address, _ in closed(ground, things):
        for who, headers in NOBODY:
            tried += 1
            answer = empty(ground, method, address, headers, None)
            if answer.status != 401 or leak(answer, ground, things, address):
                through.append(f"{method} {path} with {who}: {answer.status}")
    return judged(NAME, "no key", tried, through, "requests of nobody")


def _stranger(ground: Ground, things: Belongings) -> Verdict:
    through, tried = [], 0
    for method, path, address, row in closed(ground, things):
        tried += 1
        answer = empty(ground, method, address + QUERIES.get(path, ""), None, ground.stranger)
        # A key without the scope gets 403 where another would learn less or more.
        if answer.status not in {row.stranger, 403}:
            through.append(f"{method} {path}: {answer.status} instead of {row.stranger}")
        elif found := leak(answer, ground, things, address):
            through.append(f"{method} {path} tells {found}")
    return judged(NAME, "another tenant", tried, through, "requests for what is hers")


def leak(answer: Answer, ground: Ground, things: Belongings, address: str) -> str:
    """What of hers an answer holds that was not in the address; empty for nothing."""
    told = answer.text + " ".join(answer.headers.values())
    hers = (things.generation, things.webhook, things.delivery, things.key)
    words = [things.mark, *(word for word in hers if word and word not in address)]
    her = ground.owner.namespace
    # A list of the stranger's own generations may repeat her name, where one asked for her file.
    if her not in address and not address.partition("?")[0].endswith(LISTS):
        words += [f'"{her}"', f"/{her}/"]
    return next((word for word in words if word in told), "")


def _by_name(ground: Ground, things: Belongings) -> Verdict:
    """She is named where a request says for whom, from whom or where to."""
    her, hers = (
        ground.owner.namespace,
        {"model": EDIT, "prompt": "x", "input_video": "https://e.test/"},
    )
    calls: list[tuple[str, str, object]] = [
        ("GET", f"/api/ai/keys?namespace={her}", None),
        ("GET", f"/api/ai/usage?namespace={her}", None),
        ("GET", f"/api/ai/webhooks?namespace={her}", None),
        ("GET", f"/api/ai/queue?namespace={her}", None),
        ("GET", f"/api/ai/queue?target_namespace={her}", None),
        ("GET", f"/api/ai/generations?namespace={her}", None),
        ("GET", f"/v1/videos?after={things.generation}", None),
        ("GET", f"/api/ai/generations?after={things.generation}&cursor={things.generation}", None),
        ("POST", "/api/ai/keys", {"namespace": her, "scopes": ["read"]}),
        ("POST", "/api/ai/webhooks", {"namespace": her, "url": "https://doctor.invalid/"}),
        ("POST", "/api/ai/queue", hers | {"target_namespace": her}),
        ("POST", "/api/ai/plan", hers | {"target_namespace": her}),
        ("POST", "/api/ai/videos/generate", hers | {"target_namespace": her}),
        ("POST", "/v1/videos", hers | {"target_namespace": her}),
        ("POST", "/api/repos", {"namespace": her, "name": "mine"}),
        ("PUT", file_of(her, "new.txt"), {}),
        ("PUT", file_of(her.upper(), "new.txt"), {}),
        ("GET", file_of(her, things.path) + "?oxen_signature=x&expires=9999999999", None),
        ("GET", f"/api/repos/{her}/{REPO}/file/presigned_url/main/{things.path}", None),
        ("GET", f"/api/ai/namespaces/{her}/members", None),
        ("PUT", f"/api/ai/namespaces/{her}/members/{ground.stranger.namespace}", {"role": "owner"}),
    ]
    through = []
    for method, address, said in calls:
        answer = ground.ask(method, address, by=ground.stranger, said=said)
        allowed = method == "GET" and not leak(answer, ground, things, address)
        if answer.status < 400 and method == "POST" and "generations" in (answer.json() or {}):
            cancel(ground, answer)
        if not (answer.status >= 400 or allowed) or answer.status >= 500:
            through.append(f"{method} {address}: {answer.status} {answer.text[:80]}")
        elif leak(answer, ground, things, address):
            through.append(f"{method} {address} tells what is hers")
    return judged(NAME, "named in a request", len(calls), through, "requests that name her")


def _early(ground: Ground, things: Belongings) -> Verdict:
    """Who may not write is told before the file is sent: it would be kept on its way."""
    her, key = ground.owner.namespace, ground.stranger.key
    kinds, through = ("video/mp4", "multipart/form-data; boundary=x"), []
    for kind in kinds:
        head = (
            f"PUT {file_of(her, things.path)} HTTP/1.1\r\nHost: {ground.authority}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: {kind}\r\nContent-Length: 1000\r\n\r\n"
        )
        said = ground.raw(head.encode(), 3)
        if b" 403 " not in said[:20]:
            through.append(f"{kind}: {said[:40]!r}")
    return judged(NAME, "before the file", len(kinds), through, "uploads that are refused unsent")


def _her_file(ground: Ground, things: Belongings) -> Verdict:
    """A generation of the stranger's that asks for a file of hers by its address."""
    guard, her = "as an input", ground.owner.namespace
    base = f"{'https' if ground.tls else 'http'}://{ground.authority}{ground.prefix}"
    waiting = {}
    for address in (file_of(her, things.path), file_of(her, f"x/../{things.path}")):
        asked = {"model": EDIT, "prompt": "make it sepia", "input_video": base + address}
        answer = ground.ask("POST", "/api/ai/queue", by=ground.stranger, said=asked)
        if answer.status == 402:
            return skipped(NAME, guard, "the second key has no credit to ask for a generation")
        if answer.status == 200:
            waiting[str(answer.json()["generations"][0]["generation_id"])] = address
    rows = finals(ground, ground.stranger, waiting, WAIT)
    if len(rows) < len(waiting):
        return skipped(NAME, guard, f"no worker took {len(waiting)} generations in {WAIT:.0f} s")
    through = [
        f"{waiting[one]}: {row['error_message'] or row['status']}"
        for one, row in rows.items()
        if not re.search(r"40[34] Client Error|not public|Invalid", str(row["error_message"]))
    ]
    return judged(NAME, guard, 2, through, "generations that name her file")


def _unharmed(ground: Ground, things: Belongings) -> Verdict:
    """After all that everything is still there, and hers."""
    her, owner = ground.owner.namespace, ground.owner
    looks = {file_of(her, things.path): things.mark}
    if things.generation:
        looks[f"/api/ai/queue/{things.generation}"] = things.generation
    if things.webhook:
        looks[f"/api/ai/webhooks/{things.webhook}"] = "https://doctor.invalid/"
    if things.key:
        looks["/api/ai/keys"] = things.key
    through = []
    for address, word in looks.items():
        answer = ground.ask("GET", address, by=owner)
        if answer.status != 200 or word not in answer.text:
            through.append(f"{address}: {answer.status}")
    return judged(NAME, "unharmed", len(looks), through, "things of hers, looked at afterwards")
