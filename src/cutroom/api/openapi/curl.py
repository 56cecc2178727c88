"""An operation as a command that a reader can paste."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from cutroom.api.openapi.operation import BYTES, FORM, JSON


def command(method: str, path: str, one: Mapping[str, Any]) -> str:
    """The curl of an Operation Object; `$HOST` and `$KEY` are the reader's."""
    words = [["curl"]]
    if method == "head":
        words[0].append("--head")
    elif method != "get":
        words[0] += ["-X", method.upper()]
    words[0].append(f'"$HOST{address(path, one.get("parameters", ()))}"')
    if any("key" in way for way in one["security"]):
        words.append(["-H", '"Authorization: Bearer $KEY"'])
    words += body(one.get("requestBody", {}).get("content", {}))
    if any("*/*" in told.get("content", {}) for told in one["responses"].values()):
        words.append(["-o", "FILE"])
    return " \\\n  ".join(" ".join(part) for part in words)


def address(path: str, parameters: Any) -> str:  # noqa: ANN401 - a list of Parameter Objects
    """The path and query, with examples in the places of the parameters."""
    query = {}
    for one in parameters:
        example = str(one.get("example", one["schema"].get("const", one["name"].upper())))
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(example))
        elif one["in"] == "query" and one.get("required"):
            query[one["name"]] = example
    return path + (f"?{urlencode(query)}" if query else "")


def body(content: Mapping[str, Any]) -> list[list[str]]:
    """The options that send a body: an example of JSON, a file, or the fields of a form."""
    if JSON in content and "example" in content[JSON]:
        text = json.dumps(content[JSON]["example"], indent=2, ensure_ascii=False)
        return [["-H", '"Content-Type: application/json"'], ["-d", quoted(text)]]
    if BYTES in content:
        return [["--data-binary", "@FILE"]]
    if FORM in content:
        return [
            ["-F", quoted(f"{name}={value}")]
            for name, value in content[FORM].get("example", {}).items()
        ]
    return []


def quoted(text: str) -> str:
    """The text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"
