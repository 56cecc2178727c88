"""`cutroom credits`: what a namespace has to spend."""

from decimal import Decimal, InvalidOperation

import click

from cutroom.cli.installation import installation
from cutroom.cli.keys import bound, day, said
from cutroom.cli.show import json_option, wants_json, write_json, write_table
from cutroom.terms import dollars, limit_of

_MICRO = 1_000_000
_MOST = 1_000_000_000 * _MICRO


class Dollars(click.ParamType[int]):
    """An amount in dollars with at most six decimals, as micro-dollars."""

    name = "amount"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Micro-dollars; fails for what is no positive amount."""
        if isinstance(value, int):
            return value
        try:
            micro = Decimal(str(value).removeprefix("$")) * _MICRO
            whole = int(micro)
        except (InvalidOperation, ValueError, OverflowError):
            self.fail(f"{value!r} is not an amount in dollars.", param, ctx)
        if whole != micro or not 0 < whole <= _MOST:
            self.fail(f"{value!r} is not between $0.000001 and $1,000,000,000.", param, ctx)
        return whole


@click.group(
    name="credits",
    epilog="""
\b
Examples:
  cutroom credits add --namespace alice 25
  cutroom credits show --namespace alice
  cutroom credits limit --namespace alice 50/month
""",
)
def credit() -> None:
    """Add credit to a namespace, limit it, or show it.

    Amounts are dollars. A generation holds the most that it can cost while it
    runs; success is charged, failure and cancelling cost nothing.
    """


@credit.command()
@click.option("--namespace", required=True, metavar="NAME", help="Whose credit; made if it is new.")
@click.option("--note", default="", metavar="TEXT", help="What it is for, kept in the statement.")
@click.argument("amount", type=Dollars())
@json_option
def add(*, namespace: str, note: str, amount: int) -> None:
    """Add AMOUNT dollars."""
    with installation() as service:
        service.add_credit(namespace, amount, note)
    _show_balance(namespace, entries=False)


@credit.command()
@click.option("--namespace", required=True, metavar="NAME", help="Whose credit.")
@json_option
def show(*, namespace: str) -> None:
    """Show the balance, what is held, and every movement, newest first."""
    _show_balance(namespace, entries=True)


@credit.command()
@click.option("--namespace", required=True, metavar="NAME", help="Whose credit.")
@click.argument("amount", metavar="DOLLARS/PERIOD")
@json_option
def limit(*, namespace: str, amount: str) -> None:
    """Let no more be spent than so much: 5/day, 5/month, 5/ever, or none.

    Days and months are those of UTC. What was spent in the period counts.
    """
    asked = limit_of(amount)
    with installation() as service:
        service.spending.limit_namespace(namespace, asked)
    if wants_json():
        write_json({"namespace": namespace, **bound(asked)})
    else:
        click.echo(f"{namespace} may spend {said(asked)}")


def _show_balance(namespace: str, *, entries: bool) -> None:
    with installation() as service:
        balance = service.balance(namespace)
        limit = service.spending.limit_of(namespace)
        moves = service.statement(namespace) if entries else ()
    if wants_json():
        answer: dict[str, object] = {
            "namespace": namespace,
            "balance": balance.total,
            "held": balance.held,
            "free": balance.free,
            **bound(limit),
        }
        if entries:
            answer["entries"] = [
                {
                    "kind": move.kind.value,
                    "amount": move.amount,
                    "created": move.created,
                    "generation": move.generation,
                    "note": move.note,
                }
                for move in moves
            ]
        write_json(answer)
        return
    held = f", {dollars(balance.held)} of it held" if balance.held else ""
    most = f"; at most {limit}" if limit else ""
    click.echo(f"{namespace}: {dollars(balance.total)}{held}{most}")
    if moves:
        click.echo()
        write_table(
            ("WHEN", "WHAT", "AMOUNT", "FOR"),
            [
                (
                    day(move.created),
                    move.kind.value,
                    dollars(move.amount),
                    move.generation or move.note,
                )
                for move in moves
            ],
        )
