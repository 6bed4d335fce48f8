"""The description of the API tells the truth, and can be read without the internet."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

EXAMPLES = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_route_behaves_as_described(app, admin, mode):
    """Whatever is sent, right or wrong, the answer is one that the description allows."""
    for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations():
        operation = found.ok()

        @EXAMPLES
        @given(case=operation.as_strategy(generation_mode=mode))
        def behaves(case):
            # What is legible is for the service to say: a question of spaces meets the schema and is refused.
            case.call_and_validate(headers=dict(admin), excluded_checks=[positive_data_acceptance])

        # A route that takes nothing cannot be asked wrongly.
        with suppress(Unsatisfiable):
            behaves()


async def test_errors_are_described_as_problems(client):
    """The description names problem+json, and no error shape that we don't send."""
    described = (await client.get("/openapi.json")).json()

    assert {"application/problem+json"} == set(described["paths"]["/v1/ask"]["post"]["responses"]["422"]["content"])
    assert "HTTPValidationError" not in described["components"]["schemas"]


async def test_every_route_of_the_contract_is_described(client):
    """What the contract names is there."""
    paths = (await client.get("/openapi.json")).json()["paths"]

    assert {
        ("/v1/ask", "post"),
        ("/v1/search", "get"),
        ("/v1/documents", "get"),
        ("/v1/documents", "post"),
        ("/v1/documents/{document_id}", "get"),
        ("/v1/documents/{document_id}", "delete"),
        ("/v1/documents/{document_id}", "patch"),
        ("/v1/documents/{document_id}/text", "get"),
        ("/v1/documents/{document_id}/versions", "get"),
        ("/v1/documents/{document_id}/restore", "post"),
        ("/v1/documents/preview", "post"),
        ("/v1/feedback", "post"),
        ("/v1/conversations/{conversation_id}", "delete"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    } == {(path, method) for path, methods in paths.items() for method in methods}


async def test_the_reference_needs_nothing_from_elsewhere(client):
    """/docs shows every route, and loads only what is ours."""
    page = (await client.get("/docs")).text

    assert all(path in page for path in ("/v1/ask", "/v1/documents/{document_id}/text", "/metrics"))
    assert "conversation_id" in page
    assert all(source.startswith("/") for source in re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page))
