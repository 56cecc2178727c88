"""An installation of tiny weights: folders as `cutroom weights pull` leaves them, and recipes of small sizes."""

import hashlib
from pathlib import Path

import tiny

from cutroom.weights.manifest import Entry, Manifest

# Every kind of work, with windows of 9 frames of 64 x 32 at most: the sizes change, all the rest is as it is for large ones.
RECIPES = """
[[weights]]
id = "tiny-{name}"
title = "Tiny {name}"
repo = "nobody/tiny-{name}"
licence = "Apache-2.0"
restricted = false
bytes = 1_000_000
files = ["*"]
"""
RECIPE = """
[[recipe]]
profile = "small"
kind = "{kind}"
when = "{when}"
family = "{family}"
weights = ["tiny-{name}"]
memory = 1_000_000
memory_least = 1_000
rate = 8
window = {window}
overlap = {overlap}
multiple = 16
long_side = 64
area = 2048
steps = 2
guidance = {guidance}
images = 4
first = {first}
last = {first}
"""
WAN = "{ text = 4.0, text_low = 3.0 }"
BERNINI = "{ video = 1.25, image = 4.5, text = 4.0, low = 0.8 }"


def recipe(
    kind: str, family: str, name: str, *, when: str = "", overlap: int = 1, window: int = 9
) -> str:
    return RECIPE.format(
        kind=kind, when=when, family=family, name=name, overlap=overlap, window=window,
        guidance=BERNINI if family == "bernini" else WAN,
        first=str(family == "vace" or name == "i2v").lower(),
    )  # fmt: skip


def install(data: Path) -> dict[str, str]:
    """Weights and recipes under `data`; the variables with which an engine finds them."""
    weights = data / "weights"
    made = {
        "t2v": tiny.wan(weights / "tiny-t2v", experts=2),
        "i2v": tiny.wan(weights / "tiny-i2v", experts=2, image=True),
        "vace": tiny.vace(weights / "tiny-vace"),
        "edit": tiny.bernini(weights / "tiny-edit"),
        "animate": tiny.animate(weights / "tiny-animate"),
    }
    for name, folder in made.items():
        sign(folder, f"tiny-{name}")
    rows = [
        *(RECIPES.format(name=name) for name in made),
        recipe("video-to-video-edit", "bernini", "edit", overlap=5),
        recipe("reference-to-video", "vace", "vace", when="start"),
        recipe("reference-to-video", "bernini", "edit", when="references"),
        recipe("reference-to-video", "wan", "t2v"),
        recipe("text-to-video", "wan", "t2v"),
        recipe("image-to-video", "wan", "i2v"),
        recipe("motion-control", "animate", "animate"),
    ]
    (data / "recipes.toml").write_text("".join(rows), encoding="utf-8")
    return {
        "CUTROOM_ENGINE": "diffusion",
        "CUTROOM_DIFFUSION_DEVICE": "cpu",
        "CUTROOM_WEIGHTS_DIR": str(weights),
        "CUTROOM_RECIPES": str(data / "recipes.toml"),
    }


def sign(folder: Path, name: str) -> None:
    """Write down what a folder holds, as a pull does at its end."""
    files = {
        str(path.relative_to(folder)): Entry(
            path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    Manifest(name, f"nobody/{name}", "0" * 40, files).write(folder)
