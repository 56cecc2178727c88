"""How long `cutroom edit` takes for a look, next to ffmpeg's nearest filter; and how much memory.

Both are whole programs from start to exit, over the same clip, with the same x264 settings, taken in
turns. Prints Markdown.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from measure import Run, as_installed, cutroom, ffmpeg, machine, median, run

from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.settings import Settings

SEPIA = "colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131"
LOOKS: Mapping[str, str] = {
    "make it black and white": "hue=s=0",
    "make it sepia": SEPIA,
    "make it warmer": "colortemperature=temperature=5000",
    "add film grain": "noise=alls=12:allf=t",
}
"""Prompt -> the filter of ffmpeg that comes nearest."""


def main() -> None:
    """Read the options, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--clip", type=Path, nargs="+", default=[], help="default: 5 s of 1280x720, drawn"
    )
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--no-memory", action="store_true")
    given = options.parse_args()
    as_installed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = given.clip or [drawn(folder / "birds.mp4")]
        print(f"{machine()}; ffmpeg {version()}; {given.repeats} runs each, medians.")
        for path in clips:
            clip = probe(path)
            rate, seconds = float(clip.rate), float(clip.duration)
            print(
                f"\n{path.stem}: {seconds:.1f} s, {clip.width}x{clip.height}, {rate:.3g} frames/s\n"
            )
            speed(path, folder, given.repeats)
            if not given.no_memory:
                memory(path, folder)


def drawn(path: Path) -> Path:
    """5 s of 1280x720 at 24 frames a second."""
    birds(path, seconds=5)
    return path


def version() -> str:
    """The version of the ffmpeg that is compared with."""
    import subprocess  # noqa: PLC0415  the only place that wants a program's output

    said = subprocess.run([ffmpeg(), "-version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


def by_ffmpeg(clip: Path, chain: str, out: Path) -> list[str | Path]:
    """Ffmpeg over the clip, encoding as cutroom does."""
    settings = Settings()
    encoder = ("-c:v", "libx264", "-preset", settings.preset, "-crf", str(settings.crf))
    file = ("-pix_fmt", "yuv420p", "-c:a", "copy", "-movflags", "+faststart", "-y", out)
    return [ffmpeg(), "-v", "error", "-nostdin", "-i", clip, "-vf", chain, *encoder, *file]


def by_cutroom(clip: Path, prompt: str, out: Path) -> list[str | Path]:
    """`cutroom edit` over the clip."""
    return [*cutroom(), "edit", clip, prompt, "-o", out, "--force", "--seed", "1"]


def speed(clip: Path, folder: Path, repeats: int) -> None:
    """One row for each look."""
    print("| look | ffmpeg s | cutroom s | ratio | ffmpeg CPU s | cutroom CPU s | CPU ratio |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for prompt, chain in {"(no change)": "null", **LOOKS}.items():
        theirs, ours = turns(clip, prompt, chain, folder, repeats)
        wall, cpu = median(theirs, "wall"), median(theirs, "cpu")
        if not ours:
            print(f"| ffmpeg, no filter at all | {wall:.2f} | | | {cpu:.2f} | | |", flush=True)
            continue
        mine, its = median(ours, "wall"), median(ours, "cpu")
        row = (
            f"{wall:.2f} | {mine:.2f} | {mine / wall:.2f} | {cpu:.2f} | {its:.2f} | {its / cpu:.2f}"
        )
        print(f"| {prompt} | {row} |", flush=True)


def turns(
    clip: Path, prompt: str, chain: str, folder: Path, repeats: int
) -> tuple[Sequence[Run], Sequence[Run]]:
    """(ffmpeg's runs, ours), one after the other so that both see the same weather."""
    theirs, ours = [], []
    for number in range(repeats + 1):
        one = run(by_ffmpeg(clip, chain, folder / "ffmpeg.mp4"))
        two = run(by_cutroom(clip, prompt, folder / "cutroom.mp4")) if chain != "null" else None
        if number == 0:
            continue  # the first fills the file cache
        theirs.append(one)
        if two is not None:
            ours.append(two)
    return theirs, ours


def memory(clip: Path, folder: Path) -> None:
    """Peak memory for the clip and for six times its length."""
    longer = folder / "longer.mp4"
    loop = ("-stream_loop", "5", "-i", clip, "-c", "copy", "-y", longer)
    run([ffmpeg(), "-v", "error", "-nostdin", *loop])
    print("\n| look | peak memory, the clip | six times as long |")
    print("| --- | --: | --: |")
    for prompt in ("make it black and white", "make it a snowy night"):
        peaks = [run(by_cutroom(one, prompt, folder / "out.mp4")).peak for one in (clip, longer)]
        print(f"| {prompt} | {peaks[0] / 1e6:.0f} MB | {peaks[1] / 1e6:.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
