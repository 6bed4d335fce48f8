"""Messages of WeChat and WeCom on the wire: bounded, signed, sealed in an envelope or not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wenbao.api.addresses import linkable_address
from wenbao.api.wechat_chat import Chat, answer, check_stamp
from wenbao.api.wechat_crypto import Seal, check_signature, decrypt, encrypt, signature
from wenbao.api.wechat_xml import LONGEST_BODY, encrypted_reply, read_fields, read_message, text_reply
from wenbao.config.errors import NotAuthorized


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a message came with: time, nonce and signatures out of its address, and whereto links in a reply lead."""

    timestamp: str
    nonce: str
    signature: str
    sealed_signature: str
    links: str | None


def stamp_of(request: Request) -> Stamp:
    query = request.query_params
    timestamp, nonce, plain, sealed = (
        query.get(name, "") for name in ("timestamp", "nonce", "signature", "msg_signature")
    )
    return Stamp(timestamp, nonce, plain, sealed, linkable_address(request, request.app.state.settings))


async def read_body(request: Request) -> bytes:
    """The body, which is never longer than a message."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise HTTPException(413)
    return body


def respond_sealed(chat: Chat, seal: Seal, stamp: Stamp, body: bytes, silence: str) -> Response:
    """Answer a sealed message, in an envelope of our own. Raises NotAuthorized or InvalidRequest."""
    sealed = read_fields(body).get("Encrypt")
    if not sealed:
        raise NotAuthorized("The message is not encrypted: choose the safe mode on the platform, as a key is set here.")
    check_signature(stamp.sealed_signature, seal.token, stamp.timestamp, stamp.nonce, sealed)
    xml = _answered(chat, stamp, decrypt(seal, sealed))
    return _xml(_enclosed(chat, seal, xml)) if xml else _silent(silence)


def respond_plainly(chat: Chat, token: str, stamp: Stamp, body: bytes, silence: str) -> Response:
    """Answer a message that is signed alone. Raises NotAuthorized or InvalidRequest."""
    check_signature(stamp.signature, token, stamp.timestamp, stamp.nonce)
    xml = _answered(chat, stamp, body)
    return _xml(xml) if xml else _silent(silence)


def _answered(chat: Chat, stamp: Stamp, body: bytes | str) -> str | None:
    message = read_message(read_fields(body))
    check_stamp(chat, stamp.timestamp, stamp.nonce, message)
    text = answer(chat, message, stamp.links)
    return None if text is None else text_reply(message, text, int(chat.clock()))


def _enclosed(chat: Chat, seal: Seal, xml: str) -> str:
    sealed, timestamp, nonce = encrypt(seal, xml), str(int(chat.clock())), secrets.token_hex(8)
    return encrypted_reply(sealed, signature(seal.token, timestamp, nonce, sealed), timestamp, nonce)


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")


def _silent(word: str) -> Response:
    return Response(word, media_type="text/plain")
