"""/api/users/me, /api/ai/keys, /api/ai/namespaces and /api/ai/usage, as those use them who pay."""

import time
import uuid
from decimal import Decimal

import pytest
import requests

from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.terms import Terms
from cutroom.types import Scope

MODEL = "kling-video-v2-6-pro-text-to-video"
BODY = {"model": MODEL, "prompt": "a boat on the sea", "duration": 5}


@pytest.fixture(scope="module")
def service(server):
    made = Service.open(Settings(data_dir=server.data_dir))
    yield made
    made.close()


@pytest.fixture(scope="module")
def root(server, service):
    """Make a namespace, with ten dollars; the headers of a key of it with every scope."""

    def make(namespace):
        service.add_credit(namespace, 10_000_000)
        everything = Terms(frozenset(Scope))
        key = service.accounts.create_key(namespace, name="root", terms=everything)
        return server.headers_of(key)

    return make


@pytest.fixture(scope="module")
def ada(root):
    return root("ada")


@pytest.fixture(scope="module")
def ask(server):
    """One request; its status and JSON."""

    def call(headers, method, path, body=None, **query):
        answer = requests.request(
            method, f"{server.url}/api/{path}", headers=headers, json=body, params=query, timeout=20
        )
        return answer.status_code, answer.json()

    return call


@pytest.fixture
def a_key(server, ada, ask):
    """Make a key of ada's through the API; its headers and what is known of it."""

    def make(**terms):
        status, answer = ask(ada, "POST", "ai/keys", {"scopes": ["read", "write"]} | terms)
        assert status == 200, answer
        return server.headers_of(answer["secret"]), answer["key"]

    return make


def refusal(answer):
    status, body = answer
    return status, body["error"]["type"], body["error"].get("detail")


def test_me_is_what_clients_of_the_hosted_api_read_and_more(server, ask, ada):
    status, answer = ask(ada, "GET", "users/me")
    assert status == 200
    user, key = answer["user"], answer["user"]["key"]
    assert (user["username"], uuid.UUID(user["id"]).version) == ("ada", 5)
    assert (user["balance"], user["held"], user["free"]) == ("10.000000", "0.000000", "10.000000")
    assert (user["organisations"], user["spend_limit"]) == ([], None)
    assert (key["name"], key["scopes"]) == ("root", ["read", "write", "admin"])
    assert (key["expires"], key["revoked"], key["spend_limit"]) == (None, None, None)
    assert ada["Authorization"].split()[1].startswith(key["prefix"])
    assert answer["status"] == "success"


def test_a_key_is_told_once_and_then_only_known(server, ask, ada, a_key):
    soon = int(time.time()) + 86_400
    headers, key = a_key(name="ci", expires="1d", spend_limit="5/month")
    assert soon <= key["expires"] <= soon + 60
    assert key["spend_limit"] == {"amount": "5.000000", "period": "month"}
    _, me = ask(headers, "GET", "users/me")
    assert me["user"]["key"]["spend_limit"] == key["spend_limit"] | {"left": "5.000000"}
    _, listed = ask(ada, "GET", "ai/keys")
    assert listed["count"] == len(listed["keys"]) >= 2
    assert [one["id"] for one in listed["keys"]].count(key["id"]) == 1
    secret = headers["Authorization"].split()[1]
    assert secret not in str(listed)
    assert ask(ada, "DELETE", f"ai/keys/{key['id']}") == (
        200,
        {"status": "success", "id": key["id"]},
    )
    assert ask(headers, "GET", "users/me")[0] == 401
    assert ask(ada, "DELETE", f"ai/keys/{key['id']}")[0] == 200
    log = (server.data_dir / "serve.log").read_text()
    assert secret not in log
    assert secret[8:] not in log


