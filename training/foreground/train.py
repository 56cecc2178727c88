"""Train the foreground network on drawn scenes.

    python train.py --minutes 8 --out OUT            on a GPU
    python train.py --minutes 60 --batch 12 --out OUT  on a CPU

Leaves foreground.onnx (what ships), state.pt (to go on from with --resume), log.jsonl and sheet.png in OUT.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from dice import roll
from network import Foreground
from scenes import CHANNELS, Scenes
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

HEIGHT, WIDTH = 160, 256
"""Pixels of a training scene; sight looks at 320 by 180, whose bodies are a little larger."""


class Rolls(IterableDataset):
    """Rolled batches without end; every worker has dice of its own."""

    def __init__(self, seed: int, batch: int) -> None:
        self.seed, self.batch = seed, batch

    def __iter__(self):  # noqa: ANN204
        info = torch.utils.data.get_worker_info()
        rng = np.random.default_rng((self.seed, info.id if info else 0))
        while True:
            rolled = roll(rng, self.batch, HEIGHT, WIDTH)
            yield {
                key: torch.from_numpy(np.ascontiguousarray(value)) for key, value in rolled.items()
            }


class Store:
    """The scenes drawn last, kept as bytes: drawing costs ten times what a step of the network does."""

    def __init__(self, batches: int, batch: int, device: torch.device) -> None:
        self._planes = torch.zeros(
            batches * batch, CHANNELS + 1, HEIGHT, WIDTH, dtype=torch.uint8, device=device
        )
        self._batch, self._filled, self._next = batch, 0, 0

    def put(self, seen: Tensor, truth: Tensor) -> None:
        """Keep a drawn batch in the place of the oldest."""
        size = self._batch
        self._planes[self._next : self._next + size] = (
            torch.cat([seen, truth], 1) * 255 + 0.5
        ).byte()
        self._filled = max(self._filled, self._next + size)
        self._next = (self._next + size) % len(self._planes)

    def take(self) -> tuple[Tensor, Tensor]:
        """A batch of any of them, some mirrored, their colours changed in frame and plate alike."""
        device = self._planes.device
        planes = (
            self._planes[torch.randint(self._filled, (self._batch,), device=device)].float() / 255
        )
        if torch.rand(()) < 0.5:
            planes = planes.flip(3)
        order = torch.randperm(3, device=device)
        planes = torch.cat([planes[:, order], planes[:, 3 + order], planes[:, 6:]], 1)
        gamma = torch.exp(0.25 * torch.randn(self._batch, 1, 1, 1, device=device))
        colours = planes[:, :6].clamp(min=1e-3) ** gamma
        return torch.cat([colours, planes[:, 6:CHANNELS]], 1), planes[:, CHANNELS:]


def loss_of(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy, heavier along outlines, and one minus the soft overlap of each scene."""
    edge = F.max_pool2d(truth, 5, 1, 2) + F.max_pool2d(-truth, 5, 1, 2)
    cross = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    cross = (cross * (1 + 2 * edge)).mean()
    chance = logits.sigmoid()
    both = (chance * truth).sum((1, 2, 3))
    either = (chance + truth - chance * truth).sum((1, 2, 3))
    return cross + 0.5 * (1 - (both + 20) / (either + 20)).mean()


@torch.no_grad()
def overlap(logits: Tensor, truth: Tensor) -> float:
    """Mean intersection over union at one half, of scenes that hold anything."""
    found, real = logits > 0, truth > 0.5
    both, either = (found & real).sum((1, 2, 3)), (found | real).sum((1, 2, 3))
    there = real.sum((1, 2, 3)) > 50
    return float((both[there] / either[there].clamp(min=1)).mean())


def folded(network: Foreground) -> Foreground:
    """A copy whose normalisations have become part of the convolutions before them."""
    whole = copy.deepcopy(network).float().cpu().eval()
    for module in whole.modules():
        if (
            isinstance(module, torch.nn.Sequential)
            and len(module) == 3
            and isinstance(module[1], torch.nn.BatchNorm2d)
        ):
            fused = torch.nn.utils.fusion.fuse_conv_bn_eval(module[0], module[1])
            module[0], module[1] = fused, torch.nn.Identity()
    return whole


def export(network: Foreground, path: Path) -> None:
    """The network with a sigmoid at its end, as ONNX for pictures of any size that 16 divides."""
    whole = torch.nn.Sequential(folded(network), torch.nn.Sigmoid()).eval()
    torch.onnx.export(
        whole, (torch.zeros(1, CHANNELS, 192, 320),), str(path), input_names=["seen"], output_names=["moves"],
        opset_version=13, dynamo=False,
        dynamic_axes={"seen": {2: "height", 3: "width"}, "moves": {2: "height", 3: "width"}},
    )  # fmt: skip


