"""Whose turn it is: what the policy promises, whatever waits."""

import random
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cutroom import fairness
from cutroom.fairness import LEAST, Share, Turns, Waiting

calm = settings(deadline=None)  # a machine may be busy
COSTS = {"quick": 1.0, "slow": 7.0}


@st.composite
def lines(draw):
    """What waits: a few namespaces, two models, three priorities."""
    many = draw(st.integers(0, 30))
    return [
        Waiting(
            seq,
            str(seq),
            draw(st.sampled_from("abcd")),
            model := draw(st.sampled_from(sorted(COSTS))),
            draw(st.sampled_from(sorted(fairness.PRIORITIES.values()))),
            COSTS[model],
        )
        for seq in range(many)
    ]


@st.composite
def pools(draw):
    """A pool in some state."""
    shares = {
        name: Share(
            draw(st.floats(0, 50)),
            draw(st.sampled_from([0.5, 1.0, 3.0])),
            draw(st.integers(0, 2)),
            draw(st.sampled_from([None, None, 0, 1, 5])),
        )
        for name in "abcd"
    }
    limits = draw(st.dictionaries(st.sampled_from(sorted(COSTS)), st.integers(0, 4)))
    return Turns(draw(st.floats(0, 50)), shares, {"quick": 1}, limits)


def played(turns, line):
    """The order in which `next` and `admit` take them, and what is left at the end."""
    turns, line, taken = turns.copy(), list(line), []
    while one := turns.next(line):
        line.remove(one)
        turns.admit(one)
        taken.append(one)
    return taken, line, turns


@calm
@given(pools(), lines())
@example(
    Turns(limits={"slow": 1}),
    [
        Waiting(0, "0", "a", "quick"),
        Waiting(1, "1", "a", "slow", -1, 7.0),
        Waiting(2, "2", "b", "quick"),
        Waiting(3, "3", "c", "slow", -1, 7.0),
        Waiting(4, "4", "c", "quick"),
    ],
)
def test_the_line_is_what_the_gate_would_admit(turns, line):
    before = turns.copy()
    told = list(fairness.order(turns, line))
    taken, held, _ = played(turns, line)
    assert turns == before
    assert told[: len(taken)] == taken
    assert sorted(told, key=lambda one: one.seq) == line, "each has one place"
    assert all(one in held for one in told[len(taken) :])


@calm
@given(pools(), lines())
def test_limits_hold_and_block_nobody_else(turns, line):
    taken, held, after = played(turns, line)
    for name, share in after.shares.items():
        begun = sum(one.namespace == name for one in taken)
        assert share.limit is None or share.running <= max(share.limit, share.running - begun)
    for model, most in turns.limits.items():
        begun = sum(one.model == model for one in taken)
        assert begun == 0 or after.running[model] <= most
    assert all(after.held_back(one) for one in held)


@calm
@given(pools(), lines())
def test_a_namespace_s_own_come_by_priority_and_then_as_they_arrived(turns, line):
    taken, _, _ = played(turns, line)
    for namespace in "abcd":
        for model in COSTS:
            own = [one.turn for one in taken if (one.namespace, one.model) == (namespace, model)]
            assert own == sorted(own)


@calm
@given(
    st.randoms(use_true_random=False),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from([0.5, 1, 2, 4]), min_size=2),
)
def test_those_that_always_wait_get_by_their_weights(rng, weights):
    turns = Turns(shares={name: Share(weight=weight) for name, weight in weights.items()})
    got = dict.fromkeys(weights, 0.0)
    heads = [head(rng, name, seq) for seq, name in enumerate(weights)]
    for seq in range(10, 400):
        one = turns.next(heads)
        heads.remove(one)
        turns.admit(one)
        got[one.namespace] += one.cost
        heads.append(head(rng, one.namespace, seq))
    # Each is at most one of its largest away from its share: the bound of start-time fair queueing.
    even = [got[name] / weight for name, weight in weights.items()]
    assert max(even) - min(even) <= sum(max(COSTS.values()) / w for w in weights.values())


def head(rng, namespace, seq):
    model = rng.choice(sorted(COSTS))
    return Waiting(seq, str(seq), namespace, model, cost=COSTS[model])


@calm
@given(st.integers(1, 1000), st.floats(LEAST, 500))
def test_a_newcomer_s_first_is_next_however_many_wait(many, cost):
    turns = Turns()
    flood = [Waiting(n, str(n), "flood", "m", cost=cost) for n in range(many + 3)]
    for one in flood[:3]:
        turns.admit(one)
    late = Waiting(many + 9, "late", "late", "m", priority=1, cost=500.0)
    second = replace(late, seq=many + 10, id="second")
    told = list(fairness.order(turns, [*flood[3:], late, second]))
    assert told[0] is late
    assert told[1] is flood[3], "and its second no sooner than theirs"


def test_who_was_away_has_saved_nothing_up_and_owes_nothing():
    turns = Turns()
    for seq in range(100):
        turns.admit(Waiting(seq, str(seq), "busy", "m", cost=10.0))
    waiting = [Waiting(200 + n, f"b{n}", "busy", "m", cost=10.0) for n in range(5)]
    waiting += [Waiting(300 + n, f"n{n}", "new", "m", cost=10.0) for n in range(5)]
    told = [one.namespace for one in fairness.order(turns, waiting)]
    assert told == ["new", "busy"] * 5


def test_priority_is_of_no_use_against_others():
    turns = Turns()
    mine = [Waiting(n, str(n), "me", "m", -1) for n in range(10, 14)]
    yours = [Waiting(n, str(n), "you", "m", 1) for n in range(4)]
    told = [one.namespace for one in fairness.order(turns, [*mine, *yours])]
    assert told == ["you", "me"] * 4


def test_what_took_longer_than_expected_is_made_good():
    """One whose work takes ten times what was expected gets no more of the workers than the others."""
    turns, took, rng = Turns(), {"true": 0.0, "wrong": 0.0}, random.Random(1)
    for seq in range(2000):
        heads = [Waiting(2 * seq + n, "", name, "m", cost=5.0) for n, name in enumerate(took)]
        one = turns.next(heads)
        turns.admit(one)
        took[one.namespace] += (really := 50.0 if one.namespace == "wrong" else rng.uniform(3, 7))
        share = turns.share(one.namespace)
        share.served = fairness.corrected(share.served, one.cost, really, share.weight)
    assert abs(took["true"] - took["wrong"]) < 100
