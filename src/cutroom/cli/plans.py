"""Plans on the command line: shown by `edit --plan`, read back by `edit --with-plan`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import click

from cutroom.cli.show import wants_json, write_json
from cutroom.engine import Engine, Following, Planning, Tick
from cutroom.errors import CannotDo, InvalidParams
from cutroom.types import Edit

_LARGEST = 1 << 20
"""Bytes of a plan file."""


def plan_of(engine: Engine, edit: Edit) -> Mapping[str, Any]:
    """What the prompt comes to, as JSON values. Raises CannotDo."""
    if not isinstance(engine, Planning):
        raise CannotDo("The engine of this model does not tell its plan.")
    return engine.plan(edit)


def read(file: BinaryIO) -> object:
    """The JSON value of a plan file. Raises InvalidParams for what is no JSON of a likely size."""
    raw = file.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        raise InvalidParams(f"{file.name} is no plan: it is larger than {_LARGEST} bytes.")
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidParams(f"{file.name} is no plan: it is not JSON ({error}).") from error


class Planned:
    """An engine that carries out a plan, whatever the prompt is."""

    def __init__(self, engine: Engine, plan: object) -> None:
        """Raises CannotDo when the engine follows no plans."""
        if not isinstance(engine, Following):
            raise CannotDo("The engine of this model carries out no plans.")
        self._engine, self._plan = engine, plan

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the finished MP4 to `out`. Raises InvalidParams where the plan is wrong."""
        self._engine.follow(self._plan, edit, out, tick)


def show(plan: Mapping[str, Any]) -> None:
    """Print a plan, for people or as JSON."""
    if wants_json():
        write_json(plan)
        return
    for number, op in enumerate(plan["ops"], 1):
        name = click.style(str(op["op"]), dim=True)
        click.echo(f"{number}. {op.get('say') or op['op']}  {name}")
    for kept in plan.get("kept", ()):
        click.echo(f"   kept: {kept}")
