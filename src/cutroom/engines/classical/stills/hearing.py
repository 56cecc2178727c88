"""What would be heard of a still that moves: its matter, its weather, and places that the prompt names."""

import re

from cutroom.engines.classical.ambience.cue import Cue
from cutroom.engines.classical.stills.wish import Wish
from cutroom.errors import CannotDo

_MATTER = {"water": Cue("sea"), "sky": Cue("wind", -4), "fire": Cue("fire", 2)}
_WEATHER = {
    "rain": Cue("rain", 2), "snow": Cue("wind", -6), "fog": Cue("wind", -8), "falling_leaves": Cue("leaves", -2),
    "petals": Cue("leaves", -6), "fireflies": Cue("crickets", -2),
}  # fmt: skip
_PLACES = {
    r"beach|seaside|shore|surf(?:board|er)?": Cue("surf"),
    r"sea|ocean": Cue("sea", -2),
    r"city|street|town|traffic": Cue("city", -2),
    r"forest|woods|garden|park|meadow": Cue("birds", -4),
    r"bonfire|campfire|fireplace": Cue("fire"),
}


def cues(asked: Wish) -> list[Cue]:
    """The sounds of a wish. Raises CannotDo where nothing in it would be heard."""
    heard = [_MATTER[drift.region] for drift in asked.drifts]
    heard += [_WEATHER[op.name] for op in asked.ops if op.name in _WEATHER]
    said = " ".join(asked.described).lower()
    heard += [cue for words, cue in _PLACES.items() if re.search(rf"\b(?:{words})\b", said)]
    once = list({cue.sound: cue for cue in heard}.values())
    if not once:
        raise CannotDo(
            "Nothing that the prompt names would be heard (water, wind, fire, rain, leaves, a city, a forest),"
            " and this engine makes no speech and no music; send generate_audio false or name what is heard."
        )
    return once
