"""Guards taken away one by one, each in a copy of the package: the attack that is meant for it must go red.

`make mutants` runs all of `mutants.toml`, `python tests/security/mutants.py WORD...` those whose guard holds a word.
"""

import ast
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

import cutroom

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCE = Path(cutroom.__file__).resolve().parent
SECONDS = 300
"""That one mutant may take."""


@dataclass(frozen=True)
class Mutant:
    """A guard, and what the code is without it."""

    guard: str
    file: str
    was: str
    becomes: str
    red: str
    """Names of attacks, or a test: what must notice."""
    quick: bool = False
    """Whether `make test` tries it."""

    def mutated(self, package: Path = SOURCE) -> str:
        """The source without the guard. Raises ValueError where the list does not know the source any more."""
        source = (package / self.file).read_text(encoding="utf-8")
        if source.count(self.was) != 1:
            times = source.count(self.was)
            raise ValueError(f"{self.guard}: {self.file} has this {times} times: {self.was}")
        changed = source.replace(self.was, self.becomes)
        ast.parse(changed)
        return changed


def mutants() -> list[Mutant]:
    """All there are."""
    rows = tomllib.loads((HERE / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
    return [
        Mutant(
            **{
                name: text.strip("\n") if name in {"was", "becomes"} else text
                for name, text in row.items()
            }
        )
        for row in rows
    ]


class Laboratory:
    """A Python of its own whose cutroom is a copy; children that ignore the environment find it too."""

    def __init__(self, folder: Path) -> None:
        self._package = folder / "src" / "cutroom"
        copytree(SOURCE, self._package, ignore=ignore_patterns("playground"))
        venv.create(folder / "python", symlinks=True, with_pip=False)
        self._python = folder / "python" / "bin" / "python"
        [site] = (folder / "python" / "lib").glob("python*/site-packages")
        others = [path for path in sys.path if "site-packages" in path]
        (site / "first.pth").write_text("\n".join([str(self._package.parent), *others]))

    def tried(self, mutant: Mutant) -> str:
        """`red ...` where the guard's absence was noticed, else `survives` or `broken ...`."""
        path = self._package / mutant.file
        before = path.read_text(encoding="utf-8")
        self._write(path, mutant.mutated(self._package))
        try:
            return self.asked(mutant.red)
        finally:
            self._write(path, before)

    def asked(self, red: str) -> str:
        """What the attacks or the test say of the package as it is."""
        test = red.startswith("tests/")
        words = ["-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", red] if test else [str(HERE / "assail.py"), *red.split()]  # fmt: skip
        # In a session of its own: what a mutant leaves running ends with it.
        with subprocess.Popen(
            [self._python, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        ) as run:  # fmt: skip
            try:
                said, _ = run.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, 9)
                return f"broken: {SECONDS} s"
        last = (said.strip().splitlines() or [""])[-1]
        if test:
            return {0: "survives", 1: f"red {last}"}.get(run.returncode, f"broken {said[-300:]}")
        return "survives" if last == "holds" else last

    @staticmethod
    def _write(path: Path, source: str) -> None:
        path.write_text(source, encoding="utf-8")
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()  # its time and length may be those of the source before


def main(words: list[str]) -> int:
    """Try them, print the table, and tell how many were not noticed."""
    chosen = [one for one in mutants() if not words or any(word in one.guard for word in words)]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        laboratory = Laboratory(Path(folder))
        for one in chosen:
            began = time.monotonic()
            result = laboratory.tried(one)
            missed += not result.startswith("red")
            took = time.monotonic() - began
            print(f"{took:5.1f} s  {result.split()[0]:8}  {one.file:28}  {one.guard}", flush=True)
            if not result.startswith("red"):
                print(f"         {result}", flush=True)
    print(f"\n{len(chosen) - missed} of {len(chosen)} guards are missed when they are gone")
    return missed


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
