"""`cutroom keys`: who may use the API."""

import time

import click

from cutroom.accounts import Key
from cutroom.cli.installation import installation
from cutroom.cli.show import json_option, wants_json, write_json, write_table
from cutroom.terms import Limit, Terms, expiry, in_order, limit_of, minute, scopes_of, spoken


@click.group(
    epilog="""
\b
Examples:
  cutroom keys create --namespace alice
  cutroom keys create --namespace alice --key YOUR_API_KEY
  cutroom keys create --namespace alice --scopes read --expires 30d
  cutroom keys list
  cutroom keys limit cr_Xk3vQ 5/month
  cutroom keys revoke cr_Xk3vQ
"""
)
def keys() -> None:
    """Make, list, limit and revoke API keys.

    A key belongs to a namespace, which owns the results and pays. Only a hash
    of it is kept: it can be shown once, when it is made.
    """


@keys.command()
@click.option("--namespace", required=True, metavar="NAME", help="Whose key; made if it is new.")
@click.option("--key", metavar="VALUE", help="Take this key instead of drawing one.")
@click.option("--name", default="", metavar="TEXT", help="What the key is for, shown in the list.")
@click.option(
    "--scopes",
    default="read write",
    metavar="WORDS",
    help="What it may do: read, write, admin. Default: read write.",
)
@click.option("--expires", metavar="WHEN", help="30d, 12h, or a date such as 2027-01-31 (UTC).")
@click.option(
    "--limit", metavar="DOLLARS/PERIOD", help="The most it may spend: 5/day, 5/month, 5/ever."
)
@json_option
def create(
    *,
    namespace: str,
    key: str | None,
    name: str,
    scopes: str,
    expires: str | None,
    limit: str | None,
) -> None:
    """Make a key and print it alone on stdout, this once."""
    terms = Terms(
        scopes=scopes_of(scopes),
        expires=None if expires is None else expiry(expires, int(time.time())),
        limit=None if limit is None else limit_of(limit),
    )
    with installation() as service:
        made = service.accounts.create_key(namespace, key, name, terms)
    if wants_json():
        write_json({"namespace": namespace, "key": made, **told(terms)})
    else:
        click.echo(made)


@keys.command(name="list")
@click.option("--namespace", metavar="NAME", help="Only this namespace's keys.")
@json_option
def list_keys(*, namespace: str | None) -> None:
    """List keys by the letters they begin with."""
    with installation() as service:
        found = service.accounts.keys(namespace)
    if wants_json():
        write_json(
            [
                {
                    "id": key.id,
                    "namespace": key.namespace,
                    "prefix": key.prefix,
                    "name": key.name,
                    "created": key.created,
                    "last_used": key.last_used,
                    "revoked": key.revoked,
                    **told(key.terms),
                }
                for key in found
            ]
        )
        return
    write_table(
        ("KEY", "NAMESPACE", "SCOPES", "EXPIRES", "LIMIT", "CREATED", "LAST USED", "NAME"),
        [
            (
                f"{key.prefix}…",
                key.namespace,
                spoken(key.terms.scopes),
                day(key.terms.expires),
                str(key.terms.limit or "none"),
                day(key.created),
                state(key),
                key.name,
            )
            for key in found
        ],
    )


@keys.command()
@click.argument("key")
@json_option
def revoke(*, key: str) -> None:
    """Make KEY useless: the key itself, its id, or the letters of the list."""
    with installation() as service:
        gone = service.accounts.revoke_key(key.rstrip("…"))
    if wants_json():
        write_json({"id": gone.id, "namespace": gone.namespace, "revoked": gone.revoked})
    else:
        click.echo(f"revoked {gone.prefix}… of {gone.namespace}")


@keys.command()
@click.argument("key")
@click.argument("amount", metavar="DOLLARS/PERIOD")
@json_option
def limit(*, key: str, amount: str) -> None:
    """Give KEY another spend limit: 5/day, 5/month, 5/ever, or none.

    Days and months are those of UTC. What was spent in the period counts.
    """
    with installation() as service:
        changed = service.spending.limit_key(key.rstrip("…"), limit_of(amount))
    if wants_json():
        write_json({"id": changed.id, "namespace": changed.namespace, **told(changed.terms)})
    else:
        click.echo(
            f"{changed.prefix}… of {changed.namespace} may spend {said(changed.terms.limit)}"
        )


def said(limit: Limit | None) -> str:
    """A limit after the words `may spend`."""
    return "what there is" if limit is None else str(limit)


def told(terms: Terms) -> dict[str, object]:
    """The terms of a key as JSON; money is micro-dollars."""
    return {"scopes": in_order(terms.scopes), "expires": terms.expires, **bound(terms.limit)}


def bound(limit: Limit | None) -> dict[str, object]:
    """A spend limit as JSON."""
    return {"spend_limit": limit and limit.amount, "spend_period": limit and limit.period}


def state(key: Key) -> str:
    """When it was last used, or why it cannot be."""
    if key.revoked:
        return "revoked"
    return "expired" if key.expired else day(key.last_used)


def day(moment: int | None) -> str:
    """Unix seconds as `2026-11-23 06:40` in UTC; `never` without any."""
    return "never" if moment is None else minute(moment)
