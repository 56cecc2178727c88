"""/openapi.json: complete, true to JSON Schema, and its examples true to itself."""

import jsonschema_rs
import pytest
import requests

from cutroom.api.errors import ANSWERS, LOCAL_ANSWERS
from cutroom.api.openapi.document import document
from cutroom.catalog import Catalog
from cutroom.settings import Settings

MODELS = Catalog.load(Settings()).models
DOCUMENT = document(MODELS)
SCHEMAS = DOCUMENT["components"]["schemas"]


def test_every_schema_is_one():
    for name, schema in SCHEMAS.items():
        jsonschema_rs.meta.validate(
            schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        )
        assert schema.get("description") or schema["type"] != "string", name


def parts(schema):
    """A schema and all that it is made of."""
    yield schema
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    for word in ("anyOf", "oneOf", "allOf"):
        inner += schema.get(word, ())
    for one in filter(None, inner):
        yield from parts(one)


def test_generated_clients_know_what_is_in_every_object():
    for name, schema in SCHEMAS.items():
        for part in parts(schema):
            if part.get("type") == "object" and part is not SCHEMAS["OpenapiAnswer"]["properties"]["paths"]:  # fmt: skip
                assert part.keys() & {"properties", "additionalProperties", "oneOf"}, name


def test_every_json_answer_has_a_name():
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            for answer in operation["responses"].values():
                content = answer.get("content", {}).get(
                    "application/json", {"schema": {"$ref": ""}}
                )
                assert "$ref" in content["schema"], f"{method} {path}"


def examples():
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            for parameter in operation.get("parameters", ()):
                if "example" in parameter:
                    yield f"{where} {parameter['name']}", parameter["schema"], parameter["example"]
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for content in body.get("content", {}).values():
                    if "example" in content:
                        yield where, content["schema"], content["example"]
    for name, answer in DOCUMENT["components"]["responses"].items():
        for content in answer["content"].values():
            if "example" in content:
                yield name, content["schema"], content["example"]


def test_the_examples_are_examples():
    told = list(examples())
    assert len(told) > 20
    for where, schema, example in told:
        checker = jsonschema_rs.Draft202012Validator(
            dict(schema) | {"components": DOCUMENT["components"]}
        )
        assert not [one.message for one in checker.iter_errors(example)], where


def test_a_request_is_that_of_its_model_alone():
    schema = {"$ref": "#/components/schemas/Request", "components": DOCUMENT["components"]}
    checker = jsonschema_rs.Draft202012Validator(schema)
    edit = {"model": MODELS[0].id, "prompt": "night", "input_video": "https://example.com/a.mp4"}
    assert checker.is_valid(edit)
    assert checker.is_valid(edit | {"anything": 1, "keep_audio": True, "num_generations": 4})
    for wrong in (
        {"model": "nonesuch"}, {"num_generations": 5}, {"input_video": None}, {"keep_audio": "yes"},
        {"elements": [{}, {}, {}, {}, {"frontal_image_url": 3}]},
    ):  # fmt: skip
        assert not checker.is_valid(edit | wrong), wrong
    assert SCHEMAS["Request"]["discriminator"]["mapping"].keys() == {one.id for one in MODELS}


def test_every_error_has_its_answer():
    told = DOCUMENT["components"]["responses"]
    statuses = {answer.status for answer in (*ANSWERS.values(), *LOCAL_ANSWERS.values())}
    examples = [one["content"]["application/json"].get("example") for one in told.values()]
    types = {example["error"]["type"] for example in examples if example}
    assert len(types) >= len(statuses)


def test_a_row_is_told_in_full(done):
    assert done.keys() - {"input_video"} == SCHEMAS["Generation"]["properties"].keys()


def test_it_is_served_and_small(server):
    answer = requests.get(f"{server.url}/openapi.json", timeout=10)
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.content) < 200_000
    assert answer.json() == DOCUMENT


def test_without_keys_none_is_asked_for():
    queue = document(MODELS, auth=False)["paths"]["/api/ai/queue"]["post"]
    ways = [{"key": ["write"]}, {"session": ["write"]}]
    assert queue["security"] == [*ways, {}]
    assert DOCUMENT["paths"]["/api/ai/queue"]["post"]["security"] == ways
    assert DOCUMENT["paths"]["/api/ai/models"]["get"]["security"] == [{}]


@pytest.mark.parametrize("default", [True, False])
def test_defaults_are_those_of_the_server(default):
    edit = document(MODELS, keep_audio_default=default)["components"]["schemas"]
    told = edit["KlingVideoO3ProVideoToVideoEditRequest"]["properties"]["keep_audio"]["default"]
    assert told is default
