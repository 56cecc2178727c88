"""The checker of histories: clean about a good one, and it finds every violation that is put into one."""

from copy import deepcopy
from dataclasses import replace

import pytest
from history import Kept, Row, Seen, violations

END = 1000.0


def a_good_history():
    """Two that succeeded, one of them cancelled too late, one that failed, one cancelled."""
    rows = [
        Row("a", "me", "succeeded", 100, 30, 2, None, END, "me/a/2.mp4", 1.0),
        Row("b", "me", "succeeded", 100, 30, 1, None, END, "me/b/1.mp4", 1.0),
        Row("c", "me", "failed", 100, None, 1, None, END),
        Row("d", "me", "cancelled", 100, None, 0, None, END),
    ]
    entries = [("me", "deposit", 1000, None)]
    for row in rows:
        entries += [("me", "hold", 100, row.id), ("me", "release", 100, row.id)]
        entries += [("me", "charge", row.cost, row.id)] if row.cost else []
    name = "media_generation_completed"
    events = [("me", 1, name, "a"), ("me", 2, name, "b"), ("me", 3, name, "c")]
    events.append(("me", 4, "generation_cancelled", "d"))
    kept = Kept(
        rows=rows,
        balances={"me": (940, 0)},
        entries=entries,
        events=events,
        deliveries=[(f"m{row.id}", "hook", row.id, "delivered") for row in rows],
        webhooks={"hook": "me", "other": "you"},
        files={"me/a/2.mp4": "", "me/b/1.mp4": ""},
    )
    seen = Seen(
        accepted=[("k1", ("a", "b")), ("k1", ("a", "b")), ("k2", ("c",)), ("k3", ("d",))],
        wishes={"k1": "succeeded", "k2": "failed", "k3": "succeeded"},
        cancels=["d", "b"],
        ends=[("a", "succeeded"), ("a", "succeeded"), ("c", "failed"), ("d", "cancelled")],
        starts=[("a", 990.0), ("a", 995.0), ("b", 991.0), ("c", 992.0)],
        heard={"me": [event[1:] for event in events], "you": []},
        received=[("ma", "a"), ("ma", "a"), ("mb", "b"), ("mc", "c"), ("md", "d")],
    )
    return seen, kept


def test_a_good_history_is_clean():
    assert violations(*a_good_history()) == []


def change(one, **values):
    def changed(_seen, kept):
        kept.rows = [replace(row, **values) if row.id == one else row for row in kept.rows]

    return changed


def without(one):
    def changed(_seen, kept):
        kept.rows = [row for row in kept.rows if row.id != one]

    return changed


def entry(*values):
    return lambda _, kept: kept.entries.append(values)


def moved(kind):
    def changed(_seen, kept):
        kept.entries = [one for one in kept.entries if one[1:] != (kind, one[2], "a")]

    return changed


SEEDED = {
    "a: acknowledged, and lost": without("a"),
    "request k1: answered with 2 different sets": lambda s, _: s.accepted.append(("k1", ("a",))),
    "e: nobody was ever told of it": lambda _, k: k.rows.append(Row("e", "me", "queued", 100)),
    "a: stuck in processing": change("a", status="processing"),
    "a: succeeded, and still held by w": change("a", worker="w"),
    "c: failed, and nobody knows when": change("c", completed_at=None),
    "a: still in the queue": lambda _, k: setattr(k, "queued", ["a"]),
    "a: told to be failed, succeeded, and is succeeded": lambda s, _: s.ends.append(
        ("a", "failed")
    ),
    "d: told to be cancelled, and is succeeded": change("d", status="succeeded"),
    "a: failed, and should have succeeded": change("a", status="failed"),
    "a: cancelled, and should have succeeded": change("a", status="cancelled"),
    "d: cancelled, and then told to be queued": lambda s, _: s.ends.append(("d", "queued")),
    "x: an engine worked on it, and there is no": lambda s, _: s.starts.append(("x", 1.0)),
    "a: begun 60.0 s after its end": lambda s, _: s.starts.append(("a", END + 60)),
    "b: begun 2 times in 1 attempts": lambda s, _: s.starts.append(("b", 991.5)),
    "b: succeeded, and no engine worked on it": lambda s, _: s.starts.remove(("b", 991.0)),
    "a: holds [100, 100], not 100": entry("me", "hold", 100, "a"),
    "a: holds [], not 100": moved("hold"),
    "a: succeeded, releases [], not [100]": moved("release"),
    "c: failed, releases [100, 100], not [100]": entry("me", "release", 100, "c"),
    "a: succeeded, charged [30, 30], not [30]": entry("me", "charge", 30, "a"),
    "a: succeeded, charged [], not [30]": moved("charge"),
    "c: failed, charged [30], not []": entry("me", "charge", 30, "c"),
    "d: cancelled, and costs 30": change("d", cost=30),
    "a: costs 101 with 100 held for it": change("a", cost=101),
    "z: a charge of what is not there": entry("me", "charge", 0, "z"),
    "me: has 941, and deposits less charges are 940": lambda _, k: k.balances.update(me=(941, 0)),
    "me: 100 are still held": lambda _, k: k.balances.update(me=(940, 100)),
    "a: succeeded, events []": lambda _, k: k.events.remove(k.events[0]),
    "d: cancelled, events ['media_generation_completed']": lambda _, k: k.events.__setitem__(
        3, ("me", 4, "media_generation_completed", "d")
    ),
    "b: succeeded, events ['media_generation_completed', 'media": lambda _, k: k.events.append(
        ("me", 5, "media_generation_completed", "b")
    ),
    "z: an event of what is not there": lambda _, k: k.events.append(("me", 9, "x", "z")),
    "me: its listener heard events twice": lambda s, _: s.heard["me"].append(s.heard["me"][0]),
    "b: event 2 media_generation_completed was missed": lambda s, _: s.heard["me"].pop(1),
    "a: event 7 x was heard, and not kept": lambda s, _: s.heard["you"].append((7, "x", "a")),
    "a: 0 messages to hook, not 1": lambda _, k: k.deliveries.remove(k.deliveries[0]),
    "a: 2 messages to hook, not 1": lambda _, k: k.deliveries.append(
        ("n", "hook", "a", "delivered")
    ),
    "a: 1 messages to other, not 0": lambda _, k: k.deliveries.append(
        ("n", "other", "a", "delivered")
    ),
    "a: its message to hook is pending": lambda _, k: k.deliveries.__setitem__(
        0, ("ma", "hook", "a", "pending")
    ),
    "b: its message to hook counts as delivered, and never": lambda s, _: s.received.remove(
        ("mb", "b")
    ),
    "a: a message mz came that nobody wrote": lambda s, _: s.received.append(("mz", "a")),
    "c: failed, with the result me/c/1.mp4": change("c", result_key="me/c/1.mp4"),
    "a: succeeded, and its file me/a/2.mp4 is not there": lambda _, k: k.files.pop("me/a/2.mp4"),
    "a: its file me/a/2.mp4 is cut off": lambda _, k: k.files.update({"me/a/2.mp4": "cut off"}),
    "me/a/1.mp4: a file of nobody's result": lambda _, k: k.files.update({"me/a/1.mp4": ""}),
}


@pytest.mark.parametrize("sentence", SEEDED)
def test_what_is_wrong_is_found(sentence):
    seen, kept = deepcopy(a_good_history())
    SEEDED[sentence](seen, kept)
    assert any(one.startswith(sentence) for one in violations(seen, kept)), violations(seen, kept)
