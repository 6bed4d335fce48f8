"""The OpenAI-compatible face, asked with OpenAI's own client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletion

from wenbao.answers.model import Answer, Citation, Item, Reply
from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.api.chat import write
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Metadata

REPORT = """青石县2022年法治政府建设报告

一、行政执法

全县2022年作出行政处罚2187宗。

全县2022年办理行政许可5312宗。

二、存在问题

(一)执法力量不足。部分镇街执法人员偏少。

(二)普法形式单一。部分村居宣传不够。
"""
PUNISHED, PERMITTED = "2022年作出行政处罚多少宗?", "那许可呢?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serving: Any) -> Iterator[str]:
    """Where the real service answers out of one small report, to who has a key."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"), api_keys=("a key for chats",))
    with ReportService.open(settings) as service:
        for document in service.documents():
            service.remove(document.id)
        known = Metadata("", "青石县人民政府", "青石县", 2022, "2023-01-09")
        service.add("report.txt", REPORT.encode(), known)
        with serving(create_app(settings, service)) as served:
            yield served


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="a key for chats", max_retries=0) as opened:
        yield opened


def ask(client: openai.OpenAI, *messages: Any, **more: Any) -> ChatCompletion:
    """The completion for these messages of the user, or messages as they are given."""
    said = [{"role": "user", "content": one} if isinstance(one, str) else one for one in messages]
    return client.chat.completions.create(model="wenbao", messages=said, **more)


def test_the_model_is_listed(client):
    """A client that asks which models there are finds the one, and can look it up."""
    assert ["wenbao"] == [model.id for model in client.models.list()]
    assert client.models.retrieve("wenbao").object == "model"


def test_an_answer_has_its_links_and_the_quoted_words(client, address):
    """The figure comes with a numbered link to its place, and below it the words of the report."""
    completion = ask(client, PUNISHED)
    message = completion.choices[0].message
    cited = message.annotations[0]
    link = message.content[cited.url_citation.start_index : cited.url_citation.end_index]

    assert "2187宗" in message.content.splitlines()[0]
    assert f"[1]({cited.url_citation.url})" == link
    assert "> 全县2022年作出行政处罚2187宗" in message.content
    assert ("url_citation", "青石县2022年法治政府建设报告") == (cited.type, cited.url_citation.title)
    assert completion.choices[0].finish_reason == "stop"
    assert "2187宗" in httpx.get(cited.url_citation.url).text.partition("<mark")[2].partition("</mark>")[0]
    assert cited.url_citation.url.startswith(address)


def test_each_point_of_a_list_has_its_link(client):
    """The points of a list are numbered lines, each with the citation that it is taken from."""
    message = ask(client, "2022年有哪些问题?").choices[0].message
    first, second = message.content.splitlines()[:2]

    assert first.startswith("1. 执法力量不足 [1](http")
    assert second.startswith("2. 普法形式单一 [2](http")
    assert [1, 2] == [int(message.content[one.url_citation.start_index + 1]) for one in message.annotations]


def test_a_follow_up_is_understood_from_the_messages_alone(client):
    """A client that sends the whole conversation each time needs no id, wherever the conversation stands."""
    first = ask(client, PUNISHED)
    said = [PUNISHED, {"role": "assistant", "content": first.choices[0].message.content}]
    second = ask(client, *said, "天气怎么样?")
    said += ["天气怎么样?", {"role": "assistant", "content": second.choices[0].message.content}]
    third = ask(client, *said, PERMITTED)

    assert "5312宗" in third.choices[0].message.content.splitlines()[0]


def test_a_conversation_that_was_begun_elsewhere_goes_on_here(client, address):
    """What was never asked of this service is read out of the messages, and answered as under a conversation id."""
    earlier = ["你好", "青石县2022年作出了多少宗行政处罚?", "问" * 600]
    completion = ask(client, {"role": "system", "content": "Be brief."}, *earlier, PERMITTED)
    with httpx.Client(base_url=address, headers={"Authorization": "Bearer a key for chats"}) as plain:
        replies = [
            plain.post("/v1/ask", json={"question": question, "conversation_id": "one"}).json()
            for question in (earlier[1], PERMITTED)
        ]

    assert replies[1]["answer"]["value"] == "5312宗"
    assert replies[1]["answer"]["text"] in completion.choices[0].message.content


def test_other_conversations_stay_out_of_it(client):
    """The same follow-up without the messages before it does not know what they were about."""
    ask(client, PUNISHED)
    assert "5312宗" not in ask(client, "那呢?").choices[0].message.content


