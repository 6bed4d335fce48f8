"""The published encryption, against the vectors that its publisher prints and against an implementation of our own."""

from __future__ import annotations

import base64
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.api.wechat_platform import AES_KEY, RECEIVER, TOKEN, opened, sealed
from wenbao.api.wechat_crypto import Seal, check_signature, checked_key, checked_token, decrypt, encrypt, signature
from wenbao.api.wechat_xml import read_fields, read_message
from wenbao.config.errors import InvalidSettings, NotAuthorized

SEAL = Seal(TOKEN, base64.b64decode(AES_KEY + "="), RECEIVER)
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)
# Of the sample for official accounts, with a token and a key of its own.
ACCOUNT = Seal("spamtest", base64.b64decode("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG="), "wx2c2769f8efd9abc2")
ACCOUNT_MESSAGE = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
    "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
    "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
    "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_the_published_address_check_verifies():
    """The echo of the sample has the sample's signature, and decrypts to the number that WeCom expects back."""
    check_signature("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", TOKEN, "1409659589", "263014780", ECHO)

    assert "1616140317555161061" == decrypt(SEAL, ECHO)


def test_the_published_message_verifies():
    """The message of the sample has the sample's signature, and says hello."""
    check_signature("477715d11cdb4164915debcba66cb864d751f3e6", TOKEN, "1409659813", "1372623149", MESSAGE)
    message = read_message(read_fields(decrypt(SEAL, MESSAGE)))

    assert ("text", "hello", "mycreate") == (message.kind, message.text, message.sender)
    assert "4561255354251345929" in message.key


def test_the_published_message_to_an_account_verifies():
    """So does the sample for official accounts, in compatible mode."""
    check_signature("5d197aaffba7e9b25a30732f161a50dee96bd5fa", "spamtest", "1409735669", "1320562132", ACCOUNT_MESSAGE)

    assert "abcdteT" == read_fields(decrypt(ACCOUNT, ACCOUNT_MESSAGE))["Content"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_is_encrypted_is_read_by_both_sides(text):
    """Whatever its length, a text survives the way there and back, through either implementation."""
    assert text == decrypt(SEAL, encrypt(SEAL, text)) == decrypt(SEAL, sealed(text)) == opened(encrypt(SEAL, text))


def test_the_same_text_never_looks_the_same():
    """The random beginning hides that something was said before."""
    assert encrypt(SEAL, "好") != encrypt(SEAL, "好")


def test_a_length_is_a_multiple_of_32_bytes():
    """The padding is to 32 bytes, not to the 16 of AES."""
    lengths = {len(base64.b64decode(encrypt(SEAL, "x" * count))) % 32 for count in range(40)}

    assert {0} == lengths


@given(st.integers(0, len(base64.b64decode(MESSAGE)) - 1), st.integers(1, 255))
def test_no_change_of_a_byte_goes_unnoticed(place, change):
    """A message changed on its way has another signature."""
    raw = bytearray(base64.b64decode(MESSAGE))
    raw[place] ^= change
    changed = base64.b64encode(bytes(raw)).decode()

    with pytest.raises(NotAuthorized):
        check_signature("477715d11cdb4164915debcba66cb864d751f3e6", TOKEN, "1409659813", "1372623149", changed)


@given(st.binary(max_size=200))
def test_what_is_no_message_is_refused_in_one_way(raw):
    """Whatever is decrypted, the only failure is a refusal."""
    with pytest.raises(NotAuthorized, match="cannot be decrypted"):
        decrypt(SEAL, base64.b64encode(raw).decode())


@pytest.mark.parametrize("text", ["", "no base64", "好", "AAAA", ECHO[:-4], ECHO + ECHO])
def test_half_a_message_is_refused(text):
    """So is what is cut short, doubled, or not base64 at all."""
    with pytest.raises(NotAuthorized):
        decrypt(SEAL, text)


@pytest.mark.parametrize("receiver", ["", "wx5823bf96d3bd56c8", RECEIVER + "x"])
def test_a_message_for_another_is_refused(receiver):
    """A message for another app or corporation is not read."""
    with pytest.raises(NotAuthorized):
        decrypt(SEAL, sealed("hello", receiver))


@pytest.mark.parametrize("given_signature", ["", "5c45ff", "签名", "5C45FF5E21C57E6AD56BAC8758B79B1D9AC89FD3"])
def test_a_wrong_signature_is_refused(given_signature):
    """Only the signature itself will do."""
    with pytest.raises(NotAuthorized):
        check_signature(given_signature, TOKEN, "1409659589", "263014780", ECHO)


def test_the_signature_is_of_the_sorted_parts():
    """The order in which the parts are given makes no difference."""
    assert signature(TOKEN, "1", "2", "三") == signature("三", "2", TOKEN, "1")


def test_openssl_reads_what_we_encrypt():
    """A third implementation decrypts it: 16 random bytes, the length, the message, the receiver, the padding."""
    key = SEAL.key
    command = ["openssl", "enc", "-d", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", key[:16].hex()]
    try:
        done = subprocess.run(command, input=base64.b64decode(encrypt(SEAL, "你好")), capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")

    assert b"\x00\x00\x00\x06" + "你好".encode() + RECEIVER.encode() == done.stdout[16 : -done.stdout[-1]]


@pytest.mark.parametrize("token", ["ab", "a" * 33, "has space", "令牌令牌"])
def test_a_token_that_no_platform_takes_is_named(token):
    """The line names the setting and not the token."""
    with pytest.raises(InvalidSettings, match="WENBAO_X_TOKEN") as problem:
        checked_token("WENBAO_X_TOKEN", SecretStr(token))

    assert token not in str(problem.value).removeprefix("WENBAO_X_TOKEN")


@pytest.mark.parametrize("key", [AES_KEY[:-1], AES_KEY + "=", AES_KEY[:-1] + "-"])
def test_a_key_of_another_form_is_named(key):
    """A key has 43 characters of base64."""
    with pytest.raises(InvalidSettings, match="WENBAO_X_AES_KEY") as problem:
        checked_key("WENBAO_X_AES_KEY", SecretStr(key))

    assert key not in str(problem.value)
