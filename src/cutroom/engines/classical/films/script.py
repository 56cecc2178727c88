"""A prompt becomes a shot: every word of it is drawn, done, or glue, or the whole is refused."""

from collections.abc import Sequence
from typing import Any

from cutroom.engines.classical.films.camera import Move
from cutroom.engines.classical.films.cast.company import BY_NAME
from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.parts import Part, basics, shown
from cutroom.engines.classical.films.shot import Actor, Shot
from cutroom.engines.classical.films.terrain import PICTURE, TERRAINS
from cutroom.engines.classical.films.words import all_nouns, words
from cutroom.engines.classical.op import Op
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.refusal import Impossible, Refused
from cutroom.engines.classical.scenes.backdrop import Hour
from cutroom.engines.classical.scenes.places import PLACES
from cutroom.errors import CannotDo

MOST_WORDS = 120
MOST_ACTORS = 3


def read(
    prompt: str, seconds: int, mentions: Sequence[str] = (), before: tuple[str, Hour] = ("", "day")
) -> Shot:
    """The shot of a prompt, in which the `mentions` (`@image1`, ...) may act or stand behind.

    `before` is the (place, hour) of a shot that says none itself and has no drawn actor that would
    choose one. Raises CannotDo, saying which words cannot be drawn, and what can.
    """
    said = Instruction(prompt)
    if len(said.words) > MOST_WORDS:
        raise CannotDo(f"A shot may be told in {MOST_WORDS} words; this one has {len(said.words)}.")
    found = [*basics(said, mentions)]
    place, hour = _setting(_chosen(found), before)
    if place in PLACES:
        found += shown(said, place, hour)
    chosen = _chosen(found)
    left = _left(said, chosen)
    if left:
        raise _refusal(said, left, chosen)
    return _shot(chosen, place, hour, seconds)


def _chosen(found: list[Part]) -> list[Part]:
    """Parts that share no word: longer ones first."""
    taken: frozenset[int] = frozenset()
    chosen = []
    for part in sorted(found, key=lambda p: (len(p.words), p.weight), reverse=True):
        if not part.words & taken:
            chosen.append(part)
            taken |= part.words
    return sorted(chosen, key=lambda p: p.first)


def _setting(chosen: list[Part], before: tuple[str, Hour]) -> tuple[str, Hour]:
    """(place, hour). Raises CannotDo where the prompt names two that exclude each other."""
    named = list(dict.fromkeys(p.value[0] for p in chosen if p.kind == "place"))
    named += [p.value for p in chosen if p.kind == "backdrop"]
    if len(named) > 1 and "sky" in named:
        named.remove("sky")
    for holder, held in (
        ("beach", "sea"),
        ("mountains", "forest"),
        ("snowfield", "mountains"),
        ("snowfield", "forest"),
    ):
        if holder in named and held in named:
            named.remove(held)
    if len(named) > 1:
        raise CannotDo(f"One shot can show one place; this one names {' and '.join(named)}.")
    hours = {p.value for p in chosen if p.kind == "hour"}
    hours |= {p.value[1] for p in chosen if p.kind == "place" and p.value[1]}
    if len(hours) > 1:
        raise CannotDo(
            f"One shot can be at one hour; this one names {' and '.join(sorted(hours))}."
        )
    wanted = [BY_NAME[p.value].place for p in chosen if p.kind == "actor"]
    snows = any(p.kind == "op" and p.value.name == "snow" for p in chosen)
    default = (
        "snowfield"
        if snows and any("ground" in BY_NAME[p.value].realms for p in chosen if p.kind == "actor")
        else ""
    )
    place = named[0] if named else default or next(filter(None, wanted), "")
    if not place and before[0]:
        return before[0], hours.pop() if hours else before[1]
    if hours and place.startswith("@"):
        raise CannotDo(
            f"{spelled(place)} stays as it was taken: it cannot be shown at {hours.pop()}."
        )
    return place or _anywhere(chosen), hours.pop() if hours else "day"


