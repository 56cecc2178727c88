"""`python -m cutroom.engines.diffusion.runtime`: the machine as the engine finds it, in one line of JSON."""

import json
from dataclasses import asdict

import torch

from cutroom.engines.diffusion.runtime.machine import Machine

if __name__ == "__main__":
    print(json.dumps({"torch": torch.__version__, **asdict(Machine.here())}))
