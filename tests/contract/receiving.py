"""A receiver of webhooks, and the Standard Webhooks specification read once more, for those who check."""

import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread


class Receiver:
    """Listens on this machine, keeps what it is sent, and answers as it is told."""

    def __init__(self):
        self.messages = []
        """(headers in lower case, body) of each request, in order of arrival."""
        self.status = 204
        self.answer_headers = {}
        self.hang = Event()
        """While set, nothing is answered."""
        self._came = Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                said = {name.lower(): value for name, value in self.headers.items()}
                with receiver._came:
                    receiver.messages.append((said, body))
                while receiver.hang.is_set():
                    time.sleep(0.02)
                try:
                    self.send_response(receiver.status)
                    for name, value in receiver.answer_headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                except OSError:
                    return  # nobody waits any more

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?a=b"
        self.authority = f"127.0.0.1:{self.port}"
        Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def until(self, count, seconds=30):
        """The messages, once there are so many."""
        end = time.monotonic() + seconds
        while len(self.messages) < count:
            assert time.monotonic() < end, f"{len(self.messages)} of {count} came"
            time.sleep(0.02)
        return self.messages

    def close(self):
        self.hang.clear()
        self._server.shutdown()
        self._server.server_close()


def verified(secret, headers, body):
    """The message, if it is signed with `secret` as the specification says."""
    key = base64.b64decode(secret.split("_", 1)[1], validate=True)
    assert 24 <= len(key) <= 64
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])  # fmt: skip
    good = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    assert good in headers["webhook-signature"].split(" ")
    return json.loads(body)
