"""What becomes of clips on their way through a model, measured on real clips with edits that are known.

    python benchmarks/clip_edits.py MEDIA [part of a clip's name ...]

MEDIA is the folder above `clips/`. A thing is given another colour, taken out, or pasted on, in every frame, by plain
arithmetic: so the truth is known. A model's making everything anew stands in as blur, a shift by most of a pixel, a shade,
compression and noise. First figures: how much of the picture was kept, and how much of the change was missed. Second: PSNR
about the change, in frames that the model did not see, of every second frame carried, beside simpler ways.
"""

import sys
from collections import defaultdict
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Silent
from cutroom.engines.diffusion.fitting.carry import Neighbour, Stretch
from cutroom.engines.diffusion.fitting.change import Rooms, change
from cutroom.engines.diffusion.fitting.fit import Fit
from cutroom.engines.scaling import resized
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Kind
from cutroom.weights.rows import recipes

Film: TypeAlias = NDArray[np.uint8]
Masks: TypeAlias = list[NDArray[np.float32]]

COUNT = 24
CLIPS = {
    "mdn_shared-assets__flower.mp4": (60, (170, 8, 110)),
    "facebookresearch_sam2__04_coffee.mp4": (60, (95, 125, 90)),
    "pytorch_torchcodec__nasa_13013.mp4": (20, (170, 6, 120)),
    "facebookresearch_sam2__01_dog.mp4": (60, None),
    "facebookresearch_sam2__05_default_juggle.mp4": (40, None),
    "intel-iot-devkit_sample-videos__person-bicycle-car-detection.gif": (0, None),
    "androidx_media__bbb_642x642_768kbps_30fps_vp9.webm": (20, None),
    "mdn_shared-assets__friday.mp4": (60, None),
}
"""First frame, and the hues and least saturation of the thing that gets another colour; None: whatever moves."""


