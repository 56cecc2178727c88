"""/docs: the OpenAPI document as a page that needs nothing else."""

import re
import subprocess
from html import unescape
from html.parser import HTMLParser

import pytest
import requests

from cutroom.api.openapi.document import OPERATIONS
from cutroom.api.openapi.page import policy, style

VOID = {"meta", "wbr"}


class Page(HTMLParser):
    """What is in a page, and whether its tags are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.sources, self.open = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.sources += [
            name for name in given if name in {"src", "style"} or name.startswith("on")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open[-1] in {"meta", "body"} and self.open[-1] != tag:
            self.open.pop()  # their ends may be left out
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def answer(server):
    return requests.get(f"{server.url}/docs", timeout=10)


def test_it_may_load_nothing_and_runs_nothing(answer):
    page = Page(answer.text)
    assert page.open == []
    assert "script" not in page.tags
    assert page.sources == []
    assert answer.headers["content-security-policy"] == policy(style())
    assert "default-src 'none'" in policy(style())
    assert "unsafe" not in policy(style())
    assert style() in answer.text
    assert not re.search(r"@import|url\(", style())


def test_every_address_has_its_place_and_every_link_its_end(answer):
    page = Page(answer.text)
    assert len(page.ids) == len(set(page.ids))
    assert {one.name for one in OPERATIONS} <= set(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert [link for link in page.links if not link.startswith("#")] == ["openapi.json"]


def test_the_commands_are_commands(web, answer, tmp_path):
    commands = [
        unescape(one) for one in re.findall(r"<pre>(curl .*?)</pre>", answer.text, re.DOTALL)
    ]
    assert len(commands) == len(OPERATIONS)
    check = subprocess.run(["bash", "-n"], input="\n".join(commands), text=True, check=False)
    assert check.returncode == 0
    (listed,) = [one for one in commands if one.startswith('curl "$HOST/api/ai/queue" ')]
    run = subprocess.run(
        ["bash", "-c", listed + " -sS --fail"], env={"HOST": web.url, "KEY": web.key, "PATH": "/usr/bin:/bin"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert '"generations"' in run.stdout
