"""How many prompts for a still are planned and refused: `python benchmarks/still_prompts.py FILE.jsonl [--all]`.

Each line of the file is a JSON object with a `prompt`. With --all every plan is printed, to be read for
misreadings; else the refusals.
"""

import json
import sys
from pathlib import Path

from cutroom.engines.classical.stills.wish import wish
from cutroom.errors import CannotDo


def main() -> None:
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    prompts = [json.loads(line)["prompt"] for line in lines]
    planned = 0
    for prompt in prompts:
        try:
            said = ", ".join(row["say"] for row in wish(prompt).to_json()["ops"])
        except CannotDo as error:
            print(f"refused  {prompt}: {str(error)[:110]}")
            continue
        planned += 1
        if "--all" in sys.argv:
            print(f"planned  {prompt}: {said}")
    print(f"{planned} of {len(prompts)} planned, {len(prompts) - planned} refused")


if __name__ == "__main__":
    main()
