"""The document as a page for people: HTML alone, no script, and nothing fetched from elsewhere."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from cutroom.api.openapi.curl import command
from cutroom.api.openapi.operation import JSON
from cutroom.api.openapi.outline import outline

NEEDS = {
    "read": "a key that may read",
    "write": "a key that may write",
    "admin": "a key that may administer",
}


@cache
def style() -> str:
    """The style sheet."""
    return resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def policy(style: str) -> str:
    """The Content-Security-Policy that lets a page have this style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    info = document["info"]
    paragraphs = "".join(f"<p>{words(part)}</p>" for part in info["description"].split("\n\n"))
    sections = "".join(section(document, tag["name"]) for tag in document["tags"])
    schemas = "".join(
        f"<details><summary>{escape(name)}</summary>"
        f'<div id="schema-{escape(name)}">{outline(schema)}</div></details>'
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>The API of cutroom</title><style>{style()}</style>"
        f"<body><nav>{contents(document)}</nav><main>"
        f"<h1>The API of cutroom <small>{escape(info['version'])}</small></h1>{paragraphs}"
        '<p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1). The examples need two variables, '
        f"<code>HOST</code> and <code>KEY</code>.</p>{sections}"
        f'<section id="schemas"><h2>Schemas</h2>{schemas}</section></main></html>'
    )


def operations(document: Mapping[str, Any], tag: str) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Method, path and Operation Object of all that carry a tag."""
    for path, item in document["paths"].items():
        for method, one in item.items():
            if tag in one["tags"]:
                yield method, path, one


def contents(document: Mapping[str, Any]) -> str:
    """What is where; open where there is room for it beside the text."""
    parts = []
    for tag in document["tags"]:
        links = "".join(
            f'<li><a href="#{escape(one["operationId"])}">{pill(method)}<span>{broken(path)}</span></a></li>'
            for method, path, one in operations(document, tag["name"])
        )
        parts.append(f"<h2>{escape(tag['name'])}</h2><ul>{links}</ul>")
    more = '<h2>Schemas</h2><ul><li><a href="#schemas"><span>All schemas</span></a></li></ul>'
    return f"<details><summary>Contents</summary>{''.join(parts)}{more}</details>"


def section(document: Mapping[str, Any], tag: str) -> str:
    """The addresses of one noun."""
    articles = "".join(
        article(document, method, path, one) for method, path, one in operations(document, tag)
    )
    return f"<section><h2>{escape(tag)}</h2>{articles}</section>"


def article(document: Mapping[str, Any], method: str, path: str, one: Mapping[str, Any]) -> str:
    """One method of one address."""
    name = escape(one["operationId"])
    parts = [
        f'<article id="{name}"><h3>{pill(method)}<a href="#{name}">{broken(path)}</a></h3>',
        f'<p>{words(one["summary"])} <span class="needs">{needs(one["security"])}</span></p>',
    ]
    if "description" in one:
        parts.append(f"<p>{words(one['description'])}</p>")
    parts.append(f"<pre>{escape(command(method, path, one))}</pre>")
    if one.get("parameters"):
        parts.append(f"<h4>Parameters</h4><dl>{''.join(map(parameter, one['parameters']))}</dl>")
    if "requestBody" in one:
        parts.append(f"<h4>Body</h4>{body(one['requestBody'], 'body')}")
    parts.append("<h4>Answers</h4>")
    good = {status: told for status, told in one["responses"].items() if "$ref" not in told}
    parts += [body(told, status) for status, told in sorted(good.items())]
    bad = sorted(one["responses"].keys() - good.keys())
    return (
        "".join(parts)
        + errors(document, {status: one["responses"][status] for status in bad})
        + "</article>"
    )


def parameter(one: Mapping[str, Any]) -> str:
    """A parameter, its type and what it means."""
    must = " <em>required</em>" if one.get("required") else ""
    kind = outline(one["schema"])
    return (
        f"<dt><code>{escape(one['name'])}</code> <i>{escape(one['in'])}</i>{must}</dt>"
        f"<dd>{words(one['description'])} {kind}</dd>"
    )


def errors(document: Mapping[str, Any], told: Mapping[str, Mapping[str, str]]) -> str:
    """The errors of an address, folded into one line."""
    rows = []
    for status, reference in told.items():
        one = document["components"]["responses"][reference["$ref"].rpartition("/")[2]]
        shape = outline(one["content"][JSON]["schema"])
        rows.append(f"<dt><b>{status}</b> {shape}</dt><dd>{words(one['description'])}</dd>")
    return (
        f"<details><summary><b>{', '.join(told)}</b> <i>Errors</i></summary>"
        f"<dl>{''.join(rows)}</dl></details>"
    )


def body(told: Mapping[str, Any], label: str) -> str:
    """A body of a request or an answer, folded: its headers, its example, its schema."""
    parts = []
    for name, header in told.get("headers", {}).items():
        if "description" in header:
            parts.append(f"<p><code>{escape(name)}</code>: {words(header['description'])}</p>")
    for kind, content in told.get("content", {}).items():
        if kind != JSON:
            parts.append(f"<p><code>{escape(kind)}</code></p>")
        if "example" in content:
            example = json.dumps(content["example"], indent=2, ensure_ascii=False)
            parts.append(f"<pre>{escape(example)}</pre>")
        parts.append(outline(content["schema"]))
    head = f"<b>{escape(label)}</b> <i>{words(told['description'])}</i>"
    if not any(parts):
        return f"<details><summary>{head}</summary><p>No body.</p></details>"
    return f"<details><summary>{head}</summary>{''.join(parts)}</details>"


def needs(security: Iterable[Mapping[str, list[str]]]) -> str:
    """Who may ask."""
    ways = [scope for one in security for scope in one.get("key", ())]
    if {} in security or not ways:
        return "Needs no key."
    signed = any("signature" in one for one in security)
    return f"Needs {NEEDS[ways[0]]}{', or a signature' if signed else ''}."


def pill(method: str) -> str:
    """A method, in its colour."""
    return f'<b class="{method}">{method.upper()}</b>'


def broken(path: str) -> str:
    """A path that may break after its slashes."""
    return escape(path).replace("/", "/<wbr>")


def words(text: str) -> str:
    """A sentence, with `code` in it."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
