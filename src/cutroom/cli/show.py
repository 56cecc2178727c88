"""How the commands put things on the screen: JSON, tables, sizes and money."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_JSON = "cutroom.cli.json"


def json_option(command: Command) -> Command:
    """Give a command `--json`; `wants_json` tells whether it was used."""

    def remember(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
        ctx.meta[_JSON] = value

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=remember,
        help="Print JSON on stdout, errors too.",
    )(command)


def wants_json(ctx: click.Context | None = None) -> bool:
    """Whether the command that runs was given `--json`."""
    return bool((ctx or click.get_current_context()).meta.get(_JSON))


def write_json(value: object) -> None:
    """Print `value` as indented JSON; paths, fractions and dates become strings."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def write_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as they must be; columns that hold only numbers lean right."""
    widths = [max(len(row[n]) for row in [headings, *rows]) for n in range(len(headings))]
    right = [bool(rows) and all(_numeric(row[n]) for row in rows) for n in range(len(headings))]
    for at, row in enumerate([headings, *rows]):
        cells = (
            cell.rjust(width) if lean else cell.ljust(width)
            for cell, width, lean in zip(row, widths, right, strict=True)
        )
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, dim=True) if at == 0 else line)


def _numeric(text: str) -> bool:
    return not text or text.lstrip("-$").replace(".", "").replace(",", "").isdigit()


def bytes_size(count: int) -> str:
    """A number of bytes for people: `3.1 MB`."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