def _anywhere(chosen: list[Part]) -> str:
    """Where references act when nothing says where: nowhere without one."""
    if not any(p.kind == "player" for p in chosen):
        return ""
    gaits = {p.value for p in chosen if p.kind == "gait"}
    if gaits & {"fly", "float", "rise", "fall", "flutter"}:
        return "sky"
    return "sea" if "sail" in gaits else "underwater" if "swim" in gaits else "meadow"


def spelled(mention: str) -> str:
    """A mention as callers write it: `@image1` -> `@Image1`."""
    return mention[0] + mention[1:].capitalize()


def _left(said: Instruction, chosen: list[Part]) -> list[int]:
    """The words that nothing accounts for."""
    taken = frozenset[int]().union(*(p.words for p in chosen)) if chosen else frozenset()
    return [
        i for i, word in enumerate(said.words) if i not in taken and word.text not in words().glue
    ]


def _refusal(said: Instruction, left: list[int], chosen: list[Part]) -> Refused:
    taken = frozenset[int]().union(*(p.words for p in chosen))
    quoted: list[str] = []
    for n, i in enumerate(left):
        between = range(left[n - 1] + 1, i) if n else range(1)
        if n and not any(k in taken or said.words[k].text in ",.;" for k in between):
            quoted[-1] += "".join(f" {said.words[k].text}" for k in [*between, i])
        else:
            quoted.append(said.words[i].text)
    told = ", ".join(f"“{q}”" for q in quoted[:6])
    known = [p.value for p in chosen if p.kind == "actor"]
    known += [p.value[0] for p in chosen if p.kind == "place"]
    known += [spelled(p.value) for p in chosen if p.kind in {"player", "backdrop"}]
    understood = f" It did understand: {', '.join(dict.fromkeys(known))}." if known else ""
    return Refused(
        f"This engine cannot draw {told}, so nothing was made.{understood} {able()}",
        tuple(dict.fromkeys(known)),
        tuple(Impossible(q, "this engine has no drawing of it") for q in quoted),
    )


def able() -> str:
    """One sentence on what can be drawn."""
    return (
        f"It draws these places: {', '.join(PLACES)}; by day, at sunset or at night; in them: {all_nouns()};"
        " with rain, snow, fog and other weather and looks; the camera may pan, tilt, zoom or dolly."
    )


def _shot(chosen: list[Part], place: str, hour: Hour, seconds: int) -> Shot:
    """The shot of everything that was read. Raises CannotDo where it cannot be together."""
    actors = _actors(chosen, place)
    if not place:
        raise CannotDo(f"The prompt names no place and nothing that can be drawn. {able()}")
    moves = list(dict.fromkeys(p.value for p in chosen if p.kind == "camera"))
    if len({m.kind for m in moves}) > 1:
        raise CannotDo(
            f"One shot can have one camera move; this one has {' and '.join(m.kind for m in moves)}."
        )
    ops = _ops(chosen, place)
    return Shot(place, hour, seconds, actors, ops, moves[0] if moves else Move())


def _ops(chosen: list[Part], place: str) -> tuple[Op, ...]:
    ops = list(dict.fromkeys(p.value for p in chosen if p.kind == "op"))
    kinds = [type(op) for op in ops]
    if len(set(kinds)) < len(kinds):
        raise CannotDo("The same weather or look is asked for in two strengths.")
    wet = next((op for op in ops if op.name in {"rain", "snow", "fog"}), None)
    if wet is not None and place in {"underwater", "space"}:
        raise CannotDo(
            f"There is no {wet.name} {'under water' if place == 'underwater' else 'in space'}."
        )
    return tuple(sorted(ops, key=lambda op: op.stage))


