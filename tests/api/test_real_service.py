"""The whole house over a real server: the reports in the box, asked over HTTP."""

from __future__ import annotations

import httpx
import pytest

from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.config.settings import Settings

ADMIN = {"Authorization": "Bearer open sesame"}
NEW = """碧水区2023年数字政府建设报告

一、主要工作

全区新增智能体检亭47座,服务居民2.6万人次。
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory, serving):
    """A client of the real application with the real service."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"), admin_key="open sesame")
    with (
        ReportService.open(settings) as service,
        serving(create_app(settings, service)) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


def test_the_first_question_of_the_contract_is_answered(house):
    """The figure comes with a quote that stands in the report to the letter."""
    reply = house.post("/v1/ask", json={"question": "2020年提供了多少次法律咨询?"}).json()
    citation = reply["citations"][0]
    text = house.get(f"/v1/documents/{citation['document_id']}/text").text

    assert (reply["status"], reply["answer"]["value"]) == ("answered", "3373次")
    assert citation["quote"] == text[citation["start"] : citation["end"]]
    assert "3373次" in citation["quote"]


def test_a_citation_link_leads_to_its_words(house):
    """The page at the citation's address has the paragraph, with the quote marked."""
    citation = house.post("/v1/ask", json={"question": "2020年提供了多少次法律咨询?"}).json()["citations"][0]
    address, _, anchor = citation["url"].partition("#")
    page = house.get(address).text

    assert f"p{citation['paragraph']}" == anchor
    assert f'id="{anchor}"' in page
    assert "3373次" in page.partition("<mark")[2].partition("</mark>")[0]


def test_a_question_about_another_year_is_not_answered(house):
    """A year that no report tells of gets a message and no citation."""
    reply = house.post("/v1/ask", json={"question": "2012年提供了多少次法律咨询?"}).json()

    assert (reply["status"], reply["answer"], reply["citations"]) == ("not_found", None, [])
    assert reply["message"]


def test_an_added_report_is_found_by_the_next_question_and_gone_once_removed(house):
    """Adding and removing take effect at once."""
    question = {"question": "碧水区新增了多少座智能体检亭?"}
    added = house.post("/v1/documents", files={"file": ("new.txt", NEW.encode())}, headers=ADMIN)
    again = house.post("/v1/documents", files={"file": ("new.txt", NEW.encode())}, headers=ADMIN)
    found = house.post("/v1/ask", json=question).json()
    removed = house.delete(f"/v1/documents/{added.json()['id']}", headers=ADMIN)
    lost = house.post("/v1/ask", json=question).json()

    assert (added.status_code, again.status_code, removed.status_code) == (201, 200, 204)
    assert found["answer"]["value"] == "47座"
    assert lost["status"] == "not_found"


def test_feedback_on_an_answer_is_taken(house):
    """An answer that was just given can be judged; one that was not, cannot."""
    reply = house.post("/v1/ask", json={"question": "2020年提供了多少次法律咨询?"}).json()

    known = house.post("/v1/feedback", json={"answer_id": reply["id"], "helpful": True})
    unknown = house.post("/v1/feedback", json={"answer_id": "nobody", "helpful": True})
    assert (known.status_code, unknown.status_code) == (204, 404)


@pytest.mark.parametrize("question", ["", "   ", "问" * 501])
def test_a_question_that_cannot_be_asked_gets_422(house, question):
    """The real service has the same limits as the contract."""
    assert house.post("/v1/ask", json={"question": question}).status_code == 422
