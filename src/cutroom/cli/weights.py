"""`cutroom weights`: the open weights of the diffusion engine, on this machine or not."""

import shutil
import subprocess
from collections.abc import Sequence

import click

from cutroom.catalog import Catalog
from cutroom.cli.exits import Exit
from cutroom.cli.pulling import reported, watching
from cutroom.cli.settings import read_settings
from cutroom.cli.show import bytes_size, json_option, wants_json, write_json, write_table
from cutroom.errors import CutroomError, NotFound
from cutroom.types import Kind, Model
from cutroom.weights.adopt import adopt as adopt_set
from cutroom.weights.choice import needed, profile_for
from cutroom.weights.held import Held, State
from cutroom.weights.manifest import Manifest
from cutroom.weights.pull import pull as pull_sets
from cutroom.weights.rows import Profile, WeightSet, recipes, weight_sets

_PROFILES = click.Choice([profile.value for profile in Profile])


@click.group(
    epilog="""
\b
Examples:
  cutroom weights list
  cutroom weights pull kling-video-v2-6-pro-text-to-video --profile small
  cutroom weights pull bernini-r-14b bernini-r-14b-4-steps
  cutroom weights pull --profile default
  cutroom weights verify
"""
)
def weights() -> None:
    """Fetch, list and check open weights.

    They are what the diffusion engine works with: safetensors from the hub
    (HF_ENDPOINT, HF_TOKEN), each set pinned to a commit, in CUTROOM_WEIGHTS_DIR.
    """


@weights.command(name="list")
@click.option("--profile", type=_PROFILES, help="Only what this profile needs.")
@json_option
def list_weights(*, profile: str | None) -> None:
    """List the sets of weights: size, licence, and how much of each is here."""
    settings = read_settings()
    held, catalog = Held(settings.weights), Catalog.load(settings)
    accepted = frozenset(settings.accept_licence)
    asked = needed(Profile(profile), accepted=accepted) if profile else weight_sets().values()
    rows = [row for row in weight_sets().values() if row in asked]
    if wants_json():
        write_json([_as_row(row, held, catalog, settings.accept_licence) for row in rows])
        return
    write_table(
        ("WEIGHTS", "SIZE", "LICENCE", "HERE", "FOR"),
        [
            (
                row.id,
                bytes_size(row.bytes),
                row.licence + (" (restricted)" if row.restricted else ""),
                held.state(row).value,
                ", ".join(_kinds(row)) or "no recipe",
            )
            for row in rows
        ],
    )
    click.echo(f"\nin {held.root}")


@weights.command()
@click.argument("names", nargs=-1, metavar="[ID|MODEL]...")
@click.option("--profile", type=_PROFILES, help="The profile whose weights a MODEL needs.")
@click.option("--update", is_flag=True, help="Take the newest commit instead of the pinned one.")
@json_option
def pull(*, names: tuple[str, ...], profile: str | None, update: bool) -> None:
    """Fetch sets of weights by their ids, or what a model needs.

    Without a name it fetches all that the profile needs. What is here already
    stays; a pull that was stopped or killed goes on where it was; what was
    changed since is fetched anew. Every file's hash is compared with the hub's.
    With --json the progress is JSON too, a line each, on stderr.
    """
    settings = read_settings()
    if not names and not profile:
        raise click.UsageError("Name a set of weights or a model, or give --profile.")
    asked = profile or settings.diffusion_profile or profile_for(_free_memory()).value
    accepted = frozenset(settings.accept_licence)
    rows = _chosen(names, Profile(asked), Catalog.load(settings), accepted)
    held = Held(settings.weights)
    with watching() as watch:
        made = pull_sets(held, rows, watch, update=update, accepted=accepted)
    if wants_json():
        write_json([_as_pulled(one, held) for one in made])
        return
    for one in made:
        where = f"at commit {one.revision[:12]} of {one.repo}" if one.revision else "as adopted"
        click.echo(f"{one.id} is whole: {bytes_size(one.bytes)} {where}")


