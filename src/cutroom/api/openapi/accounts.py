"""/api/users/me, /api/ai/keys, /api/ai/namespaces and /api/ai/usage: who asks, and what it costs them."""

from collections.abc import Mapping, Sequence

from cutroom.api.openapi.operation import Operation, Parameter, json
from cutroom.api.openapi.shapes import (
    Schema,
    maybe,
    moment,
    money,
    number,
    record,
    ref,
    several,
    text,
    whole,
)
from cutroom.terms import Period
from cutroom.types import Scope

TAG = "Accounts"
KEY_ID = Parameter(
    "key_id", "path", "Which key.", text(format="uuid"), example="5f0c2a52-3a34-4b8e-8f0e-0d0f3a1f7a10"
)  # fmt: skip
NAMESPACE = Parameter("namespace", "path", "Which namespace.", example="acme")
MEMBER = Parameter("member", "path", "The member's namespace.", example="alice")

HAS: Mapping[str, Schema] = {
    "balance": money("What the namespace has, what is held included."),
    "held": money("What its open generations may cost."),
    "free": money("What new ones may cost."),
    "spend_limit": maybe(ref("SpendLimit")),
}
MONEY = {"balance": "20.000000", "held": "1.344000", "free": "18.656000", "spend_limit": None}
KEY = {
    "id": KEY_ID.example,
    "prefix": "cr_Xk3vQ",
    "name": "ci",
    "namespace": "alice",
    "scopes": ["read", "write"],
    "expires": 1798027200,
    "created": 1795435200,
    "last_used": None,
    "revoked": None,
    "spend_limit": {"amount": "5.000000", "period": "month"},
}
TALLY = {
    "generations": 3, "succeeded": 1, "failed": 1, "cancelled": 0,
    "seconds": 4.0, "cost": "1.344000", "held": "5.040000",
}  # fmt: skip

ROLE = text("An owner may administer the namespace.", enum=["member", "owner"])
LIMIT_GIVEN: Schema = {
    "description": "The most that may be spent in a period of UTC; null: no limit.",
    "anyOf": [
        {"type": "null"},
        text("Dollars and a period, or `none`.", examples=["5/month", "0.50/day", "20/ever"]),
        record(
            "",
            {
                "amount": {"type": ["string", "number"], "description": "Dollars."},
                "period": text(enum=[*Period]),
            },
        ),
    ],
}


def tally(about: str, **named: Schema) -> Schema:
    """A tally with what it is of."""
    return {"allOf": [ref("Tally")], **record(about, named)}


SCHEMAS: Mapping[str, Schema] = {
    "SpendLimit": record(
        "The most that may be spent in a period.",
        {
            "amount": money("So much."),
            "period": text("Days and months are those of UTC.", enum=[*Period]),
            "left": money("What is left of it now."),
        },
        optional=["left"],
    ),
    "Key": record(
        "What is known of a key; the key itself is not.",
        {
            "id": text("Its id.", format="uuid"),
            "prefix": text("The letters it begins with."),
            "name": text("What it is for."),
            "namespace": text("Whose it is."),
            "scopes": several(text(enum=[*Scope]), "What it may do."),
            "expires": maybe(moment("From when on it is no good.")),
            "created": moment("When it was made."),
            "last_used": maybe(moment("When it was last used, to the minute.")),
            "revoked": maybe(moment("Since when it is revoked.")),
            "spend_limit": maybe(ref("SpendLimit")),
        },
    ),
    "Namespace": record(
        "A namespace, and what it has.",
        {"name": text(), "id": text("Of the name.", format="uuid"), "role": ROLE, **HAS},
    ),
    "Member": record("Who acts for a namespace.", {"username": text(), "role": ROLE}),
    "Tally": record(
        "Some generations, and what they came to.",
        {
            "generations": whole("That were asked for."),
            "succeeded": whole(),
            "failed": whole(),
            "cancelled": whole(),
            "seconds": number("Of results."),
            "cost": money("What was charged."),
            "held": money("What those may cost that are not final."),
        },
    ),
    "DayTally": tally("Of a day.", day=text(format="date")),
    "ModelTally": tally("Of a model.", model=text()),
    "KeyTally": tally(
        "Of a key.",
        key_id=maybe(text("Null: without a key.")),
        name=maybe(text()),
        username=maybe(text()),
    ),
    "Organisation": record("A namespace that one may act for.", {"name": text(), "role": ROLE}),
    "User": record(
        "Who asks, and what they have.",
        {
            "username": text("The key's namespace."),
            "id": text("The same for the same name.", format="uuid"),
            **HAS,
            "organisations": several(ref("Organisation"), "What else you may act for."),
            "key": maybe(ref("Key")),
        },
    ),
}


def closed(properties: Mapping[str, Schema], *, optional: Sequence[str] = ()) -> Schema:
    """An object that has no other properties."""
    return {**record("", properties, optional=optional), "additionalProperties": False}


LIMITED = json("The limit.", closed({"spend_limit": LIMIT_GIVEN}), {"spend_limit": "5/month"})

