"""The API process stays light: what decodes and computes lives in other processes."""

import subprocess
import sys

CODE = """
import sys
from cutroom.api.app import create_app
from cutroom.api import server
from cutroom.service import Service
from cutroom.settings import Settings
settings = Settings()
create_app(Service.open(settings), settings)
print(sorted({"cv2", "av", "torch"} & sys.modules.keys()))
"""


def test_the_api_process_imports_neither_codecs_nor_vision():
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"
