"""The remote engine: another server does the work, and this one sees it through."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from cutroom.engine import Needs, Tick
from cutroom.engines.remote.begun import Begun
from cutroom.engines.remote.dialect import Dialect, Stand
from cutroom.engines.remote.line import Line
from cutroom.engines.remote.oxen import Oxen
from cutroom.engines.remote.pulse import Pulse
from cutroom.engines.remote.result import MOST
from cutroom.engines.remote.server import Server
from cutroom.errors import EngineFailed, KeyReused
from cutroom.types import Edit

_ATTEMPTS = 5
"""Generations that are begun for one edit, each after the one before was cancelled."""
_BEFORE, _AFTER = 0.05, 0.95
"""Shares of the progress before and after the server's own work: uploads, the download."""


class Remote:
    """Hands edits to the server that the environment names."""

    def __init__(
        self,
        poll: float = 1.0,
        patience: float = 120.0,
        stalled: float = 1800.0,
        most: int = MOST,
    ) -> None:
        """Options of a catalog's row.

        `poll`: seconds between two looks. `patience`: seconds for which a server may be away. `stalled`:
        seconds for which a generation may stand still that told progress before. `most`: bytes of a result.
        """
        self._poll = poll
        self._stalled = stalled
        self._patience = patience
        self._most = most

    @staticmethod
    def needs(environment: Mapping[str, str]) -> Needs:  # noqa: ARG004  what every engine is asked with
        """The network, all of it: where a result lies is for the other server to say."""
        return Needs(out=True)

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write what the server makes to `out`.

        Its refusals are ours, word for word. Whatever ends this before there is a result, cancelling
        included, has the generation there cancelled too. Raises CannotDo, InvalidParams, EngineFailed.
        """
        server = Server.of(os.environ)
        # The worker kills what takes too long, and then nobody would tell the server.
        pulse = Pulse(tick, server.seconds - min(10.0, 0.1 * server.seconds))
        with Line(server, pulse, self._patience) as line:
            dialect = self._dialect(line, edit)
            try:
                dialect.check()
                self._see_through(dialect, Begun(edit, server), pulse, out)
            finally:
                dialect.tidy()
        pulse.reach(1.0)

    def _dialect(self, line: Line, edit: Edit) -> Dialect:
        if line.server.protocol == "oxen":
            return Oxen(line, edit, self._most)
        from cutroom.engines.remote.openai_videos import OpenAIVideos  # noqa: PLC0415  it loads codecs

        return OpenAIVideos(line, edit, self._most)

    def _see_through(self, dialect: Dialect, begun: Begun, pulse: Pulse, out: Path) -> None:
        """Begin, or find what is begun; wait for it; bring the result."""
        stand = self._ended(dialect, begun, pulse)
        match stand.status:
            case "failed":
                raise stand.error or EngineFailed()
            case "cancelled":
                raise EngineFailed("The generation was cancelled at the remote server.")
            case "gone":
                raise EngineFailed(
                    "The remote server does not know the generation any more; it may have been started anew."
                )
        for note in stand.notes:
            pulse.note(note)
        for name, text in stand.details.items():
            pulse.detail(name, text)
        dialect.bring(stand, out)

    def _ended(self, dialect: Dialect, begun: Begun, pulse: Pulse) -> Stand:
        """How the generation stands in the end; whatever comes between has it cancelled.

        One of an earlier attempt that was cancelled, as all are when this server stops, or that the
        server forgot, is begun again under another name.
        """
        attempt, generation, dialect.left = begun.find()
        while True:
            if generation is None:
                try:
                    generation = dialect.begin(attempt)
                except KeyReused:
                    if attempt == _ATTEMPTS:
                        raise
                    attempt += 1
                    continue
                begun.keep(attempt, generation, dialect.left)
            try:
                stand = dialect.look(generation)
                if stand.status not in {"cancelled", "gone"} or attempt == _ATTEMPTS:
                    return self._followed(dialect, generation, stand, pulse)
            except BaseException:
                dialect.drop(generation)
                raise
            attempt, generation = attempt + 1, None

    def _followed(self, dialect: Dialect, generation: str, stand: Stand, pulse: Pulse) -> Stand:
        """How it stands once nothing follows."""
        seen, since = stand, time.monotonic()
        while stand.status in {"queued", "processing"}:
            if (stand.status, stand.progress) != (seen.status, seen.progress):
                seen, since = stand, time.monotonic()
            elif 0 < stand.progress < 1 and time.monotonic() - since > self._stalled:
                raise EngineFailed(f"The remote server stood still for {self._stalled:g} seconds.")
            pulse.reach(_BEFORE + (_AFTER - _BEFORE) * min(max(stand.progress, 0.0), 1.0))
            pulse.rest(self._poll)
            stand = dialect.look(generation)
        return stand