def test_no_key_makes_one_that_may_do_more(server, ask, ada, a_key):
    for scopes in (["read"], ["read", "write"]):
        headers, _ = a_key(scopes=scopes)
        assert refusal(ask(headers, "POST", "ai/keys", {"scopes": ["read"]}))[:2] == (
            403,
            "forbidden",
        )
    keeper, known = a_key(scopes=["admin", "read"], expires="2d")
    assert refusal(ask(keeper, "POST", "ai/keys", {"scopes": ["write"], "expires": "1d"})) == (
        403, "forbidden", "This needs a key with the scope write; yours has read admin.",
    )  # fmt: skip
    for expires in ("3d", None, known["expires"] + 1):
        answer = ask(keeper, "POST", "ai/keys", {"scopes": ["read"], "expires": expires})
        assert refusal(answer)[0] == 403
        assert "it can make none that is good for longer" in refusal(answer)[2]
    body = {"scopes": ["read", "admin"], "expires": known["expires"]}
    assert ask(keeper, "POST", "ai/keys", body)[0] == 200
    assert (
        refusal(ask(ada, "POST", "ai/keys", {"scopes": ["read"], "namespace": "alice"}))[0] == 403
    )
    assert refusal(ask(ada, "GET", "ai/keys", namespace="alice"))[0] == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scopes", []), ("scopes", "root"), ("scopes", ["read", 1]), ("scopes", {"read": 1}), ("scopes", None),
        ("scope", "read"), ("name", 5), ("name", "n" * 201), ("namespace", ["ada"]),
        ("expires", 1), ("expires", True), ("expires", 1e12), ("expires", "yesterday"), ("expires", 10**18), ("expires", -5),
        ("spend_limit", 5), ("spend_limit", "5"), ("spend_limit", "-5/day"), ("spend_limit", "NaN/day"),
        ("spend_limit", {"amount": 5}), ("spend_limit", {"amount": -1, "period": "day"}), ("spend_limit", []),
        ("spend_limit", {"amount": 1e300, "period": "day"}), ("spend_limit", {"amount": True, "period": "day"}),
        ("spend_limit", {"amount": 1, "period": "day", "more": 1}), ("spend_limit", {"amount": 1, "period": "week"}),
    ],
)  # fmt: skip
def test_terms_that_cannot_be(ask, ada, field, value):
    answer = ask(ada, "POST", "ai/keys", {"scopes": ["read"], field: value})
    assert refusal(answer)[:2] == (400, "invalid_params")


def test_a_key_that_administers_cannot_be_limited(ask, ada, a_key):
    body = {"scopes": ["admin"], "spend_limit": "5/month"}
    assert "could make a key without" in refusal(ask(ada, "POST", "ai/keys", body))[2]
    _, me = ask(ada, "GET", "users/me")
    answer = ask(ada, "PATCH", f"ai/keys/{me['user']['key']['id']}", {"spend_limit": "1/day"})
    assert refusal(answer)[0] == 400


def test_a_limit_of_a_key_holds_and_can_be_changed(ask, ada, a_key):
    headers, key = a_key(spend_limit={"amount": "0.50", "period": "month"})
    status, made = ask(headers, "POST", "ai/queue", BODY)
    assert status == 200
    assert refusal(ask(headers, "POST", "ai/queue", BODY)) == (
        402, "insufficient_credits",
        "The spend limit of this key, $0.50 a month, leaves $0.15; this request may cost $0.35.",
    )  # fmt: skip
    assert refusal(ask(headers, "PATCH", f"ai/keys/{key['id']}", {"spend_limit": None}))[0] == 403
    changed = ask(
        ada, "PATCH", f"ai/keys/{key['id']}", {"spend_limit": {"amount": 0.7, "period": "ever"}}
    )
    assert changed[1]["key"]["spend_limit"] == {"amount": "0.700000", "period": "ever"}
    status, more = ask(headers, "POST", "ai/queue", BODY)
    assert status == 200
    assert (
        refusal(ask(ada, "PATCH", f"ai/keys/{key['id']}", {}))[2] == "Field required: spend_limit"
    )
    for answer in (made, more):
        ask(ada, "DELETE", f"ai/queue/{answer['generations'][0]['generation_id']}")


