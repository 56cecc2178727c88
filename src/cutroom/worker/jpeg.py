"""Frames of results as an engine's process shows them, looked at before anybody sees them."""

import base64
import binascii
import logging
from contextlib import suppress

from cutroom.worker.messages import Frame

JPEG = 500_000
"""Bytes of such a frame at most."""

log = logging.getLogger(__name__)


def picture(frame: Frame) -> bytes | None:
    """What a child wants to be seen, if that is a JPEG by its first bytes and not too large."""
    with suppress(binascii.Error, ValueError):
        jpeg = base64.b64decode(frame.jpeg, validate=True)
        if jpeg.startswith(b"\xff\xd8\xff") and len(jpeg) <= JPEG:
            return jpeg
    log.warning("the engine's process shows what is no frame")
    return None
