"""Carries one generation out, from taking it to its final status."""

import logging
import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TypeVar

from cutroom import logs, params, points, traces
from cutroom.catalog import Catalog, engine_name
from cutroom.depot import Depot
from cutroom.errors import Cancelled, CutroomError, EngineFailed, Unreachable
from cutroom.generations import Claim, Outcome
from cutroom.intake import Intake
from cutroom.life import Life
from cutroom.provenance.means import Means
from cutroom.provenance.signing import Provenance, Signed
from cutroom.settings import Settings
from cutroom.storage import Storage
from cutroom.types import Edit, Generation, Model, Status
from cutroom.worker import disk, stages
from cutroom.worker.confinement import take_links
from cutroom.worker.engine_process import Died
from cutroom.worker.helper import Helper
from cutroom.worker.inputs import Inputs
from cutroom.worker.messages import Failed, Order
from cutroom.worker.seat import Seat
from cutroom.worker.sharing import Sharing
from cutroom.worker.watch import Watch

PAUSE = 1.0
"""Seconds until an unreachable database or storage is asked again."""
STORE_PATIENCE = 600.0
"""Seconds for which a finished result waits for a storage that is away."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Carrier:
    """Carries out whatever this worker takes, one generation at a time."""

    def __init__(
        self,
        settings: Settings,
        life: Life,
        catalog: Catalog,
        storage: Storage,
        intake: Intake,
        *,
        inputs: Inputs,
        depot: Depot,
        sharing: Callable[[str, Claim | None], Sharing],
        worker: str,
    ) -> None:
        """`sharing` gives a generation's segments: to its claim, or to a helper."""
        self._settings = settings
        self._life = life
        self._catalog = catalog
        self._storage = storage
        self._intake = intake
        self._inputs = inputs
        self._worker = worker
        self._seat = Seat(settings)
        self._provenance = Provenance(Means.of(settings))
        self._folder = settings.data_dir.absolute() / "work" / worker
        self._depot = depot
        self._sharing = sharing
        self._claims: set[Claim] = set()
        """Those that this process was told of, of what is not final."""
        self._stopping = Event()
        self._helps = False
        self._leaving = Event()
        self._idle = Event()
        self._idle.set()

    @property
    def busy(self) -> bool:
        """Whether a generation of its own is under way."""
        return not self._idle.is_set() and not self._helps

    def leave(self) -> None:
        """Take nothing any more; what is under way goes on."""
        self._leaving.set()

    def stop(self) -> None:
        """Break off what is under way, and return when no engine is left."""
        self._stopping.set()
        self._idle.wait(timeout=self._settings.cancel_grace + 5)
        self._seat.close()

    def carry_out(self, generation_id: str) -> None:
        """Work on a generation until it is final. Never returns earlier, and never raises.

        Where this code itself is at its wits' end, the process ends: that is noticed, counted as
        an attempt, and in the end told to the caller, while an exception would only stop the queue.
        """
        self._idle.clear()
        with logs.about(generation_id=generation_id):
            try:
                self._see_through(generation_id)
            except Exception:
                log.exception("this worker cannot go on")
                logging.shutdown()
                os._exit(70)  # EX_SOFTWARE
        self._idle.set()

    def help_with(self, generation_id: str) -> None:
        """Make segments of another worker's generation, while there are any. Never raises.

        Nor does it return once this worker stops, so that the queue gives the work to another.
        """
        self._idle.clear()
        self._helps = True
        with logs.about(generation_id=generation_id):
            helper = Helper(
                self._settings, self._catalog, self._seat, self._bring_in, self._stopping
            )
            helper.help(self._sharing(generation_id, None), self._folder / f"help-{generation_id}")
        self._helps = False
        self._idle.set()
        if self._stopping.is_set():
            Event().wait()

    def _see_through(self, generation_id: str) -> None:
        while (claim := self._take(generation_id)) is not None:
            asked = self._insist(self._life.get, generation_id).trace if traces.on() else None
            with traces.span("attempt", asked, kind="consumer") as span:
                span.set(**stages.attempt(claim))
                self._carry(claim, span)
        self._tidy_up(generation_id)

    def _carry(self, claim: Claim, span: traces.Span) -> None:
        """One attempt, to whatever end it comes."""
        try:
            outcome = self._attempt(claim)
        except Cancelled:
            log.info("broken off")
            span.set(status=Status.CANCELLED)
        except Died as death:
            log.warning("attempt %s lost", claim.attempt)
            span.fail("died")
            self._insist(self._life.lose_attempt, claim, str(death))
        else:
            span.set(status=outcome.status)
            if outcome.error_kind:
                span.fail(outcome.error_kind)
            with traces.span("settle"):
                self._finish(claim, outcome)

    def _take(self, generation_id: str) -> Claim | None:
        """The claim, waited for while another worker has it; None when the generation is final."""
        while not self._stopping.is_set():
            leaving = self._leaving.is_set()
            if not leaving and (claim := self._try(generation_id)):
                self._claims.add(claim)
                log.info("attempt %s begins", claim.attempt)
                points.reach("taken")
                return claim
            if self._insist(self._life.get, generation_id).status.final:
                return None
            if leaving:
                break
            self._stopping.wait(self._settings.poll_interval)
        # Not final, and not ours to do: this workflow stays open until the process ends.
        self._idle.set()
        Event().wait()
        return None

    def _try(self, generation_id: str) -> Claim | None:
        """The claim, if it can be had now."""
        return self._insist(self._life.take, generation_id, self._worker) or self._unheard(
            generation_id
        )

    def _unheard(self, generation_id: str) -> Claim | None:
        """The claim that the row says is this worker's, and nobody here was told of: the answer was lost."""
        claim = self._insist(self._life.claim_of, generation_id, self._worker)
        return None if claim in self._claims else claim

    def _attempt(self, claim: Claim) -> Outcome:
        """How one attempt ended. Raises Cancelled, Died."""
        folder = self._folder / claim.id
        try:
            folder.mkdir(parents=True)
            return self._work(claim, folder)
        except Cancelled:
            raise
        except CutroomError as error:
            return Outcome(Status.FAILED, error.kind, error.message)
        except Died:
            raise
        except Exception as error:
            log.exception("unexpected")
            told = disk.refused(error) or CutroomError()
            return Outcome(Status.FAILED, told.kind, told.message)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _work(self, claim: Claim, folder: Path) -> Outcome:
        """Intake, engine, provenance, storage."""
        watch = Watch(self._life, claim, self._settings.poll_interval, self._stopping)
        generation = self._insist(self._life.get, claim.id)
        model = self._catalog.model(generation.model)
        out = folder / "out.mp4"
        with (
            closing(self._sharing(claim.id, claim)) as sharing,
            self._seat.engine(model, folder, sharing.folder) as engine,
        ):
            with traces.span("intake"):
                edit = self._bring_in(generation, model, folder, watch.alive)
            # Not in the attempt's own folder: what is finished of a long result is for the next as well.
            edit = replace(edit, parts=sharing.folder)
            deadline = time.monotonic() + self._settings.engine_timeout
            watch.alive()  # this process may have been frozen until now
            with traces.span("engine") as span:
                span.set(**stages.engine(edit, model))
                engine.begin(Order(edit, model, str(out)))
                report = engine.wait(
                    watch.wanted, self._settings.poll_interval, deadline, watch.seen, sharing
                )
                if isinstance(report.end, Failed):
                    span.fail(report.end.error_kind)
                else:
                    span.set(seconds=report.end.seconds)
        signed = Signed()
        if isinstance(report.end, Failed):
            ended = Outcome(Status.FAILED, report.end.error_kind, report.end.message)
        else:
            points.reach("engine-done")
            take_links(folder)
            if not out.is_file():
                raise EngineFailed("The engine wrote no result.")
            asked = {"model": generation.model, **generation.params}
            with traces.span("provenance"):
                signed = self._provenance.sign(edit, engine_name(model), asked, out, watch.alive)
            key = generation.key(claim.attempt)
            with traces.span("storage", bytes=out.stat().st_size):
                self._keep(key, out, watch)
            points.reach("stored")
            ended = Outcome(Status.SUCCEEDED, result_key=key, seconds=report.end.seconds)
        notes = (*edit.notes, *report.notes, *signed.notes)
        return replace(ended, notes=notes, details={**report.details, **signed.details})

    def _bring_in(
        self, generation: Generation, model: Model, folder: Path, alive: Callable[[], None]
    ) -> Edit:
        """The files made local; a storage that is away for a while does not cost the generation."""
        given = params.parse(
            model,
            self._insist(self._life.request, generation.id),
            keep_audio_default=self._settings.keep_audio_default,
        )
        origins = [generation.origin] if generation.origin else []
        kept = self._inputs.of(generation, alive)
        end = time.monotonic() + STORE_PATIENCE
        while True:
            try:
                return self._intake.edit(
                    generation, model, given, folder, alive, origins=origins, kept=kept
                )
            except Unreachable as error:
                if time.monotonic() > end:
                    raise
                log.warning("%s Trying again", error.message)
            self._stopping.wait(PAUSE)
            alive()

    def _keep(self, key: str, out: Path, watch: Watch) -> None:
        """Put the result in its place; a storage that is away for a while does not cost the work.

        Raises Cancelled, EngineFailed where another file lies there, Unreachable in the end.
        """
        end = time.monotonic() + STORE_PATIENCE
        while True:
            try:
                if self._storage.put_file(key, out, create=True) or self._storage.keeps(key, out):
                    return
            except Unreachable:
                if time.monotonic() > end:
                    raise
                log.warning("the storage is not there; trying again")
            else:
                raise EngineFailed("Another file lies in the place of the result.")
            self._stopping.wait(PAUSE)
            watch.alive()

    def _finish(self, claim: Claim, outcome: Outcome) -> None:
        first = self._insist(self._life.finish, claim, outcome)
        if not first and outcome.result_key:
            # Cancelled in the last moment, or done by another worker meanwhile; or by this very call, if
            # it was made twice because the database went away before it could answer.
            first = self._insist(self._life.get, claim.id).result_key == outcome.result_key
            if not first:
                with suppress(CutroomError):
                    self._storage.delete(outcome.result_key)
        log.info("%s" if first else "%s, too late", outcome.status)

    def _tidy_up(self, generation_id: str) -> None:
        """Remove what attempts left behind, now that the generation is final."""
        self._insist(self._depot.forget, generation_id)
        self._claims = {claim for claim in self._claims if claim.id != generation_id}
        ended = self._insist(self._life.get, generation_id)
        # A worker that died between storing a result and writing the end has left one that nobody can see.
        for key in map(ended.key, range(1, ended.attempts + 1)):
            if key != ended.result_key:
                with suppress(CutroomError):
                    self._storage.delete(key)

    def _insist(self, step: Callable[..., T], *arguments: object) -> T:
        """What the step returns, once the database is there to take it."""
        while True:
            try:
                return step(*arguments)
            except Unreachable:
                log.warning("the database is not there; trying again")
                time.sleep(PAUSE)
