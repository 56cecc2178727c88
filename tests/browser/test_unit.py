"""The unit tests of the playground's pure parts, which Vitest runs; its types and style are `make lint`'s."""

import json
import os
import subprocess

from cutroom.api import wire
from cutroom.api.openapi.document import document, text_of
from cutroom.catalog import Catalog
from cutroom.settings import Settings


def test_the_client_s_types_are_those_of_the_document(playground, tmp_path):
    told, made = tmp_path / "openapi.json", tmp_path / "schema.d.ts"
    told.write_bytes(text_of(document(Catalog.load(Settings()).models)))
    command = ["npx", "--no-install", "openapi-typescript", told, "--output", made]
    subprocess.run(command, cwd=playground.source, capture_output=True, check=True)
    ours = playground.source / "src" / "api" / "schema.d.ts"
    assert ours.read_text() == made.read_text(), "run `make docs`"


def test_units(playground, tmp_path, subtests):
    """Each of Vitest's tests is a subtest here, so that it is counted."""
    report, models = tmp_path / "report.json", tmp_path / "models.json"
    told = [wire.model_object(model) for model in Catalog.load(Settings()).models]
    models.write_text(json.dumps({"data": told}))
    done = subprocess.run(
        ["npx", "--no-install", "vitest", "run", "--reporter=json", f"--outputFile={report}"],
        cwd=playground.source, capture_output=True, text=True, check=False,
        env=os.environ | {"CUTROOM_MODELS": str(models)},
    )  # fmt: skip
    assert report.is_file(), done.stdout + done.stderr
    files = json.loads(report.read_text())["testResults"]
    tests = [one for file in files for one in file["assertionResults"]]
    assert tests
    for one in tests:
        with subtests.test(one["fullName"]):
            assert one["status"] in {"passed", "skipped", "todo"}, "\n".join(one["failureMessages"])
    assert not [file["message"] for file in files if file["status"] != "passed"]
    assert done.returncode == 0, done.stdout + done.stderr
