"""The OpenAPI document: complete, with examples that work, and kept by the service."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
import worlds
from hypothesis import settings

import fagprofil as fp
from fagprofil.service import Limits, create_app

TOKEN = "0123456789abcdef"
DOCUMENT = create_app(fp.Recommender(fp.load_catalogue())).openapi()

# What is right in form can still speak of things that the catalogue does not have: 422, and why is
# looked at below.
STATUSES = {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}}
CONFIG = schemathesis.Config.from_dict({"checks": STATUSES})
kept = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)

#: How pydantic begins when a value is not what the schema says.
OF_FORM = ("Input should", "String should", "Field required", "Extra inputs", "Tuple should")


@kept.parametrize()
@settings(max_examples=20, derandomize=True, database=None)
def test_what_is_documented_is_what_is_done(case: schemathesis.Case, client: httpx.Client) -> None:
    response = case.call_and_validate(base_url=str(client.base_url))
    assert case.meta is not None
    if case.meta.generation.mode.is_positive and response.status_code == 422:
        problems = response.json()["problems"]
        assert [one for one in problems if one["expected"].startswith(OF_FORM)] == []


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_example_is_answered(client: httpx.Client) -> None:
    answered = 0
    for method, path, operation in operations(client.get("/openapi.json").json()):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        response = client.request(method, path, json=body.get("example"))
        assert response.status_code == 200, response.text
        answered += 1
    assert answered == 13


def test_examples_are_of_the_catalogue_that_answers() -> None:
    board = worlds.checkerboard(2).catalogue
    document = create_app(fp.Recommender(board)).openapi()
    body = document["paths"]["/recommend"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"]["profile"] == "job"
    assert document["paths"]["/modules/{id}"]["get"]["parameters"][0]["example"] == "m0"


def test_every_error_is_declared_as_problem_details() -> None:
    for method, path, operation in operations(DOCUMENT):
        responses = operation["responses"]
        expected = {"200", "500"}
        expected |= {"413", "415", "422"} if method == "post" else set()
        expected |= {"404"} if "{" in path else set()
        expected |= {"422"} if path in ("/competences", "/profiles", "/modules") else set()
        assert set(responses) == expected, path
        for status, response in responses.items():
            kinds = set(response["content"])
            if status != "200":
                assert kinds == {"application/problem+json"}
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemDetails"}
            else:
                assert kinds == {"text/plain" if path == "/metrics" else "application/json"}
            assert {"X-Request-ID", "X-Fagprofil-Version"} <= set(response["headers"])


def test_every_operation_is_described() -> None:
    for _, path, operation in operations(DOCUMENT):
        assert operation["tags"], path
        assert operation["summary"], path
        assert operation["description"], path
    assert all(
        ">>>" not in one["description"] for one in DOCUMENT["components"]["schemas"].values()
    )


def test_every_schema_that_is_named_is_there() -> None:
    def named(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*map(named, part.values()))
        return set().union(*map(named, part)) if isinstance(part, list) else set()

    there = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert named(DOCUMENT) == there


def test_the_limits_are_in_the_schemas(recommender: fp.Recommender) -> None:
    document = create_app(recommender, limits=Limits(k=7, batch=3)).openapi()
    schemas = document["components"]["schemas"]
    assert schemas["AskRecommend"]["properties"]["k"]["maximum"] == 7
    assert schemas["AskBatch"]["properties"]["k"]["maximum"] == 7
    assert schemas["AskBatch"]["properties"]["employees"]["maxItems"] == 3


def test_a_token_is_documented_where_one_is_asked_for(recommender: fp.Recommender) -> None:
    document = create_app(recommender, token=TOKEN).openapi()
    assert document["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer"}
    }
    for _, path, operation in operations(document):
        closed = path != "/health"
        assert ("security" in operation) == closed
        assert ("401" in operation["responses"]) == closed
    assert "security" not in str(DOCUMENT)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
