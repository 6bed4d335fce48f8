"""The published encryption and signatures of WeChat and WeCom messages (WXBizMsgCrypt)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import SecretStr

from wenbao.config.errors import InvalidSettings, NotAuthorized

_RANDOM_BYTES = 16
_LENGTH = struct.Struct(">I")
# The algorithm pads to 32 bytes, although AES has blocks of 16.
_PADDING = PKCS7(32 * 8)
_token = re.compile(r"[A-Za-z0-9]{3,32}").fullmatch
_aes_key = re.compile(r"[A-Za-z0-9+/]{43}").fullmatch


@dataclass(frozen=True, slots=True)
class Seal:
    """What both sides of an encrypted channel know; `receiver` is the app id or the corp id."""

    token: str = field(repr=False)
    key: bytes = field(repr=False)
    receiver: str


def signature(token: str, *parts: str) -> str:
    """The signature of some parts: SHA-1, in hex, over token and parts sorted and joined."""
    # SHA-1 is what the published algorithm prescribes.
    return hashlib.sha1("".join(sorted((token, *parts))).encode(errors="replace")).hexdigest()  # noqa: S324


def check_signature(given: str, token: str, *parts: str) -> None:
    """Compare in constant time. Raises NotAuthorized."""
    if not hmac.compare_digest(given.encode(errors="replace"), signature(token, *parts).encode()):
        raise NotAuthorized("The signature is missing or wrong: the token here and at the sender must be the same.")


def decrypt(seal: Seal, encrypted: str) -> str:
    """The message in an `Encrypt` field whose signature was checked. Raises NotAuthorized where it is not for us."""
    try:
        decryptor = _cipher(seal).decryptor()
        padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
        unpadder = _PADDING.unpadder()
        plain = unpadder.update(padded) + unpadder.finalize()
        begin = _RANDOM_BYTES + _LENGTH.size
        (length,) = _LENGTH.unpack(plain[_RANDOM_BYTES:begin])
        message, receiver = plain[begin : begin + length], plain[begin + length :]
        if len(message) == length and hmac.compare_digest(receiver, seal.receiver.encode()):
            return message.decode()
    except (ValueError, binascii.Error, struct.error):
        pass
    raise NotAuthorized("The message cannot be decrypted: the key and the id here and at the sender must be the same.")


def encrypt(seal: Seal, message: str) -> str:
    """The `Encrypt` field for a message; the same message never looks the same twice."""
    body = message.encode()
    plain = secrets.token_bytes(_RANDOM_BYTES) + _LENGTH.pack(len(body)) + body + seal.receiver.encode()
    padder = _PADDING.padder()
    encryptor = _cipher(seal).encryptor()
    encrypted = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return base64.b64encode(encrypted).decode()


def checked_token(name: str, token: SecretStr) -> str:
    """The token of the setting `name`. Raises InvalidSettings where the platform would not take it."""
    value = token.get_secret_value()
    if not _token(value):
        raise InvalidSettings(f"{name}: 3 to 32 letters and digits, the same as entered on the platform.")
    return value


def checked_key(name: str, key: SecretStr) -> bytes:
    """The AES key of the setting `name`, an EncodingAESKey. Raises InvalidSettings."""
    value = key.get_secret_value()
    if not _aes_key(value):
        raise InvalidSettings(f"{name}: the 43 letters and digits that the platform shows as EncodingAESKey.")
    return base64.b64decode(value + "=")


def _cipher(seal: Seal) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES256(seal.key), modes.CBC(seal.key[:16]))
