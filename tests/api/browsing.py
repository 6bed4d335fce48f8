"""What the tests in a real browser share: the screens, and asking a question as a person does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


async def ask(page: Any, question: str) -> Any:
    """Type a question, send it, and wait for what comes; gives the turn of the conversation."""
    await page.get_by_role("textbox").fill(question)
    await page.get_by_role("textbox").press("Enter")
    turn = page.locator(".turn").last
    await turn.locator(".feedback, .failure").wait_for()
    return turn


async def focused(page: Any) -> str:
    """The id of what has the keyboard, or else its class or its name."""
    found: str = await page.evaluate("(one => one.id || one.className || one.tagName)(document.activeElement)")
    return found
