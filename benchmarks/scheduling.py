"""Who waits how long: the gate's policy against two others, over 10,000 generations on 200 workers.

    python benchmarks/scheduling.py                  the table
    python benchmarks/scheduling.py --plot FILE.png  and the plot (needs matplotlib: the group `bench`)

Simulated time, the code of production: `fairness` decides, `admission.spare` says how many wait in the
queue beyond what the workers can take, `forecast` tells when. Everything comes of one seed.
"""

import argparse
import heapq
import random
import statistics
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cutroom import forecast
from cutroom.admission import spare
from cutroom.fairness import Share, Turns, Waiting, corrected, order
from cutroom.forecast import Length
from cutroom.pace import RUNS

WORKERS = 200
MODELS = {"quick": (8.0, 0.5), "slow": (40.0, 0.6), "dear": (120.0, 0.3)}
"""Model -> median seconds of work, and sigma of the log-normal distribution."""
LIMITS = {"dear": 30}
FLOOD, LONG, HEAVY, CAPPED = "flood", "long clips", "weight 2", "limit 10"
DEATH = 1 / 3000
"""Deaths a second of each worker; another comes after `AWAY` seconds, and the work begins anew."""
AWAY = 20.0


@dataclass(slots=True)
class Job:
    """A generation as the world knows it."""

    seq: int
    namespace: str
    model: str
    priority: int
    arrives: float
    takes: float
    begins: float | None = None
    ends: float | None = None
    expected: float = 0.0

    @property
    def waited(self) -> float:
        """Seconds until it was first taken."""
        assert self.begins is not None
        return self.begins - self.arrives


def world(seed: int) -> list[Job]:
    """10,000 generations of 124 namespaces, most of them in the first half hour."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    asked: list[tuple[float, str, str, int]] = []
    asked += [(60.0, FLOOD, "slow", 0)] * 4000
    asked += [(300.0, LONG, "slow", 0)] * 600
    asked += [(600.0, HEAVY, "slow", 0)] * 900
    asked += [(600.0, CAPPED, "slow", 0)] * 500
    while len(asked) < 10_000:  # each of 120 comes now and then with a handful
        at, small = rng.uniform(0, 1800), f"small {rng.randrange(120)}"
        model = rng.choices(["quick", "slow", "dear"], [6, 3, 1])[0]
        one = (at, small, model, rng.choice([-1, 0, 0, 0, 1]))
        asked += [one] * min(rng.randint(1, 4), 10_000 - len(asked))
    asked.sort(key=lambda one: one[0])
    jobs = []
    for seq, (at, namespace, model, priority) in enumerate(asked):
        median, sigma = MODELS[model]
        takes = rng.lognormvariate(0, sigma) * median * (4 if namespace == LONG else 1)
        jobs.append(Job(seq, namespace, model, priority, at, takes))
    return jobs


class Fifo:
    """First come, first served."""

    name = "first come, first served"

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()

    def put(self, job: Job) -> None:
        """It waits from now on."""
        self._waiting.append(job)

    def again(self, job: Job) -> None:
        """Its worker died."""
        self._waiting.appendleft(job)

    def take(self, idle: int, live: int) -> Job | None:  # noqa: ARG002 - the gate's question
        """What a free worker takes next; `idle` of `live` workers are free."""
        return self._waiting.popleft() if self._waiting else None

    def done(self, job: Job, took: float) -> None:
        """It has ended."""

    def line(self) -> list[Job]:
        """What waits, in order."""
        return list(self._waiting)


class Draw(Fifo):
    """What cutroom did before: a free worker draws a namespace, each as likely as the others, and takes its first."""

    name = "a namespace drawn at random"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._lines: dict[str, deque[Job]] = defaultdict(deque)

    def put(self, job: Job) -> None:
        """It waits from now on."""
        self._lines[job.namespace].append(job)

    def again(self, job: Job) -> None:
        """Its worker died."""
        self._lines[job.namespace].appendleft(job)

    def take(self, idle: int, live: int) -> Job | None:  # noqa: ARG002 - the gate's question
        """What a free worker takes next."""
        there = [name for name, line in self._lines.items() if line]
        return self._lines[self._rng.choice(there)].popleft() if there else None


class Gate(Fifo):
    """The gate of production, with its queue behind it."""

    name = "the gate"

    def __init__(self, *, limits: bool = False) -> None:
        self._queue: deque[Job] = deque()
        self._jobs: dict[int, Job] = {}
        self._lines: dict[tuple[str, str], list[tuple[int, int, Waiting]]] = defaultdict(list)
        self._times: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RUNS))
        self.turns = Turns(shares={HEAVY: Share(weight=2.0)})
        if limits:
            self.name = "the gate, with limits"
            self.turns.limits = LIMITS
            self.turns.shares[CAPPED] = Share(limit=10)

    def put(self, job: Job) -> None:
        """It waits from now on."""
        self._jobs[job.seq] = job
        one = Waiting(job.seq, str(job.seq), job.namespace, job.model, job.priority)
        heapq.heappush(self._lines[job.namespace, job.model], (job.priority, job.seq, one))

    def again(self, job: Job) -> None:
        """Its worker died: its number is lower than the others'."""
        self._queue.appendleft(job)

    def take(self, idle: int, live: int) -> Job | None:
        """A round, and then the first of the queue."""
        while len(self._queue) < idle + spare(live):
            heads = [
                line[0][2].costing(self.mean(line[0][2].model))
                for line in self._lines.values()
                if line
            ]
            one = self.turns.next(heads)
            if one is None:
                break
            heapq.heappop(self._lines[one.namespace, one.model])
            self.turns.admit(one)
            self._jobs[one.seq].expected = one.cost
            self._queue.append(self._jobs.pop(one.seq))
        return self._queue.popleft() if self._queue else None

    def done(self, job: Job, took: float) -> None:
        """As the transaction of an end does it."""
        share = self.turns.share(job.namespace)
        share.running -= 1
        self.turns.running[job.model] -= 1
        share.served = corrected(share.served, job.expected, took, share.weight)
        self._times[job.model].append(took)

    def mean(self, model: str) -> float:
        """As `pace.Times` has it."""
        if found := self._times[model]:
            return sum(found) / len(found)
        others = [one for some in self._times.values() for one in some]
        return sum(others) / len(others) if others else 1.0

    def length(self, model: str) -> Length | None:
        """As `line` has it."""
        return forecast.length(self._times[model])

    def line(self) -> list[Job]:
        """As `line.places` has it."""
        waiting = [
            entry[2].costing(self.mean(entry[2].model))
            for line in self._lines.values()
            for entry in line
        ]
        return [*self._queue, *(self._jobs[one.seq] for one in order(self.turns, waiting))]


