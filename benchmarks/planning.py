"""What the planner makes of real edit instructions, and of labelled ones: shares, misreadings, speed.

`python benchmarks/planning.py --prompts FOLDER` reads `edit_*.jsonl` there (a `prompt` in each row);
the labelled prompts are those of `tests/engines/classical`. A misreading (planned what was not asked)
is counted three times as bad as a refusal of something that could have been planned.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.planner import plan
from cutroom.errors import CannotDo
from cutroom.types import Clip, Edit, Element, Kind

LABELS = Path(__file__).parent.parent / "tests" / "engines" / "classical"
_CLIP = Clip(Path("x.mp4"), 1280, 720, Fraction(24), 240, Fraction(10), audio="aac")
_PICTURE = Path("x.png")


def main() -> None:
    """Print the shares of the shared prompts, then the figures of each labelled set."""
    given = options().parse_args()
    if given.prompts:
        shares(sorted(given.prompts.glob("edit_*.jsonl")), show=given.show)
    for name in ("labelled_prompts.toml", "held_out_prompts.toml"):
        if (LABELS / name).exists():
            labelled(name, list(labels(LABELS / name)), show=given.show)


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of edit_*.jsonl")
    parser.add_argument("--show", action="store_true", help="list refusals of what was expected")
    return parser


def outcome(prompt: str) -> tuple[str, list[str], str]:
    """(planned, partly or refused; the ops as `name key=value`; the refusal)."""
    edit = Edit(
        "1", "m", Kind.EDIT, prompt, _CLIP, (_PICTURE,) * 4, (Element(_PICTURE),) * 2,
        keep_audio=True,
    )  # fmt: skip
    try:
        return "planned", [told(op) for op in plan(edit).ops], ""
    except CannotDo as refusal:
        partly = "did understand" in refusal.message
        return ("partly" if partly else "refused"), [], refusal.message


def told(op: Any) -> str:  # noqa: ANN401  # every op is a dataclass, which a Protocol cannot say
    """An op as a label spells it."""
    given = [f"{f.name}={getattr(op, f.name)}" for f in fields(op)]
    return " ".join([op.name, *given])


def shares(files: Sequence[Path], *, show: bool) -> None:
    """What the unlabelled rows come to."""
    print("| prompts | rows | planned fully | partly understood | refused | ms a prompt |")
    print("| --- | --: | --: | --: | --: | --: |")
    for path in files:
        prompts = [json.loads(row)["prompt"] for row in path.read_text("utf-8").splitlines() if row]
        began = time.process_time()
        ends = [outcome(prompt)[0] for prompt in prompts]
        spent = 1000 * (time.process_time() - began) / max(1, len(prompts))
        counts = " | ".join(
            f"{ends.count(end)} ({100 * ends.count(end) / len(ends):.0f} %)"
            for end in ("planned", "partly", "refused")
        )
        print(f"| `{path.name}` | {len(ends)} | {counts} | {spent:.1f} |")
        if show:
            for prompt in prompts:
                if outcome(prompt)[0] == "planned":
                    print(f"    {prompt} -> {outcome(prompt)[1]}", file=sys.stderr)
    print()


def labels(path: Path) -> Iterator[tuple[str, list[str]]]:
    """(prompt, expected ops) of a file of labels. Ops that do not exist make it a refusal."""
    names = {kind.name for kind in OPS}
    for prompt, expected in _prompts(tomllib.loads(path.read_text("utf-8"))):
        there = all(
            names & {one.split(maxsplit=1)[0].removeprefix("?") for one in part.split(" | ")}
            for part in expected
        )
        if there:
            yield prompt, expected


def _prompts(table: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _prompts(value)
        else:
            yield key, value


def fits(expected: Sequence[str], planned: Sequence[str]) -> bool:
    """Whether the ops planned are the ones expected, in any order, with the parameters that are named.

    `a | b` is either of them; one after `?` may be there or not.
    """
    left = list(planned)
    for part in expected:
        found = next((op for op in left if any(_fits(one, op) for one in part.split(" | "))), None)
        if found is not None:
            left.remove(found)
        elif not part.startswith("?"):
            return False
    return not left


def _fits(label: str, op: str) -> bool:
    name, *wanted = label.removeprefix("?").split()
    return op.split(maxsplit=1)[0] == name and all(f" {one} " in f" {op} " for one in wanted)


def labelled(name: str, rows: Sequence[tuple[str, list[str]]], *, show: bool) -> None:
    """The figures of one labelled set, and its misreadings."""
    right = refused = misread = 0
    asked = sum(bool(expected) for _, expected in rows)
    lines = []
    for prompt, expected in rows:
        end, planned, why = outcome(prompt)
        if end == "planned" and not fits(expected, planned):
            misread += 1
            lines.append(f"  misread: {prompt!r} -> {planned}, expected {expected or 'a refusal'}")
        elif end != "planned" and expected:
            refused += 1
            if show:
                lines.append(f"  refused: {prompt!r}, expected {expected}: {why[:110]}")
        else:
            right += 1
    count = len(rows)
    print(f"{name}: {count} prompts, {asked} of them can be done")
    print(f"  as expected {right} ({100 * right / count:.1f} %)")
    print(
        f"  refused though it can be done {refused} ({100 * refused / max(asked, 1):.1f} % of {asked})"
    )
    print(f"  misread {misread} ({100 * misread / count:.1f} %)")
    print(f"  badness (3 x misread + refused) / prompts {(3 * misread + refused) / count:.3f}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