OPERATIONS = (
    Operation(
        "GET", "/api/users/me", "getMe", TAG, "Who you are, and what you have.",
        {
            200: json(
                "You.",
                record(
                    "",
                    {
                        "user": ref("User"),
                        "status": text(const="success"),
                        "status_message": text(const="resource_found"),
                    },
                ),
                {
                    "user": {
                        "username": "alice", "id": "6b0f6a0e-2f0c-5d3b-9a38-2f6a1e0d9f11", **MONEY,
                        "organisations": [{"name": "acme", "role": "owner"}], "key": KEY,
                    },
                    "status": "success",
                    "status_message": "resource_found",
                },
            )
        },
    ),
    Operation(
        "GET", "/api/ai/usage", "getUsage", TAG, "What was asked for and what it cost: by day, by model, by key.",
        {
            200: json(
                "The tallies; those of each kind add up to the total.",
                record(
                    "",
                    {
                        "namespace": text(),
                        "from": text("The first day.", format="date"),
                        "to": text("The last day.", format="date"),
                        "total": ref("Tally"),
                        "by_day": several(ref("DayTally"), "Days without any are left out."),
                        "by_model": several(ref("ModelTally")),
                        "by_key": several(ref("KeyTally")),
                    },
                ),
                {
                    "namespace": "alice", "from": "2026-11-01", "to": "2026-11-23", "total": TALLY,
                    "by_day": [{"day": "2026-11-23", **TALLY}],
                    "by_model": [{"model": "kling-video-o3-pro-video-to-video-edit", **TALLY}],
                    "by_key": [{"key_id": KEY_ID.example, "name": "ci", "username": "alice", **TALLY}],
                },
            )
        },
        about="A generation counts on the day, of UTC, on which it was asked for.",
        parameters=(
            Parameter("namespace", "query", "Whose; the key's own where it is not given."),
            Parameter("from", "query", "The first day; without it the first of the month.", text(format="date")),
            Parameter("to", "query", "The last day, which counts; without it today.", text(format="date")),
        ),

    ),
    Operation(
        "GET", "/api/ai/keys", "listKeys", TAG, "The keys of a namespace.",
        {200: json("Oldest first.", record("", {"count": whole(), "keys": several(ref("Key"))}), {"count": 1, "keys": [KEY]})},
        parameters=(Parameter("namespace", "query", "Whose; the key's own where it is not given."),), admin=True,
    ),
    Operation(
        "POST", "/api/ai/keys", "createKey", TAG, "Make a key.",
        {
            200: json(
                "The key. `secret` is told this once.",
                record("", {"secret": text("What to send as the bearer."), "key": ref("Key")}),
                {"secret": "cr_Xk3vQ…", "key": KEY},
            )
        },
        about="It can have no scope that yours has not, and be good no longer.",
        body=json(
            "On what terms.",
            closed(
                {
                    "namespace": text("Whose; your own where it is not given."),
                    "name": text("What it is for.", maxLength=200),
                    "scopes": several(text(enum=[*Scope]), "What it may do."),
                    "expires": {"type": ["string", "integer", "null"], "description": "`30d`, `12h`, a date, or unix seconds."},
                    "spend_limit": LIMIT_GIVEN,
                },
                optional=["namespace", "name", "expires", "spend_limit"],
            ),
            {"name": "ci", "scopes": ["read", "write"], "expires": "30d", "spend_limit": "5/month"},
        ),
        admin=True,
    ),
    Operation(
        "PATCH", "/api/ai/keys/{key_id}", "limitKey", TAG, "Give a key another spend limit, or none.",
        {200: json("The key.", record("", {"key": ref("Key")}), {"key": KEY})},
        parameters=(KEY_ID,), body=LIMITED, errors=(404,), admin=True,
    ),
    Operation(
        "DELETE", "/api/ai/keys/{key_id}", "revokeKey", TAG, "Make a key useless.",
        {200: json("It is.", record("", {"status": text(const="success"), "id": text(format="uuid")}), {"status": "success", "id": KEY_ID.example})},
        parameters=(KEY_ID,), errors=(404,), admin=True,
    ),
    Operation(
        "GET", "/api/ai/namespaces/{namespace}", "getNamespace", TAG, "What a namespace has.",
        {200: json("It.", record("", {"namespace": ref("Namespace")}), {"namespace": {"name": "acme", "id": "6b0f6a0e-2f0c-5d3b-9a38-2f6a1e0d9f11", "role": "owner", **MONEY}})},
        parameters=(NAMESPACE,),
    ),
    Operation(
        "PATCH", "/api/ai/namespaces/{namespace}", "limitNamespace", TAG, "Give a namespace another spend limit, or none.",
        {200: json("It.", record("", {"namespace": ref("Namespace")}), {"namespace": {"name": "acme", "id": "6b0f6a0e-2f0c-5d3b-9a38-2f6a1e0d9f11", "role": "owner", **MONEY}})},
        parameters=(NAMESPACE,), body=LIMITED, admin=True,
    ),
    Operation(
        "GET", "/api/ai/namespaces/{namespace}/members", "listMembers", TAG, "Who acts for a namespace besides itself.",
        {200: json("By name.", record("", {"count": whole(), "members": several(ref("Member"))}), {"count": 1, "members": [{"username": "alice", "role": "owner"}]})},
        parameters=(NAMESPACE,),
    ),
    Operation(
        "PUT", "/api/ai/namespaces/{namespace}/members/{member}", "admitMember", TAG, "Let somebody act for a namespace, or change their role.",
        {200: json("The member.", record("", {"member": ref("Member")}), {"member": {"username": "alice", "role": "member"}})},
        parameters=(NAMESPACE, MEMBER),
        body=json("The role.", closed({"role": ROLE}, optional=["role"]), {"role": "member"}),
        errors=(404,), admin=True,
    ),
    Operation(
        "DELETE", "/api/ai/namespaces/{namespace}/members/{member}", "dismissMember", TAG, "Let a member act for a namespace no more.",
        {200: json("They do not.", record("", {"status": text(const="success"), "username": text()}), {"status": "success", "username": "alice"})},
        parameters=(NAMESPACE, MEMBER), errors=(404,), admin=True,
    ),
)  # fmt: skip
