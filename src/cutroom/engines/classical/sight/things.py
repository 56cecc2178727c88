"""Small still things before a smooth background, and the wire they sit on."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.movers import Box
from cutroom.engines.classical.sight.reel import Reel

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Thing:
    """A compact thing that stands out. Full-size pixels."""

    box: Box
    area: float
    contrast: float
    """Grey levels to its surroundings."""
    dark: bool


@dataclass(frozen=True)
class Wire:
    """A thin line across the picture: y = polynomial of x, full-size pixels, in the middle frame."""

    coefficients: tuple[float, float, float]
    left: float
    right: float
    thick: float
    trust: float
    """0..1: share of the columns between the ends where the line was found."""

    def y(self, x: float) -> float:
        """Height of the wire at x."""
        return float(np.polyval(self.coefficients, x))


@dataclass(frozen=True)
class Perch:
    """Things alike and what they sit on."""

    things: tuple[Thing, ...]
    """Left to right; those alike in size and colour only."""
    wire: Wire | None
    trust: float


def surroundings(pixels: Pixels) -> Pixels:
    """The median of a window a quarter of the height wide about every pixel, at the same size.

    Anything narrower than half of the window is gone from it.
    """
    shrink = max(1.0, pixels.shape[0] / 180)
    size = (max(2, round(pixels.shape[1] / shrink)), max(2, round(pixels.shape[0] / shrink)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    around = cv2.medianBlur(small, max(3, (small.shape[0] // 4) | 1))
    return np.asarray(
        cv2.resize(around, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8
    )


def darkness(pixels: Pixels) -> NDArray[np.uint8]:
    """How much darker than its surroundings each pixel is, in Lab's 0..255; 0 where it is lighter."""
    here = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[..., 0]
    there = cv2.cvtColor(surroundings(pixels), cv2.COLOR_RGB2LAB)[..., 0]
    return np.asarray(cv2.subtract(there, here), np.uint8)


def difference_to(pixels: Pixels, around: Pixels) -> tuple[Float, Float]:
    """(colour distance, how much darker), grey levels, (height, width)."""
    here = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    there = cv2.cvtColor(around, cv2.COLOR_RGB2LAB).astype(np.float32)
    away = here - there
    return np.asarray(np.sqrt((away * away).sum(axis=2)), np.float32), np.asarray(
        -away[..., 0], np.float32
    )


def stand_out(pixels: Pixels) -> tuple[Float, Float]:
    """(distance to the surroundings, their lightness less its own), grey levels."""
    return difference_to(pixels, surroundings(pixels))


