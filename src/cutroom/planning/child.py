"""The process that plans: `python -m cutroom.planning.child PARENT_PID`. It keeps its engines loaded."""

import ctypes
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import cache
from typing import Any

from cutroom import logs
from cutroom.catalog import load_engine
from cutroom.engine import Engine, Planning
from cutroom.errors import CannotDo, CutroomError
from cutroom.planning.bounds import Bounds
from cutroom.planning.messages import Answer, Question, answers, questions
from cutroom.settings import Settings

READY = b"ready\n"
"""Said before the first question is read."""
_PR_SET_PDEATHSIG = 1
log = logging.getLogger("cutroom.planning.child")


def main() -> None:
    """Answer questions until there are no more."""
    _die_with(int(sys.argv[1]))
    held = Bounds.of_text(sys.argv[2]).bind()
    # Whatever a library prints must not get between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    settings = Settings()
    logs.begin(
        settings.log_level, settings.log_format, process="planner", secrets=settings.secrets()
    )

    log.info("bound by %s", held)

    @cache
    def engine(model_id: str) -> Engine:
        return load_engine(models[model_id])

    models = {}
    channel.write(READY)
    channel.flush()
    for line in iter(sys.stdin.buffer.readline, b""):
        asked = questions.validate_json(line)
        models[asked.model.id] = asked.model
        channel.write(answers.dump_json(answer(asked, engine)) + b"\n")
        channel.flush()
    os._exit(0)  # an engine's threads and exit handlers have nothing to add, and might hang


def answer(asked: Question, engine_of: Callable[[str], Engine]) -> Answer:
    """What the engine makes of the edit."""
    try:
        engine = engine_of(asked.model.id)
        if not isinstance(engine, Planning):
            return Answer()  # whether it can do it, it tells when it does it
        return Answer(plan=json.loads(json.dumps(engine.plan(asked.edit), default=str)))
    except CannotDo as refusal:
        return Answer(refusal=_told(refusal, asked.edit.prompt))
    except CutroomError as error:
        return Answer(error_kind=error.kind, message=error.message)
    except Exception:  # noqa: BLE001 - told in the log, less the prompt that may be in it
        trace = logs.without(traceback.format_exc(), asked.edit.said(), "[the prompt]")
        log.error("the engine of %s raised what it should not:\n%s", asked.model.id, trace)  # noqa: TRY400
        return Answer(error_kind=CutroomError.kind, message=CutroomError().message)


def _told(refusal: CannotDo, prompt: str) -> dict[str, Any]:
    """The refusal as JSON values; one that blames no part of the instruction blames the whole."""
    told = refusal.to_json()
    if not told.get("cannot") and prompt.strip():
        told["cannot"] = [{"text": prompt, "why": refusal.message, "nearest": []}]
    return told


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it is gone; the end of stdin tells elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)


if __name__ == "__main__":
    main()
