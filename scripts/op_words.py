"""Write ops/words.json: what must be said for each op to find anything; run by `make docs`."""

import json

from cutroom.engines.classical.planner.likely import PAGE, needs_of_all


def page() -> str:
    """The whole file, an op a line."""
    rows = (f"{json.dumps(name)}: {json.dumps(row)}" for name, row in needs_of_all().items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
