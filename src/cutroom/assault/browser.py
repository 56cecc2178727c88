"""What another site's page could make a signed-in browser do, and what a stored file could make it run."""

import re
from collections.abc import Iterator

from cutroom.assault.belongings import file_of
from cutroom.assault.ground import Ground
from cutroom.assault.verdict import Verdict, judged, skipped

NAME = "browser"
MARKUP = b"<html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
FILES = {
    "a.html": MARKUP, "a.htm": MARKUP, "a.xhtml": MARKUP, "a.svg": SVG, "a.xml": SVG, "a.js": b"alert(1)", "a.mjs": b"alert(1)", "a.css": b"body{}", "a.pdf": b"%PDF-1.4",
    "a.swf": b"FWS", "a": MARKUP, "a.html.mp4": MARKUP, "a.mp4": MARKUP, "a.png": SVG, "a.gif": b"GIF89a/*" + MARKUP + b"*/=1;alert(1)", "a.HTML": MARKUP, "a.mp4.html": MARKUP,
    "a.webp": MARKUP, "a.shtml": MARKUP, "a.mht": MARKUP, "a.wasm": b"\0asm", "a.json": b'{"a": "<script>"}', "%22%3E%3Cscript%3E.html": MARKUP, "a;x=%22.mp4": MARKUP,
}  # fmt: skip
"""Name -> content of what a browser might run."""
INERT = re.compile(r"application/octet-stream|application/json|(video|image)/(?!svg)[a-z0-9-]+")


def attack(ground: Ground) -> Iterator[Verdict]:
    """Cookies with foreign origins, files that are pages, and the page's own policy."""
    yield _files(ground)
    yield _page(ground)
    if ground.settings and not ground.settings.auth:
        yield skipped(NAME, "sessions", "keys are off: nobody signs in")
        return
    signed_in = ground.ask("POST", "/api/session", said={"key": ground.owner.key})
    cookie = signed_in.headers.get("set-cookie", "")
    if signed_in.status != 200 or not cookie:
        yield judged(NAME, "sessions", 1, [f"signing in: {signed_in.status}"], "sessions")
        return
    token = cookie.partition(";")[0]
    ground.secrets.add(token.partition("=")[2])
    yield _cookie(ground, cookie, signed_in.text)
    yield _origins(ground, token)
    yield _ended(ground, token)


def own(ground: Ground) -> str:
    """The origin of the server's own pages."""
    return f"{'https' if ground.tls else 'http'}://{ground.authority}"


def _cookie(ground: Ground, cookie: str, body: str) -> Verdict:
    low = cookie.lower()
    wanted = ["httponly", "samesite=strict", "path=/", *["secure"] * ground.tls]
    through = [f"no {one}" for one in wanted if one not in low]
    if cookie.partition("=")[2].partition(";")[0] in body:
        through.append("the body tells the session")
    if "domain=" in low:
        through.append("it is for other hosts too")
    return judged(NAME, "cookie", len(wanted) + 2, through, "properties of the session's cookie")


