"""The widget in a real browser: on a page of another site, with styles and a content policy of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.api.browsing import CHROMIUM, PHONE
from tests.api.test_accessibility import found_by_axe

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; apt install chromium fonts-wqy-zenhei"
)

SITE = """<!doctype html><html lang="zh-Hant"><head><meta charset="utf-8"><title>A government's site</title>
<link rel="stylesheet" href="/site.css"><script src="{chat}/static/widget.js" {data} defer></script></head>
<body><main><h1>Welcome</h1><p>Words <button>Theirs</button> <a href="#x">and a link</a></p></main></body></html>"""
CSS = "button { font-size: 40px !important; display: block !important; opacity: 0.9 } iframe { display: none }"


@contextmanager
def site(chat, data=""):
    """Another site, by the name of localhost, that lets in nothing but its own files and the chat's."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            is_css = self.path == "/site.css"
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if is_css else "text/html; charset=utf-8")
            policy = f"default-src 'none'; style-src 'self'; script-src {chat['address']}; frame-src {chat['address']}"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((CSS if is_css else SITE.format(chat=chat["address"], data=data)).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
async def shown(browser, build, serving):
    """Shows a page of a site that may have the widget (or may not) around a service that asks programs for a key."""
    open_things = []

    async def showing(data="", allowed=True, **options):
        chat = {"address": "http://127.0.0.1:1"}
        around = site(chat, data)
        origin = around.__enter__()
        open_things.append(around)
        origins = (origin,) if allowed else ("https://www.example.gov",)
        inside = serving(build(api_keys=("one",), widget_origins=origins)[0])
        chat["address"] = inside.__enter__()
        open_things.append(inside)
        context = await browser.new_context(locale="zh-CN", **options)
        context.set_default_timeout(20_000)
        page = await context.new_page()
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        await page.goto(f"{origin}/")
        return page

    yield showing
    for context in list(browser.contexts):
        await context.close()
    for one in reversed(open_things):
        one.__exit__(None, None, None)


async def opened(page, name="问政府报告"):
    """Press the button; gives the chat in its frame."""
    await page.get_by_role("button", name=name).click()
    frame = page.frame_locator("iframe")
    await loaded(page)
    return frame


async def loaded(page):
    """Wait for the chat in the frame; only a page that is loaded listens to keys."""
    await page.frame_locator("iframe").get_by_role("textbox").wait_for()
    for frame in page.frames:
        await frame.wait_for_load_state("load")


async def asked(frame):
    await frame.get_by_role("textbox").fill("受理了多少宗?")
    await frame.get_by_role("textbox").press("Enter")
    await frame.locator(".feedback").wait_for()


async def test_people_ask_on_the_page_of_another_site(shown):
    """No key and no cookie is needed there, and the site's content policy and ours are both kept."""
    page = await shown('data-lang="zh-Hans"')
    frame = await opened(page)
    await asked(frame)

    assert "4821宗" == await frame.locator(".answer strong").inner_text()
    assert [] == page.complaints
    assert [] == await page.context.cookies()


async def test_a_frame_that_was_open_for_long_goes_on_working(shown, monkeypatch):
    """When its token has run out, the frame gets a new one and asks again."""
    monkeypatch.setattr("wenbao.api.access.PAGE_TOKEN_SECONDS", -1)
    page = await shown('data-lang="zh-Hans"')
    frame = await opened(page)
    monkeypatch.undo()
    await asked(frame)

    assert "4821宗" == await frame.locator(".answer strong").inner_text()


async def test_a_site_that_is_not_allowed_shows_nothing(shown):
    """The browser refuses the frame on every site that the setting does not name."""
    page = await shown('data-lang="zh-Hans"', allowed=False)
    async with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        await page.get_by_role("button", name="问政府报告").click()

    assert 0 == await page.frame_locator("iframe").get_by_role("textbox").count()


async def test_the_keyboard_opens_and_leaves_it(shown):
    """Enter opens it with the keyboard inside, Escape inside closes it, and the keyboard is at the button again."""
    page = await shown('data-lang="en"')
    for _ in range(3):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    field = page.frame_locator("iframe").get_by_role("textbox")
    await loaded(page)
    await field.focus()
    await page.keyboard.press("Escape")
    button = page.get_by_role("button", name="Ask the reports")
    await button.wait_for()

    assert "opener" == await page.evaluate("document.activeElement.shadowRoot.activeElement.className")
    assert not await page.locator("iframe").is_visible()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Ask the government reports").wait_for()
    assert "IFRAME" == await page.evaluate("document.activeElement.shadowRoot.activeElement.tagName")


async def test_the_site_and_the_widget_leave_each_other_alone(shown):
    """The site's styles don't reach the widget, its own elements look as before, and one element is added."""
    page = await shown()
    theirs = "getComputedStyle(document.querySelector('main button')).cssText + document.body.children.length"
    button = page.get_by_role("button", name="問政府報告")
    before = await page.evaluate(theirs)
    await opened(page, "問政府報告")

    assert before == await page.evaluate(theirs)
    assert ["MAIN", "WENBAO-WIDGET"] == await page.evaluate("[...document.body.children].map(one => one.tagName)")
    assert "16px" == await button.or_(page.locator(".opener")).first.evaluate("one => getComputedStyle(one).fontSize")
    assert await page.locator("iframe").is_visible()


@pytest.mark.parametrize(
    ("data", "language"), [('data-lang="zh-Hans"', "zh-Hans"), ('data-lang="en"', "en"), ("", "zh-Hant")]
)
async def test_it_speaks_the_language_that_it_is_told(shown, data, language):
    """`data-lang` decides, else the language of the site's page; the choice does not stick to our own pages."""
    page = await shown(data)
    await page.locator(".opener").click()
    frame = page.frame_locator("iframe")

    assert language == await frame.locator("html").get_attribute("lang")


async def test_links_to_reports_open_beside_the_site(shown):
    """A report cannot be shown inside a frame, so it comes in a new tab, at the marked words."""
    page = await shown('data-lang="zh-Hans"')
    frame = await opened(page)
    await asked(frame)
    async with page.context.expect_page() as opening:
        await frame.get_by_role("link", name="在报告中查看").click()
    report = await opening.value
    await report.locator("mark").wait_for()

    assert "4821宗" in await report.locator("mark").inner_text()
    assert await frame.locator(".answer").is_visible()


async def test_a_citation_opens_within_the_frame(shown):
    """The sheet with the marked words works there too; Escape closes first the sheet, then the widget."""
    page = await shown('data-lang="zh-Hans"')
    frame = await opened(page)
    await asked(frame)
    await frame.get_by_role("button", name="对照原文").click()
    await frame.locator("#panel mark").wait_for()
    await page.keyboard.press("Escape")
    await frame.locator("#panel").wait_for(state="hidden")
    assert await page.locator("iframe").is_visible()
    await page.keyboard.press("Escape")
    await page.locator("iframe").wait_for(state="hidden")


@pytest.mark.parametrize(("wish", "animation"), [("reduce", "none"), ("no-preference", "rise")])
async def test_it_moves_only_for_those_who_do_not_mind(shown, wish, animation):
    """Where less motion is asked for, the window is just there."""
    page = await shown(reduced_motion=wish)
    await opened(page, "問政府報告")

    assert animation == await page.locator(".window").evaluate("one => getComputedStyle(one).animationName")


async def test_axe_finds_nothing_with_the_widget(shown):
    """On a site without faults the widget brings none, closed and open, on a desk and on a phone."""
    page = await shown('data-lang="zh-Hans"', reduced_motion="reduce", bypass_csp=True)
    assert [] == await found_by_axe(page)
    await opened(page)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert [] == await found_by_axe(page)
    await page.set_viewport_size(PHONE)

    assert [] == await found_by_axe(page)
    assert PHONE["width"] == await page.locator(".window").evaluate("one => one.getBoundingClientRect().width")
