"""Words for places and hours, and what draws each place."""

import re
from collections.abc import Callable, Mapping

from cutroom.engines.classical.scenes import (
    beach,
    city,
    desert,
    forest,
    meadow,
    mountains,
    sea,
    sky_only,
    snowfield,
    space,
    underwater,
)
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, Hour

PLACES: Mapping[str, Callable[[Canvas], Backdrop]] = {
    "beach": beach.draw,
    "sea": sea.draw,
    "mountains": mountains.draw,
    "city": city.draw,
    "forest": forest.draw,
    "meadow": meadow.draw,
    "desert": desert.draw,
    "snowfield": snowfield.draw,
    "space": space.draw,
    "underwater": underwater.draw,
    "sky": sky_only.draw,
}
"""Name -> what draws the place."""

_NOUNS: Mapping[str, str] = {
    "beach": r"beach(?:es)?|(?:sea ?)?shore|seaside|coast|palm beach",
    "sea": r"sea|ocean|seascape|open water",
    "mountains": r"mountain (?:ranges?|landscape|valley|view)|mountains?|alps|mountainside",
    "city": r"city|city ?scape|(?:city )?skyline|downtown|metropolis|city street",
    "forest": r"forest|woods|woodland|wooded (?:setting|area|place|landscape|scene|field)|pine forest|wood",
    "meadow": r"meadows?|field|grass ?land|field of (?:grass|flowers)|flower field|flower meadow|green hills|hills|park",
    "desert": r"desert|sand dunes|dunes",
    "snowfield": r"snow ?field|(?:antarctica|antarctic|arctic|polar|alaska)(?: snow)?(?: (?:wilderness|landscape|desert|plain))?|snow(?:y)? wilderness|winter (?:landscape|wonderland|scene)|snow(?:y)? (?:landscape|scene|field)|arctic(?: landscape)?|tundra",
    "space": r"space|outer space|stars and planets|galaxy|the cosmos|cosmos|universe|nebula",
    "underwater": r"underwater(?: (?:scene|world))?|ocean floor|sea ?bed|bottom of the (?:sea|ocean)|coral reef",
    "sky": r"sky|clouds|cloudy sky|heavens",
}
# Adjectives that a drawn place is anyway; any other adjective is a wish of its own.
_KINDS: Mapping[str, str] = {
    "beach": r"tropical|sandy|palm|ocean|sea",
    "sea": r"open|wide|calm|blue|vast",
    "mountains": r"snowy|snow-capped|snow capped|rocky|high|majestic|alpine|distant",
    "city": r"big|modern|urban|busy",
    "forest": r"green|pine|dense|misty|foggy|deep|dark",
    "meadow": r"green|grassy|flowery|flower|rolling|lush|summer",
    "desert": r"desolate|empty|lonely|vast|endless|sandy|hot|dry|sahara",
    "snowfield": r"snowy|white|winter|frozen|snow-covered",
    "space": r"deep|starry|outer|dark",
    "underwater": r"deep|blue|tropical",
    "sky": r"blue|cloudy|open|clear",
}
_PRAISE = r"beautiful|nice|lovely|peaceful|scenic|stunning|gorgeous|pretty|wonderful|drawn|animated|moving|dramatic|colou?rful|glowing|golden"
_HOURS: Mapping[Hour, str] = {
    "sunset": r"sunset|sunrise|dusk|dawn|evening|twilight|golden hour|sundown",
    "night": r"night|night-time|nighttime|midnight|moonlit|moonlight|starry|the stars",
    "day": r"day|daytime|daylight|sunny|noon|midday|bright|morning|the sun",
}
_ANY_HOUR = "|".join(_HOURS.values())
_PLACE = "|".join(f"(?:(?:{_KINDS[name]}) ){{0,3}}(?:{noun})" for name, noun in _NOUNS.items())

NOUNS = "|".join([*_NOUNS.values(), "sunset", "sunrise"])
"""A regular expression for the words that name places: one is in all that PATTERN matches."""
PATTERN = (
    rf"(?:(?:a|an|the|some) )?(?:(?:{_PRAISE}) ){{0,4}}(?:(?:{_ANY_HOUR}) )?(?:(?:{_PRAISE}) ){{0,4}}"
    rf"(?:{_PLACE}|sunset|sunrise)(?: (?:scene|landscape|background|backdrop|view|setting))?"
    rf"(?: (?:at|by|in|during|under|with) (?:a |the )?(?:{_PRAISE} ){{0,4}}(?:{_ANY_HOUR})(?: sky| light| time)?)?"
)
"""A regular expression for a place as people name it, articles and hour included."""


def understand(said: str) -> tuple[str, Hour] | None:
    """(place, hour) of words that PATTERN matched; None where they name no place."""
    hour: Hour = "day"
    for name, words in _HOURS.items():
        if re.search(rf"\b(?:{words})\b", said):
            hour = name
            break
    best: tuple[int, str] | None = None
    for place, noun in _NOUNS.items():
        for found in re.finditer(rf"\b(?:(?:{_KINDS[place]}) ){{0,3}}(?:{noun})\b", said):
            length = found.end() - found.start()
            if best is None or length > best[0]:
                best = (length, place)
    if best is None:
        return ("sea", hour) if hour == "sunset" else None
    if best[1] == "sky" and "starry" in said:
        hour = "night"
    return best[1], hour