def remade(frame: Film, seed: int) -> Film:
    """The frame as a model might give it back that changed nothing."""
    height, width = frame.shape[:2]
    moved = cv2.warpAffine(
        cv2.GaussianBlur(frame, (0, 0), 1.3), np.float32([[1, 0, 0.9], [0, 1, -0.6]]), (width, height),
        flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    shade = np.clip(moved * np.array([1.02, 0.985, 1.01]) + np.array([2, -2, 3]), 0, 255)
    coded = cv2.imencode(".png", shade.astype(np.uint8))[1]
    coded = cv2.imencode(".jpg", cv2.imdecode(coded, 1), [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    noise = np.random.default_rng(seed).normal(0, 1.2, frame.shape)
    return np.asarray(np.clip(cv2.imdecode(coded, 1) + noise, 0, 255), np.uint8)


def laid(film: Film, other: Film, masks: Masks) -> Film:
    told = [
        a + (b.astype(np.float32) - a) * m[..., None]
        for a, b, m in zip(film, other, masks, strict=True)
    ]
    return np.rint(np.stack(told)).astype(np.uint8)


def tidy(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    whole = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    whole = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    return cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 1.5)


def of_hue(film: Film, first: int, last: int, least: int) -> Masks:
    masks = []
    for frame in film:
        hue, saturation, value = np.moveaxis(cv2.cvtColor(frame, cv2.COLOR_RGB2HSV), 2, 0)
        inside = (hue >= first) & (hue <= last) if first <= last else (hue >= first) | (hue <= last)
        masks.append(tidy(inside & (saturation >= least) & (value >= 40)))
    return masks


def moving(film: Film, plate: Film) -> Masks:
    still = cv2.GaussianBlur(plate, (0, 0), 2).astype(np.float32)
    return [tidy(np.abs(cv2.GaussianBlur(one, (0, 0), 2) - still).max(axis=2) > 22) for one in film]


def pasted(film: Film) -> tuple[Film, Masks]:
    """A patch with a texture of its own that crosses the picture."""
    height, width = film.shape[1:3]
    side = height // 5
    blobs = np.random.default_rng(5).integers(0, 255, (7, 7, 3)).astype(np.float32)
    patch = np.clip(cv2.resize(blobs, (side, side), interpolation=cv2.INTER_CUBIC), 0, 255)
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    alpha = np.clip((side / 2 - np.hypot(x, y)) / 2, 0, 1).astype(np.float32)
    shown, masks = [], []
    for index in range(len(film)):
        at = np.float32(
            [[1, 0, width * (0.2 + index / 80)], [0, 1, height * (0.35 + 0.1 * np.sin(index / 6))]]
        )
        shown.append(cv2.warpAffine(patch, at, (width, height)))
        masks.append(cv2.warpAffine(alpha, at, (width, height)))
    return laid(film, np.stack(shown), masks), masks


def edits(
    film: Film, plate: Film, hues: tuple[int, int, int] | None
) -> dict[str, tuple[Film, Masks]]:
    masks = of_hue(film, *hues) if hues else moving(film, plate)
    other = np.stack(
        [film[..., 2] * 0.6 + 40, film[..., 0] * 0.5, film[..., 1] * 0.8 + 30], axis=-1
    )
    told = {"paste": pasted(film)}
    if np.mean(masks) > 0.002:
        told["recolour"] = laid(film, other.astype(np.uint8), masks), masks
        if hues is None:
            told["remove"] = laid(film, np.broadcast_to(plate, film.shape), masks), masks
    return told


def psnr(one: Film, other: Film, where: NDArray[np.bool_]) -> float:
    return float(10 * np.log10(255**2 / np.square(one.astype(float) - other)[where].mean()))


def kept_and_missed(film: Film, edited: Film) -> tuple[float, float, float]:
    """Shares: of the picture that was kept, of it that the edit left alone, and of the change that was missed."""
    made = np.stack([remade(one, seed) for seed, one in enumerate(edited)])
    half = film.shape[1] // 2, film.shape[2] // 2
    found = change(
        film, made, Rooms(*(np.zeros((len(film), *half), np.uint8) for _ in range(2))), Silent()
    )
    off = np.abs(edited.astype(np.float32) - film).max(axis=3)
    off[off <= 12] = 0  # what nobody sees
    size = film.shape[2], film.shape[1]
    lost = [o * (1 - cv2.resize(found.mattes[i], size) / 255) for i, o in enumerate(off)]
    return found.kept, float((off == 0).mean()), float(np.sum(lost) / off.sum())


def between(film: Film, edited: Film, masks: Masks) -> dict[str, float]:
    """PSNR about the change of every second frame of a few."""
    told = defaultdict(list)
    for at in range(5, 13, 2):
        ends = [Neighbour(film[i], remade(edited[i], i)) for i in (at - 1, at + 1)]
        about = np.maximum.reduce([masks[i] for i in (at - 1, at, at + 1)]) > 0.02
        where = cv2.dilate(about.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
        blend = (ends[0].made.astype(np.float32) + ends[1].made) / 2
        ways = {"nearest": ends[0].made, "blended": blend, "carried": Stretch(*ends)(film[at], 0.5), "seen": remade(edited[at], at)}  # fmt: skip
        for name, picture in ways.items():
            told[name].append(psnr(picture, edited[at], where))
    return {name: float(np.mean(values)) for name, values in told.items()}


def seen(path: Path, start: int) -> tuple[Film, Film]:
    """Frames at the model's size, and the median of a few over the whole clip."""
    clip = probe(path)
    recipe = next(one for one in recipes() if one.kind is Kind.EDIT)
    size = Fit.of(clip, recipe).size
    every = max(clip.frames // 24, 1)
    film, some = [], []
    for frame in frames(clip):
        if start <= frame.index < start + COUNT:
            film.append(resized(frame.pixels, size))
        if frame.index % every == 0:
            some.append(resized(frame.pixels, size))
    return np.stack(film), np.median(np.stack(some), axis=0).astype(np.uint8)


def main(media: Path, *parts: str) -> None:
    cv2.setNumThreads(1)
    print(
        "| clip | edit | left alone | kept | missed | nearest dB | blended dB | carried dB | seen dB |"
    )
    print("| --- | --- | --: | --: | --: | --: | --: | --: | --: |")
    for name, (start, hues) in CLIPS.items():
        if parts and not any(part in name for part in parts):
            continue
        film, plate = seen(media / "clips" / name, start)
        for edit, (edited, masks) in edits(film, plate, hues).items():
            kept, alone, missed = kept_and_missed(film, edited)
            ways = between(film, edited, masks)
            short = name.split("__")[1].split(".")[0]
            figures = " | ".join(f"{value:.1f}" for value in ways.values())
            print(
                f"| {short} | {edit} | {alone:.1%} | {kept:.1%} | {missed:.3%} | {figures} |",
                flush=True,
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
