"""The OpenAI-compatible face: `POST /v1/chat/completions`, plain and streamed, and `GET /v1/models`.

Published at https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from wenbao.answers.model import Answer, AskRequest, Citation, Reply
from wenbao.answers.service import ReportService
from wenbao.api.access import AskingRoute, Handler
from wenbao.api.addresses import address_of
from wenbao.api.problems import headers_of
from wenbao.api.schemas import Text
from wenbao.config.errors import InvalidQuestion, InvalidRequest, NotAuthorized, TooManyRequests, WenbaoError

MODEL = "wenbao"
MADE = 1_767_225_600
"""Since when there is the model, in seconds since 1970; clients only show it."""

# What Markdown would take for markup; a quote must look as it is written.
_markup = re.compile(r"[\\`*_\[\]<>~$]|^[#+-](?=\s)", re.MULTILINE)


class Part(BaseModel):
    """A part of a message; only texts can be read."""

    type: str
    text: Text | None = None


class Message(BaseModel):
    """One message of the conversation so far."""

    role: str
    content: Text | list[Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(BaseModel):
    """Whether the last piece tells what was used."""

    include_usage: bool | None = None


class ChatBody(BaseModel):
    """What a chat client sends. What only makes sense for a language model (temperature, tools, …) is not looked at."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """A link in the text, from `start_index` to `end_index`, counted in characters."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(BaseModel):
    """What is known of a piece of the text."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Usage(BaseModel):
    """What was used, counted in characters, as there is no language model with tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ReplyMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer that there is."""

    index: int = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """The whole answer at once."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage


class Delta(BaseModel):
    """What a piece adds; what it does not add is not in it."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None

    @model_serializer(mode="wrap")
    def _without_nothing(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value is not None}


class ChunkChoice(BaseModel):
    """The one answer that there is, in the making."""

    index: int = 0
    delta: Delta
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class Chunk(BaseModel):
    """A piece of a streamed answer."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: list[ChunkChoice]


class ChunkWithUsage(Chunk):
    """A piece for a client that has asked what is used: null in all pieces but the last."""

    usage: Usage | None = None


class Model(BaseModel):
    """The one model that there is."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = MADE
    owned_by: str = MODEL


class Models(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model]


class Trouble(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Failure(BaseModel):
    """The same, in OpenAI's wrapping."""

    error: Trouble


@dataclass(slots=True)
class Written:
    """A text in the making, with the links in it."""

    text: str = ""
    annotations: list[Annotation] = field(default_factory=list)

    def add(self, words: str) -> None:
        self.text += words

    def link(self, citation: Citation, address: str) -> None:
        """Add a citation's number as a link to its place."""
        start, url = len(self.text), address + citation.url
        self.text += f"[{citation.number}]({url})"
        cited = UrlCitation(start_index=start, end_index=len(self.text), url=url, title=citation.title)
        self.annotations.append(Annotation(url_citation=cited))


class ChatRoute(AskingRoute):
    """A route whose errors are told in OpenAI's form; a client sends the whole conversation each time."""

    largest_body = 1024 * 1024

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except (WenbaoError, HTTPException, RequestValidationError) as error:
                return _failed(error)

        return answered


router = APIRouter(prefix="/v1", route_class=ChatRoute, include_in_schema=False)


@router.get("/models")
async def models() -> Models:
    """The models that can be asked for."""
    return Models(data=[Model()])


@router.get("/models/{model}")
async def model(model: str) -> Model:
    """One model."""
    _check_model(model)
    return Model()


