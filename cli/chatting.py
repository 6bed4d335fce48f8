"""A conversation on the terminal: each line is a question, and a follow-up is understood."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress

from wenbao.answers.model import AskRequest, Filters
from wenbao.answers.service import ReportService
from wenbao.cli.printing import out, print_reply
from wenbao.config.errors import InvalidQuestion

_GOODBYES = frozenset(("/quit", "/exit", "/q", "quit", "exit", "再见", "再見"))


def chat(service: ReportService, filters: Filters) -> None:
    """Ask for questions until the person has had enough (Ctrl-D, Ctrl-C or /quit)."""
    with suppress(ImportError):
        import readline  # noqa: F401 - gives input() its history
    conversation = secrets.token_hex(8)
    suggestions: tuple[str, ...] = ()
    out("Ask the reports. A number asks the suggestion with that number; /quit or Ctrl-D ends.", style="dim")
    while (line := _next_line()) is not None:
        try:
            reply = service.ask(AskRequest(_chosen(line, suggestions), conversation, filters=filters))
        except InvalidQuestion as problem:
            out(str(problem), style="yellow")
            continue
        print_reply(reply)
        suggestions = reply.suggestions
        _print_suggestions(suggestions)


def _next_line() -> str | None:
    """The next line that says something; None at the end of the conversation."""
    while True:
        try:
            line = input("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            out()
            return None
        if line.lower() in _GOODBYES:
            return None
        if line:
            return line


def _chosen(line: str, suggestions: Sequence[str]) -> str:
    number = int(line) if line.isdecimal() else 0
    return suggestions[number - 1] if 1 <= number <= len(suggestions) else line


def _print_suggestions(suggestions: Sequence[str]) -> None:
    if suggestions:
        out()
    for number, suggestion in enumerate(suggestions, 1):
        out(f"  {number} {suggestion}", style="dim")
