"""`cutroom storage`."""

import json

import pytest
from click.testing import CliRunner

from cutroom.cli.storage import storage


def test_the_policy_is_of_the_bucket_that_is_set_or_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTROOM_STORAGE_URL", "s3://clips/cutroom")
    for words, place in (((), "clips/cutroom"), (("--url", "s3://other"), "other")):
        done = CliRunner().invoke(storage, ["policy", *words])
        assert done.exit_code == 0, done.output
        assert (
            json.loads(done.output)["Statement"][0]["Resource"] == f"arn:aws:s3:::{place}/.inputs/*"
        )
