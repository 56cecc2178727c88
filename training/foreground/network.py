"""The foreground network: a small U-Net from what sight sees of a frame to how likely each pixel moves."""

import torch
from scenes import CHANNELS
from torch import Tensor, nn

WIDTHS = (28, 44, 72, 112)
"""Channels at a half, a quarter, an eighth and a sixteenth of the size."""


def block(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    """Convolution, normalisation, rectifier; the normalisation is folded away on export."""
    kernel = 4 if stride == 2 else 3
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, stride, 1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )


class Foreground(nn.Module):
    """(batch, CHANNELS, height, width) 0..1 -> logits (batch, 1, height, width); sides divide by 16."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.to_half = nn.Sequential(block(CHANNELS, a, 2), block(a, a))
        self.to_quarter = nn.Sequential(block(a, b, 2), block(b, b))
        self.to_eighth = nn.Sequential(block(b, c, 2), block(c, c), block(c, c))
        self.to_sixteenth = nn.Sequential(block(c, d, 2), block(d, d))
        self.whole = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(d, d, 1), nn.ReLU(inplace=True)
        )
        self.deep = nn.Sequential(block(d, d), block(d, d))
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.up_to_eighth = nn.Sequential(block(d + c, c), block(c, c))
        self.up_to_quarter = nn.Sequential(block(c + b, b), block(b, b))
        self.up_to_half = nn.Sequential(block(b + a, a), block(a, a))
        self.last = nn.ConvTranspose2d(a, 1, 4, 2, 1)

    def forward(self, seen: Tensor) -> Tensor:
        """Logits of `this moves`."""
        half = self.to_half(seen * 2 - 1)
        quarter = self.to_quarter(half)
        eighth = self.to_eighth(quarter)
        deep = self.to_sixteenth(eighth)
        deep = self.deep(deep + self.whole(deep))
        eighth = self.up_to_eighth(torch.cat([self.up(deep), eighth], 1))
        quarter = self.up_to_quarter(torch.cat([self.up(eighth), quarter], 1))
        half = self.up_to_half(torch.cat([self.up(quarter), half], 1))
        return self.last(half)
