"""Bodies that nobody should send: never an accident, and always an answer of the right shape."""

import json

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

EDIT = "kling-video-o3-pro-video-to-video-edit"
REFERENCE = "kling-video-o3-pro-reference-to-video"
TEXT = "kling-video-v2-6-pro-text-to-video"
CLIP = "https://example.com/birds-on-wire.mp4"
ROUTES = ["/api/ai/queue", "/api/ai/plan", "/v1/videos"]
NAMES = [
    "model", "prompt", "input_video", "input_image", "elements", "multi_prompt", "duration", "aspect_ratio",
    "keep_audio", "seed", "num_generations", "target_namespace", "target_repo", "target_directory", "seconds", "size",
    "input_reference", "n", "status", "__proto__", "",
]  # fmt: skip

ATOMS = st.one_of(
    st.sampled_from(
        ["null", "true", "NaN", "-Infinity", "1e999", "-0", "9" * 5000, "0.1", "4", "5", '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"' + "a" * 70_000 + '"', '"@Image9"', '"data:video/mp4;base64,' + "A" * 5000 + '"', f'"{CLIP}"', f'"{EDIT}"', f'"{REFERENCE}"', f'"{TEXT}"', '"1280x720"', '"../../etc/passwd"', '"file:///etc/passwd"', "[" * 40 + "]" * 40, '{"a":' * 2000 + "1" + "}" * 2000, "[" + "0," * 20_000 + "0]"]
    ),
    st.text(max_size=30).map(json.dumps),
    st.integers(-(2**70), 2**70).map(str),
)  # fmt: skip


def an_object(values):
    pairs = st.tuples(st.sampled_from(NAMES), values).map(
        lambda pair: f"{json.dumps(pair[0])}: {pair[1]}"
    )
    return st.lists(pairs, max_size=5).map(lambda some: "{" + ", ".join(some) + "}")


JSON = st.recursive(
    ATOMS,
    lambda inner: an_object(inner) | st.lists(inner, max_size=3).map(lambda some: "[" + ", ".join(some) + "]"),
    max_leaves=6,
)  # fmt: skip
GOOD = st.fixed_dictionaries(
    {"model": st.sampled_from([f'"{EDIT}"', f'"{REFERENCE}"', f'"{TEXT}"'])},
    optional=dict.fromkeys(NAMES[1:], JSON),
).map(
    lambda fields: (
        "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in fields.items()) + "}"
    )
)
BODIES = (an_object(JSON) | GOOD | JSON).map(
    lambda text: text.encode("utf-8", "surrogatepass")
) | st.binary(max_size=200)


@pytest.fixture(scope="module")
def ask(server):
    """Asks as somebody who can pay for nothing, so that nothing is queued."""
    headers = server.headers_of(server.cutroom("keys", "create", "--namespace", "hostile"))
    with requests.Session() as session:
        session.headers.update(headers)

        def send(route, raw, **more):
            return session.post(server.url + route, data=raw, timeout=60, **more)

        yield send


def check(route, answer):
    """That the answer is one of those that a caller can do something with."""
    assert answer.status_code in {200, 400, 402, 403, 404, 413, 422}, answer.text
    told = answer.json()
    if answer.status_code == 200:
        assert route == "/api/ai/plan"
        assert (told["plan"] is None) != (told["refusal"] is None)
    elif route == "/v1/videos":
        assert told["error"].keys() == {"message", "type", "param", "code"}
        assert told["error"]["message"]
    else:
        assert told.get("status_message") == told["error"].get("type") or "message" in told["error"]


@pytest.mark.parametrize("route", ROUTES)
@settings(
    max_examples=50, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(raw=BODIES)
@example(raw=b'{"model": {}, "n": [], "size": {}, "seconds": {}, "input_reference": [[[[]]]]}')
@example(raw=b'{"model": "kling-video-v2-6-pro-text-to-video", "n": {}, "prompt": "a"}')
@example(
    raw=b'{"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a", "size": [], "seconds": {}}'
)
@example(raw=b'{"model": "kling-video-o3-pro-video-to-video-edit", "prompt": [], "input_image": {"a": {}}, "input_reference": "x"}')  # fmt: skip
def test_json(ask, route, raw):
    check(route, ask(route, raw))


PARTS = st.lists(
    st.tuples(
        st.sampled_from([*NAMES, "input_reference[]", "elements[][frontal_image_url]", "a[b][c]", "[]", "a[", "video[id]"]),
        st.one_of(
            st.text(max_size=40).map(lambda text: (None, text.encode("utf-8", "surrogatepass"))),
            JSON.map(lambda text: (None, text.encode("utf-8", "surrogatepass"))),
            st.binary(max_size=200).map(lambda raw: ("a.mp4", raw)),
            st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x18ftypmp42", b"GIF89a"]).map(lambda raw: ("../b.png", raw)),
        ),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(parts=PARTS)
def test_forms(server, ask, parts):
    check("/v1/videos", ask("/v1/videos", None, files=[("model", (None, EDIT)), *parts]))
    left = [one for one in server.data_dir.glob("files/hostile/**/*") if one.is_file()]
    assert left == []


@settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(raw=st.binary(max_size=300), boundary=st.sampled_from(["", "; boundary=", "; boundary=x", "; boundary=x; charset=utf-7"]))  # fmt: skip
def test_forms_that_are_none(ask, raw, boundary):
    headers = {"Content-Type": f"multipart/form-data{boundary}"}
    check("/v1/videos", ask("/v1/videos", b"--x\r\n" + raw, headers=headers))
