"""What every route is expected to do for those who should get nothing: the matrix of tenants.

A route of the table that has no line here makes a test fail, and `cutroom doctor --security` say so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cutroom.api.app import ROUTES


@dataclass(frozen=True, slots=True)
class Closed:
    """A route that needs a key."""

    scope: str
    stranger: int
    """Status of the answer when another tenant, with every scope, asks it for what is alice's."""


OPEN = None
"""A route that needs no key."""

EXPECTED: Mapping[str, Closed | None] = {
    "GET /": OPEN,
    "GET /assets/{name}": OPEN,
    "GET /livez": OPEN,
    "GET /readyz": OPEN,
    "GET /docs": OPEN,
    "GET /metrics": OPEN,  # to this machine
    "POST /v1/videos": Closed("write", 400),
    "POST /v1/videos/edits": Closed("write", 400),
    "GET /v1/videos": Closed("read", 200),
    "GET /v1/videos/{generation_id}": Closed("read", 404),
    "DELETE /v1/videos/{generation_id}": Closed("write", 404),
    "GET /v1/videos/{generation_id}/content": Closed("read", 404),
    "GET /v1/models": OPEN,
    "GET /v1/models/{model_id}": OPEN,
    "GET /openapi.json": OPEN,
    "GET /api/ai/models": OPEN,
    "GET /api/ai/models/search": OPEN,
    "GET /api/ai/models/{model_id}": OPEN,
    "POST /api/ai/videos/generate": Closed("write", 400),  # 400: an empty request of one's own
    "POST /api/videos/generate": Closed("write", 400),
    "POST /api/ai/queue": Closed("write", 400),
    "POST /api/ai/plan": Closed("write", 400),
    "GET /api/ai/queue": Closed("read", 200),  # 200: one's own, with nothing of alice's in it
    "GET /api/ai/queue/{generation_id}": Closed("read", 404),
    "GET /api/ai/queue/{generation_id}/preview": Closed("read", 404),
    "GET /api/events": Closed("read", 200),  # one's own
    "GET /api/ai/webhooks": Closed("admin", 200),
    "POST /api/ai/webhooks": Closed("admin", 400),
    "GET /api/ai/webhooks/{webhook_id}": Closed("admin", 404),
    "PATCH /api/ai/webhooks/{webhook_id}": Closed("admin", 404),
    "DELETE /api/ai/webhooks/{webhook_id}": Closed("admin", 404),
    "POST /api/ai/webhooks/{webhook_id}/secret": Closed("admin", 404),
    "POST /api/ai/webhooks/{webhook_id}/test": Closed("admin", 404),
    "GET /api/ai/webhooks/{webhook_id}/deliveries": Closed("admin", 404),
    "POST /api/ai/webhooks/{webhook_id}/deliveries/{delivery_id}/retry": Closed("admin", 404),
    "DELETE /api/ai/queue/{generation_id}": Closed("write", 404),
    "POST /api/ai/queue/{generation_id}/retry": Closed("write", 404),
    "GET /api/ai/generations": Closed("read", 200),
    "GET /api/ai/generations/{generation_id}": Closed("read", 404),
    "GET /api/ai/usage": Closed("read", 200),
    "GET /api/ai/keys": Closed("admin", 200),
    "POST /api/ai/keys": Closed("admin", 400),
    "PATCH /api/ai/keys/{key_id}": Closed("admin", 404),
    "DELETE /api/ai/keys/{key_id}": Closed("admin", 404),
    "GET /api/ai/namespaces/{namespace}": Closed("read", 403),
    "PATCH /api/ai/namespaces/{namespace}": Closed("admin", 403),
    "GET /api/ai/namespaces/{namespace}/members": Closed("read", 403),
    "PUT /api/ai/namespaces/{namespace}/members/{member}": Closed("admin", 403),
    "DELETE /api/ai/namespaces/{namespace}/members/{member}": Closed("admin", 403),
    "GET /api/users/me": Closed("read", 200),
    "GET /api/session": OPEN,
    "POST /api/session": OPEN,
    "DELETE /api/session": OPEN,
    "POST /api/repos": Closed("write", 400),
    "POST /api/repos/": Closed("write", 400),
    "GET /api/repos/{namespace}": Closed("read", 404),
    "GET /api/repos/{namespace}/{repo}": Closed("read", 404),
    "GET /api/repos/{namespace}/{repo}/dir/{branch}": Closed("read", 404),
    "GET /api/repos/{namespace}/{repo}/dir/{branch}/{folder:path}": Closed("read", 404),
    "POST /api/repos/{namespace}/{repo}/workbench/context": Closed("write", 403),
    "GET /api/repos/{namespace}/{repo}/file/{branch}/{path:path}": Closed("read", 404),
    "PUT /api/repos/{namespace}/{repo}/file/{branch}/{path:path}": Closed("write", 403),
    "DELETE /api/repos/{namespace}/{repo}/file/{branch}/{path:path}": Closed("write", 404),
    "GET /api/repos/{namespace}/{repo}/file/presigned_url/{branch}/{path:path}": Closed(
        "read", 404
    ),
}
"""What every route is expected to do; HEAD as GET."""


PLACES = re.compile(r"{([^}]+)}")
"""Names in an address."""
CALLS = sorted({(method, route.path) for route in ROUTES for method in route.methods or ()})
"""Every method of every address."""


def expected(method: str, path: str) -> Closed | None:
    """The line of a call; of HEAD that of GET. Raises KeyError where there is none."""
    return EXPECTED[f"{'GET' if method == 'HEAD' else method} {path}"]