class Smooth:
    """A running mean of the network's weights: what is kept in the end."""

    def __init__(self, network: Foreground) -> None:
        self.network = copy.deepcopy(network).eval()

    @torch.no_grad()
    def follow(self, network: Foreground, step: int) -> None:
        """Move towards the weights, quickly at first."""
        keep = min(0.998, (step + 1) / (step + 20))
        theirs = network.state_dict().values()
        for mine, its in zip(self.network.state_dict().values(), theirs, strict=True):
            if mine.is_floating_point():
                mine.lerp_(its, 1 - keep)
            else:
                mine.copy_(its)


class Training:
    """All that goes through a run."""

    def __init__(self, asked: argparse.Namespace) -> None:
        torch.manual_seed(asked.seed)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        self.asked = asked
        self.gpu = torch.cuda.is_available()
        self.device = torch.device("cuda" if self.gpu else "cpu")
        self.scenes = Scenes(HEIGHT, WIDTH, self.device, compiled=self.gpu)
        self.network = Foreground().to(self.device, memory_format=torch.channels_last)
        if asked.resume:
            self.network.load_state_dict(torch.load(asked.resume, map_location=self.device))
        self.smooth = Smooth(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), asked.rate, weight_decay=1e-4)
        self.store = Store(40 if self.gpu else 4, asked.batch, self.device)
        rolls = Rolls(asked.seed, asked.batch)
        ahead = 4 if asked.workers else None
        self.rolls = iter(
            DataLoader(rolls, batch_size=None, num_workers=asked.workers, prefetch_factor=ahead)
        )

    def drawn(self, rolled: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """(inputs, truth) of a rolled batch."""
        return self.scenes.draw(
            {k: v.to(self.device, non_blocking=True) for k, v in rolled.items()}
        )

    def step(self, number: int, share: float) -> tuple[float, float]:
        """One step of the network, `share` (0..1) into the run: (loss, overlap)."""
        if number % self.asked.steps == 0:
            self.store.put(*self.drawn(next(self.rolls)))
        seen, truth = self.store.take()
        warm = min(1.0, (number + 1) / 200)
        for group in self.optimiser.param_groups:
            group["lr"] = self.asked.rate * warm * (0.5 + 0.5 * math.cos(math.pi * share)) + 1e-6
        self.network.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.gpu):
            logits = self.network(seen.contiguous(memory_format=torch.channels_last))
        loss = loss_of(logits.float(), truth)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.smooth.follow(self.network, number)
        if number % self.asked.tell:
            return 0.0, 0.0
        return float(loss.detach()), overlap(logits, truth)

    def run(self) -> None:
        """Train until the time is up."""
        begun, number = time.monotonic(), 0
        with (self.asked.out / "log.jsonl").open("a") as log:
            while (share := (time.monotonic() - begun) / (60 * self.asked.minutes)) < 1:
                loss, score = self.step(number, share)
                if number % self.asked.tell == 0:
                    line = {"step": number, "seconds": round(time.monotonic() - begun, 1), "loss": round(loss, 4), "iou": round(score, 4)}  # fmt: skip
                    log.write(json.dumps(line) + "\n")
                    print(line, flush=True)
                number += 1

    @torch.no_grad()
    def keep(self) -> None:
        """Measure on scenes nobody trained on, and leave weights, ONNX and a picture."""
        network, out = self.smooth.network, self.asked.out
        torch.manual_seed(1)
        seen, truth = self.drawn(next(iter(Rolls(99_000, self.asked.batch))))
        found = network(seen)
        print("held-out drawn scenes: IoU", round(overlap(found, truth), 4), flush=True)
        torch.save(network.state_dict(), out / "state.pt")
        export(network, out / "foreground.onnx")
        grey = [
            plane[:16].expand(-1, 3, -1, -1) for plane in (seen[:, 9:10], truth, found.sigmoid())
        ]
        rows = torch.cat([seen[:16, :3], seen[:16, 3:6], *grey], 3)
        save_image(torch.cat(list(rows), 1), out / "sheet.png")


def save_image(picture: Tensor, path: Path) -> None:
    """(3, height, width) 0..1 as a PNG."""
    from PIL import Image  # noqa: PLC0415 - only here

    pixels = picture.permute(1, 2, 0).mul(255).byte().cpu().numpy()
    Image.fromarray(pixels).save(path)


def main() -> None:
    """Train for so many minutes."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--minutes", type=float, default=8)
    ask.add_argument("--batch", type=int, default=64)
    ask.add_argument("--workers", type=int, default=12, help="processes that roll dice")
    ask.add_argument(
        "--steps", type=int, default=4, help="steps of the network for each batch drawn"
    )
    ask.add_argument("--rate", type=float, default=3e-3)
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--tell", type=int, default=100, help="steps between two lines of the log")
    ask.add_argument("--resume", type=Path, help="a state.pt to go on from")
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    training = Training(asked)
    training.run()
    training.keep()


if __name__ == "__main__":
    main()
