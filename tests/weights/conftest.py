"""A hub on this machine: it answers what huggingface_hub asks, and serves files with ranges as the real one does."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from click.testing import CliRunner

from cutroom.cli.app import app

PIN = "18bccf8884ec0a078eed79785eb4ef13ea16ce1e"
NEWER = "a" * 40


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub:
    """Repositories as {name: {commit: {path: content}}}; the last commit is the newest."""

    def __init__(self):
        self.repos = {}
        self.instead = {}
        """Content that is sent in the place of another: path -> bytes."""
        self.claims = {}
        """Sizes that are told in the place of the true ones: path -> bytes."""
        self.stall = {}
        """path -> after how many bytes the answer stops until `go` is set."""
        self.cut = {}
        """path -> after how many bytes the connection is cut, once."""
        self.busy = []
        """Statuses of the next answers to requests for files."""
        self.ranges = True
        self.gated = set()
        self.elsewhere = ""
        """Where the contents are, when not here: the base of a URL."""
        self.keys = []
        """(path, the Authorization it came with) of every request."""
        self.go = threading.Event()
        self.asked = []
        """(path, the first byte asked for) of every request for a file's content."""
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self})
        )
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self.go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        self.hub.keys.append((path, self.headers.get("Authorization")))
        if path.startswith("/api/models/"):
            self._info(path.removeprefix("/api/models/"))
        elif path.startswith("/cdn/"):
            self._content(*parse_qs(urlsplit(self.path).query)["of"][0].split("@"))
        else:
            self._resolve(path.strip("/"))

    def _info(self, path):
        name, _, revision = path.partition("/revision/")
        commits = self.hub.repos.get(name)
        if commits is None:
            self._refuse(401, "RepoNotFound")
            return
        if name in self.hub.gated:
            self._refuse(403, "GatedRepo")
            return
        commit = revision or list(commits)[-1]
        if commit not in commits:
            self._refuse(404, "RevisionNotFound")
            return
        files = [self._sibling(p, c) for p, c in commits[commit].items()]
        self._say(json.dumps({"id": name, "sha": commit, "siblings": files}).encode())

    def _sibling(self, path, content):
        size = self.hub.claims.get(path, len(content))
        told = {"rfilename": path, "size": size, "blobId": blob(content)}
        if path.endswith((".safetensors", ".bin", ".pth", ".model")):
            told["lfs"] = {"sha256": sha256(content), "size": size, "pointerSize": 134}
        return told

    def _resolve(self, path):
        repo, _, rest = path.partition("/resolve/")
        commit, _, file = rest.partition("/")
        if file not in self.hub.repos.get(repo, {}).get(commit, {}):
            self._refuse(404, "EntryNotFound")
            return
        if self.hub.busy:
            self._refuse(self.hub.busy.pop(0), "")
            return
        self.send_response(302)  # as the real hub does with large files
        self.send_header(
            "Location",
            f"{self.hub.elsewhere}/cdn/{sha256(file.encode())}?of={repo}@{commit}@{file}",
        )
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _content(self, repo, commit, file):
        content = self.hub.instead.get(file, self.hub.repos[repo][commit][file])
        told = self.headers.get("Range", "bytes=0-") if self.hub.ranges else "bytes=0-"
        first = int(told.removeprefix("bytes=").split("-")[0])
        self.hub.asked.append((file, first))
        rest = content[first:]
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        stall, cut = self.hub.stall.get(file), self.hub.cut.pop(file, None)
        if stall is not None and first < stall:
            self.wfile.write(rest[: stall - first])
            self.wfile.flush()
            self.hub.go.wait()
            rest = rest[stall - first :]
        if cut is not None:
            self.wfile.write(rest[:cut])
            self.wfile.flush()
            self.close_connection = True
            return
        try:
            self.wfile.write(rest)
        except OSError:
            self.close_connection = True

    def _refuse(self, status, code):
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def hub():
    pytest.importorskip("huggingface_hub", reason="needs huggingface_hub: make gpu")
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture
def cutroom(hub, tmp_path, monkeypatch):
    """`cutroom weights ...` against that hub, in this process; `.start` in one of its own, which is not waited for."""
    for name in [name for name in os.environ if name.startswith(("HF_", "CUTROOM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("CUTROOM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CUTROOM_WEIGHTS_DIR", str(tmp_path / "weights"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def start(*words, **more):
        return subprocess.Popen(
            [sys.executable, "-m", "cutroom.cli", "weights", *words],
            env={**os.environ, "HF_ENDPOINT": hub.url, **more},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(*words, endpoint=hub.url):
        from huggingface_hub import constants  # noqa: PLC0415  of the extra

        # What the library reads from HF_ENDPOINT once for a process.
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        done = CliRunner().invoke(app, ["weights", *words])
        return done.exit_code, done.stdout, done.stderr

    run.start = start
    return run
