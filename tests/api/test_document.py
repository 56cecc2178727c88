"""The OpenAPI document describes every route, and nothing else. What to do where this fails stands in CONTRIBUTING.md."""

import json
import re

from test_tenants import EXPECTED

from cutroom.api.app import ROUTES
from cutroom.api.openapi.document import OPERATIONS, document
from cutroom.catalog import Catalog
from cutroom.settings import Settings

DOCUMENT = document(Catalog.load(Settings()).models)
SCHEMAS = DOCUMENT["components"]["schemas"]


def plain(path):
    """A route's path less its converters."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def served():
    for route in ROUTES:
        for method in route.methods:
            yield method, plain(route.path)


def test_every_address_is_described_and_nothing_else():
    described = [(one.method, one.path) for one in OPERATIONS]
    assert len(described) == len(set(described))
    # HEAD comes with GET; only where it is more than that it is described by itself.
    answered = set(served())
    assert answered >= set(described)
    assert {call for call in answered if call[0] != "HEAD"} <= set(described)


def test_the_parameters_of_a_path_are_those_in_it():
    for one in OPERATIONS:
        told = {parameter.name for parameter in one.parameters if parameter.place == "path"}
        assert told == set(re.findall(r"{(\w+)}", one.path)), one.path


def test_the_scopes_are_those_of_the_matrix():
    split = ((call.split(" ", 1), row) for call, row in EXPECTED.items())
    expected = {f"{how} {plain(path)}": row.scope if row else None for (how, path), row in split}
    told = {f"{one.method} {one.path}": one.scope for one in OPERATIONS if one.method != "HEAD"}
    assert told == expected


def test_names_are_unique_and_references_lead_somewhere():
    names = [one.name for one in OPERATIONS]
    assert len(names) == len(set(names))
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))):
        found = DOCUMENT
        for part in reference.split("/"):
            found = found[part]
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DOCUMENT)))
    assert set(SCHEMAS) == used
