"""Deep links into the private chat with the bot: `/start` with a passage in at most 64 characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram.helpers import create_deep_linked_url

from wenbao.answers.model import Citation

HELP = "help"
"""The payload that opens the chat and asks for nothing."""

_payload = re.compile(r"p_([A-Za-z0-9-]{1,40})_([0-9]{1,9})_([0-9]{1,9})").fullmatch


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: characters of a document's text."""

    document_id: str
    start: int
    end: int


def passage_payload(citation: Citation) -> str | None:
    """The payload that opens a citation; None where the document's id does not fit into one."""
    payload = f"p_{citation.document_id}_{citation.start}_{citation.end}"
    return payload if _payload(payload) else None


def passage_url(citation: Citation, username: str) -> str | None:
    """A link that opens a citation in the private chat."""
    payload = passage_payload(citation)
    return create_deep_linked_url(username, payload) if payload else None


def place_of(payload: str) -> Place | None:
    """What a payload opens; None where it is none of ours. That there is such a place is not said."""
    found = _payload(payload)
    return Place(found[1], int(found[2]), int(found[3])) if found else None
