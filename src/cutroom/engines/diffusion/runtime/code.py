"""Where compiled code is kept. Loads no torch: it has to be settled before that is loaded."""

import logging
import os
from pathlib import Path

CODE = "TORCHINDUCTOR_CACHE_DIR"
"""Variable that says where."""

log = logging.getLogger(__name__)


def keep_code(folder: Path) -> None:
    """Keep compiled code in this folder from one process to the next, unless the environment says where.

    Triton keeps its own in the home of the user otherwise, where the process of an engine may not write.
    """
    os.environ.setdefault("TRITON_HOME", os.environ.get(CODE) or str(folder.absolute()))
    if CODE in os.environ:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.info("compiled code is not kept: %s", error)
        return
    os.environ[CODE] = str(folder.absolute())