@router.post("/chat/completions")
def complete(request: Request, body: ChatBody) -> Response:
    """Answer the last question of a conversation, at once or in pieces."""
    _check_model(body.model)
    service: ReportService = request.app.state.service
    reply = service.ask(_request(body.messages))
    request.app.state.metrics.reply(reply)
    written = write(reply, address_of(request, request.app.state.settings))
    usage = _usage(body.messages, written)
    if body.stream:
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        pieces = _pieces(reply, written, usage if with_usage else None)
        return StreamingResponse(pieces, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    message = ReplyMessage(content=written.text, annotations=written.annotations)
    whole = Completion(id=_id(reply), created=int(time.time()), choices=[Choice(message=message)], usage=usage)
    return Response(whole.model_dump_json(), media_type="application/json")


def write(reply: Reply, address: str) -> Written:
    """A reply as Markdown: the answer with its citations as numbered links, then the words that were quoted.

    What the person must know beside that (that personal data was masked) comes first.
    """
    written = Written()
    if reply.notice:
        written.add(f"{_plain(reply.notice)}\n\n")
    if reply.answer is None:
        written.add(_plain(reply.message or ""))
        return written
    _write_answer(written, reply.answer, reply.citations, address)
    for citation in reply.citations:
        place = " · ".join(filter(None, (citation.title, citation.publisher, citation.published)))
        quoted = _plain(citation.quote).replace("\n", "\n> ")
        written.add(f"\n\n**{citation.number}.** {_plain(place)}\n\n> {quoted}")
    return written


def _write_answer(written: Written, answer: Answer, citations: Sequence[Citation], address: str) -> None:
    if not answer.items:
        written.add(_plain(answer.text))
        for citation in citations:
            written.add(" ")
            written.link(citation, address)
        return
    by_number = {citation.number: citation for citation in citations}
    for number, item in enumerate(answer.items, 1):
        written.add("\n" if number > 1 else "")
        written.add(f"{number}. {_plain(item.text)} ")
        written.link(by_number[item.citation], address)


def _plain(text: str) -> str:
    """A text that Markdown shows as it is written."""
    return _markup.sub(r"\\\g<0>", text)


def _request(messages: Sequence[Message]) -> AskRequest:
    """The last question, with the earlier ones. Raises InvalidRequest where there is none that can be read."""
    asked = [message for message in messages if message.role == "user"]
    if not asked:
        raise InvalidRequest("There is no message with the role `user` to answer.")
    if not asked[-1].text.strip() and isinstance(asked[-1].content, list):
        raise InvalidRequest("Only text can be read: the question has no part of the type `text`.")
    earlier = tuple(message.text for message in asked[:-1] if message.text.strip())
    return AskRequest(asked[-1].text, history=earlier)


async def _pieces(reply: Reply, written: Written, usage: Usage | None) -> AsyncIterator[str]:
    """The answer as server-sent events, line by line."""
    created = int(time.time())

    def event(*choices: ChunkChoice, used: Usage | None = None) -> str:
        if usage is None:
            piece = Chunk(id=_id(reply), created=created, choices=list(choices))
        else:
            piece = ChunkWithUsage(id=_id(reply), created=created, choices=list(choices), usage=used)
        return f"data: {piece.model_dump_json()}\n\n"

    yield event(ChunkChoice(delta=Delta(role="assistant", content="")))
    for line in written.text.splitlines(keepends=True):
        yield event(ChunkChoice(delta=Delta(content=line)))
    if written.annotations:
        yield event(ChunkChoice(delta=Delta(annotations=written.annotations)))
    yield event(ChunkChoice(delta=Delta(), finish_reason="stop"))
    if usage is not None:
        yield event(used=usage)
    yield "data: [DONE]\n\n"


def _id(reply: Reply) -> str:
    return f"chatcmpl-{reply.id}"


def _usage(messages: Sequence[Message], written: Written) -> Usage:
    asked, told = sum(len(message.text) for message in messages), len(written.text)
    return Usage(prompt_tokens=asked, completion_tokens=told, total_tokens=asked + told)


def _check_model(name: str) -> None:
    if name != MODEL:
        raise HTTPException(404, f"The model `{name}` does not exist: the only one is `{MODEL}`.")


def _failed(error: WenbaoError | HTTPException | RequestValidationError) -> Response:
    match error:
        case NotAuthorized():
            return _failure(401, str(error), code="invalid_api_key", headers=headers_of(error))
        case TooManyRequests():
            return _failure(429, str(error), code="rate_limit_exceeded", headers=headers_of(error))
        case InvalidQuestion(reason="too_long"):
            return _failure(400, str(error), param="messages", code="string_above_max_length")
        case InvalidQuestion() | InvalidRequest():
            return _failure(400, str(error), param="messages")
        case RequestValidationError():
            return _unreadable(error)
        case HTTPException(status_code=404):
            return _failure(404, error.detail, param="model", code="model_not_found")
        case HTTPException():
            return _failure(error.status_code, error.detail)
        case _:
            return _failure(error.status, str(error), code=error.code)


def _unreadable(error: RequestValidationError) -> Response:
    first = error.errors()[0]
    param = ".".join(str(step) for step in first["loc"][1:])
    return _failure(400, f"{param}: {first['msg']}" if param else first["msg"], param=param or None)


def _failure(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
    body = Failure(error=Trouble(message=message, type=kind, param=param, code=code))
    return Response(body.model_dump_json(), status, headers, "application/json")
