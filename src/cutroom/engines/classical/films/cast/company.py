"""The company: everything that can be drawn into a film."""

from cutroom.engines.classical.films.cast.airplane import AIRPLANE
from cutroom.engines.classical.films.cast.balloon import BALLOON
from cutroom.engines.classical.films.cast.bird import BIRD, GULL
from cutroom.engines.classical.films.cast.boat import BOAT
from cutroom.engines.classical.films.cast.butterfly import BUTTERFLY
from cutroom.engines.classical.films.cast.campfire import CAMPFIRE
from cutroom.engines.classical.films.cast.car import CAR
from cutroom.engines.classical.films.cast.fish import FISH, JELLYFISH
from cutroom.engines.classical.films.cast.hot_air_balloon import HOT_AIR_BALLOON
from cutroom.engines.classical.films.cast.house import HOUSE
from cutroom.engines.classical.films.cast.lighthouse import LIGHTHOUSE
from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.cast.rocket import ROCKET
from cutroom.engines.classical.films.cast.tree import TREE
from cutroom.engines.classical.films.cast.walker import WALKER

COMPANY: tuple[Member, ...] = (
    BIRD, GULL, BUTTERFLY, BALLOON, HOT_AIR_BALLOON, AIRPLANE, ROCKET, BOAT, FISH, JELLYFISH,
    CAR, WALKER, TREE, HOUSE, LIGHTHOUSE, CAMPFIRE,
)  # fmt: skip
BY_NAME = {member.name: member for member in COMPANY}
