"""Whether a server may be reached by others than this machine: not where it asks nobody for a key."""

import socket
from contextlib import suppress
from ipaddress import ip_address

from cutroom.errors import InvalidParams, Unauthenticated
from cutroom.service import Service
from cutroom.settings import Settings

PRINTED = ("YOUR_API_KEY", "OXEN_API_KEY", "YOUR_OXEN_API_KEY")
"""Keys that stand in documentation, and so are known to everybody."""
WARNING = "Whoever reaches this address may do everything here: CUTROOM_OPEN_TO_ALL has said that this is meant."


def stays_here(host: str) -> bool:
    """Whether a server bound to this host is reached by this machine alone. False for a name nobody knows."""
    try:
        found = socket.getaddrinfo(
            host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError:
        return False
    return all(ip_address(str(place[0]).partition("%")[0]).is_loopback for *_, place in found)


def check_auth(settings: Settings) -> None:
    """Let a server pass that asks for keys, or that nobody else reaches. Raises InvalidParams."""
    if not settings.auth and not settings.open_to_all and not stays_here(settings.host):
        raise InvalidParams(
            f"CUTROOM_AUTH is off, and {settings.host or 'every address'} is reached from other machines: "
            "anybody there could spend, read and delete everything. Leave CUTROOM_HOST at 127.0.0.1, or "
            "CUTROOM_AUTH on; CUTROOM_OPEN_TO_ALL=yes serves it so all the same."
        )


def check_keys(service: Service, settings: Settings) -> None:
    """Let a server pass whose keys are secrets, or that nobody else reaches. Raises InvalidParams."""
    if not settings.auth or settings.open_to_all or stays_here(settings.host):
        return
    for key in PRINTED:
        with suppress(Unauthenticated):
            known = service.authenticate(key)
            raise InvalidParams(
                f"{key}, which stands in every documentation, is a key of {known.namespace}, and "
                f"{settings.host or 'every address'} is reached from other machines: revoke it with "
                f"`cutroom keys revoke {key}`. CUTROOM_OPEN_TO_ALL=yes serves it so all the same."
            )


def warning(settings: Settings) -> str | None:
    """What has to be said of a server that stands open to all; None for one that does not."""
    return None if settings.auth or stays_here(settings.host) else WARNING
