"""`cutroom members`: who may act for an organisation."""

import click

from cutroom.accounts import MEMBER, OWNER, ROLES
from cutroom.cli.installation import installation
from cutroom.cli.show import json_option, wants_json, write_json, write_table


@click.group(
    epilog="""
\b
Examples:
  cutroom members add --organisation acme alice
  cutroom members add --organisation acme --role owner bob
  cutroom members list --organisation acme
"""
)
def members() -> None:
    """Say who belongs to an organisation.

    A member's key may name the organisation as `target_namespace`: it then owns
    the result and pays for it.
    """


@members.command()
@click.option("--organisation", required=True, metavar="NAME", help="Made if it is new.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default=MEMBER,
    show_default=True,
    help="An owner may also administer it.",
)
@click.argument("member")
@json_option
def add(*, organisation: str, role: str, member: str) -> None:
    """Let the namespace MEMBER, which must exist, act for an organisation."""
    with installation() as service:
        service.accounts.admit(organisation, member, role)
    if wants_json():
        write_json({"organisation": organisation, "member": member, "role": role})
    else:
        click.echo(
            f"{member} may act for {organisation}" + (" and administer it" if role == OWNER else "")
        )


@members.command()
@click.option("--organisation", required=True, metavar="NAME", help="Of which it is a member.")
@click.argument("member")
@json_option
def remove(*, organisation: str, member: str) -> None:
    """Let MEMBER act for an organisation no more."""
    with installation() as service:
        service.accounts.dismiss(organisation, member)
    if wants_json():
        write_json({"organisation": organisation, "member": member})
    else:
        click.echo(f"{member} acts for {organisation} no more")


@members.command(name="list")
@click.option("--organisation", required=True, metavar="NAME", help="Whose members.")
@json_option
def list_members(*, organisation: str) -> None:
    """List who may act for an organisation."""
    with installation() as service:
        found = service.accounts.members(organisation)
    if wants_json():
        write_json([{"member": one.name, "role": one.role} for one in found])
    else:
        write_table(("MEMBER", "ROLE"), [(one.name, one.role) for one in found])
