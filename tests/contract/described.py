"""Answers held against the OpenAPI document."""

import json
import re
from functools import cache
from urllib.parse import urlsplit

import jsonschema_rs

from cutroom.api.openapi.document import document
from cutroom.catalog import Catalog
from cutroom.settings import Settings


class Described:
    """A document, and whether an answer is as it says."""

    def __init__(self, document):
        self.document = document
        self.paths = [(self._pattern(path), item) for path, item in document["paths"].items()]
        self.checker = cache(self._checker)

    @classmethod
    def ours(cls):
        """Our own document."""
        return cls(document(Catalog.load(Settings()).models))

    def check(self, answer, *, read=True):
        """Fail unless an answer of `requests` is as described; `read`: its body too."""
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        body = (
            answer.json() if read and media_type == "application/json" and answer.content else None
        )
        method = answer.request.method
        found = self.complaints(method, answer.url, answer.status_code, media_type, body)
        assert not found, f"{method} {answer.url} {answer.status_code}: {found}"

    def check_event(self, name, data):
        """Fail unless the data of an event is as described."""
        schema = self.document["components"]["schemas"]["EventData"]["properties"][name]
        found = [one.message for one in self.checker(json.dumps(schema)).iter_errors(data)]
        assert not found, f"{name} {data}: {found}"

    def complaints(self, method, url, status, media_type, body=None):
        """What in an answer is not as the document says; `body` is JSON, None where it was not read."""
        operation = self.operation(method, urlsplit(url).path)
        if operation is None:
            return self._stray(status, body)
        answer = operation["responses"].get(str(status))
        if answer is None:
            return [f"{status} is not among {sorted(operation['responses'])}"]
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        content = answer.get("content", {})
        if method == "HEAD" or not content or "*/*" in content:
            return []
        if media_type not in content:
            return [f"{media_type!r} is not among {sorted(content)}"]
        if body is None:
            return []
        schema = content[media_type]["schema"]
        return [one.message for one in self.checker(json.dumps(schema)).iter_errors(body)]

    def operation(self, method, path):
        """The Operation Object of an address; HEAD is described where it is more than GET."""
        found = [item for pattern, item in self.paths if pattern.fullmatch(path)]
        for item in found:
            if method.lower() in item:
                return item[method.lower()]
        return found[0].get("get") if found and method == "HEAD" else None

    def _stray(self, status, body):
        if status not in {404, 405}:
            return [f"nothing there is described, but {status} is answered"]
        return [] if body is None or "error" in body else ["no error in it"]

    def _checker(self, text):
        schema = json.loads(text) | {"components": self.document["components"]}
        return jsonschema_rs.Draft202012Validator(schema)

    @staticmethod
    def _pattern(path):
        literal = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
        return re.compile(
            re.sub(
                r"{(\w+)}", lambda name: ".*" if name[1] in {"path", "folder"} else "[^/]+", literal
            )
        )