def test_an_organisation_s_owner_looks_after_it(service, ask, ada, root):
    service.accounts.admit("guild", "ada", "owner")
    service.add_credit("guild", 3_000_000)
    eve = root("eve")
    guild = "ai/namespaces/guild"
    assert ask(ada, "GET", "users/me")[1]["user"]["organisations"] == [
        {"name": "guild", "role": "owner"}
    ]
    assert refusal(ask(eve, "GET", guild))[0] == 403
    assert ask(ada, "PUT", f"{guild}/members/eve", {"role": "member"})[0] == 200
    assert refusal(ask(ada, "PUT", f"{guild}/members/nobody", {}))[0] == 404
    assert refusal(ask(ada, "PUT", f"{guild}/members/eve", {"role": "king"}))[0] == 400
    told = ask(eve, "GET", guild)[1]["namespace"]
    assert (told["role"], told["balance"], told["spend_limit"]) == ("member", "3.000000", None)
    both = [{"username": "ada", "role": "owner"}, {"username": "eve", "role": "member"}]
    assert ask(eve, "GET", f"{guild}/members")[1] == {"count": 2, "members": both}
    for method, path, body in (
        ("PATCH", guild, {"spend_limit": None}),
        ("PUT", f"{guild}/members/eve", {"role": "owner"}),
        ("DELETE", f"{guild}/members/ada", None),
        ("POST", "ai/keys", {"namespace": "guild", "scopes": ["read"]}),
    ):
        assert refusal(ask(eve, method, path, body))[:2] == (403, "forbidden"), path
    limited = ask(ada, "PATCH", guild, {"spend_limit": "0.10/day"})[1]["namespace"]
    assert limited["spend_limit"] == {"amount": "0.100000", "period": "day", "left": "0.100000"}
    answer = ask(eve, "POST", "ai/queue", BODY | {"target_namespace": "guild"})
    assert refusal(answer)[2].startswith("The spend limit of guild, $0.10 a day, leaves $0.10;")
    assert ask(ada, "DELETE", f"{guild}/members/eve")[0] == 200
    assert refusal(ask(eve, "GET", guild))[0] == 403
    assert refusal(ask(ada, "DELETE", f"{guild}/members/eve"))[0] == 404


def test_usage_adds_up_to_what_the_ledger_says(server, ask, service, done):
    """Of everything alice asked for in this run: some succeeded, some were cancelled, some failed."""
    headers = server.headers
    after = {}
    while True:  # until nothing ended between the looks at both
        before, after = after, ask(headers, "GET", "ai/usage", **{"from": "2000-01-01"})[1]
        if before == after:
            break
        balance, entries = service.balance("alice"), service.statement("alice", 10**6)
    used, total = after, after["total"]
    assert total["succeeded"] >= 1
    for kind in ("by_day", "by_model", "by_key"):
        for count in ("generations", "succeeded", "failed", "cancelled"):
            assert sum(one[count] for one in used[kind]) == total[count]
        for amount in ("cost", "held"):
            assert sum(Decimal(one[amount]) for one in used[kind]) == Decimal(total[amount])
    charged = sum(entry.amount for entry in entries if entry.kind == "charge")
    assert Decimal(total["cost"]) * 10**6 == charged
    assert Decimal(total["held"]) * 10**6 == balance.held
    assert {one["username"] for one in used["by_key"]} == {"alice"}
    assert service.audit() == []


def test_usage_of_other_days_and_others(ask, ada, server):
    assert ask(ada, "GET", "ai/usage", **{"from": "2020-02-01", "to": "2020-02-29"})[1] == {
        "namespace": "ada", "from": "2020-02-01", "to": "2020-02-29", "by_day": [], "by_model": [], "by_key": [],
        "total": {
            "generations": 0, "succeeded": 0, "failed": 0, "cancelled": 0,
            "seconds": 0, "cost": "0.000000", "held": "0.000000",
        },
    }  # fmt: skip
    assert refusal(ask(ada, "GET", "ai/usage", namespace="alice"))[0] == 403
    for query in (
        {"from": "2020-02-30"},
        {"to": "soon"},
        {"from": "2020-02-02", "to": "2020-02-01"},
    ):
        assert refusal(ask(ada, "GET", "ai/usage", **query))[0] == 400
    assert ask(ada, "GET", "ai/usage", **{"from": "0001-01-01", "to": "9999-12-31"})[0] == 200
