"""What of a long edit is finished, where whoever asked for it gives a folder that outlives this process."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial

from cutroom.engine import Division
from cutroom.engines.classical.plan import Plan
from cutroom.media.parts import Parts, digest
from cutroom.types import Edit


def unfinished(
    plan: Plan, edit: Edit, name: str, division: Division | None, *, last: bool
) -> Parts | None:
    """The parts of one pass over the clip, called `name`; None where nothing is to be kept.

    `last`: whether that pass makes the result.
    """
    if edit.parts is None:
        return None
    return Parts(edit.parts / name, partial(_made_of, plan, edit), division, last=last)


def _made_of(plan: Plan, edit: Edit) -> Mapping[str, str]:
    """All that the pixels depend on, the code apart: the clip, and what is done to it with what."""
    assert edit.video is not None
    pictures = [*edit.images, *(p for e in edit.elements for p in (e.frontal, *e.angles))]
    asked = {
        "plan": plan.to_json(),
        "prompt": edit.prompt,
        "seed": edit.seed,
        "pictures": [digest(picture) for picture in pictures],
        "elements": [len(element.angles) for element in edit.elements],
        "params": edit.params,
        "encoding": asdict(edit.encoding),
    }
    told = json.dumps(asked, sort_keys=True, default=str).encode()
    return {"clip": digest(edit.video.path), "plan": hashlib.sha256(told).hexdigest()}
