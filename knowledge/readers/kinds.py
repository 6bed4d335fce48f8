"""Which kind of file a content is: by its first bytes, and by its name where those leave it open.

Names are not to be relied on: a saved page comes as .doc, a Word file as .pdf, a download without any ending.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePath

from wenbao.config.errors import InvalidDocument

PAGE_ENDINGS = frozenset((".html", ".htm", ".xhtml", ".shtml"))
ENDINGS = PAGE_ENDINGS | {".mhtml", ".mht", ".txt", ".text", ".md", ".markdown", ".docx", ".pdf"}
"""What the names of files that can be read end in."""

READABLE = "text (.txt), web pages (.html, .mhtml), Markdown (.md), Word (.docx) and PDF with text (.pdf)"
_HEAD = 4096
_MARKS = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_PAGE = re.compile(rb"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head)\b", re.IGNORECASE | re.DOTALL)
_ARCHIVED_PAGE = re.compile(
    rb"[A-Za-z-]+:.*?^Content-Type:\s*multipart/related", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_OLE = b"\xd0\xcf\x11\xe0"
_OLD_WORD = frozenset(("", ".doc", ".dot", ".wps", ".docx"))
_OTHER_OFFICE = {
    "xl/": "an Excel workbook. Save the sheet with the report as .html or PDF.",
    "ppt/": "a slide show. Save it as PDF.",
    "content.xml": "an OpenDocument file. Save it as .docx.",
    "": "an archive (ZIP). Unpack it and add the files in it.",
}


def ending_of(name: str, content: bytes) -> str:
    """The ending that the name of a file should have, in small letters.

    Raises InvalidDocument for kinds that say what they are and cannot be read.
    """
    suffix = PurePath(name).suffix.lower()
    found = told_by(content)
    if found is not None:
        return suffix if found == ".html" and suffix in PAGE_ENDINGS else found
    if content.startswith(b"PK\x03\x04") and (what := _other_archive(content)) is not None:
        raise InvalidDocument(f"{name} is {what}")
    if content.startswith(rb"{\rtf"):
        raise InvalidDocument(f"{name} is a rich text file (RTF). Open it in Word and save it as .docx.")
    if content.startswith(_OLE) and suffix in _OLD_WORD:
        return ".docx"  # whose reader says how to save it
    if suffix not in ENDINGS:
        known = f"Files of the kind {suffix}" if suffix else "Files without an ending"
        raise InvalidDocument(f"{name}: {known} cannot be read. Readable are {READABLE}.")
    return suffix


def told_by(content: bytes) -> str | None:
    """The ending that goes with a content by itself; None where it does not say, as plain text doesn't."""
    head = content[:_HEAD].replace(b"\x00", b"").lstrip(_MARKS)
    if head.startswith(b"%PDF-"):
        return ".pdf"
    if _PAGE.match(head):
        return ".html"
    if _ARCHIVED_PAGE.match(head):
        return ".mhtml"
    return ".docx" if head.startswith(b"PK\x03\x04") and "word/document.xml" in _names_in(content) else None


def _other_archive(content: bytes) -> str | None:
    """What an archive is that is no Word file, and what to do; None where it is damaged, or may be Word's after all."""
    names = _names_in(content)
    if not names or any(name.startswith("word/") for name in names):
        return None
    return next(what for start, what in _OTHER_OFFICE.items() if any(name.startswith(start) for name in names))


def _names_in(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RecursionError):
        return frozenset()