@weights.command()
@click.argument("names", nargs=-1, metavar="[ID]...")
@json_option
@click.pass_context
def verify(ctx: click.Context, *, names: tuple[str, ...]) -> None:
    """Read every file of what was pulled and compare its hash.

    Without an ID it checks all that is here. Exit code 1 when something is not
    as it was pulled.
    """
    held = Held(read_settings().weights)
    rows = [_set(name) for name in names] or [
        row for row in weight_sets().values() if held.state(row) is not State.MISSING
    ]
    found = {row.id: _faults(held, row) for row in rows}
    if wants_json():
        write_json([{"id": name, "faults": faults} for name, faults in found.items()])
    else:
        for name, faults in found.items():
            click.echo("\n".join(faults) if faults else f"{name} is as it was pulled")
        if not found:
            click.echo(f"no weights in {held.root}")
    ctx.exit(Exit.FAILED if any(found.values()) else Exit.OK)


@weights.command()
@click.argument("name", metavar="ID")
@json_option
def adopt(*, name: str) -> None:
    """Take the files in the folder of a set as they are.

    For weights of your own, named by a row of CUTROOM_RECIPES: put them into
    the folder of their ID first. A changed file is noticed from then on.
    """
    held, row = Held(read_settings().weights), _set(name)
    with watching() as watch:
        made = adopt_set(held, row, reported(watch, row, row.bytes))
    if wants_json():
        write_json(_as_pulled(made, held))
    else:
        click.echo(f"{made.id} is whole: {bytes_size(made.bytes)} in {held.folder(row)}")


def _faults(held: Held, row: WeightSet) -> list[str]:
    try:
        manifest = Manifest.read(held.folder(row))
        total = manifest.bytes if manifest else 0
        with watching() as watch:
            return list(held.faults(row, reported(watch, row, total), everything=True))
    except CutroomError as error:
        return [error.message]


def _chosen(
    names: Sequence[str], profile: Profile, catalog: Catalog, accepted: frozenset[str]
) -> list[WeightSet]:
    """The sets that are meant, each once: ids as they are, models by the recipes of a profile."""
    rows = [] if names else needed(profile, accepted=accepted)
    for name in names:
        if name in catalog.by_id:
            rows += needed(profile, kinds_of(catalog.model(name)), accepted)
        else:
            rows.append(_set(name))
    return list({row.id: row for row in rows}.values())


def _set(name: str) -> WeightSet:
    try:
        return weight_sets()[name]
    except KeyError:
        raise NotFound(
            f"There are no weights named {name}, and no such model: cutroom weights list shows all."
        ) from None


def kinds_of(model: Model) -> set[Kind]:
    """The kinds of work that a model's generations come to."""
    return {Kind.EDIT, Kind.REFERENCE} if model.kind is Kind.OMNI else {model.kind}


def _kinds(row: WeightSet) -> list[str]:
    """The kinds of work that need a set, each once."""
    return list(dict.fromkeys(one.kind.value for one in recipes() if row.id in one.weights))


def _free_memory() -> int | None:
    """Free bytes of the first GPU as its driver's tool tells them, None without one."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    asked = [tool, "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603  a program by name
        return int(told.stdout.split()[0]) << 20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _as_row(
    row: WeightSet, held: Held, catalog: Catalog, accepted: tuple[str, ...]
) -> dict[str, object]:
    """A set as `--json` prints it; sizes are bytes."""
    state = held.state(row)
    manifest = Manifest.read(held.folder(row)) if state is State.WHOLE else None
    used = [one for one in recipes() if row.id in one.weights]
    return {
        "id": row.id,
        "title": row.title,
        "repo": row.repo,
        "revision": row.revision or None,
        "licence": row.licence,
        "restricted": row.restricted,
        "accepted": not row.restricted or row.id in accepted,
        "notice": row.notice,
        "bytes": row.bytes,
        "folder": str(held.folder(row)),
        "state": state.value,
        "pulled": manifest and _as_pulled(manifest, held),
        "models": [
            model.id for model in catalog.models if any(one.kind in kinds_of(model) for one in used)
        ],
        "profiles": [profile.value for profile in Profile if profile in {r.profile for r in used}],
    }


def _as_pulled(manifest: Manifest, held: Held) -> dict[str, object]:
    return {
        "id": manifest.id,
        "repo": manifest.repo,
        "revision": manifest.revision,
        "bytes": manifest.bytes,
        "files": len(manifest.files),
        "folder": str(held.root / manifest.id),
    }
