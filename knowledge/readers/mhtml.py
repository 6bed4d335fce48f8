"""Web pages that a browser saved as one file (.mhtml, .mht): the page in it, and the address that it was saved from."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.readers.html import read_html
from wenbao.knowledge.readers.lines import Reading


def read_mhtml(name: str, content: bytes) -> Reading:
    """The lines of the page in the file. Raises InvalidDocument where there is none."""
    saved = message_from_bytes(content.lstrip(), policy=compat32)
    page = next((part for part in saved.walk() if part.get_content_type() == "text/html"), None)
    markup = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(markup, bytes) or not markup.strip():
        raise InvalidDocument(f"{name} holds no web page. Save the page anew in the browser.")
    reading = read_html(name, markup)
    address = reading.said.source_url or _address(saved) or _address(page)
    return replace(reading, said=replace(reading.said, source_url=address))


def _address(part: Message) -> str | None:
    """The address that the browser wrote down, where it is one of the web."""
    named = (str(part.get(name) or "").strip() for name in ("Snapshot-Content-Location", "Content-Location"))
    return next((address for address in named if address.startswith(("http://", "https://"))), None)