def _origins(ground: Ground, token: str) -> Verdict:
    """With the cookie alone, only the server's own pages change anything."""
    host, scheme = ground.authority, "https" if ground.tls else "http"
    foreign: list[dict[str, str]] = [
        {"Origin": origin}
        for origin in (
            "https://evil.example", "null", "", f"{scheme}://{host}.evil.example", f"{scheme}://evil.example:{ground.port}", f"{scheme}://{ground.host}:1",
            f"{scheme}://{host}@evil.example", "file://", f"{scheme}://x.{host}", "chrome-extension://abc",
        )
    ]  # fmt: skip
    foreign += [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site")]
    foreign += [
        {"Origin": own(ground), "Sec-Fetch-Site": site} for site in ("cross-site", "same-site")
    ]
    foreign += [{}, {"Sec-Fetch-Site": "none"}, {"Referer": f"{own(ground)}/"}]
    calls = (("POST", "/api/ai/queue"), ("POST", "/api/ai/keys"), ("DELETE", "/api/ai/queue/x"), ("PATCH", "/api/ai/keys/x"), ("PUT", file_of(ground.owner.namespace, "a.mp4")))  # fmt: skip
    through, tried = [], 0
    for headers in foreign:
        for method, address in calls:
            tried += 1
            answer = ground.ask(method, address, headers=headers | {"Cookie": token}, said={})
            if answer.status != 403:
                through.append(f"{method} {address} with {headers}: {answer.status}")
    for headers in foreign[:12]:
        tried += 1
        answer = ground.ask(
            "POST", "/api/session", headers=headers, said={"key": ground.stranger.key}
        )
        if answer.status != 403:
            through.append(f"signing in with {headers}: {answer.status}")
    ours = ground.ask(
        "POST", "/api/ai/queue", headers={"Cookie": token, "Origin": own(ground)}, said={}
    )
    if ours.status != 400:
        through.append(f"its own page: {ours.status}")
    return judged(NAME, "origins", tried + 1, through, "requests that a page makes a browser send")


def _ended(ground: Ground, token: str) -> Verdict:
    """A session that ended is good for nothing, nor is one that somebody thought up."""
    through = []
    headers = {"Cookie": token, "Origin": own(ground)}
    before = ground.ask("GET", "/api/users/me", headers=headers).status
    ground.ask("DELETE", "/api/session", headers=headers)
    after = ground.ask("GET", "/api/users/me", headers=headers).status
    name, _, value = token.partition("=")
    thought = ground.ask("GET", "/api/users/me", headers={"Cookie": f"{name}={value[:-1]}"}).status
    if (before, after, thought) != (200, 401, 401):
        through.append(f"before {before}, after {after}, a shorter one {thought}")
    twice = ground.ask(
        "GET", "/api/users/me", headers={"Cookie": f"{name}={ground.owner.key}"}
    ).status
    if twice != 401:
        through.append(f"a key as a cookie: {twice}")
    return judged(NAME, "sessions", 4, through, "uses of a session that is none")


def _files(ground: Ground) -> Verdict:
    """What is stored is never a page, whatever it holds and is called."""
    through = []
    for name, content in FILES.items():
        address = file_of(ground.owner.namespace, name)
        kept = ground.ask("PUT", address, by=ground.owner, body=content)
        answer = ground.ask("GET", address, by=ground.owner)
        ground.ask("DELETE", address, by=ground.owner)
        told = answer.headers
        if kept.status != 200:
            continue
        shown = told.get("content-disposition", "")
        if answer.body != content or not INERT.fullmatch(told.get("content-type", "")):
            through.append(f"{name} is {told.get('content-type')}")
        if "nosniff" not in told.get("x-content-type-options", ""):
            through.append(f"{name} may be sniffed")
        if "sandbox" not in told.get("content-security-policy", "") or re.search(r'["<>]', shown):
            through.append(f"{name}: {told.get('content-security-policy')}; {shown}")
        if not shown.startswith("attachment") and not re.match(
            "(video|image)/", told["content-type"]
        ):
            through.append(f"{name} is shown, not saved")
    return judged(NAME, "stored files", len(FILES), through, "files that a browser might run")


def _page(ground: Ground) -> Verdict:
    """The pages of the server run its own scripts alone, and nobody frames them."""
    through = []
    for path in ("/", "/docs"):
        policy = ground.ask("GET", path).headers.get("content-security-policy", "")
        rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
        scripts = rules.get("script-src", rules.get("default-src", "*"))
        if re.search(r"unsafe|\*|https?:|data:|blob:", scripts):
            through.append(f"{path} runs scripts of {scripts}")
        if rules.get("frame-ancestors") != "'none'" or rules.get("default-src") != "'none'":
            through.append(f"{path}: {policy[:100] or 'no policy'}")
        if "base-uri" not in rules and path == "/" and "script-src" in rules:
            through.append(f"{path} has no base-uri")
    return judged(NAME, "pages", 2, through, "pages")