@dataclass
class Run:
    """What became of it."""

    name: str
    jobs: list[Job]
    busy: list[tuple[float, float]]
    """Moment -> part of the live workers that work, while something waits that may run."""
    told: list[tuple[float, Job, Length]] = field(default_factory=list)
    """At which moment it was said of which that it begins when."""
    rounds: float = 0.0
    """Seconds of this machine's time."""


def run(policy: Fifo, jobs: list[Job], seed: int) -> Run:  # noqa: C901, PLR0912 - one loop, all that can happen
    """Carry everything out in simulated time."""
    rng, began = random.Random(seed), time.perf_counter()  # noqa: S311 - no secret
    events: list[tuple[float, int, str, Any]] = []
    count = iter(range(10**9))

    def at(when: float, what: str, about: Any) -> None:  # noqa: ANN401 - of each kind its own
        heapq.heappush(events, (when, next(count), what, about))

    for job in jobs:
        at(job.arrives, "arrives", job)
    for n in range(WORKERS):
        at(rng.expovariate(DEATH), "dies", n)
    for when in range(100, 3000, 100):
        at(float(when), "ask", None)
    idle: set[int] = set(range(WORKERS))
    working: dict[int, Job] = {}
    alive, left, result = set(idle), len(jobs), Run(policy.name, jobs, [])
    while left:
        now, _, what, about = heapq.heappop(events)
        if what == "arrives":
            policy.put(about)
        elif what == "ends":
            worker, job = about
            if working.get(worker) is not job:
                continue  # it died meanwhile
            del working[worker]
            job.ends = now
            left -= 1
            policy.done(job, now - job.begins)
            idle.add(worker)
        elif what == "dies":
            alive.discard(about)
            idle.discard(about)
            if (lost := working.pop(about, None)) is not None:
                policy.again(lost)
            at(now + AWAY, "comes", about)
        elif what == "comes":
            alive.add(about)
            idle.add(about)
            at(now + rng.expovariate(DEATH), "dies", about)
        else:
            if isinstance(policy, Gate):
                result.told += asked(policy, now, working, alive)
            result.busy.append((now, len(working) / max(1, len(alive))))
        if events and events[0][0] == now and events[0][2] == "arrives":
            continue  # the rest of the same request
        while idle and (begun := policy.take(len(idle), len(alive))) is not None:
            worker = idle.pop()
            working[worker] = begun
            begun.begins = now if begun.begins is None else begun.begins
            at(now + begun.takes, "ends", (worker, begun))
    result.rounds = time.perf_counter() - began
    return result


def asked(
    gate: Gate, now: float, working: dict[int, Job], alive: set[int]
) -> Iterator[tuple[float, Job, Length]]:
    """What rows would be told at this moment of when they begin."""
    free = []
    for job in working.values():
        rest = forecast.remaining(list(gate._times[job.model]), now - (job.begins or now), 0.0)  # noqa: SLF001 - its own file
        if rest is None:
            return
        free.append(rest)
    free += [Length(0.0, 0.0)] * max(0, len(alive) - len(working))
    line = gate.line()
    for job, both in zip(
        line, forecast.dealt(free, (gate.length(job.model) for job in line)), strict=True
    ):
        if both is not None:
            yield now, job, Length(now + both[0].mean, both[0].variance)


GROUPS: dict[str, Callable[[str], bool]] = {
    "120 small namespaces": lambda name: name.startswith("small"),
    "flood of 4,000": lambda name: name == FLOOD,
    "long clips, 600": lambda name: name == LONG,
    "weight 2, 900": lambda name: name == HEAVY,
    "limit 10 or none, 500": lambda name: name == CAPPED,
}


