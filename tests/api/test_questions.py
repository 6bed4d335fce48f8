"""Asking, searching and feedback over HTTP."""

from __future__ import annotations

import pytest


async def test_an_answer_has_the_shape_of_the_contract(client):
    """An answered question brings its text, its value and citations with every member that the contract names."""
    response = await client.post("/v1/ask", json={"question": "受理了多少宗?"})

    reply = response.json()
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert {
        "id",
        "status",
        "language",
        "answer",
        "citations",
        "related",
        "confidence",
        "suggestions",
        "took_ms",
    } <= set(reply)
    assert {"text", "kind", "value", "items"} == set(reply["answer"])
    assert reply["answer"]["value"] == "4821宗"
    assert {
        "number",
        "document_id",
        "title",
        "publisher",
        "published",
        "section",
        "paragraph",
        "quote",
        "start",
        "end",
        "highlights",
        "url",
        "source_url",
    } <= set(reply["citations"][0])


async def test_a_quote_is_the_text_from_start_to_end(client):
    """Positions count characters of the stored text, so a quote can be cut out of it again."""
    citation = (await client.post("/v1/ask", json={"question": "受理了多少宗?"})).json()["citations"][0]
    text = (await client.get(f"/v1/documents/{citation['document_id']}/text")).text

    (start, end) = citation["highlights"][0]
    assert citation["quote"] == text[citation["start"] : citation["end"]]
    assert text[start:end] == "4821宗"


async def test_not_found_claims_nothing(client):
    """A question that the reports don't answer has no answer and no citations, but a message and near passages."""
    reply = (await client.post("/v1/ask", json={"question": "天气如何?"})).json()

    assert (reply["status"], reply["answer"], reply["citations"]) == ("not_found", None, [])
    assert reply["message"]
    assert "人手不足" in reply["related"][0]["quote"]


async def test_all_that_a_question_says_reaches_the_service(client, service):
    """Language, conversation and filters are passed on."""
    body = {
        "question": "多少宗?",
        "conversation_id": "c" * 128,
        "language": "yue",
        "year": 2021,
        "place": "青山县",
        "document_id": "d1",
    }
    await client.post("/v1/ask", json=body)

    asked = service.asked[0]
    assert (asked.conversation_id, asked.language) == ("c" * 128, "yue")
    assert (asked.filters.year, asked.filters.place, asked.filters.document_id) == (2021, "青山县", "d1")


async def test_nulls_and_auto_mean_nothing_was_said(client, service):
    """The contract's example, with its nulls, narrows nothing down."""
    body = {"question": "多少宗?", "language": "auto", "year": None, "place": None, "document_id": None}
    await client.post("/v1/ask", json=body)

    asked = service.asked[0]
    assert (asked.language, asked.conversation_id) == (None, None)
    assert (asked.filters.year, asked.filters.place, asked.filters.document_id) == (None, None, None)


@pytest.mark.parametrize(("question", "reason"), [("", "empty"), ("  ", "empty"), ("问" * 501, "too_long")])
async def test_a_question_that_cannot_be_asked_gets_422(client, question, reason):
    """The service's own words about an invalid question come with the reason."""
    response = await client.post("/v1/ask", json={"question": question})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert reason == response.json()["reason"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/question"),
        ({"question": 5}, "#/question"),
        ({"question": "多少宗?", "language": "fr"}, "#/language"),
        ({"question": "多少宗?", "year": "2021"}, "#/year"),
        ({"question": "多少宗?", "year": 10**30}, "#/year"),
        ({"question": "多少宗?", "conversation_id": "c" * 129}, "#/conversation_id"),
        ([], "#"),
    ],
)
async def test_a_wrong_body_is_told_where_it_is_wrong(client, body, pointer):
    """A 422 lists each wrong member by JSON pointer."""
    response = await client.post("/v1/ask", json=body)

    assert response.status_code == 422
    assert pointer in [error["pointer"] for error in response.json()["errors"]]


@pytest.mark.parametrize("body", [b'{"question": "\xff\xfe"}', b"{", b'{"question": "a", }'])
async def test_a_body_that_is_not_json_gets_400(client, body):
    """Invalid UTF-8 and invalid JSON are told apart from a wrong body."""
    response = await client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_lone_surrogate_is_refused_politely(client):
    """A half of a character in a JSON escape is a wrong question, not a crash."""
    response = await client.post(
        "/v1/ask", content=b'{"question": "\\ud83d"}', headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422


async def test_a_question_as_large_as_a_book_gets_413(client):
    """JSON bodies are not read beyond a small limit."""
    response = await client.post("/v1/ask", json={"question": "问" * 100_000})

    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")


async def test_search_returns_hits_best_first(client):
    """A search finds passages with their places."""
    found = (await client.get("/v1/search", params={"q": "纠纷", "k": 1})).json()

    assert len(found["hits"]) == 1
    assert {"document_id", "title", "section", "paragraph", "text", "start", "end", "score", "url"} == set(
        found["hits"][0]
    )
    assert "took_ms" in found


async def test_an_empty_filter_counts_as_not_given(client):
    """`year=&place=&document_id=`, as the contract writes it, narrows nothing down."""
    response = await client.get("/v1/search?q=纠纷&k=10&year=&place=&document_id=")

    assert response.status_code == 200
    assert response.json()["hits"]


async def test_a_filter_that_nothing_meets_leaves_nothing(client):
    """Filters of a search reach the service."""
    assert (await client.get("/v1/search?q=纠纷&year=1999")).json()["hits"] == []


@pytest.mark.parametrize("query", ["", "?q=", "?q=a&k=0", "?q=a&k=101", "?q=a&year=abc", "?q=a&year=99999"])
async def test_a_wrong_search_gets_422(client, query):
    """What a search asks for is checked."""
    response = await client.get(f"/v1/search{query}")

    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")


async def test_feedback_is_kept(client, service):
    """What a person thought of an answer reaches the service."""
    reply = (await client.post("/v1/ask", json={"question": "多少宗?"})).json()
    response = await client.post(
        "/v1/feedback", json={"answer_id": reply["id"], "helpful": False, "comment": "答非所问"}
    )

    assert (response.status_code, response.content) == (204, b"")
    assert (service.thoughts[0].comment, service.thoughts[0].helpful) == ("答非所问", False)


async def test_feedback_on_an_unknown_answer_gets_404(client):
    """Feedback belongs to an answer."""
    response = await client.post("/v1/feedback", json={"answer_id": "nobody", "helpful": True})

    assert (response.status_code, response.json()["type"]) == (404, "urn:wenbao:problem:unknown-answer")
