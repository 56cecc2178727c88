"""The installation that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager

from cutroom.cli.settings import read_settings
from cutroom.service import Service


@contextmanager
def installation() -> Iterator[Service]:
    """The service over this machine's settings; a first use makes its database."""
    service = Service.open(read_settings())
    try:
        yield service
    finally:
        service.close()
