"""Resolve every dependency and write the lock files with hashes; run by `make lock`.

uv resolves for all Pythons and systems at once; what it exports names no host, so the same files
serve a mirror or an index of one's own. uv's own lock file stays out of the repository (ADR 0007).
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPORTS: Mapping[str, tuple[str, ...]] = {
    "requirements.lock": ("--group", "dev"),
    "requirements-bench.lock": ("--only-group", "bench"),
    "requirements-deploy.lock": ("--only-group", "deploy"),
    # What the image is built with, and what it runs.
    "requirements-build.lock": ("--only-group", "build"),
    "requirements-run.lock": ("--no-dev",),
    # torch is the build for the machine's card, which only the machine knows (ADR 0021).
    "requirements-gpu.lock": ("--extra", "gpu", "--no-dev", "--prune", "torch"),
}
HEAD = "# Written by `make lock` from pyproject.toml: edit that and run it again.\n"


def main() -> None:
    """Write the lock files beside pyproject.toml."""
    uv = shutil.which("uv") or shutil.which("uv", path=Path(sys.executable).parent)
    if uv is None:
        sys.exit("`make lock` needs uv on the PATH or in the environment: pip install uv")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "pyproject.toml", folder)
        installed: set[str] = set()
        for name, which in EXPORTS.items():
            text = exported(uv, folder, *which)
            if name == "requirements-gpu.lock":
                # Added to an environment that has the first file's packages, and must not change them.
                text = "".join(block for block in blocks(text) if name_of(block) not in installed)
            elif not installed:
                installed = {name_of(block) for block in blocks(text)}
            (ROOT / name).write_text(HEAD + text, encoding="utf-8")


def exported(uv: str, folder: str, *which: str) -> str:
    """Pinned requirements with hashes."""
    form = ("--format", "requirements-txt", "--no-emit-project", "--no-header")
    command = [uv, "export", "--quiet", *form, *which]
    return subprocess.run(command, cwd=folder, check=True, text=True, stdout=-1).stdout


def blocks(text: str) -> list[str]:
    """Each requirement with its hashes."""
    return re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]


def name_of(block: str) -> str:
    """The package of a block."""
    return block.partition("==")[0]


main()
