"""All attacks by name, one after the other."""

from collections.abc import Callable, Collection, Iterator, Mapping

from cutroom.assault import (
    addresses,
    bodies,
    browser,
    leftovers,
    maze,
    media,
    named,
    paths,
    signed,
    smuggling,
    tenants,
)
from cutroom.assault.ground import Ground
from cutroom.assault.verdict import Outcome, Verdict
from cutroom.errors import CutroomError, InvalidParams

Attack = Callable[[Ground], Iterator[Verdict]]

WITHOUT_SERVER: Mapping[str, Callable[[], Iterator[Verdict]]] = {
    "policy": addresses.policy,
    "maze": maze.attack,
}
"""Attacks on what this program would do, whoever runs it."""
AGAINST_SERVER: Mapping[str, Attack] = {
    "tenants": tenants.attack,
    "paths": paths.attack,
    "smuggling": smuggling.attack,
    "signatures": signed.attack,
    "bodies": bodies.attack,
    "browser": browser.attack,
    "media": media.attack,
    "addresses": named.attack,
    "slow": bodies.slow,
    "leftovers": leftovers.attack,  # last: it looks for what the others used
}
"""Attacks on a running server."""
LONG = ("media", "slow")
"""Attacks that take longer than all others together."""
NAMES = (*WITHOUT_SERVER, *AGAINST_SERVER)


def chosen(names: Collection[str], *, quick: bool = False) -> tuple[str, ...]:
    """The attacks of these names in their order; for none all, or with `quick` those that do not take long.

    Raises InvalidParams for a name that is none.
    """
    if unknown := sorted(set(names) - set(NAMES)):
        raise InvalidParams(
            f"There is no attack {', '.join(unknown)}; there are {', '.join(NAMES)}."
        )
    return tuple(
        name for name in NAMES if name in (names or (set(NAMES) - set(LONG if quick else ())))
    )


def attacked(name: str, ground: Ground | None) -> Iterator[Verdict]:
    """What came of one attack. One that breaks down does not hold: nobody knows what it would have found."""
    try:
        if name in WITHOUT_SERVER:
            yield from WITHOUT_SERVER[name]()
        elif ground is not None:
            yield from AGAINST_SERVER[name](ground)
    except (CutroomError, OSError, LookupError, TypeError, ValueError, AttributeError) as error:
        says = f"the attack broke down: {type(error).__name__}: {error}"
        yield Verdict(name, "itself", Outcome.FAILS, says)
