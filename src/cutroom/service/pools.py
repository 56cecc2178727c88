"""What an operator asks and says: pools paused, workers that leave, how much a namespace may have at once."""

from collections.abc import Callable, Sequence

from cutroom import pools
from cutroom.db import Database, reading, writing
from cutroom.errors import InvalidParams
from cutroom.pools import Seen, Standing

HEAVIEST = 1000.0
"""The largest weight; the smallest is one by it."""


class Pools:
    """The pools of one installation, and the workers in them."""

    def __init__(self, engine: Database, ttl: float, moved: Callable[[], object]) -> None:
        """`moved` is called when something may begin that could not before."""
        self._engine = engine
        self._ttl = ttl
        self._moved = moved

    def standings(self) -> Sequence[Standing]:
        """How each pool stands now. Raises Unreachable."""
        with reading(self._engine) as tx:
            return pools.standings(tx, self._ttl)

    def pause(self, pool: str, note: str = "") -> None:
        """Let nothing begin in a pool, also not what is in its queue; what runs goes on."""
        with writing(self._engine) as tx:
            pools.pause(tx, pool, note)

    def resume(self, pool: str) -> bool:
        """Let a pool go on; whether it was paused."""
        with writing(self._engine) as tx:
            was = pools.resume(tx, pool)
        self._moved()
        return was

    def limit(
        self, namespace: str, *, weight: float | None = None, **running: int | None
    ) -> tuple[int | None, float]:
        """Give a namespace a `running` limit (None: the setting's) or a weight; returns both as they are now.

        What is not given stays. Raises NotFound, InvalidParams.
        """
        if weight is not None and not 1 / HEAVIEST <= weight <= HEAVIEST:
            raise InvalidParams(f"A weight is between {1 / HEAVIEST} and {HEAVIEST:.0f}")
        values: dict[str, float | None] = {}
        if weight is not None:
            values["weight"] = weight
        if "running" in running:
            values["running_limit"] = running["running"]
        with writing(self._engine) as tx:
            told = pools.limit(tx, namespace, values)
        self._moved()
        return told

    def workers(self) -> Sequence[Seen]:
        """Every worker that has a row: dead ones too, until somebody notices."""
        with reading(self._engine) as tx:
            return pools.everyone(tx)

    def drain(self, name: str) -> Sequence[str]:
        """Have a worker, or all of a host, finish what they have and leave. Returns their ids. Raises NotFound."""
        with writing(self._engine) as tx:
            return pools.drain(tx, name)
