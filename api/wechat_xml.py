"""The XML of WeChat and WeCom: messages on their way in, read safely, and replies on their way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from wenbao.config.errors import InvalidRequest

LONGEST_BODY = 64 * 1024
# What XML 1.0 has no way to write.
_unwritable = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message or an event. `key` is the same for a message that is delivered again; `sender` names a person."""

    key: str
    kind: str
    sender: str
    receiver: str
    text: str
    event: str


def read_fields(body: bytes | str) -> dict[str, str]:
    """The elements right below the root, by name; external entities and DTDs are refused. Raises InvalidRequest."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise InvalidRequest("The body is not the XML of a message.") from None
    return {element.tag: (element.text or "").strip() for element in root}


def read_message(fields: Mapping[str, str]) -> Incoming:
    """The message in the fields of a body. Raises InvalidRequest where it does not say who sent what."""
    kind, sender, receiver = (fields.get(name, "") for name in ("MsgType", "FromUserName", "ToUserName"))
    if not kind or not sender:
        raise InvalidRequest("The message has no MsgType or no FromUserName.")
    event = fields.get("Event", "").lower()
    # What WeChat advises: messages are told apart by MsgId, events by sender and time.
    number = fields.get("MsgId") or f"{fields.get('CreateTime', '')} {event}"
    return Incoming(f"{sender} {number}", kind.lower(), sender, receiver, fields.get("Content", ""), event)


def text_reply(to: Incoming, text: str, created: int) -> str:
    """The passive reply to a message: a text; `created` is in seconds since 1970."""
    return (
        "<xml>"
        f"<ToUserName>{_cdata(to.sender)}</ToUserName>"
        f"<FromUserName>{_cdata(to.receiver)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(text)}</Content>"
        "</xml>"
    )


def encrypted_reply(encrypted: str, signature: str, timestamp: str, nonce: str) -> str:
    """The envelope around an encrypted reply."""
    return (
        "<xml>"
        f"<Encrypt>{_cdata(encrypted)}</Encrypt>"
        f"<MsgSignature>{_cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp>"
        f"<Nonce>{_cdata(nonce)}</Nonce>"
        "</xml>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{_unwritable.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"
