import os
import subprocess
import sys

import pytest

SPY = """
import importlib, os, sys
class Spy:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))
sys.meta_path.insert(0, Spy())
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("given", [None, "3"])
@pytest.mark.parametrize("entry", ["cutroom.cli.edit", "cutroom.engines.classical.engine"])
def test_blas_is_told_to_start_no_threads_before_it_is_loaded(
    entry: str, given: str | None
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if given is not None:
        environment["OPENBLAS_NUM_THREADS"] = given  # an operator's word counts
    done = subprocess.run(
        [sys.executable, "-c", SPY, entry],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [given or "1"]
