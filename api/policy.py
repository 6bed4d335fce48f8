"""What a page of ours may load, and who may show it in a frame (Content Security Policy, level 3)."""

from __future__ import annotations

from collections.abc import Iterable

_ALWAYS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)


def content_security_policy(framed_by: Iterable[str] = ()) -> str:
    """The policy of a page that the sites with the origins `framed_by` may show in a frame; nobody else may."""
    return _ALWAYS + (" ".join(framed_by) or "'none'")
