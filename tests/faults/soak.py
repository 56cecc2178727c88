"""Many short generations while everything that takes part in them is killed at random: `make soak`.

The seed decides what is asked for and who is killed in which order; when things happen is the machine's doing.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from history import violations
from receiving import Receiver
from town import EDIT, Town
from visitor import Visitor, together

from cutroom.sample import birds
from servers import Postgres

NAMESPACES = ("alice", "bob")
VICTIMS = {"engine": 5, "worker": 4, "server": 2, "freeze": 1, "worker in order": 1, "server in order": 1}  # fmt: skip
"""Who is killed, and how often among the others; `in order` is SIGTERM, a frozen worker wakes up again."""
TTL = 2
"""Seconds after which a silent worker counts as dead."""


class Killer:
    """Kills somebody every so often, until it is told to stop."""

    def __init__(self, town, rng, pause, postgres=None, outages=(1.0,)):
        self.town = town
        self.kills = Counter()
        self._rng = rng
        self._pause = pause
        self._postgres = postgres
        self._outages = outages
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        """Returns once everybody lives who was only frozen or away."""
        self._over.set()
        self._thread.join()

    def _run(self):
        victims = dict(VICTIMS) | ({"database": 2} if self._postgres else {})
        while not self._over.wait(self._rng.uniform(0.3, 1.7) * self._pause):
            (victim,) = self._rng.choices(list(victims), list(victims.values()))
            with suppress(ProcessLookupError):
                self.kills[victim] += self._kill(victim)

    def _kill(self, victim):
        """Whether there was anybody to be killed."""
        if victim == "database":
            self._postgres.kill()
            time.sleep(self._rng.choice(self._outages))
            self._postgres.start()
            return 1
        kind = victim.split()[0]
        if kind == "engine":
            if pids := self.town.engines():
                os.kill(self._rng.choice(pids), signal.SIGKILL)
            return bool(pids)
        one = self._rng.choice(self.town.all("worker" if kind == "freeze" else kind))
        if not one.running:
            return 0
        if kind == "freeze":
            one.signal(signal.SIGSTOP)
            time.sleep(1.5 * TTL)
            one.signal(signal.SIGCONT)
        else:
            one.signal(signal.SIGTERM if "order" in victim else signal.SIGKILL)
        return 1


def visit(visitor, clip, count, rng):
    """Ask for `count` generations, some at once, and see each to its end."""
    while count > 0:
        some = min(count, rng.choice([1, 1, 2, 4]))
        count -= some
        prompt, wish = f"sleep:{rng.uniform(0, 0.5):.2f}", "succeeded"
        if rng.random() < 0.1:
            prompt, wish = f"{prompt} refuse", "failed"
        more = {}
        if rng.random() < 0.2:
            more = {"model": EDIT, "input_video": f"https://clips.test/{clip.name}"}
        ids = visitor.submit(prompt, wish, some, **more)
        for one in ids:
            if rng.random() < 0.1:
                time.sleep(rng.uniform(0, 1))
                visitor.cancel(one)
        for one in ids:
            visitor.follow(one)


class Soak:
    """One run of it."""

    def __init__(self, folder, clip, *, seed, count, pause, postgres=None, outages=(1.0,)):
        self.seed, self.count = seed, count
        self.clip = clip
        self.receiver = Receiver()
        url = postgres.create() if postgres else f"sqlite:///{folder}/cutroom.db"
        self.town = Town(
            folder / "town",
            url,
            clip,
            servers=2 if postgres else 1,
            workers=3 if postgres else 2,
            namespaces=NAMESPACES,
            settings={
                "worker_ttl": TTL,
                "webhook_timeout": 2,
                "webhook_allow": (self.receiver.authority,),
                "drain_timeout": 1,
            },
        )
        self.killer = Killer(self.town, random.Random(seed), pause, postgres, outages)
        self.visitors = [
            Visitor(self.town.urls, name, self.town.keys[name], f"{seed} {number}")
            for name in NAMESPACES
            for number in range(3)
        ]
        self.wall = 0.0

    def run(self):
        """What was wrong in the end."""
        self.town.start()
        for one in self.visitors[:: len(self.visitors) // len(NAMESPACES)]:
            one.hook(self.receiver)
            one.listen()
        began = time.monotonic()
        self.killer.start()
        shares = [self.count // len(self.visitors)] * len(self.visitors)
        shares[0] += self.count - sum(shares)
        with ThreadPoolExecutor(len(self.visitors)) as threads:
            visits = [
                threads.submit(visit, one, self.clip, share, random.Random(f"{self.seed} {n}"))
                for n, (one, share) in enumerate(zip(self.visitors, shares, strict=True))
            ]
            for one in visits:
                one.result()
        self.killer.stop()
        self.wall = time.monotonic() - began
        self.town.until(lambda: not self.town.pending(), 60, "something is left to do")
        kept = self.town.kept()
        for one in self.visitors:
            if one.namespace in one.seen.heard:
                one.heard(sum(event[0] == one.namespace for event in kept.events))
        codes = self.town.stop()
        self.kept = self.town.kept()
        wrong = violations(together(self.visitors, self.town, self.receiver), self.kept)
        wrong += [f"{name} ended with {code}" for name, code in codes.items() if code]
        return wrong + [told for one in self.visitors for told in one.surprises]

    def close(self):
        for one in self.visitors:
            one.close()
        self.town.close()
        self.receiver.close()

    def told(self):
        """The figures, for people."""
        ends = Counter(row.status for row in self.kept.rows)
        attempts = [row.attempts for row in self.kept.rows]
        kills = ", ".join(f"{count} {name}" for name, count in sorted(self.killer.kills.items()))
        parts = ", ".join(f"{count} {name}" for name, count in sorted(ends.items()))
        return (
            f"seed {self.seed}: {len(attempts)} generations in {self.wall:.0f} s: {parts};"
            f" {sum(self.killer.kills.values())} kills: {kills};"
            f" {sum(attempts)} attempts, {max(attempts)} at most;"
            f" {len(self.receiver.messages)} messages for {len(self.kept.deliveries)} deliveries"
        )


def main():
    """Run it, tell the figures, and end with 1 where something was wrong."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seed", type=int, default=random.randrange(1000))
    given.add_argument("--count", type=int, default=1000)
    given.add_argument(
        "--pause", type=float, default=2.0, help="seconds between kills, in the mean"
    )
    given.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    asked = given.parse_args()
    failed = False
    for database in ["sqlite", "postgres"] if asked.database == "both" else [asked.database]:
        failed |= soak(database, asked.seed, asked.count, asked.pause)
    sys.exit(failed)


def soak(database, seed, count, pause):
    """Whether something was wrong; then everything is left to be looked at."""
    print(f"{database}, seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="cutroom-soak-"))
    clip = folder / "birds.mp4"
    birds(clip, seconds=1, size=(320, 180), rate=12)
    postgres = Postgres.make(folder / "postgres") if database == "postgres" else None
    outages = (1.0, 1.0, 3.0, 20.0)
    made = Soak(folder, clip, seed=seed, count=count, pause=pause, postgres=postgres, outages=outages)  # fmt: skip
    try:
        wrong = made.run()
        print(f"{database}, {made.told()}", flush=True)
    except AssertionError as error:
        made.killer.stop()
        wrong = [str(error)]
    finally:
        made.close()
        if postgres:
            postgres.stop()
    for sentence in wrong:
        print(f"  {sentence}")
    if wrong:
        print(f"  what there is of it lies in {folder}")
    else:
        shutil.rmtree(folder)
        print("  nothing lost, nothing twice, nothing stuck")
    return bool(wrong)


if __name__ == "__main__":
    main()
