"""What is not the API: the front page of a server without a playground, and the two addresses a supervisor looks at."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from cutroom import __version__
from cutroom.api import asking
from cutroom.api.openapi.page import policy

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
pre { background: #8881; padding: 1rem; overflow-x: auto }
:root { color-scheme: light dark }
"""
FRONT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>cutroom</title>
<style>{style}</style>
<h1>cutroom {version}</h1>
<p>This server edits videos by saying what should change. It answers the hosted Oxen video API.</p>
<p>The playground, a workbench at this very address, is not built here: <code>make playground</code> in the source
builds it, or <code>cd web &amp;&amp; npm ci &amp;&amp; npm run build</code>, with Node.js {node} or later.</p>
<p>Upload a clip of yours (3 to 15 seconds, at least 720 pixels each side):</p>
<pre>curl -X PUT {base}/api/repos/{namespace}/clips/file/main/birds.mp4 \\
  -H "Authorization: Bearer $CUTROOM_KEY" --data-binary @birds.mp4</pre>
<p>Ask for an edit:</p>
<pre>curl -X POST {base}/api/ai/queue \\
  -H "Authorization: Bearer $CUTROOM_KEY" -H "Content-Type: application/json" \\
  -d '{{"model": "kling-video-o3-pro-video-to-video-edit",
       "prompt": "make it a snowy night",
       "input_video": "{base}/api/repos/{namespace}/clips/file/main/birds.mp4"}}'</pre>
<p>Look at it until its status is <code>succeeded</code>, then fetch its <code>result_url</code>:</p>
<pre>curl -H "Authorization: Bearer $CUTROOM_KEY" {base}/api/ai/queue/GENERATION_ID</pre>
<p>The first start of the server printed a key; <code>cutroom keys create --namespace NAME</code>
makes another.</p>
<ul>
<li><a href="api/ai/models">The models and their parameters</a></li>
<li><a href="readyz">Whether work can be taken</a></li>
<li><a href="docs">Every address of the API</a>, and <a href="openapi.json">the same for programs</a></li>
<li>The documentation is the folder <code>docs</code> of the source.</li>
</ul>
</html>
"""
NODE = "20.19"
"""The oldest Node.js that builds the playground."""


def front(request: Request) -> Response:
    """What this is and how to make the first call, for a server without a playground."""
    namespace = asking.OPEN_NAMESPACE if not asking.settings(request).auth else "NAMESPACE"
    page = FRONT.format(
        version=escape(__version__),
        base=escape(asking.base_url(request)),
        namespace=namespace,
        style=STYLE,
        node=NODE,
    )
    headers = {"Content-Security-Policy": policy(STYLE), "Cache-Control": "no-cache"}
    return HTMLResponse(page, headers=headers)


async def live(_request: Request) -> Response:
    """GET /livez: 200 while the process answers."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """GET /readyz: 200 when work can be taken, else 503 with the sentence why not."""
    reason = await run_in_threadpool(asking.service(request).ready)
    if reason is None and request.app.state.stopping():
        reason = "The server is stopping."
    if reason is None:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "unready", "reason": reason}, 503, {"Retry-After": "1"})