def look(reel: Reel, tick: Tick) -> Perch:
    """Things and wire of the clip, from frames spread over it; a thing must be there throughout."""
    votes: list[tuple[Thing, ...]] = []
    picks = reel.sample(7)
    for index in picks:
        votes.append(_things(reel[index]))
        tick(0.0)
    middle = votes[len(votes) // 2]
    steady = [
        t
        for t in middle
        if sum(any(_same(t, o) for o in vote) for vote in votes) >= 0.7 * len(votes)
    ]
    alike = _alike(steady)
    if not alike:
        return Perch((), None, 0.0)
    wire = wire_under(reel[picks[len(picks) // 2]], tuple(alike))
    trust = float(np.clip(np.mean([t.contrast for t in alike]) / 60, 0, 1))
    across, down = reel.scale
    return Perch(
        tuple(_grown(t, across, down) for t in alike), _grown_wire(wire, across, down), trust
    )


def _things(pixels: Pixels) -> tuple[Thing, ...]:
    """Compact blobs that stand out in one small frame."""
    height, width = pixels.shape[:2]
    away, darker = stand_out(pixels)
    noise = float(np.median(away))
    strong = (away > max(18.0, 5 * noise)).astype(np.uint8)
    mask = cv2.morphologyEx(strong, cv2.MORPH_OPEN, np.ones((4, 4), np.uint8))
    count, marks, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = []
    for k in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[k])
        compact = area / (w * h) > 0.3 and 0.3 < w / h < 3.3
        sized = 0.0006 < area / (height * width) < 0.06 and h < 0.4 * height
        inside = x > 1 and y > 1 and x + w < width - 1 and y + h < height - 1
        if compact and sized and inside:
            region = marks == k
            contrast, dark = float(away[region].mean()), float(darker[region].mean()) > 0
            found.append(Thing((x, y, x + w, y + h), area, contrast, dark))
    return tuple(found)


def _same(a: Thing, b: Thing) -> bool:
    """Whether two blobs of different frames are one thing."""
    ax, ay = (a.box[0] + a.box[2]) / 2, (a.box[1] + a.box[3]) / 2
    bx, by = (b.box[0] + b.box[2]) / 2, (b.box[1] + b.box[3]) / 2
    near = abs(ax - bx) + abs(ay - by) < 0.8 * (a.box[2] - a.box[0])
    return near and 0.4 < a.area / b.area < 2.5


def _alike(things: list[Thing]) -> list[Thing]:
    """The largest group of things alike in size and contrast, left to right."""
    groups = [
        [
            o
            for o in things
            if 0.45 < o.area / t.area < 2.2
            and o.dark == t.dark
            and 0.6 < o.contrast / t.contrast < 1.7
        ]
        for t in things
    ]
    best = max(groups, key=lambda g: (len(g), sum(t.area for t in g)), default=[])
    return sorted(best, key=lambda t: t.box[0])


def wire_under(pixels: Pixels, things: tuple[Thing, ...]) -> Wire | None:
    """The thin dark line that runs by the lower parts of the things, None where there is none."""
    height, width = pixels.shape[:2]
    tall = float(np.mean([t.box[3] - t.box[1] for t in things]))
    left, right = min(t.box[0] for t in things), max(t.box[2] for t in things)
    top = max(int(min(t.box[1] + 0.45 * (t.box[3] - t.box[1]) for t in things)), 0)
    bottom = min(int(max(t.box[3] for t in things) + 0.9 * tall), height)
    reach = max(1.5 * tall, 0.25 * (right - left))
    ends = max(int(left - reach), 0), min(int(right + reach), width)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    strip = np.ascontiguousarray(grey[top:bottom, ends[0] : ends[1]])
    thin = max(3, round(0.3 * tall) | 1)
    ridge = cv2.morphologyEx(strip, cv2.MORPH_BLACKHAT, np.ones((thin, 1), np.uint8)).astype(
        np.float32
    )
    columns = np.arange(ends[0], ends[1], dtype=float)
    for t in things:  # the things themselves are not wire
        ridge[:, (columns > t.box[0] - 1) & (columns < t.box[2] + 1)] = 0
    return _fit(ridge, columns, top, tall)


def wire_at(pixels: Pixels, wire: Wire, x: float, reach: float) -> float:
    """Height of the wire at x in this very frame: the crest of the columns within `reach` of x.

    Falls back to where the wire usually is when something hides it here.
    """
    usual = wire.y(x)
    half = max(6.0, 4 * wire.thick)
    top, bottom = max(int(usual - half), 0), min(int(usual + half) + 1, pixels.shape[0])
    left, right = max(int(x - reach), 0), min(int(x + reach) + 1, pixels.shape[1])
    if bottom - top < 5 or right - left < 8:
        return usual
    grey = cv2.cvtColor(np.ascontiguousarray(pixels[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    tall = max(3, round(2.6 * wire.thick) | 1)
    ridge = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((tall, 1), np.uint8)).astype(
        np.float32
    )
    ys = _peaks(ridge, ridge.argmax(axis=0)) + top
    xs = np.arange(left, right, dtype=float)
    away = ys - np.polyval(wire.coefficients, xs)
    strong = ridge.max(axis=0) > 10
    if strong.sum() < 6:
        return usual
    middle = float(np.median(away[strong]))
    strong &= np.abs(away - middle) < max(1.5, 0.5 * wire.thick)
    return usual + float(away[strong].mean()) if strong.any() else usual


def _fit(ridge: Float, columns: NDArray[np.float64], top: int, tall: float) -> Wire | None:
    """A parabola through the ridge's crest, by random triples and then least squares."""
    rows = ridge.argmax(axis=0)
    crest = ridge.max(axis=0)
    strong = crest > max(10.0, 4 * float(np.median(ridge)) + 4)
    if strong.sum() < max(12, 0.25 * (ridge.max(axis=0) > 0).sum()):
        return None
    xs, ys = columns[strong], _peaks(ridge, rows)[strong] + top
    rng = np.random.default_rng(3)
    bar = max(0.9, 0.06 * tall)
    best = np.zeros(len(xs), bool)
    for _ in range(150):
        pick = rng.choice(len(xs), 3, replace=False)
        if np.ptp(xs[pick]) < 0.2 * np.ptp(xs):
            continue
        try_ = np.polyfit(xs[pick] - xs.mean(), ys[pick], 2)
        near = np.abs(np.polyval(try_, xs - xs.mean()) - ys) < bar
        if near.sum() > best.sum():
            best = near
    free = int((ridge.max(axis=0) > 0).sum())
    trust = float(best.sum()) / max(free, 1)
    long = float(np.ptp(xs[best])) if best.any() else 0.0
    if best.sum() < 10 or trust < 0.6 or long < 3 * tall:
        return None
    a, b, c = np.polyfit(xs[best], ys[best], 2)
    thick = float(np.median((ridge[:, strong] > 0.5 * crest[strong]).sum(axis=0)))
    return Wire(
        (float(a), float(b), float(c)), float(xs[best].min()), float(xs[best].max()), thick, trust
    )


def _peaks(ridge: Float, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Centre of mass of each column about its highest row: the crest to a part of a pixel."""
    offsets = np.arange(-2, 3)
    around = np.clip(rows[None] + offsets[:, None], 0, ridge.shape[0] - 1)
    mass = np.take_along_axis(ridge, around, axis=0) + 1e-6
    return np.asarray((mass * around).sum(axis=0) / mass.sum(axis=0), np.float64)


def _grown(thing: Thing, across: float, down: float) -> Thing:
    """The thing in full-size pixels."""
    x0, y0, x1, y1 = thing.box
    box = (x0 * across, y0 * down, x1 * across, y1 * down)
    return Thing(box, thing.area * across * down, thing.contrast, thing.dark)


def _grown_wire(wire: Wire | None, across: float, down: float) -> Wire | None:
    """The wire in full-size pixels; pixel centres stay pixel centres."""
    if wire is None:
        return None
    x = np.linspace(wire.left, wire.right, 9)
    y = np.polyval(wire.coefficients, x)
    a, b, c = np.polyfit((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5, 2)
    ends = (wire.left * across, wire.right * across)
    return Wire((float(a), float(b), float(c)), *ends, wire.thick * down, wire.trust)
