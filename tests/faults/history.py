"""What clients and engines saw, held against what an installation kept: every way in which the two disagree.

A pure function over records: `violations(seen, kept)` names each as a sentence, and none where nothing was
lost, ended twice, paid twice, left stuck, told wrongly or half stored. Times are unix seconds, money is
micro-dollars.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

FINAL = {"succeeded", "failed", "cancelled"}
EVENTS = {
    "succeeded": "media_generation_completed",
    "failed": "media_generation_completed",
    "cancelled": "generation_cancelled",
}
LATE = 3.0
"""Seconds after its end from which no engine may begin with a generation any more."""


@dataclass
class Seen:
    """What happened, as those outside saw it."""

    accepted: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Each answer that acknowledged a request: its Idempotency-Key, the ids in it."""
    wishes: dict[str, str] = field(default_factory=dict)
    """Idempotency-Key -> the end that its generations come to if nobody cancels: succeeded or failed."""
    cancels: list[str] = field(default_factory=list)
    """Ids of which a cancel was acknowledged."""
    ends: list[tuple[str, str]] = field(default_factory=list)
    """(id, final status), each time that a client was told one."""
    starts: list[tuple[str, float]] = field(default_factory=list)
    """(id, when), each time that an engine began with one."""
    heard: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    """Namespace -> (number, name, generation) of each event that its listener heard, who always came back
    with the last number."""
    received: list[tuple[str, str]] = field(default_factory=list)
    """(message id, generation) of each message that a webhook received."""


@dataclass
class Row:
    """A generation as it was kept."""

    id: str
    namespace: str
    status: str
    hold: int
    cost: int | None = None
    attempts: int = 1
    worker: str | None = None
    completed_at: float | None = None
    result_key: str | None = None
    seconds: float | None = None
    batch: str | None = None


@dataclass
class Kept:
    """What is in the database and the storage."""

    rows: Sequence[Row] = ()
    balances: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Namespace -> (balance, held)."""
    entries: Sequence[tuple[str, str, int, str | None]] = ()
    """(namespace, kind, amount, generation)."""
    events: Sequence[tuple[str, int, str, str]] = ()
    """(namespace, number, name, generation)."""
    deliveries: Sequence[tuple[str, str, str, str]] = ()
    """(message id, webhook, generation, status)."""
    webhooks: Mapping[str, str] = field(default_factory=dict)
    """Webhook -> namespace; they were there before the first generation."""
    queued: Sequence[str] = ()
    """Ids that the queue would still give to a worker."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Key of each stored result -> what is wrong with the file, empty where it is whole."""


def violations(seen: Seen, kept: Kept) -> list[str]:
    """Every way in which the two disagree, as sentences."""
    rows = {row.id: row for row in kept.rows}
    checks = (
        lost(seen, rows),
        doubled(seen),
        unasked(seen, rows),
        stuck(rows, kept),
        ended_twice(seen, rows),
        ended_otherwise(seen, rows),
        cancelled_in_vain(seen, rows),
        ran_wrongly(seen, rows),
        money_of_each(rows, kept),
        money_in_all(kept),
        events_of_each(rows, kept),
        heard_wrongly(seen, kept),
        messages(seen, rows, kept),
        results(rows, kept),
    )
    return [sentence for check in checks for sentence in check]


def lost(seen: Seen, rows: Mapping[str, Row]) -> Iterator[str]:
    """What was acknowledged and is not there."""
    for one in sorted({one for _, ids in seen.accepted for one in ids} - rows.keys()):
        yield f"{one}: acknowledged, and lost"


def doubled(seen: Seen) -> Iterator[str]:
    """Requests that were carried out anew although they came with the same key."""
    answers = defaultdict(set)
    for key, ids in seen.accepted:
        answers[key].add(ids)
    for key, several in answers.items():
        if len(several) > 1:
            yield f"request {key}: answered with {len(several)} different sets of generations"


def unasked(seen: Seen, rows: Mapping[str, Row]) -> Iterator[str]:
    """Generations of requests that nobody was told of, although each was asked until it was answered."""
    known = {one for _, ids in seen.accepted for one in ids}
    for one in sorted(rows.keys() - known):
        yield f"{one}: nobody was ever told of it"


def stuck(rows: Mapping[str, Row], kept: Kept) -> Iterator[str]:
    """What did not end, or is still waited on."""
    for row in rows.values():
        if row.status not in FINAL:
            yield f"{row.id}: stuck in {row.status}"
        elif row.worker is not None:
            yield f"{row.id}: {row.status}, and still held by {row.worker}"
        elif row.completed_at is None:
            yield f"{row.id}: {row.status}, and nobody knows when"
    for one in kept.queued:
        yield f"{one}: still in the queue"


def ended_twice(seen: Seen, rows: Mapping[str, Row]) -> Iterator[str]:
    """Ends that were told and did not stay."""
    told = defaultdict(set)
    for one, status in seen.ends:
        told[one].add(status)
    for one, statuses in told.items():
        now = rows[one].status if one in rows else "gone"
        if statuses != {now}:
            yield f"{one}: told to be {', '.join(sorted(statuses))}, and is {now}"


def ended_otherwise(seen: Seen, rows: Mapping[str, Row]) -> Iterator[str]:
    """Ends that neither the request nor a cancel explains."""
    cancelled = set(seen.cancels)
    for key, ids in seen.accepted:
        wish = seen.wishes.get(key)
        for one in ids:
            row = rows.get(one)
            if wish is None or row is None or row.status not in FINAL:
                continue
            if row.status != wish and not (row.status == "cancelled" and one in cancelled):
                yield f"{one}: {row.status}, and should have {wish}"


