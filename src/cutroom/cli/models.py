"""`cutroom models`: the catalog."""

import click

from cutroom.catalog import Catalog
from cutroom.cli.settings import read_settings
from cutroom.cli.show import json_option, wants_json, write_json, write_table
from cutroom.terms import dollars
from cutroom.types import Limits, Model


@click.command(
    epilog="""
\b
Examples:
  cutroom models
  cutroom models kling-video-o3-pro-video-to-video-edit
  cutroom models --json | jq '.[].id'
"""
)
@click.argument("model_id", required=False, metavar="[ID]")
@json_option
def models(model_id: str | None) -> None:
    """List the models that can be named.

    With an ID, tell all about that one: its engine, its price a second and
    what it takes.
    """
    catalog = Catalog.load(read_settings())
    if model_id is not None:
        _show_one(catalog.model(model_id))
    elif wants_json():
        write_json([as_row(model) for model in catalog.models])
    else:
        write_table(
            ("MODEL", "KIND", "$/S"),
            [(model.id, model.kind.value, dollars(model.price)) for model in catalog.models],
        )


def as_row(model: Model) -> dict[str, object]:
    """A model as `--json` prints it; `price` is micro-dollars a second."""
    return {
        "id": model.id,
        "kind": model.kind.value,
        "engine": model.engine,
        "pool": model.pool,
        "price": model.price,
        "limits": {
            name: getattr(model.limits, name)
            for name in Limits.__dataclass_fields__
            if getattr(model.limits, name)
        },
        "display_name": model.display_name,
        "description": model.description,
    }


def _show_one(model: Model) -> None:
    row = as_row(model)
    if wants_json():
        write_json(row)
        return
    click.secho(model.display_name, bold=True)
    click.echo(click.wrap_text(model.description, width=78))
    click.echo()
    facts = [
        ("id", model.id),
        ("kind", model.kind.value),
        ("engine", model.engine),
        ("pool", model.pool),
        ("price", f"{dollars(model.price)} a second"),
    ]
    facts += [(name.replace("_", " "), str(value)) for name, value in _limits(row)]
    for name, value in facts:
        click.echo(f"{click.style(name.ljust(15), dim=True)} {value}")


def _limits(row: dict[str, object]) -> list[tuple[str, object]]:
    limits = row["limits"]
    assert isinstance(limits, dict)
    return list(limits.items())
