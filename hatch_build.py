"""Builds the playground into the package: a hook of wheels, sdists and editable installs, and what `make playground` runs.

`web/` becomes `src/cutroom/api/playground/`, by npm, and only where it is not what was built last. Without Node.js the
package is whole but for the playground, and a line says so; CUTROOM_PLAYGROUND=require makes that an error, and `skip`
builds nothing.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
PATIENCE = 600
"""Seconds that npm may take for one command."""
INSTALL = (
    "npm", "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
    # Where there is no registry to be reached, that is known soon.
    "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000",
)  # fmt: skip
BUILD = ("npm", "run", "--silent", "build")


class NotBuilt(Exception):  # noqa: N818 - it says what happened
    """Why there is no playground, in a sentence; `log` is what npm printed."""

    def __init__(self, reason: str, log: str = "") -> None:
        super().__init__(reason)
        self.log = log


class PlaygroundHook(BuildHookInterface[Any]):
    """What hatchling calls before it collects the files of the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the playground, whatever is made: its files are named in `artifacts` of pyproject.toml."""
        del version, build_data
        main(Path(self.root))


class Web:
    """The playground's source, and the folder that it is built into."""

    def __init__(self, root: Path = ROOT) -> None:
        self.source = root / "web"
        self.built = root / "src" / "cutroom" / "api" / "playground"
        self._stamp = self.built / ".stamp"

    def build(self) -> None:
        """Build what is not built yet. Raises NotBuilt."""
        with self._alone():
            digest = self.digest()
            with suppress(OSError):
                if self._stamp.read_text() == digest and (self.built / "index.html").is_file():
                    return
            self._check_node()
            if not self._is_installed():
                self._run(*INSTALL)
            self._stamp.unlink(missing_ok=True)
            self._run(*BUILD)
            self._stamp.write_text(digest)

    def digest(self) -> str:
        """A hash of every source file's name and content."""
        whole = hashlib.sha256()
        for folder, folders, names in os.walk(self.source):
            folders[:] = sorted(set(folders) - {"node_modules"})
            for path in (Path(folder, name) for name in sorted(names)):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                whole.update(f"{content} {path.relative_to(self.source)}\n".encode())
        return whole.hexdigest()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until nobody else builds here. Raises NotBuilt without sources."""
        try:
            folder = os.open(self.source, os.O_RDONLY)
        except OSError:
            raise NotBuilt("its source, web/, is not here") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _check_node(self) -> None:
        """Raises NotBuilt where Node.js or npm is missing, or older than package.json wants."""
        wanted = json.loads((self.source / "package.json").read_text())["engines"]["node"]
        oldest = numbers(wanted)
        need = f"Node.js {'.'.join(map(str, oldest))} or later, with npm, is needed"
        if shutil.which("node") is None or shutil.which("npm") is None:
            raise NotBuilt(f"{need}, and not on the PATH")
        found = self._run("node", "--version").strip()
        if numbers(found) < oldest:
            raise NotBuilt(f"{need}, and the PATH has {found}")

    def _is_installed(self) -> bool:
        """Whether node_modules is what package-lock.json says, less what is for other systems."""
        try:
            wanted, there = (
                json.loads((self.source / place).read_text())["packages"]
                for place in ("package-lock.json", "node_modules/.package-lock.json")
            )
        except (OSError, ValueError, KeyError):
            return False
        needed = {name for name, one in wanted.items() if name and not one.get("optional")}
        return bool(there.items() <= wanted.items() and needed <= there.keys())

    def _run(self, *command: str) -> str:
        """What a command in web/ prints. Raises NotBuilt when it fails."""
        said = f"`{' '.join(word for word in command if not word.startswith('-'))}`"
        try:
            done = subprocess.run(  # noqa: S603 - npm and node with our own words
                command, cwd=self.source, check=False, text=True, timeout=PATIENCE,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env=os.environ | {"NO_COLOR": "1"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise NotBuilt(f"{said} took more than {PATIENCE} s") from None
        except OSError as error:
            raise NotBuilt(f"{said} did not start: {error}") from error
        if done.returncode != 0:
            raise NotBuilt(f"{said} failed", done.stdout)
        return done.stdout


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version: `>=20.19` and `v20.19.0` alike."""
    return tuple(map(int, re.findall(r"[0-9]+", version)))


def main(root: Path = ROOT) -> None:
    """Build the playground as CUTROOM_PLAYGROUND says. Ends the process where it must be there and cannot."""
    wish = os.environ.get("CUTROOM_PLAYGROUND", "")
    if wish == "skip":
        return
    try:
        Web(root).build()
    except (NotBuilt, OSError) as why:
        if wish == "require":
            print(getattr(why, "log", ""), file=sys.stderr)
            sys.exit(f"The playground is not built: {why}.")
        print(
            f"The playground is not built: {why}. `make playground` tries again and shows more.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
