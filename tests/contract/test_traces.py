"""Traces, as a collector gets them: a real one over OTLP/HTTP, from real processes."""

import gzip
import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from cutroom.cli.local_server import local_server
from cutroom.sample import birds

EDIT = "kling-video-o3-pro-video-to-video-edit"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
STAGES = {"intake", "engine", "provenance", "storage", "settle"}


class Collector(ThreadingHTTPServer):
    """Keeps the spans that it is sent: (service, span) in the order of their arrival."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans, self.bodies = [], b""

    def wait_for(self, trace, *names):
        """The spans of a trace by name, once there are these."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = {s.name: (who, s) for who, s in self.spans if s.trace_id.hex() == trace}
            if set(names) <= found.keys():
                return found
            time.sleep(0.1)
        raise AssertionError(f"only {sorted(found)} came")


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies += body
        for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {one.key: one.value.string_value for one in of_resource.resource.attributes}
            for scope in of_resource.scope_spans:
                self.server.spans += [(about["service.name"], span) for span in scope.spans]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """A server whose spans go to a collector, and the collector."""
    folder, web = tmp_path_factory.mktemp("traced"), tmp_path_factory.mktemp("example")
    birds(web / "birds.mp4", seconds=1, size=(320, 180), rate=12)
    with Collector() as collector, ExitStack() as running:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        fetch_map = json.dumps({"https://example.com/": str(web)})
        settings = {"fetch_map": fetch_map, "relax_limits": "true", "poll_interval": "0.1"}
        with pytest.MonkeyPatch.context() as patch:  # for this server alone
            address = f"http://127.0.0.1:{collector.server_address[1]}"
            patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
            patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
            up = running.enter_context(local_server(folder, **settings))
        up.cutroom("keys", "create", "--namespace", "alice", "--key", "YOUR_API_KEY")
        up.cutroom("credits", "add", "--namespace", "alice", "1000")
        yield up, collector
        running.close()
        collector.shutdown()


def ask(up, prompt, **headers):
    """Ask for an edit of the clip; the id of the generation."""
    body = {"model": EDIT, "prompt": prompt, "input_video": "https://example.com/birds.mp4"}
    headers = {"Authorization": "Bearer YOUR_API_KEY", **headers}
    answer = requests.post(f"{up.url}/api/ai/queue", headers=headers, json=body, timeout=30)
    return answer.json()["generations"][0]["generation_id"]


def attributes(span):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def test_a_generation_is_one_trace_from_its_caller_to_the_end(traced):
    up, collector = traced
    generation = ask(up, "make it sepia", traceparent=f"00-{TRACE}-{CALLER}-01")
    found = collector.wait_for(TRACE, "request POST", "enqueue", "attempt", *STAGES)
    request, attempt = found["request POST"][1], found["attempt"][1]
    assert request.parent_span_id.hex() == CALLER
    assert attributes(request)["cutroom.route"] == "/api/ai/queue"
    assert found["enqueue"][1].parent_span_id == attempt.parent_span_id == request.span_id
    assert {name for name in found if found[name][1].parent_span_id == attempt.span_id} == STAGES
    assert {name: found[name][0] for name in ("request POST", "attempt")} == {
        "request POST": "cutroom-server",
        "attempt": "cutroom-worker",
    }
    engine = attributes(found["engine"][1])
    assert engine == {
        "cutroom.model": EDIT, "cutroom.engine": "classical", "cutroom.frames": 12, "cutroom.seconds": 1.0,
    }  # fmt: skip
    told = attributes(attempt)
    assert (told["cutroom.generation"], told["cutroom.status"]) == (generation, "succeeded")
    for one in STAGES:
        span = found[one][1]
        assert attempt.start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= attempt.end_time_unix_nano


def test_an_error_is_told_by_its_kind_and_nothing_by_its_words(traced):
    up, collector = traced
    trace = "5bf92f3577b34da6a3ce929d0e0e4736"
    ask(up, "let the birds recite a sonnet", traceparent=f"00-{trace}-{CALLER}-01")
    found = collector.wait_for(trace, "attempt", "engine", "settle")
    for name in ("attempt", "engine"):
        assert attributes(found[name][1])["error.type"] == "cannot_do"
        assert found[name][1].status.code == 2
        assert not found[name][1].events
    assert found["settle"][1].status.code == 0
    assert "provenance" not in found
    for word in (b"sonnet", b"sepia", b"YOUR_API_KEY", b"alice", b"example.com", b"signature="):
        assert word not in collector.bodies


def test_without_a_caller_s_trace_there_is_one_and_probes_are_none(traced):
    up, collector = traced
    requests.get(f"{up.url}/readyz", timeout=10)
    requests.get(f"{up.url}/api/ai/models", timeout=10, headers={"traceparent": "no such thing"})
    end = time.monotonic() + 30
    while not any(span.name == "request GET" for _, span in collector.spans):
        assert time.monotonic() < end
        time.sleep(0.1)
    routes = {attributes(s)["cutroom.route"] for _, s in collector.spans if s.name == "request GET"}
    assert "/readyz" not in routes


def test_nothing_of_it_is_loaded_until_it_is_asked_for():
    code = "import sys, cutroom.cli.serve, cutroom.worker.process; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cutroom.traces" in run.stdout.split()
    assert not [name for name in run.stdout.split() if name.startswith("opentelemetry")]
