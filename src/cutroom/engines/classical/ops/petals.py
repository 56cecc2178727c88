"""Petals: cherry-blossom petals adrift, the near ones large and soft."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.air.foliage import PETALS, scatter
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Petals(Spoken):
    """Petals in the air; density 1 is a light fall."""

    density: float = 1.0
    name: ClassVar[str] = "petals"
    stage: ClassVar[Stage] = Stage.WEATHER
    label: ClassVar[str] = "falling petals"
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add falling petals",
        "add cherry blossom petals",
        "sakura petals drifting",
    )
    phrases: ClassVar[Phrases] = {
        "petals": {},
        "cherry blossom petals drifting": {},
        "cherry blossom petals falling": {},
        "falling petals": {},
        "petals falling": {},
        "flower petals": {},
        "falling flower petals": {},
        "cherry blossom petals": {},
        "falling cherry blossom petals": {},
        "cherry blossoms falling": {},
        "falling cherry blossoms": {},
        "rose petals": {},
        "sakura petals": {},
        "sakura": {},
        "pink petals": {},
        "petals in the air": {},
        "petals drifting": {},
        "drifting petals": {},
        "blossom petals": {},
        "falling blossoms": {},
        "petals in the wind": {},
        "petals floating": {},
        "(pink|white|red|rose|cherry|flower|blossom|cherry blossom|apple blossom|sakura|falling|drifting|floating|blowing|soft) (petals|flower petals|blossom petals) [falling|drifting|floating|blowing|flying|fluttering|swirling|raining|fall] [down|by|around|past|in the wind|in the air|through the air|in the breeze]": {},
        "(petals|blossoms|cherry blossoms|sakura) (falling|drifting|floating|blowing|flying|fluttering|swirling|raining|fall|dancing) [down|by|around|past|in the wind|in the air|through the air|everywhere|slowly|gently]": {},
        "pink blossom petals": {},
        "petals of (roses|cherry blossom|cherry blossoms|flowers)": {},
        "(rain|shower|storm|flurry|cloud|cascade|swirl) of [rose|flower|pink|blossom|cherry blossom] petals": {},
    }
    company: ClassVar[str] = (
        "pink white red soft drifting floating blowing down around by past wind breeze air slowly gently everywhere flower blossom cherry"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Throw them once; a frame only asks where they are and how they are turned."""
        return within(scene, lambda inner: scatter(inner, PETALS, self.density, (scene.seed, 306)))
