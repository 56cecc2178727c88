"""The process of a trial: binds itself, tries to get out, and tells as JSON how far it came."""

import json
import os
import sys
from contextlib import suppress

from cutroom.sandbox import Lacking, Mode, Room, bind


def main(mode: Mode, secret: str, port: str) -> None:
    """Try to read the file `secret` and to reach `port` of this machine. It imports little: a server waits for it."""
    try:
        held = bind(Room(), mode)
    except Lacking as error:
        print(json.dumps({"lacking": str(error)}))
        return
    told = {"connected": False, "read": False}
    import socket  # noqa: PLC0415 - once bound, as a decoder would

    with suppress(OSError):
        socket.create_connection(("127.0.0.1", int(port)), 1).close()
        told["connected"] = True
    with suppress(OSError):
        os.close(os.open(secret, os.O_RDONLY))
        told["read"] = True
    offline = held.offline and not told["connected"]
    print(json.dumps({**told, "active": held.active, "missing": held.missing, "offline": offline}))


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]  # from our own parent
