"""The installation that the settings name, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from cutroom.service import Service
from cutroom.settings import Settings


@contextmanager
def installation() -> Iterator[Service]:
    """The service over this machine's settings; a first use makes its database."""
    service = Service.open(Settings())
    try:
        yield service
    finally:
        service.close()
