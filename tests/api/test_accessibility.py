"""Every page under axe-core, by day and by night, on a desk and on a phone; and reading with large type or zoom.

axe.min.js is axe-core 4.14.1 by Deque Systems, as the npm package of that name has it, under the MPL 2.0 (see the head
of the file). It is here for these tests alone and is part of no page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.browsing import DESKTOP, PHONE, ask

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], elementRef: false });
  const told = ({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`);
  return [found.passes.length, found.violations.flatMap(told)];
}"""
REFLOW = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400 %, as WCAG 2.2, success criterion 1.4.10 has it."""


async def found_by_axe(page):
    """Every violation of every rule, best practices too: which rule, and where."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    passed, violations = await page.evaluate(RUN)
    assert passed, "axe has looked at nothing"
    return violations


async def conversation(page):
    """A turn of each kind: a figure, a list with folded citations, nothing found, a failure."""
    for question in ("受理了多少宗?", "有哪些纠纷?", "天气如何?", "炸"):
        await ask(page, question)


async def with_panel(page):
    await ask(page, "受理了多少宗?")
    await page.get_by_role("button", name="对照原文").click()
    await page.locator("#panel mark").wait_for()


async def with_choice(page):
    await ask(page, "受理了多少宗?")
    await page.get_by_role("button", name="删除对话").click()


async def cited(page):
    turn = await ask(page, "受理了多少宗?")
    await turn.get_by_role("link", name="在报告中查看").click()
    await page.locator("mark").wait_for()


async def answer(page):
    turn = await ask(page, "有哪些纠纷?")
    await turn.get_by_role("link", name="本回答的链接").click()
    await page.locator(".single").wait_for()


async def missed(page):
    turn = await ask(page, "天气如何?")
    await turn.get_by_role("link", name="本回答的链接").click()
    await page.locator(".single").wait_for()


PAGES = {
    "welcome": ("/", None),
    "conversation": ("/", conversation),
    "beside": ("/", with_panel),
    "choice": ("/", with_choice),
    "cited": ("/", cited),
    "answer": ("/", answer),
    "not-found-answer": ("/", missed),
    "embed": ("/embed", conversation),
    "documents": ("/documents", None),
    "privacy": ("/privacy", None),
    "reference": ("/docs", None),
    "lost": ("/nowhere", None),
    "lost-answer": ("/answers/none", None),
    "staff": ("/staff", None),
}


@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing(open_page, name):
    """No rule of axe-core is broken, by day and by night, on a desk and on a phone, in whatever state the page is."""
    path, steps = PAGES[name]
    page = await open_page(path, ["404", "500"], viewport=DESKTOP, reduced_motion="reduce")
    if steps:
        await steps(page)
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert [] == await found_by_axe(page), (size, scheme)


@pytest.mark.parametrize("locale", ["zh-HK", "en-GB"])
async def test_axe_finds_nothing_in_other_languages(open_page, locale):
    """The names of landmarks and buttons are there in every language."""
    page = await open_page("/", locale=locale)
    await ask(page, "有哪些纠纷?")

    assert [] == await found_by_axe(page)


@pytest.mark.parametrize("name", PAGES)
async def test_large_type_fits_at_four_hundred_per_cent(open_page, name):
    """At 320 pixels' width with large type on top, no page scrolls sideways, in Chinese or in English."""
    path, steps = PAGES[name]
    page = await open_page(path, ["404", "500"], viewport=REFLOW)
    await page.locator("[data-switch=large]").click()
    if steps:
        await steps(page)

    assert REFLOW["width"] == await page.evaluate("document.documentElement.scrollWidth")
    await page.goto(f"{page.url.split('#')[0].split('?')[0]}?lang=en")
    assert REFLOW["width"] == await page.evaluate("document.documentElement.scrollWidth")
    assert "large" in await page.evaluate("document.documentElement.className")


async def test_no_text_is_cut_off_at_two_hundred_per_cent(open_page):
    """At half the width of a desk, with large type, everything can still be reached and pressed."""
    page = await open_page("/", viewport={"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2})
    await page.locator("[data-switch=large]").click()
    turn = await ask(page, "受理了多少宗?")
    for button in await turn.get_by_role("button").all():
        await button.click(trial=True)

    assert await page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"] // 2
