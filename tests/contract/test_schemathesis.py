"""Requests made up from the OpenAPI document: nothing is a server error, and every answer is as described."""

import re
import subprocess
import sys

from cutroom.api.openapi.document import OPERATIONS

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_schema_conformance", "response_headers_conformance",
)  # fmt: skip
EXAMPLES = 4
"""Made up for each address, good ones and bad ones, besides the document's own."""


def test_made_up_requests(server, tmp_path):
    # Who pays nothing queues nothing; what only costs a process is asked for.
    key = server.cutroom("keys", "create", "--namespace", "fuzz", "--scopes", "read,write,admin")
    run = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json",
            "--header", f"Authorization: Bearer {key}", "--exclude-path", "/api/events",  # it does not end
            "--checks", ",".join(CHECKS), "--phases", "examples,fuzzing",
            "--max-examples", str(EXAMPLES), "--generation-deterministic",
            # However busy the machine is.
            "--request-timeout", "120", "--suppress-health-check", "too_slow",
            "--continue-on-failure", "--warnings", "off", "--no-color",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    made = re.search(r"(\d+) generated", run.stdout)
    assert made is not None and int(made[1]) > 250, run.stdout  # noqa: PT018 - the second needs the first
    asked = len([one for one in OPERATIONS if one.method != "HEAD"])
    assert f"{asked - 1} selected / {asked} total" in run.stdout, run.stdout
