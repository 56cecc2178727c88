"""The list of routes."""

from collections.abc import Callable

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from cutroom.api import (
    events,
    files,
    folders,
    generations,
    keys,
    manual,
    metrics,
    models,
    namespaces,
    pages,
    plan,
    previews,
    queue,
    repositories,
    session,
    site,
    uploads,
    usage,
    users,
    videos,
    webhooks,
    workbench,
)
from cutroom.api.arrival import Room
from cutroom.api.broadcast import Broadcast
from cutroom.api.errors import on_error, on_http_error
from cutroom.api.rates import Rates
from cutroom.api.requests import Requests
from cutroom.api.traffic import Traffic
from cutroom.api.v1 import videos as v1
from cutroom.errors import CutroomError
from cutroom.service import Service
from cutroom.settings import Settings

NAMESPACE = "/api/ai/namespaces/{namespace}"
MEMBER = f"{NAMESPACE}/members/{{member}}"
REPO = "/api/repos/{namespace}/{repo}"
FILE = f"{REPO}/file/{{branch}}/{{path:path}}"
DIR = f"{REPO}/dir/{{branch}}"
PRESIGN = f"{REPO}/file/presigned_url/{{branch}}/{{path:path}}"
WEBHOOKS = "/api/ai/webhooks"
WEBHOOK = f"{WEBHOOKS}/{{webhook_id}}"
UPLOADS = 8
"""Uploads at once; a slow one holds a thread, or a form's file on disk, for as long as it takes."""
THUMBNAILS = 1
"""Thumbnails made at once; each takes a processor for a while, which generations need more."""
SMALL_BODIES = 20_000_000
"""Bytes of JSON bodies for which there is room beside one of the largest."""

ROUTES = [
    Route("/", site.page),
    Route("/assets/{name}", site.asset),
    Route("/livez", pages.live),
    Route("/readyz", pages.ready),
    Route("/docs", manual.docs),
    Route("/metrics", metrics.read),
    Route("/openapi.json", manual.openapi),
    Route("/api/ai/videos/generate", videos.generate, methods=["POST"]),
    Route("/api/videos/generate", videos.generate, methods=["POST"]),
    Route("/api/ai/queue", queue.enqueue, methods=["POST"]),
    Route("/api/ai/plan", plan.ask, methods=["POST"]),
    Route("/api/ai/queue", queue.active),
    Route("/api/ai/queue/{generation_id}", queue.one),
    Route("/api/ai/queue/{generation_id}", queue.cancel, methods=["DELETE"]),
    Route("/api/ai/queue/{generation_id}/preview", previews.newest),
    Route("/api/ai/queue/{generation_id}/retry", queue.retry, methods=["POST"]),
    Route("/api/ai/generations", generations.every),
    Route("/api/ai/generations/{generation_id}", generations.one),
    Route("/api/events", events.listen),
    Route("/api/ai/usage", usage.used),
    Route("/api/ai/keys", keys.every),
    Route("/api/ai/keys", keys.create, methods=["POST"]),
    Route("/api/ai/keys/{key_id}", keys.change, methods=["PATCH"]),
    Route("/api/ai/keys/{key_id}", keys.revoke, methods=["DELETE"]),
    Route(NAMESPACE, namespaces.one),
    Route(NAMESPACE, namespaces.change, methods=["PATCH"]),
    Route(f"{NAMESPACE}/members", namespaces.members),
    Route(MEMBER, namespaces.admit, methods=["PUT"]),
    Route(MEMBER, namespaces.dismiss, methods=["DELETE"]),
    Route(WEBHOOKS, webhooks.add, methods=["POST"]),
    Route(WEBHOOKS, webhooks.every),
    Route(WEBHOOK, webhooks.one),
    Route(WEBHOOK, webhooks.change, methods=["PATCH"]),
    Route(WEBHOOK, webhooks.remove, methods=["DELETE"]),
    Route(f"{WEBHOOK}/secret", webhooks.change_secret, methods=["POST"]),
    Route(f"{WEBHOOK}/test", webhooks.test, methods=["POST"]),
    Route(f"{WEBHOOK}/deliveries", webhooks.deliveries),
    Route(f"{WEBHOOK}/deliveries/{{delivery_id}}/retry", webhooks.retry, methods=["POST"]),
    Route("/api/ai/models", models.every),
    Route("/api/ai/models/search", models.search),
    Route("/api/ai/models/{model_id}", models.one),
    Route("/api/users/me", users.me),
    Route("/api/session", session.read),
    Route("/api/session", session.begin, methods=["POST"]),
    Route("/api/session", session.end, methods=["DELETE"]),
    Route("/v1/videos", v1.create, methods=["POST"]),
    Route("/v1/videos", v1.every),
    Route("/v1/videos/edits", v1.edit, methods=["POST"]),
    Route("/v1/videos/{generation_id}", v1.one),
    Route("/v1/videos/{generation_id}", v1.delete, methods=["DELETE"]),
    Route("/v1/videos/{generation_id}/content", v1.content),
    Route("/v1/models", models.every),
    Route("/v1/models/{model_id}", models.one),
    Route("/api/repos", repositories.create, methods=["POST"]),
    Route("/api/repos/", repositories.create, methods=["POST"]),
    Route("/api/repos/{namespace}", repositories.every),
    Route(REPO, repositories.one),
    Route(DIR, folders.read),
    Route(f"{DIR}/{{folder:path}}", folders.read),
    Route(f"{REPO}/workbench/context", workbench.add, methods=["POST"]),
    Route(PRESIGN, files.sign),
    Route(FILE, files.read),
    Route(FILE, uploads.write, methods=["PUT"]),
    Route(FILE, files.delete, methods=["DELETE"]),
]


def never() -> bool:
    """Whether a server that nobody told anything is about to end."""
    return False


def create_app(
    service: Service, settings: Settings, *, stopping: Callable[[], bool] = never
) -> Starlette:
    """The API over a service. `stopping` says whether waiting callers should be sent away."""
    traffic = Traffic({route.endpoint: route.path for route in reversed(ROUTES)})
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Requests, traffic=traffic)],
        exception_handlers={CutroomError: on_error, HTTPException: on_http_error},
    )
    app.router.redirect_slashes = False
    app.state.service = service
    app.state.settings = settings
    app.state.manual = manual.Manual(service, settings)
    app.state.site = site.Site()
    app.state.stopping = stopping
    app.state.rates = Rates(settings.rate_limit) if settings.rate_limit else None
    app.state.traffic = traffic
    app.state.broadcast = Broadcast(service, settings.poll_interval, stopping)
    app.state.uploads = CapacityLimiter(UPLOADS)
    app.state.thumbnails = CapacityLimiter(THUMBNAILS)
    app.state.upload_threads = CapacityLimiter(UPLOADS)
    app.state.bodies = Room(settings.max_body_bytes + SMALL_BODIES)
    return app
