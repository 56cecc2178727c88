"""The commands by name, and what happens when one of them goes wrong."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

import click

from cutroom import __version__
from cutroom.cli.exits import Exit, exit_of
from cutroom.cli.show import wants_json, write_json
from cutroom.errors import Cancelled, CutroomError


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is imported when it is first asked for."""

    target: str
    """`module:attribute` of the click command."""
    summary: str
    """Its line in `cutroom --help`; the command's own help begins with the same words."""


SECTIONS: Mapping[str, Mapping[str, Entry]] = {
    "Edit on this machine": {
        "edit": Entry("cutroom.cli.edit:edit", "Edit a video file by saying what should change."),
        "verify": Entry("cutroom.cli.verify:verify", "Say where a file comes from."),
        "demo": Entry("cutroom.cli.demo:demo", "Try everything: a server, two edits, a picture."),
        "doctor": Entry("cutroom.cli.doctor:doctor", "Say what this machine has and can do."),
    },
    "Serve the API": {
        "serve": Entry("cutroom.cli.serve:serve", "Run the API with its workers."),
        "link": Entry("cutroom.cli.link:link", "Print a link that signs a browser in."),
        "worker": Entry("cutroom.cli.worker:worker", "Run one more worker for an installation."),
        "models": Entry("cutroom.cli.models:models", "List the models that can be named."),
    },
    "Run an installation": {
        "keys": Entry("cutroom.cli.keys:keys", "Make, list, limit and revoke API keys."),
        "credits": Entry(
            "cutroom.cli.credits:credit", "Add credit to a namespace, limit it, or show it."
        ),
        "usage": Entry("cutroom.cli.usage:usage", "Say what a namespace used, and what it cost."),
        "pools": Entry(
            "cutroom.cli.pools:pools", "Say what waits in the pools; pause them; limit namespaces."
        ),
        "workers": Entry(
            "cutroom.cli.workers:workers",
            "List the workers of all machines, or have some of them leave.",
        ),
        "webhooks": Entry("cutroom.cli.webhooks:group", "Say who is told when generations end."),
        "members": Entry("cutroom.cli.members:members", "Say who belongs to an organisation."),
        "db": Entry("cutroom.cli.db:group", "Make, upgrade and look at the database's tables."),
        "secrets": Entry("cutroom.cli.secrets:secrets", "Change what signs URLs."),
        "storage": Entry("cutroom.cli.storage:storage", "Say what a bucket must allow."),
        "weights": Entry("cutroom.cli.weights:weights", "Fetch, list and check open weights."),
    },
}


class Commands(click.Group):
    """A group that knows its commands by name and imports only the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Every command, in the order of the help page."""
        return [name for entries in SECTIONS.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import the command; None for a name that is not one."""
        for entries in SECTIONS.values():
            if cmd_name in entries:
                module, attribute = entries[cmd_name].target.split(":")
                command: click.Command = getattr(import_module(module), attribute)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under their headings, without importing any."""
        width = max(len(name) for name in self.list_commands(ctx))
        for heading, entries in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(width), entry.summary) for name, entry in entries.items()]
                )

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what goes wrong becomes one sentence on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except CutroomError as error:
            _fail(ctx, error)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
            raise
        except BrokenPipeError:  # of `| head`, which has read enough: click ends without a word
            raise
        except Exception as error:
            if os.environ.get("CUTROOM_LOG_LEVEL") == "debug":
                raise
            _fail(ctx, _unexpected(error))


def _unexpected(error: Exception) -> CutroomError:
    said = f"{type(error).__name__}: {error}".strip(": ")
    return CutroomError(f"Internal error: {said}. CUTROOM_LOG_LEVEL=debug shows where.")


def _fail(ctx: click.Context, error: CutroomError) -> NoReturn:
    if wants_json(ctx):
        write_json({"error": {"kind": error.kind, "message": error.message}})
    said = f"cutroom: {'Stopped.' if isinstance(error, Cancelled) else error.message}"
    if sys.stderr.isatty():  # a script gets the sentence on one line
        said = click.wrap_text(said, width=shutil.get_terminal_size().columns - 1)
    click.echo(said, err=True)
    ctx.exit(exit_of(error))


_EXITS = "\n".join(f"  {code:>3}  {code.meaning}" for code in Exit)


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=f"\b\nExit codes:\n{_EXITS}\n\n\b\nEvery setting: docs/settings.md (CUTROOM_* in the environment)",
)
@click.version_option(__version__, "-V", "--version", message="cutroom %(version)s")
def app() -> None:
    """Edit a video by saying what should change.

    \b
    Examples:
      cutroom edit birds.mp4 "make it a snowy night" -o out.mp4
      cutroom serve
      cutroom demo
    """  # noqa: D301  click keeps the lines of a paragraph that begins with this character
