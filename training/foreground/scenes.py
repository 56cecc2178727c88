"""Training scenes drawn in torch, on a GPU or a CPU: what sight would see of a clip, and the truth about it.

Everything is drawn as it lies after the camera's motion has been taken out, since that is what the network gets.
"""

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F  # noqa: N812 - the field's own name for it
from bodies import PARTS
from dice import GLANCES, LEAVES, MOMENTS, PAST_AND_FUTURE, SLOTS
from torch import Tensor

Rolled = Mapping[str, Tensor]
CHANNELS = 11
"""RGB of the frame, RGB of the plate, whether the plate was seen, four differences; all 0..1."""


def stroke(
    x: Tensor, y: Tensor, ax: Tensor, ay: Tensor, bx: Tensor, by: Tensor, begin: Tensor, end: Tensor,
    flat: Tensor, gloss: Tensor, light: Tensor, part: Tensor, nearest: Tensor, top: Tensor, shade: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Add a tapered stroke from a to b: (signed distance, number of the topmost part, its shade)."""
    px, py, dx, dy = x - ax, y - ay, bx - ax, by - ay
    square = dx * dx + dy * dy + 1e-4
    along = (px * dx + py * dy) / square
    share = along.clamp(0, 1)
    qx, qy = px - dx * share, py - dy * share
    away = torch.sqrt(qx * qx + qy * qy + 1e-6)
    radius = begin + (end - begin) * share
    length = torch.sqrt(square)
    across = (px * dy - py * dx).abs() / length
    box = torch.maximum(((along - 0.5).abs() - 0.5) * length, across - radius)
    distance = torch.where(flat > 0.5, box, away - radius)
    inside = distance < 0
    round_ = (away / radius.clamp(min=1e-3)).clamp(max=1)
    lit = 1.05 - gloss * round_ * round_ + light * (qx - qy) / radius.clamp(min=1e-3).abs()
    return (
        torch.minimum(nearest, distance),
        torch.where(inside, part, top),
        torch.where(inside, lit, shade),
    )


class Scenes:
    """Draws batches of rolled scenes."""

    def __init__(self, height: int, width: int, device: torch.device, *, compiled: bool) -> None:
        self.height, self.width, self.device = height, width, device
        rows, columns = torch.meshgrid(
            torch.arange(height, device=device, dtype=torch.float32),
            torch.arange(width, device=device, dtype=torch.float32),
            indexing="ij",
        )
        self.x, self.y = columns, rows
        self._stroke: Callable[..., tuple[Tensor, Tensor, Tensor]] = (
            torch.compile(stroke) if compiled else stroke
        )

    @torch.no_grad()
    def draw(self, rolled: Rolled) -> tuple[Tensor, Tensor]:
        """(inputs (batch, CHANNELS, height, width), truth (batch, 1, height, width)), 0..1."""
        frames, truth, roaming = self._frames(rolled)
        seen = self._covered(rolled)
        inputs = self._inputs(rolled, frames, roaming, seen)
        return inputs, truth[:, 0]

    def _frames(self, r: Rolled) -> tuple[Tensor, Tensor, Tensor]:
        """Frames (b, t, 3, h, w), what counts as foreground in them and what of it goes about (b, t, 1, h, w)."""
        frames = self._place(r)
        truth = torch.zeros_like(frames[:, :, :1])
        roaming = torch.zeros_like(truth)
        for slot in range(SLOTS):
            alpha, colour = self._body(r, slot, frames)
            shadow = r["shadow"][:, slot, None, None, None, None]
            frames = frames * (1 - shadow * self._shadow(alpha, r, slot))
            alpha = alpha * (1 - r["ghost"][:, slot, None, None, None, None])
            frames = frames + alpha * (colour - frames)
            label = r["label"][:, slot, None, None, None, None]
            truth = truth * (1 - alpha) + alpha * label
            # What stays in its place is in every plate, however often one looks.
            roams = r["roams"][:, slot, None, None, None, None]
            roaming = roaming * (1 - alpha) + alpha * label * roams
        return self._developed(r, frames), truth, roaming

    def _place(self, r: Rolled) -> Tensor:
        ground = self._leaves(r)
        batch = ground.shape[0]
        slip = r["camera_slip"]
        wobble = self._noise(batch, 2, r, 10.0)
        rows = self.y / self.height
        where = torch.sigmoid((rows - r["tremble_row"][:, None, None]) * 12)[:, None]
        grids = []
        for t in range(MOMENTS):
            swing = torch.sin(r["times"][:, t] * 5.0 + 1.3)[:, None, None, None]
            other = torch.cos(r["times"][:, t] * 3.3)[:, None, None, None]
            shift = (
                r["tremble"][:, None, None, None]
                * where
                * (wobble * swing + wobble.flip(1) * other)
            )
            x = self.x + slip[:, t, 0, None, None] + shift[:, 0]
            y = self.y + slip[:, t, 1, None, None] + shift[:, 1]
            grids.append(self._grid(x, y))
        grid = torch.stack(grids, 1).flatten(0, 1)
        many = ground[:, None].expand(-1, MOMENTS, -1, -1, -1).flatten(0, 1)
        seen = F.grid_sample(many, grid, padding_mode="reflection", align_corners=True)
        return seen.unflatten(0, (batch, MOMENTS))

    def _grid(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.stack([x / (self.width - 1) * 2 - 1, y / (self.height - 1) * 2 - 1], -1)

    def _noise(self, batch: int, channels: int, r: Rolled, finest: float) -> Tensor:
        """Octaves of noise about 0, (batch, channels, height, width); one spread for all."""
        total = torch.zeros(batch, channels, self.height, self.width, device=self.device)
        cell, gain = 90.0, torch.ones(batch, 1, 1, 1, device=self.device)
        norm = torch.zeros_like(gain)
        while cell >= finest:
            grid = torch.randn(
                batch,
                channels,
                int(self.height / cell) + 3,
                int(self.width / cell) + 3,
                device=self.device,
            )
            fine = F.interpolate(
                grid, (self.height, self.width), mode="bicubic", align_corners=True
            )
            total += gain * fine
            norm += gain * gain
            gain = gain * r["roughness"][:, None, None, None]
            cell /= 2.1
        return total / norm.sqrt()

    def _leaves(self, r: Rolled) -> Tensor:
        """A place (b, 3, h, w): leaves over leaves, each with its colour, slope and texture."""
        batch = r["leaf_size"].shape[0]
        common = self._noise(batch, 1, r, 1.5)
        texture = 0.8 * common + 0.35 * self._noise(batch, 3, r, 1.5)
        warp = self._noise(batch, 1, r, 8.0)[:, 0]
        place = torch.zeros(batch, 3, self.height, self.width, device=self.device)
        at = lambda key, n: r[key][:, n, None, None]  # noqa: E731 - five letters, forty-eight times
        for n in range(LEAVES):
            size = at("leaf_size", n)
            x, y = (
                self.x - r["leaf_at"][:, n, 0, None, None],
                self.y - r["leaf_at"][:, n, 1, None, None],
            )
            cos, sin = torch.cos(at("leaf_angle", n)), torch.sin(at("leaf_angle", n))
            u, v = x * cos + y * sin, (y * cos - x * sin) * at("leaf_shape", n)
            kind = at("leaf_kind", n)
            disc = torch.sqrt(u * u + v * v + 1e-6) - size
            box = torch.maximum(u.abs(), v.abs()) - size
            distance = torch.where(kind == 0, disc, box)
            distance = torch.where(kind == 1, disc + warp * size * 0.4, distance)
            cover = (0.5 - distance).clamp(0, 1)[:, None]
            slope = (
                r["leaf_slope"][:, n, 0, None, None] * x + r["leaf_slope"][:, n, 1, None, None] * y
            ) / self.height
            colour = r["leaf_colour"][:, n, :, None, None] + slope[:, None].clamp(-0.4, 0.4)
            colour = colour + texture * r["leaf_texture"][:, n, None, None, None] * 0.35
            place = place + cover * (colour - place)
        light = 1 + 0.15 * self._noise(batch, 1, r, 60.0)
        return self._blurred((place * light).clamp(0, 1), r["defocus"])

    def _blurred(self, pictures: Tensor, by: Tensor) -> Tensor:
        """Out of focus by a share of three blurs."""
        soft = pictures
        for _ in range(3):
            soft = F.avg_pool2d(F.pad(soft, (2, 2, 2, 2), mode="reflect"), 5, 1)
        share = (by / 3)[:, None, None, None].clamp(0, 1)
        return pictures + share * (soft - pictures)

    def _body(self, r: Rolled, slot: int, frames: Tensor) -> tuple[Tensor, Tensor]:
        """(alpha (b, t, 1, h, w), colour (b, t, 3, h, w)) of one body."""
        ends = self._posed(r, slot)
        batch = frames.shape[0]
        shape = (batch, MOMENTS, self.height, self.width)
        nearest = torch.full(shape, 1e3, device=self.device)
        top = torch.zeros(shape, device=self.device)
        shade = torch.ones(shape, device=self.device)
        wide = lambda value: value[:, :, None, None]  # noqa: E731
        one = lambda key: r[key][:, slot, None, None, None].expand(-1, MOMENTS, 1, 1)  # noqa: E731
        size = r["size"][:, slot]
        for part in range(PARTS):
            begin = r["begin"][:, slot, part, None] * size
            nearest, top, shade = self._stroke(
                self.x, self.y, *(wide(end) for end in ends[part]), wide(begin),
                wide(r["end"][:, slot, part, None] * size), r["flat"][:, slot, part, None, None, None],
                one("gloss"), one("light"), torch.tensor(float(part), device=self.device), nearest, top, shade,
            )  # fmt: skip
        local, grain = self._worn(r, slot, batch)
        nearest = nearest + one("rough") * local[:, :, 0] * 0.7
        alpha = (0.5 - nearest / one("soft")).clamp(0, 1)[:, :, None]
        table = r["colour"][:, slot]
        index = top.long().flatten(1)[..., None].expand(-1, -1, 3)
        flat = torch.gather(table, 1, index).view(*shape, 3).permute(0, 1, 4, 2, 3)
        colour = flat * shade[:, :, None] + grain * r["texture"][:, slot, None, None, None, None]
        hidden = r["camouflage"][:, slot, None, None, None, None]
        behind = frames.mean((3, 4), keepdim=True)
        return alpha, (colour + hidden * (behind - colour)).clamp(0, 1)

    def _worn(self, r: Rolled, slot: int, batch: int) -> tuple[Tensor, Tensor]:
        """What the body wears, moving with it: (roughness (b, t, 1, h, w), texture (b, t, 3, h, w))."""
        cloth = torch.randn(batch, 4, 48, 48, device=self.device)
        cloth = cloth + 1.5 * F.interpolate(
            torch.randn(batch, 4, 12, 12, device=self.device), (48, 48), mode="bicubic"
        )
        size = r["size"][:, slot, :, None, None]
        angle = r["turn"][:, slot, :, None, None]
        x = (self.x - r["path"][:, slot, :, 0, None, None]) / size
        y = (self.y - r["path"][:, slot, :, 1, None, None]) / size
        cos, sin = torch.cos(angle), torch.sin(angle)
        grain = r["grain"][:, slot, None, None, None]
        u, v = (x * cos + y * sin) * grain, (y * cos - x * sin) * grain
        fold = lambda value: 2 * (value / 2 - torch.floor(value / 2 + 0.5)).abs() * 2 - 1  # noqa: E731 - mirrored tiles
        grid = torch.stack([fold(u), fold(v)], -1).flatten(1, 2)
        seen = F.grid_sample(cloth, grid, padding_mode="border", align_corners=True)
        seen = seen.view(batch, 4, MOMENTS, self.height, self.width).transpose(1, 2)
        gaudy = r["gaudy"][:, slot, None, None, None, None]
        return seen[:, :, :1], seen[:, :, 1:] * gaudy + seen[:, :, :1] * (1 - gaudy)

    def _posed(self, r: Rolled, slot: int) -> list[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """Both ends of every part, pixels, each (b, t): the chain of limbs worked out in order."""
        size, flip = r["size"][:, slot], r["flip"][:, slot, None]
        batch = size.shape[0]
        angles = torch.zeros(batch, MOMENTS, PARTS, device=self.device)
        starts = torch.zeros(batch, MOMENTS, PARTS, 2, device=self.device)
        stops = torch.zeros_like(starts)
        # A part may hang on one with a higher number (legs are painted before the trunk they hang
        # on), so the chain is gone through until nothing changes: no chain is longer than four.
        for _ in range(4):
            parent = r["parent"][:, slot].clamp(min=0)
            rooted = r["parent"][:, slot] < 0
            pick = parent[:, None].expand(-1, MOMENTS, -1)
            above = torch.gather(angles, 2, pick)
            two = pick[..., None].expand(-1, -1, -1, 2)
            begin, end = torch.gather(starts, 2, two), torch.gather(stops, 2, two)
            beat = torch.sin(
                6.283 * r["beat"][:, slot, None] * r["times"][:, :, None]
                + r["phase"][:, slot, None]
            )
            bent = r["angle"][:, slot, None] + r["swing"][:, slot, None] * beat
            turn = r["turn"][:, slot, :, None]
            angles = torch.where(rooted[:, None], bent + turn, bent + above)
            share = r["attach"][:, slot, None, :, None]
            at = begin + share * (end - begin)
            normal = torch.stack([torch.cos(above), -torch.sin(above)], -1)
            at = at + r["side"][:, slot, None, :, None] * normal
            at = torch.where(rooted[:, None, :, None], torch.zeros_like(at), at)
            reach = r["length"][:, slot, None, :, None]
            starts = at
            stops = at + reach * torch.stack([torch.sin(angles), torch.cos(angles)], -1)
        x = lambda p: r["path"][:, slot, :, 0] + p[..., 0] * size * flip  # noqa: E731
        y = lambda p: r["path"][:, slot, :, 1] + p[..., 1] * size  # noqa: E731
        return [
            (x(starts[:, :, n]), y(starts[:, :, n]), x(stops[:, :, n]), y(stops[:, :, n]))
            for n in range(PARTS)
        ]

    def _shadow(self, alpha: Tensor, r: Rolled, slot: int) -> Tensor:
        """The body's shadow on the ground, (b, t, 1, h, w): leaned over, squashed and soft."""
        feet = (r["path"][:, slot, :, 1] + 0.45 * r["size"][:, slot])[:, :, None, None]
        squat = r["squat"][:, slot, None, None, None]
        y = feet - (feet - self.y) / squat
        x = self.x + r["lean"][:, slot, None, None, None] * (feet - y) * 0.5
        grid = self._grid(x.expand_as(y), y).flatten(0, 1)
        cast = F.grid_sample(alpha.flatten(0, 1), grid, align_corners=True)
        cast = cast.unflatten(0, alpha.shape[:2])
        soft = F.avg_pool2d(cast.flatten(0, 1), 7, 1, 3).unflatten(0, alpha.shape[:2])
        return cast + r["blurred"][:, slot, None, None, None, None] * (soft - cast)

    def _developed(self, r: Rolled, frames: Tensor) -> Tensor:
        """As a camera records them: contrast, gamma, a light that flickers, noise that is not quite white."""
        of = lambda key: r[key][:, None, None, None, None]  # noqa: E731
        frames = 0.5 + (frames - 0.5) * of("contrast")
        frames = frames.clamp(0.003, 1) ** of("gamma")
        flicker = torch.randn(*frames.shape[:2], 1, 1, 1, device=self.device)
        when = (r["times"] / r["seconds"][:, None])[:, :, None, None, None]
        frames = frames * (1 + of("flicker") * flicker + of("drift") * (when - when[:, :1]))
        noise = torch.randn_like(frames)
        smooth = F.avg_pool2d(noise.flatten(0, 1), 3, 1, 1).unflatten(0, frames.shape[:2])
        return (frames + of("noise") * (0.5 * noise + smooth)).clamp(0, 1)

    def _covered(self, r: Rolled) -> Tensor:
        """Where each frame shows anything, (b, t, 1, h, w): a camera that moved saw another part."""
        shift = r["camera_path"]
        x = self.x - shift[:, :, 0, None, None]
        y = self.y - shift[:, :, 1, None, None]
        inside = (x >= 0) & (x < self.width) & (y >= 0) & (y < self.height)
        return inside[:, :, None]

    def _inputs(self, r: Rolled, frames: Tensor, truth: Tensor, covered: Tensor) -> Tensor:
        near = len(PAST_AND_FUTURE)
        now = frames[:, 0]
        apart = (frames[:, 1:near] - now[:, None]).abs().amax(2)
        apart = apart * covered[:, 1:near, 0]
        looks = torch.cat([frames[:, :1], frames[:, near:]], 1)
        shown = torch.cat([covered[:, :1], covered[:, near:]], 1)
        plate, _ = median(looks, shown)
        grown = F.max_pool2d(truth.flatten(0, 1), 7, 1, 3).unflatten(0, truth.shape[:2]) > 0.2
        missed = (
            torch.cat([r["slips"][:, :1], r["slips"][:, near:]], 1)[:, :, None, None, None] > 0.5
        )
        thing = torch.cat([grown[:, :1], grown[:, near:]], 1) & ~missed
        cleaner, seen = median(looks, shown & ~thing)
        use = (r["second_look"][:, None, None, None] > 0.5) & seen
        plate = torch.where(use, cleaner, plate)
        away = r["misplaced"]
        grid = self._grid(self.x + away[:, 0, None, None], self.y + away[:, 1, None, None])
        plate = F.grid_sample(plate, grid, padding_mode="border", align_corners=True)
        valid = torch.where(
            r["second_look"][:, None, None, None] > 0.5, seen, torch.ones_like(seen)
        )
        return torch.cat([now, plate, valid.float(), apart], 1)


def median(looks: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
    """The lower median of what is shown, channel by channel, and where anything is: (b, 3, h, w), (b, 1, h, w)."""
    assert looks.shape[1] == GLANCES + 1
    ranked = _sorted(torch.where(shown, looks, torch.full_like(looks, 9.0)))
    count = shown.sum(1, keepdim=True)
    pick = ((count - 1).clamp(min=0) // 2).expand(-1, 1, 3, -1, -1)
    middle = torch.gather(ranked, 1, pick)[:, 0]
    seen = count[:, 0] > 0
    return torch.where(seen, middle, looks[:, 0]), seen


def _sorted(looks: Tensor) -> Tensor:
    """Sorted along axis 1 by odd-even transposition: few long passes, where torch.sort makes many short ones."""
    rows = list(looks.unbind(1))
    for turn in range(len(rows)):
        for n in range(turn % 2, len(rows) - 1, 2):
            rows[n], rows[n + 1] = (
                torch.minimum(rows[n], rows[n + 1]),
                torch.maximum(rows[n], rows[n + 1]),
            )
    return torch.stack(rows, 1)
