"""An S3 server as its clients see it on a bad day: slow, answering 503, or not there."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import httpx

HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}
"""Headers that are this server's own business."""


class Storefront:
    """Stands in front of a server; as bad as its fields say."""

    def __init__(self, behind):
        self.refusing = False
        """Whether everything is answered with 503."""
        self.every = 0
        """Every so-manieth request is answered with 503; 0: none."""
        self.delay = 0.0
        """Seconds before an answer."""
        self.refused = 0
        """How many requests were."""
        self._asked = 0
        self._lock = Lock()
        self._http = httpx.Client(base_url=behind, trust_env=False, timeout=30)
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                front.handle(self)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - their names

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        time.sleep(self.delay)
        with self._lock:
            self._asked += 1
            refused = self.refusing or (self.every and self._asked % self.every == 0)
            self.refused += bool(refused)
        if refused:
            status, headers, content = 503, {}, b"<Error><Code>SlowDown</Code></Error>"
        else:
            answer = self._http.request(
                request.command, request.path, headers=dict(request.headers), content=body
            )
            status, headers, content = answer.status_code, answer.headers, answer.content
        request.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP or (request.command == "HEAD" and name.lower() == "content-length"):  # fmt: skip
                request.send_header(name, value)
        if request.command != "HEAD":
            request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._http.close()