def table(runs: list[Run]) -> str:
    """Waiting times by group, as Markdown."""
    lines = [
        "| | " + " | ".join(one.name for one in runs) + " |",
        "| --- |" + " ---: |" * len(runs),
    ]
    for title, belongs in GROUPS.items():
        cells = []
        for one in runs:
            waited = sorted(job.waited for job in one.jobs if belongs(job.namespace))
            cells.append(
                f"{statistics.median(waited):.0f} / {waited[int(0.95 * len(waited))]:.0f} / {waited[-1]:.0f}"
            )
        lines.append(f"| {title}: median / p95 / longest wait, s | " + " | ".join(cells) + " |")
    lines.append(
        "| a small namespace's first of a handful, p95, s | "
        + " | ".join(f"{first(one):.0f}" for one in runs)
        + " |"
    )
    lines.append(
        "| workers that work while there is enough, % | "
        + " | ".join(f"{100 * used(one):.1f}" for one in runs)
        + " |"
    )
    lines.append(
        "| all done after, s | "
        + " | ".join(f"{max(job.ends or 0 for job in one.jobs):.0f}" for one in runs)
        + " |"
    )
    return "\n".join(lines)


def first(one: Run) -> float:
    """The 95th percentile of how long the first of each request of a small namespace waits."""
    firsts: dict[tuple[str, float], float] = {}
    for job in one.jobs:
        if job.namespace.startswith("small") and job.model != "dear":
            key = (job.namespace, job.arrives)
            firsts[key] = min(firsts.get(key, float("inf")), job.waited)
    return sorted(firsts.values())[int(0.95 * len(firsts))]


def used(one: Run) -> float:
    """The part of the live workers that work, from the flood on until fewer wait than there are workers."""
    starts = sorted(job.begins or 0.0 for job in one.jobs)
    return statistics.mean(part for when, part in one.busy if 100 <= when <= starts[-WORKERS])


def held(told: list[tuple[float, Job, Length]]) -> str:
    """How often a span held, and how wide it was."""
    good, wide, late = 0, [], []
    for _, job, said in told:
        off = forecast.WIDTH * said.variance**0.5 + forecast.ROUNDED
        assert job.begins is not None
        good += said.mean - off <= job.begins <= said.mean + off
        wide.append(2 * off)
        late.append(job.begins - said.mean)
    return (
        f"{len(told)} told, {100 * good / len(told):.0f} % within,"
        f" median width {statistics.median(wide):.0f} s, median lateness {statistics.median(late):.0f} s"
    )


def plot(runs: list[Run], file: str) -> None:
    """Waiting times by group, and how many workers work."""
    import matplotlib as mpl  # noqa: PLC0415 - the table needs none

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after `use`

    figure, (waits, use) = plt.subplots(
        2, 1, figsize=(9, 7.5), height_ratios=[2, 1], layout="constrained"
    )
    colours = ["#9aa5b1", "#d08770", "#2f6f8f", "#8fbcbb"]
    for n, (one, colour) in enumerate(zip(runs, colours, strict=True)):
        data = [
            [max(0.5, job.waited) for job in one.jobs if belongs(job.namespace)]
            for belongs in GROUPS.values()
        ]
        places = [group * 5 + n for group in range(len(GROUPS))]
        boxes = waits.boxplot(
            data, positions=places, widths=0.8, whis=(5, 95), showfliers=False, patch_artist=True
        )
        for box in boxes["boxes"]:
            box.set_facecolor(colour)
        for median in boxes["medians"]:
            median.set_color("black")
        use.plot(
            [when for when, _ in one.busy],
            [100 * part for _, part in one.busy],
            color=colour,
            label=one.name,
        )
    waits.set_yscale("log")
    waits.set_xticks([group * 5 + 1.5 for group in range(len(GROUPS))], list(GROUPS))
    waits.set_ylabel("seconds of waiting (box: quartiles, whiskers: 5 and 95 %)")
    waits.set_title(
        f"{len(runs[0].jobs):,} generations of 124 namespaces on {WORKERS} workers, simulated"
    )
    use.set_ylabel("workers at work, %")
    use.set_xlabel("seconds since the beginning")
    use.legend()
    figure.savefig(file, dpi=90)


def main() -> None:
    """Run all three, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--plot", metavar="FILE")
    given = parser.parse_args()
    draws = random.Random(given.seed)  # noqa: S311 - no secret
    policies = [Fifo(), Draw(draws), Gate(), Gate(limits=True)]
    runs = [run(policy, world(given.seed), given.seed) for policy in policies]
    print(table(runs))
    gate = runs[2]
    print()
    print("spans of when it begins, all:", held(gate.told))
    small = [one for one in gate.told if one[1].namespace.startswith("small")]
    print("  of small namespaces:", held(small))
    print("  told after the last had come:", held([one for one in gate.told if one[0] >= 1800]))
    for one in runs:
        print(f"{one.name}: {one.rounds:.1f} s to simulate")
    if given.plot:
        plot(runs, given.plot)


if __name__ == "__main__":
    main()
