"""The staff page in a real browser: by keyboard alone, without JavaScript, and under axe-core."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.answers.samples import REPORTS, open_with
from tests.api.browsing import DESKTOP, PHONE
from tests.api.test_accessibility import found_by_axe
from wenbao.answers.model import AskRequest, Feedback
from wenbao.api.app import create_app
from wenbao.config.settings import Settings

KEY = "open sesame"
NEW = {
    "name": "new.txt",
    "mimeType": "text/plain",
    "buffer": "碧水区2023年报告\n\n一、工作\n\n新增体检亭47座。\n".encode(),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory, serving):
    """The real application with the real service, where questions were asked and judged."""
    folder = tmp_path_factory.mktemp("staff")
    with open_with(folder, REPORTS) as service:
        for question in (
            "2021年调解纠纷多少宗?",
            "调解纠纷多少宗",
            "火星上有多少居民?",
            "How many metro lines are there?",
        ):
            last = service.ask(AskRequest(question))
        service.feedback(Feedback(last.id, False, "不是我想问的"))
        settings = Settings(_env_file=None, data_dir=folder, admin_key=KEY, max_document_mb=1)
        with serving(create_app(settings, service)) as root:
            yield root


@pytest.fixture
async def enter(browser, address):
    """Opens a page as somebody who has signed in; fails the test if a page complained or called elsewhere."""
    complaints, contexts = [], []

    def heard(told):
        if told.type in ("error", "warning") and "404" not in told.text:
            complaints.append(told.text)

    async def entered(path="/staff", **options):
        context = await browser.new_context(base_url=address, **({"locale": "zh-CN"} | options))
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: complaints.append(sent.url) if _is_elsewhere(sent.url, address) else None)
        await page.goto(path)
        await page.locator("#key").fill(KEY)
        await page.locator("#key").press("Enter")
        await page.wait_for_url(f"{address}{path}")
        return page

    yield entered
    for context in contexts:
        await context.close()
    assert [] == complaints


def _is_elsewhere(url, address):
    return urlsplit(url).netloc != urlsplit(address).netloc


async def test_looking_up_needs_no_mouse(enter, address):
    """/ goes to the words, j and k and the arrows from passage to passage, c copies, Enter opens the marked words."""
    page = await enter(permissions=["clipboard-read", "clipboard-write"])
    await page.keyboard.press("/")
    await page.keyboard.type("新增")
    await page.keyboard.press("Enter")
    hits = page.locator("[data-hit]")
    await hits.nth(1).wait_for()
    at = "[...document.querySelectorAll('[data-hit]')].findIndex(one => one.contains(document.activeElement))"
    for key, wanted in (("j", 0), ("ArrowDown", 1), ("k", 0), ("ArrowUp", 0), ("j", 1)):
        await page.keyboard.press(key)
        assert wanted == await page.evaluate(at), key
    await page.keyboard.press("c")
    await page.locator("#said", has_text="已复制").wait_for(state="attached")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert await hits.nth(1).locator("blockquote").inner_text() in copied
    assert f"{address}/documents/" in copied.splitlines()[-1]
    await page.keyboard.press("Enter")
    await page.locator("article mark").first.wait_for()


async def test_the_help_opens_and_single_keys_can_be_switched_off(enter):
    """? shows it; with single keys off, only the arrows move (WCAG 2.2, success criterion 2.1.4)."""
    page = await enter("/staff?q=%E6%96%B0%E5%A2%9E")
    await page.keyboard.press("?")
    await page.locator("dialog[open]").wait_for()
    await page.locator("#use-keys").uncheck()
    await page.keyboard.press("Escape")
    await page.locator("dialog[open]").wait_for(state="hidden")  # it closes a little later; till then it has the keys
    await page.keyboard.press("j")
    assert 0 == await page.locator("[data-hit]:focus-within").count()
    await page.keyboard.press("ArrowDown")
    assert 1 == await page.locator("[data-hit]:focus-within").count()


async def test_letters_in_a_field_are_only_letters(enter):
    """While one types, no key is a shortcut; Escape leaves the field."""
    page = await enter("/staff?q=%E6%96%B0%E5%A2%9E")
    await page.keyboard.press("/")
    await page.keyboard.type("j?c/")
    assert "j?c/" == await page.locator("#q").input_value()
    assert 0 == await page.locator("dialog[open]").count()
    await page.keyboard.press("Escape")
    assert "q" != await page.evaluate("document.activeElement.id")


async def test_a_file_that_is_too_large_is_told_before_it_is_sent(enter):
    """The field says so at once."""
    page = await enter("/staff/upload")
    await page.locator("#file").set_input_files({**NEW, "buffer": b"x" * (1024 * 1024 + 1)})
    assert "1 MB" in await page.locator("#file").evaluate("one => one.validationMessage")
    await page.locator("#file").set_input_files(NEW)
    assert await page.locator("#file").evaluate("one => one.checkValidity()")


async def test_everything_works_without_a_script(enter):
    """Looking up, adding with a preview, removing, undoing, deleting questions, signing out: forms and links do it."""
    page = await enter(java_script_enabled=False)
    await page.locator("#q").fill("学位")
    await page.locator(".search button").click()
    assert "学位" == await page.locator("mark").inner_text()
    await page.goto("/staff/upload")
    await page.locator("#file").set_input_files(NEW | {"buffer": NEW["buffer"] + "另有四座。\n".encode()})
    await page.locator("main form button").click()
    await page.locator("#title").fill("碧水区报告")
    await page.get_by_role("button", name="保存这份报告").click()
    assert "碧水区报告" == await page.locator("h1").inner_text()
    await page.get_by_role("button", name="移除这份报告").click()
    await page.get_by_role("button", name="撤销").click()
    assert "《碧水区报告》已恢复" in await page.locator("[role=status]").first.inner_text()
    await page.get_by_role("button", name="退出").click()
    assert await page.locator("#key").is_visible()


PAGES = {
    "look-up": "/staff?q=%E6%96%B0%E5%A2%9E",
    "near": "/staff?q=%E5%AD%A6%E4%BD%8D+%E7%81%AB%E8%BD%A6%E7%AB%99",
    "reports": "/staff/documents",
    "none": "/staff/documents?q=zzz",
    "add": "/staff/upload",
    "questions": "/staff/questions",
    "weeks": "/staff/questions?days=90",
    "feedback": "/staff/feedback",
    "lost": "/staff/documents/none",
}


@pytest.mark.parametrize("name", [*PAGES, "sign-in", "help", "report", "preview", "unfolded"])
async def test_axe_finds_nothing(enter, name):
    """No rule of axe-core is broken, on a desk by day and on a phone by night, and nothing sticks out at the side."""
    page = await enter(viewport=DESKTOP, reduced_motion="reduce")
    await (_STEPS[name](page) if name in _STEPS else page.goto(PAGES[name]))
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme)
        assert [] == await found_by_axe(page), (size, scheme)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size


async def _signed_out(page):
    await page.get_by_role("button", name="退出").click()
    await page.locator("#key").wait_for()


async def _help(page):
    await page.keyboard.press("?")
    await page.locator("dialog[open]").wait_for()


async def _report(page):
    await page.goto("/staff/documents")
    await page.locator(".documents a").first.click()
    await page.locator("#versions-title").wait_for()


async def _preview(page):
    await page.goto("/staff/upload")
    await page.locator("#file").set_input_files(NEW)
    await page.locator("main form button").click()
    await page.locator("#title").wait_for()


async def _unfolded(page):
    await page.goto("/staff/questions")
    await page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")


_STEPS = {"sign-in": _signed_out, "help": _help, "report": _report, "preview": _preview, "unfolded": _unfolded}