def test_a_stream_says_the_same_as_the_whole(client):
    """The pieces add up to the answer, with its annotations at the end, and tell no usage unless asked."""
    whole = ask(client, PUNISHED).choices[0].message
    chunks = list(ask(client, PUNISHED, stream=True))
    deltas = [chunk.choices[0].delta for chunk in chunks]
    annotations = [one for delta in deltas for one in getattr(delta, "annotations", None) or []]

    assert whole.content == "".join(delta.content or "" for delta in deltas)
    assert [one.model_dump() for one in whole.annotations] == annotations
    assert deltas[0].role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_tells_the_usage_where_asked(client):
    """With include_usage the last piece has no choices but the usage, which is that of the whole."""
    used = ask(client, PUNISHED).usage
    *chunks, last = ask(client, PUNISHED, stream=True, stream_options={"include_usage": True})

    assert (last.choices, last.usage) == ([], used)
    assert used.total_tokens == used.prompt_tokens + used.completion_tokens
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_is_server_sent_events_to_the_letter(address):
    """Each event is one `data:` line of JSON and a blank line; the last is [DONE]."""
    body = {
        "model": "wenbao",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": PUNISHED}],
    }
    response = httpx.post(
        f"{address}/v1/chat/completions", json=body, headers={"Authorization": "Bearer a key for chats"}
    )
    *events, done, rest = response.text.split("\n\n")
    pieces = [json.loads(event.removeprefix("data: ")) for event in events]

    assert response.headers["content-type"].startswith("text/event-stream")
    assert (done, rest) == ("data: [DONE]", "")
    assert pieces[0]["choices"][0] == {
        "index": 0,
        "delta": {"role": "assistant", "content": ""},
        "logprobs": None,
        "finish_reason": None,
    }
    assert pieces[-2]["choices"][0]["delta"] == {}
    assert all("usage" in piece and piece["object"] == "chat.completion.chunk" for piece in pieces)


def test_a_question_may_come_in_parts(client):
    """Content is a text or a list of parts; the texts of the parts are the question."""
    parts = [{"type": "text", "text": "2022年作出行政处罚"}, {"type": "text", "text": "多少宗?"}]
    assert "2187宗" in ask(client, {"role": "user", "content": parts}).choices[0].message.content


def test_what_is_not_found_is_said_politely(client):
    """A question that the reports don't answer gets the message alone, without a citation."""
    message = ask(client, "2012年作出行政处罚多少宗?").choices[0].message
    assert message.content
    assert message.annotations == []
    assert "](" not in message.content


PICTURE = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([], None),
        ([{"role": "system", "content": "Be brief."}], None),
        ([{"role": "user", "content": ""}], None),
        ([{"role": "user", "content": PICTURE}], None),
        ([{"role": "user", "content": "问" * 501}], "string_above_max_length"),
        ([{"role": "user", "content": 7}], None),
    ],
)
def test_what_cannot_be_asked_is_told_in_the_form_of_openai(client, messages, code):
    """The client raises its own error, with message, type, parameter and code."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="wenbao", messages=messages)

    assert (caught.value.type, caught.value.code) == ("invalid_request_error", code)
    assert caught.value.param.startswith("messages")
    assert caught.value.body["message"]


def test_another_model_is_not_found(client):
    """Only the one model can be asked for."""
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="another", messages=[{"role": "user", "content": PUNISHED}])
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("another")

    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


def test_a_wrong_key_is_refused(address):
    """The client raises its own error for a wrong key, for answers and for models."""
    with openai.OpenAI(base_url=f"{address}/v1", api_key="no", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError) as caught:
            ask(stranger, PUNISHED)
        with pytest.raises(openai.AuthenticationError):
            stranger.models.list()

    assert caught.value.code == "invalid_api_key"


def test_a_long_conversation_is_read(client):
    """The whole conversation comes each time, and may be far longer than a question."""
    said: list[Any] = []
    for _ in range(60):
        said += ["你好", {"role": "assistant", "content": "答" * 1000}]
    assert "2187宗" in ask(client, *said, PUNISHED).choices[0].message.content


def test_what_markdown_would_take_for_markup_stays_as_it_is_written():
    """Signs of a quote that mean something in Markdown are escaped, at each line of it."""
    text = "# 按*2020_年*<b>[办法]~~\n- 第一"
    citation = Citation(1, "d", "标_题", None, None, None, (), 1, text, 0, len(text), (), "/documents/d", None)
    answer = Answer("办[法]", "list", None, (Item("办[法]", 1),))
    reply = Reply("a", "answered", "zh-Hans", answer, None, None, (citation,), (), 0.9, (), 1.0)

    written = write(reply, "http://x").text
    assert written == (
        "1. 办\\[法\\] [1](http://x/documents/d)\n\n**1.** 标\\_题\n\n"
        "> \\# 按\\*2020\\_年\\*\\<b\\>\\[办法\\]\\~\\~\n> \\- 第一"
    )


def test_too_much_in_a_minute_is_told_with_how_long_to_wait(build, serving):
    """The client's own error for a rate limit has the header by which it waits and tries again."""
    app, _ = build(api_keys=("k",), key_requests_per_minute=1, public_url="https://reports.example.org")
    with (
        serving(app) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="k", max_retries=0) as client,
    ):
        client.models.list()
        with pytest.raises(openai.RateLimitError) as caught:
            client.models.list()

    assert ("rate_limit_error", "rate_limit_exceeded") == (caught.value.type, caught.value.code)
    assert int(caught.value.response.headers["retry-after"]) > 0
