"""Falling leaves: autumn leaves tumbling through the frame, the near ones out of focus."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.air.foliage import LEAVES, scatter
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class FallingLeaves(Spoken):
    """Autumn leaves in the air; density 1 is a light fall."""

    density: float = 1.0
    name: ClassVar[str] = "falling_leaves"
    stage: ClassVar[Stage] = Stage.WEATHER
    scaled: ClassVar[str] = "density"
    alters: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[str, ...]] = (
        "add falling leaves",
        "add autumn leaves falling",
        "leaves blowing in the wind",
    )
    phrases: ClassVar[Phrases] = {
        "falling leaves": {},
        "leaves falling": {},
        "autumn leaves": {},
        "falling autumn leaves": {},
        "autumn leaves falling": {},
        "leaves fall": {},
        "fall leaves": {},
        "leaves drifting": {},
        "drifting leaves": {},
        "leaves flying": {},
        "flying leaves": {},
        "blowing leaves": {},
        "leaves blowing in the wind": {},
        "leaves in the wind": {},
        "leaves falling down": {},
        "(autumn|fall|orange|red|golden|brown|yellow|dry|dead|colourful|maple) (leaves|foliage) [falling|blowing|drifting|flying|fall|tumbling|swirling|fluttering|floating|whirling] [down|around|by|past|through the air|in the wind|across]": {},
        "(falling|blowing|drifting|flying|tumbling|swirling|fluttering|floating|whirling) [autumn|orange|red|golden|brown|yellow|fall|dry|maple] leaves": {},
        "leaves (fall|falling|blow|blowing|drift|drifting|flutter|fluttering|swirl|swirling|tumble|tumbling|float|floating|whirl|whirling|rain|raining|fly|flying) [down|around|by|past|through the air|in the wind|across the frame|everywhere|from the trees|slowly|gently|softly]": {},
        "leaf fall": {},
        "(rain|shower|storm|flurry|swirl|cascade) of [autumn] leaves": {},
    }
    company: ClassVar[str] = (
        "autumn fall orange red golden brown yellow dry dead down wind windy air around across slowly gently everywhere from trees breeze colourful"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Throw them once; a frame only asks where they are and how they are turned."""
        return within(scene, lambda inner: scatter(inner, LEAVES, self.density, (scene.seed, 305)))
