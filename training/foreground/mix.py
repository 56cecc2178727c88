"""Mix the weights of two runs, the second gone on from the first: `python mix.py A/state.pt B/state.pt 0.4 OUT.onnx`."""

import sys
from pathlib import Path

import torch
from network import Foreground
from train import export


def main(first: str, second: str, share: str, out: str) -> None:
    """Write (1 - share) of the first and share of the second, normalisation statistics too, as ONNX."""
    a, b = (torch.load(path, map_location="cpu") for path in (first, second))
    mixed = {k: a[k].lerp(b[k], float(share)) if a[k].is_floating_point() else b[k] for k in a}
    network = Foreground()
    network.load_state_dict(mixed)
    export(network, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
