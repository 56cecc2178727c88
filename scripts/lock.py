"""Resolve every dependency and write the two lock files with hashes; run by `make lock`.

uv resolves for all Pythons and systems at once; what it exports names no host, so the same files
serve a mirror or an index of one's own. uv's own lock file stays out of the repository (ADR 0007).
"""

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
}


def main() -> None:
    """Write the lock files beside pyproject.toml."""
    uv = shutil.which("uv") or shutil.which("uv", path=Path(sys.executable).parent)
    if uv is None:
        sys.exit("`make lock` needs uv on the PATH or in the environment: pip install uv")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "pyproject.toml", folder)
        for name, which in EXPORTS.items():
            options = (
                "--quiet",
                "--format",
                "requirements-txt",
                "--no-emit-project",
                "--no-header",
            )
            text = subprocess.run(
                [uv, "export", *options, *which], cwd=folder, check=True, text=True, stdout=-1
            ).stdout
            head = "# Written by `make lock` from pyproject.toml: edit that and run it again.\n"
            (ROOT / name).write_text(head + text, encoding="utf-8")


main()