def _actors(chosen: list[Part], place: str) -> tuple[Actor, ...]:
    """The actors with what they do: verbs belong to the actor before them, else to the next."""
    order = [p for p in chosen if p.kind in {"actor", "player"}]
    twice = [
        p.value for p in order if p.kind == "player" and [q.value for q in order].count(p.value) > 1
    ]
    if twice:
        raise CannotDo(f"{spelled(twice[0])} is named twice in one shot; name it once.")
    if len(order) > MOST_ACTORS:
        raise CannotDo(f"A shot can have {MOST_ACTORS} sorts of actors; this one has {len(order)}.")
    actors: list[tuple[Part, list[Part]]] = []
    for n, part in enumerate(order):
        start = part.first if n else -1
        end = order[n + 1].first if n + 1 < len(order) else 10**6
        own = [p for p in chosen if start <= p.first < end]
        actors.append((part, own))
    for n in range(
        len(actors) - 2, -1, -1
    ):  # `@Element1 and a bird fly`: what the last does, all do
        if not any(p.kind in {"gait", "heading", "side"} for p in actors[n][1]) and _joined(
            chosen, order, n
        ):
            actors[n] = (
                actors[n][0],
                [*actors[n][1], *(p for p in actors[n + 1][1] if p.kind == "gait")],
            )
    stray = [p for p in chosen if p.kind in {"gait", "heading", "side"}]
    if stray and not order:
        raise CannotDo(f"Nothing that can be drawn is there to do it. {able()}")
    return tuple(_actor(part, own, place) for part, own in actors)


def _joined(chosen: list[Part], order: list[Part], n: int) -> bool:
    """Whether nothing but glue stands between an actor and the next."""
    start, end = max(order[n].words), order[n + 1].first
    return end - start <= 2 and not any(start < p.first < end for p in chosen)


def _actor(part: Part, own: list[Part], place: str) -> Actor:
    gaits = list(dict.fromkeys(p.value for p in own if p.kind == "gait"))
    heading = next((p.value for p in own if p.kind == "heading"), 0)
    side = next((p.value for p in own if p.kind == "side"), "")
    if part.kind == "player":
        gait = _gait(spelled(part.value), None, gaits)
        return Actor(part.value, gait, heading=heading, side=side)
    member = BY_NAME[part.value]
    _can_be(member, place)
    number, colour = (
        part.more.get("number"),
        (part.more.get("colour") or "").replace("colorful", "colourful"),
    )
    count = words().numbers[number] if number else (member.many if part.more.get("several") else 1)
    if colour and not member.dyed and not (member.name == "seagull" and colour == "white"):
        raise CannotDo(f"The {member.name} cannot be drawn in another colour.")
    return Actor(
        member.name, _gait(f"the {member.name}", member, gaits), count, colour, heading, side
    )


def _gait(name: str, member: Member | None, gaits: list[str]) -> Any:  # noqa: ANN401  # a Gait, from data
    """What an actor does. Raises CannotDo for what it cannot."""
    wanted = [g for g in gaits if g != "go"]
    if member is None:
        if len(wanted) > 1:
            raise CannotDo(f"{name} can do one thing in a shot, not {' and '.join(wanted)}.")
        return wanted[0] if wanted else ("fly" if gaits else "stay")
    if not wanted:
        return member.gaits[0]
    same = {"float": ("sail", "flutter"), "fly": ("swim", "flutter"), "flutter": ("fly",)}
    able_to = [next((s for s in (g, *same.get(g, ())) if s in member.gaits), g) for g in wanted]
    if len(set(able_to)) > 1 or able_to[0] not in member.gaits:
        raise CannotDo(
            f"{name.capitalize()} can {', '.join(member.gaits)}; “{' and '.join(wanted)}” cannot be drawn."
        )
    return able_to[0]


def _can_be(member: Member, place: str) -> None:
    if place and not set(member.realms) & set(TERRAINS.get(place, PICTURE).realms):
        fitting = [
            name for name, terrain in TERRAINS.items() if set(member.realms) & set(terrain.realms)
        ]
        raise CannotDo(
            f"The {member.name} cannot be drawn in the place “{place}”, but in: {', '.join(fitting)}."
        )
