"""The settings, read so that a mistake in them becomes a sentence."""

import re
from typing import Any

from pydantic import ValidationError

from cutroom.errors import InvalidParams
from cutroom.settings import Settings

_SECRET = re.compile(r"SECRET|TOKEN|KEY")
"""Names of settings whose values nobody else should read."""


def read_settings(**given: Any) -> Settings:  # noqa: ANN401  any setting of any type, checked by pydantic
    """The settings of the environment; what is `given` and not None goes before them.

    Raises InvalidParams with the variable at fault.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        said = first["msg"].removeprefix("Value error, ")
        shown = "not right" if _SECRET.search(name) else repr(first["input"])
        raise InvalidParams(f"CUTROOM_{name} is {shown}: {said}.") from None
