"""The other side of /wechat and /wecom: a platform that signs, seals and delivers as the algorithm is published."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import time
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
RECEIVER = "wx5823bf96d3bd56c7"
_numbers = itertools.count(1)


@dataclass
class Platform:
    """Delivers what a person sends, to `path`; `sealed` in safe mode."""

    client: httpx.Client
    path: str
    sealed: bool
    person: str = field(default_factory=lambda: f"oPerson{next(_numbers)}")

    def ask(self, text: str) -> str | None:
        """Send a text and read the reply; None for silence."""
        return self.read(self.deliver(self.text(text)))

    def text(self, text: str, **more: Any) -> str:
        return self.message("text", Content=text, **more)

    def message(self, kind: str, **fields: Any) -> str:
        """The XML of a message, with a MsgId of its own."""
        return self.xml(MsgType=kind, MsgId=6_054_768_590_064_713_728 + next(_numbers), **fields)

    def event(self, name: str, created: int = 0) -> str:
        return self.xml(MsgType="event", Event=name, **({"CreateTime": created} if created else {}))

    def xml(self, **fields: Any) -> str:
        whole = {"ToUserName": "gh_house", "FromUserName": self.person, "CreateTime": int(time.time()), **fields}
        return f"<xml>{''.join(f'<{name}><![CDATA[{value}]]></{name}>' for name, value in whole.items())}</xml>"

    def deliver(self, xml: str, **stamp: str) -> httpx.Response:
        """Post a message as the platform would, at a `timestamp` or with a `nonce` of one's own."""
        return self.post(*self.packed(xml, **stamp))

    def packed(self, xml: str, timestamp: str = "", nonce: str = "") -> tuple[dict[str, str], bytes]:
        """The parameters of the address, and the body."""
        timestamp, nonce = timestamp or str(int(time.time())), nonce or str(next(_numbers))
        stamp = {"timestamp": timestamp, "nonce": nonce, "signature": signed(timestamp, nonce)}
        if not self.sealed:
            return stamp, xml.encode()
        seal = sealed(xml)
        return {**stamp, "encrypt_type": "aes", "msg_signature": signed(timestamp, nonce, seal)}, envelope(seal)

    def post(self, stamp: dict[str, str], body: bytes) -> httpx.Response:
        return self.client.post(self.path, params=stamp, content=body)

    def read(self, response: httpx.Response) -> str | None:
        """The text of a reply, which is checked as the platform would."""
        assert response.status_code == 200, response.text
        if response.text in ("", "success"):
            return None
        fields = fields_of(response.text)
        if self.sealed:
            stamp = (fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            assert fields["MsgSignature"] == signed(*stamp)
            fields = fields_of(opened(fields["Encrypt"]))
        assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == (self.person, "gh_house", "text")
        assert abs(int(fields["CreateTime"]) - time.time()) < 60
        assert len(fields["Content"].encode()) <= 2048
        return fields["Content"]


def envelope(seal: str) -> bytes:
    return f"<xml><ToUserName>gh_house</ToUserName><Encrypt><![CDATA[{seal}]]></Encrypt></xml>".encode()


def signed(*parts: str) -> str:
    return hashlib.sha1("".join(sorted([TOKEN, *parts])).encode()).hexdigest()


def sealed(text: str, receiver: str = RECEIVER) -> str:
    body = text.encode()
    plain = os.urandom(16) + len(body).to_bytes(4, "big") + body + receiver.encode()
    missing = 32 - len(plain) % 32
    encryptor = _cipher().encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()).decode()


def opened(text: str) -> str:
    decryptor = _cipher().decryptor()
    plain = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    plain = plain[16 : -plain[-1]]
    length = int.from_bytes(plain[:4], "big")
    assert plain[4 + length :].decode() == RECEIVER
    return plain[4 : 4 + length].decode()


def fields_of(xml: str) -> dict[str, str]:
    return {element.tag: element.text or "" for element in ElementTree.fromstring(xml)}


def _cipher() -> Cipher[modes.CBC]:
    key = base64.b64decode(AES_KEY + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
