"""What the benchmarks share: run a program and know its time and memory; find an ffmpeg."""

import atexit
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program."""

    wall: float
    """Seconds by the clock."""
    cpu: float
    """Seconds of all cores together."""
    peak: int
    """Most resident memory, bytes."""


def run(command: Sequence[str | Path]) -> Run:
    """Run to the end; stops everything when the program fails."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{said.decode(errors='replace')}")
    scale = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is bytes there, kilobytes elsewhere
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale)


def as_installed() -> None:
    """Have modules compiled by the first run alone, for all runs from here on.

    An installation has them compiled; where PYTHONDONTWRITEBYTECODE is set, a checkout has not.
    """
    folder = tempfile.mkdtemp(prefix="cutroom-bytecode-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder


def median(runs: Sequence[Run], name: str) -> float:
    """The median of one of the figures."""
    return statistics.median(getattr(one, name) for one in runs)


def ffmpeg() -> str:
    """An ffmpeg program: of the PATH, else that of the imageio-ffmpeg package."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg  # type: ignore[import-not-found]  # noqa: PLC0415  only here, only then
    except ImportError:
        sys.exit("There is no ffmpeg to compare with: `make bench` installs one.")
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def cutroom() -> list[str]:
    """The command line under test, of this very Python."""
    return [sys.executable, "-m", "cutroom.cli"]


def machine() -> str:
    """Date, processor, cores, system, load: what figures mean nothing without."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    today = datetime.now(UTC).date()
    load = os.getloadavg()[0]
    return (
        f"{today}, {model}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, load before the run {load:.1f}"
    )