def cancelled_in_vain(seen: Seen, rows: Mapping[str, Row]) -> Iterator[str]:
    """Cancels that were acknowledged for what had not ended, and were not kept to."""
    told = dict(seen.ends)
    for one in seen.cancels:
        if one in told and one in rows and told[one] not in FINAL:
            yield f"{one}: cancelled, and then told to be {told[one]}"


def ran_wrongly(seen: Seen, rows: Mapping[str, Row]) -> Iterator[str]:
    """Work that was done without a claim, after the end, or not at all."""
    begun = Counter(one for one, _ in seen.starts)
    for one, when in seen.starts:
        row = rows.get(one)
        if row is None:
            yield f"{one}: an engine worked on it, and there is no such generation"
        elif row.completed_at is not None and when > row.completed_at + LATE:
            yield f"{one}: begun {when - row.completed_at:.1f} s after its end"
    for row in rows.values():
        if begun[row.id] > row.attempts:
            yield f"{row.id}: begun {begun[row.id]} times in {row.attempts} attempts"
        if row.status == "succeeded" and not begun[row.id]:
            yield f"{row.id}: succeeded, and no engine worked on it"


def money_of_each(rows: Mapping[str, Row], kept: Kept) -> Iterator[str]:
    """Holds and charges that are not what the generation's end makes them."""
    moved = defaultdict(list)
    for _, kind, amount, generation in kept.entries:
        if generation is not None:
            moved[generation, kind].append(amount)
    for row in rows.values():
        if moved[row.id, "hold"] != [row.hold]:
            yield f"{row.id}: holds {moved[row.id, 'hold']}, not {row.hold}"
        released = [row.hold] if row.status in FINAL else []
        if moved[row.id, "release"] != released:
            yield f"{row.id}: {row.status}, releases {moved[row.id, 'release']}, not {released}"
        due = [row.cost] if row.status == "succeeded" and row.cost else []
        if moved[row.id, "charge"] != due:
            yield f"{row.id}: {row.status}, charged {moved[row.id, 'charge']}, not {due}"
        if row.status != "succeeded" and row.cost:
            yield f"{row.id}: {row.status}, and costs {row.cost}"
        if row.status == "succeeded" and not 0 < (row.cost or 0) <= row.hold:
            yield f"{row.id}: costs {row.cost} with {row.hold} held for it"
    for generation, kind in moved:
        if generation not in rows:
            yield f"{generation}: a {kind} of what is not there"


def money_in_all(kept: Kept) -> Iterator[str]:
    """Balances that are not deposits less charges, and holds that are left."""
    sums: Counter[tuple[str, str]] = Counter()
    for namespace, kind, amount, _ in kept.entries:
        sums[namespace, kind] += amount
    for name, (balance, held) in kept.balances.items():
        due = sums[name, "deposit"] - sums[name, "charge"]
        if balance != due:
            yield f"{name}: has {balance}, and deposits less charges are {due}"
        if held != 0:
            yield f"{name}: {held} are still held"


def events_of_each(rows: Mapping[str, Row], kept: Kept) -> Iterator[str]:
    """Ends without an event, with two, or with another's."""
    told = defaultdict(list)
    for _, _, name, generation in kept.events:
        told[generation].append(name)
    for row in rows.values():
        due = [EVENTS[row.status]] if row.status in FINAL else []
        if told[row.id] != due:
            yield f"{row.id}: {row.status}, events {told[row.id]}"
    for generation in told.keys() - rows.keys():
        yield f"{generation}: an event of what is not there"


def heard_wrongly(seen: Seen, kept: Kept) -> Iterator[str]:
    """What listeners missed, heard twice, or heard out of its order."""
    for namespace, heard in seen.heard.items():
        numbers = [number for number, _, _ in heard]
        if numbers != sorted(set(numbers)):
            yield f"{namespace}: its listener heard events twice or out of their order"
        happened = {event[1:] for event in kept.events if event[0] == namespace}
        for event in sorted(happened ^ set(heard)):
            what = "missed" if event in happened else "heard, and not kept,"
            yield f"{event[2]}: event {event[0]} {event[1]} was {what} by the listener of {namespace}"


def messages(seen: Seen, rows: Mapping[str, Row], kept: Kept) -> Iterator[str]:
    """Messages to webhooks that are missing, doubled, undelivered, or never came."""
    told = Counter((webhook, generation) for _, webhook, generation, _ in kept.deliveries)
    for webhook, namespace in kept.webhooks.items():
        for row in rows.values():
            due = 1 if row.namespace == namespace and row.status in FINAL else 0
            if told[webhook, row.id] != due:
                yield f"{row.id}: {told[webhook, row.id]} messages to {webhook}, not {due}"
    came = set(seen.received)
    for message, webhook, generation, status in kept.deliveries:
        if status != "delivered":
            yield f"{generation}: its message to {webhook} is {status}"
        elif (message, generation) not in came:
            yield f"{generation}: its message to {webhook} counts as delivered, and never came"
    for message, generation in came - {(one[0], one[2]) for one in kept.deliveries}:
        yield f"{generation}: a message {message} came that nobody wrote"


def results(rows: Mapping[str, Row], kept: Kept) -> Iterator[str]:
    """Results that are missing or not whole, and files that nobody has a use for."""
    used = set()
    for row in rows.values():
        if row.status != "succeeded":
            if row.result_key is not None:
                yield f"{row.id}: {row.status}, with the result {row.result_key}"
            continue
        used.add(row.result_key)
        if row.result_key not in kept.files:
            yield f"{row.id}: succeeded, and its file {row.result_key} is not there"
        elif wrong := kept.files[row.result_key]:
            yield f"{row.id}: its file {row.result_key} is {wrong}"
    for key in sorted(kept.files.keys() - used):
        yield f"{key}: a file of nobody's result"
