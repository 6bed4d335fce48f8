"""The pages in a real browser: asking, reading on, keyboard, languages, small screens, and nothing from elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest

from tests.api.browsing import DESKTOP, PHONE, ask, focused


async def test_an_answer_shows_its_value_and_its_place(open_page):
    """The figure is bold, the quote has it marked, and the card tells the whole path."""
    turn = await ask(await open_page(), "受理了多少宗?")

    assert await turn.locator(".answer strong").inner_text() == "4821宗"
    assert await turn.locator("blockquote mark").inner_text() == "4821宗"
    assert await turn.locator(".path").inner_text() == (
        "1青山县2021年工作报告 › 一、主要工作 › (一)热心服务群众 › 第 3 段"
    )


async def test_a_citation_opens_at_its_words(open_page):
    """The link of a card leads to the report, with the quoted words marked and in view."""
    page = await open_page()
    turn = await ask(page, "受理了多少宗?")
    quote = await turn.locator("blockquote").inner_text()
    await turn.get_by_role("link", name="在报告中查看").click()

    mark = page.locator("mark")
    await mark.wait_for()
    assert await mark.inner_text() == quote
    assert await mark.evaluate(
        "node => { const r = node.getBoundingClientRect(); return r.top > 50 && r.bottom < innerHeight }"
    )


async def test_cited_words_deep_in_a_long_paragraph_are_brought_into_view(browser, build, serving):
    """On a phone, too, one sees the cited words, not the beginning of a paragraph that is longer than the screen."""
    app, service = build()
    text = "长报告\n" + "前面还有许多话。" * 300 + "就是这里。" + "后面还有许多话。" * 300
    name = service.add("long.txt", text.encode()).document.id
    start = text.index("就是这里")
    with serving(app) as address:
        context = await browser.new_context(base_url=address, viewport=PHONE)
        page = await context.new_page()
        await page.goto(f"/documents/{name}?start={start}&end={start + 4}#p2")
        place = await page.locator("mark").bounding_box()
        await context.close()

    assert 100 < place["y"] < PHONE["height"] - 50


async def test_cited_words_are_marked_without_a_script(open_page, site):
    """Someone without JavaScript is brought to the paragraph and sees the same words marked."""
    page = await open_page()
    turn = await ask(page, "受理了多少宗?")
    url = await turn.get_by_role("link", name="在报告中查看").get_attribute("href")
    plain = await open_page(url, java_script_enabled=False, viewport={"width": 500, "height": 300})

    assert "4821宗" in await plain.locator("mark").inner_text()
    assert (await plain.locator("mark").bounding_box())["y"] < 300


async def test_a_conversation_survives_going_away(open_page):
    """Back from a report, or after a reload, answers and citations are still there, under the same conversation."""
    page = await open_page()
    turn = await ask(page, "受理了多少宗?")
    name = await page.evaluate("sessionStorage.getItem('wenbao.conversation')")
    await turn.get_by_role("link", name="在报告中查看").click()
    await page.locator("mark").wait_for()
    await page.go_back()
    await page.locator(".turn blockquote").wait_for()
    await page.reload()
    await page.locator(".turn blockquote").wait_for()

    assert await page.locator(".turn").count() == 1
    assert await page.evaluate("sessionStorage.getItem('wenbao.conversation')") == name


async def test_a_new_conversation_begins_empty(open_page):
    """The button clears the page, forgets the conversation, and puts the cursor where one types."""
    page = await open_page()
    await ask(page, "受理了多少宗?")
    name = await page.evaluate("sessionStorage.getItem('wenbao.conversation')")
    await page.get_by_role("button", name="新对话").click()

    assert await page.locator(".turn").count() == 0
    assert await page.locator("#welcome").is_visible()
    assert await page.evaluate("document.activeElement.id") == "question"
    await ask(page, "受理了多少宗?")
    assert await page.evaluate("sessionStorage.getItem('wenbao.conversation')") != name


async def test_not_found_is_said_plainly(open_page):
    """Near passages are labelled as no answer."""
    turn = await ask(await open_page(), "天气如何?")

    assert "报告里没有提到。" in await turn.inner_text()
    assert await turn.locator(".warning").inner_text() == "以下段落只是内容相近，不是答案。"
    assert await turn.locator(".answer").count() == 0


async def test_a_list_links_each_point_to_its_card(open_page):
    """Points carry the number of their citation; a card that is folded away is opened by its link."""
    page = await open_page()
    turn = await ask(page, "有哪些纠纷?")

    assert await turn.locator(".points li").count() == 5
    await turn.get_by_role("link", name="[5]").click()
    assert await turn.locator("#t0-c5").is_visible()


async def test_markup_in_a_report_stays_text(open_page):
    """What a quote says is shown to the letter and never becomes part of the page."""
    page = await open_page()
    turn = await ask(page, "<img src=x onerror=alert(1)>")

    assert "<img src=x onerror=alert(1)>" in await turn.locator(".asked").inner_text()
    assert await page.locator(".turn img").count() == 0


async def test_highlights_count_characters_not_code_units(open_page):
    """A letter beyond the basic plane before the figure does not shift the mark."""
    turn = await ask(await open_page(), "受理了多少宗?")

    assert "𠮷祥热线来电4821宗" in await turn.locator("blockquote").inner_text()
    assert await turn.locator("blockquote mark").inner_text() == "4821宗"


async def test_the_keyboard_alone_is_enough(open_page):
    """From the top of the page: skip to the box, ask with Enter, and reach the citation and the feedback by Tab."""
    page = await open_page()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.type("受理了多少宗?")
    await page.keyboard.press("Shift+Enter")
    assert await page.locator(".turn").count() == 0
    await page.keyboard.press("Enter")
    await page.locator(".feedback").wait_for()
    for wanted in ("还存在哪些问题?", "没帮助"):
        await page.keyboard.press("Shift+Tab")
        assert await page.evaluate("document.activeElement.textContent") == wanted
    await page.keyboard.press("Space")
    await page.get_by_text("谢谢您的反馈。").wait_for()

    assert await page.get_by_role("button", name="没帮助").get_attribute("aria-pressed") == "true"


async def test_enter_that_ends_a_word_being_typed_does_not_ask(open_page):
    """With a Chinese input method, Enter takes the word over; it does not send it."""
    page = await open_page()
    await page.get_by_role("textbox").fill("shou li")
    await page.evaluate(
        "document.getElementById('question').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )

    assert await page.locator(".turn").count() == 0


async def test_starters_come_from_the_reports(open_page):
    """What can be asked is said in words and with questions about the newest report; one click asks."""
    page = await open_page()
    starter = page.get_by_role("button", name="青山县2021年还存在哪些问题？")
    await starter.click()
    await page.locator(".turn .feedback").wait_for()

    assert await page.locator(".asked").text_content() == "您问: 青山县2021年还存在哪些问题？"


@pytest.mark.parametrize(
    ("locale", "language", "title", "button"),
    [("zh-HK", "zh-Hant", "想了解報告裏的甚麼？", "提問"), ("en-GB", "en", "What would you like to know?", "Ask")],
)
async def test_the_page_speaks_the_browser_language(open_page, locale, language, title, button):
    """Texts, buttons and the language of the page follow the browser."""
    page = await open_page(locale=locale)

    assert await page.locator("html").get_attribute("lang") == language
    assert await page.get_by_role("heading", level=1).inner_text() == title
    assert await page.get_by_role("button", name=button, exact=True).is_visible()


async def test_the_language_can_be_changed(open_page):
    """A click on a language changes the page, and the choice holds on the next page."""
    page = await open_page()
    await page.get_by_role("link", name="English").click()
    await page.get_by_role("link", name="Reports", exact=True).click()

    assert await page.get_by_role("heading", level=1).inner_text() == "Reports"


@pytest.mark.parametrize("path", ["/", "/documents", "/docs", "report", "/nowhere"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_nothing_sticks_out_on_a_phone(open_page, path, locale):
    """No page scrolls sideways on a narrow screen."""
    page = await open_page("/documents" if path == "report" else path, ["404"], viewport=PHONE, locale=locale)
    if path == "report":
        await page.locator(".documents a").click()
        await page.locator("article").wait_for()
    if path == "/":
        await ask(page, "有哪些纠纷?")

    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_buttons_are_large_enough_for_thumbs(open_page):
    """Everything that is pressed in the chat is at least 44 pixels high."""
    page = await open_page(viewport=PHONE)
    await ask(page, "受理了多少宗?")
    small = await page.evaluate(
        "[...document.querySelectorAll('button, .bar a, .links a')].filter(one => one.offsetParent)"
        ".filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    )

    assert small == []


async def test_a_server_that_is_gone_is_said_and_can_be_tried_again(open_page):
    """Offline, the page says so and asks again when told to."""
    page = await open_page("/", ["ERR_INTERNET_DISCONNECTED"])
    await page.context.set_offline(True)
    turn = await ask(page, "受理了多少宗?")
    assert "连接不上服务器" in await turn.inner_text()
    await page.context.set_offline(False)
    await turn.get_by_role("button", name="再试一次").click()

    await turn.locator(".answer").wait_for()
    assert await page.locator(".turn").count() == 1


async def test_a_failing_server_gives_a_reference(open_page):
    """A 500 is told in plain words, with the id under which the log has it."""
    turn = await ask(await open_page("/", ["500"]), "炸")

    assert "我们这边出了点问题" in await turn.inner_text()
    assert "编号：" in await turn.inner_text()


async def test_a_question_that_is_too_long_is_not_sent(open_page):
    """The page counts characters while one types and says by how much it is too long."""
    page = await open_page()
    await page.get_by_role("textbox").fill("问" * 501)
    await page.get_by_role("button", name="提问", exact=True).click()

    assert await page.get_by_role("alert").inner_text() == "问题太长了：最多 500 个字，现在 501 个字。"
    assert await page.locator(".turn").count() == 0


async def test_the_page_goes_on_working_where_keys_are_set(browser, build, serving):
    """With API keys set people still ask in the page, also when the page has been open for longer than its token."""
    with serving(build(api_keys=("one",))[0]) as address:
        context = await browser.new_context(base_url=address, locale="zh-CN")
        page = await context.new_page()
        await page.goto("/")
        await ask(page, "受理了多少宗?")
        await context.clear_cookies()
        await ask(page, "调解了多少纠纷?")

        assert await page.locator(".answer strong").all_inner_texts() == ["4821宗", "312宗"]
        await context.close()


async def beside(page, turn):
    """Press the button of the first citation; gives the panel once the words are there."""
    await turn.get_by_role("button", name="对照原文").first.click()
    panel = page.get_by_role("dialog", name="对照原文")
    await panel.locator("mark").first.wait_for()
    return panel


async def test_a_citation_opens_beside_the_answer(open_page):
    """On a wide screen the report stands beside the conversation, the words marked and in view, nothing covered."""
    page = await open_page(viewport=DESKTOP)
    turn = await ask(page, "受理了多少宗?")
    panel = await beside(page, turn)

    assert await turn.locator("blockquote").inner_text() == await panel.locator("mark").inner_text()
    assert await panel.locator("mark").evaluate(
        "one => { const r = one.getBoundingClientRect(); return r.top > 40 && r.bottom < innerHeight }"
    )
    answer, report = await turn.bounding_box(), await panel.bounding_box()
    assert answer["x"] + answer["width"] <= report["x"]
    assert urlsplit(page.url).path == "/"
    assert await focused(page) == "cited"
    await turn.get_by_role("button", name="有帮助", exact=True).click()  # the conversation goes on beside it


async def test_on_a_phone_a_citation_is_a_sheet_over_the_answer(open_page):
    """The sheet keeps the keyboard until it is closed."""
    page = await open_page(viewport=PHONE)
    panel = await beside(page, await ask(page, "受理了多少宗?"))

    assert await panel.evaluate("one => one.matches(':modal')")
    assert PHONE["width"] == (await panel.bounding_box())["width"]
    for _ in range(6):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('dialog, body').id || 'page'") in ("panel", "page")
    await panel.get_by_role("button", name="关闭").click()
    assert await panel.count() == 0
    assert await page.evaluate("document.activeElement.textContent") == "对照原文"


async def test_a_turned_screen_keeps_the_citation_open(open_page):
    """Panel becomes sheet and sheet becomes panel, with the words still there."""
    page = await open_page(viewport=DESKTOP)
    panel = await beside(page, await ask(page, "受理了多少宗?"))
    await page.set_viewport_size(PHONE)
    await page.locator("#panel:modal mark").wait_for()
    await page.set_viewport_size(DESKTOP)
    await page.locator("#panel:not(:modal) mark").wait_for()

    assert await focused(page) == "cited"
    await page.keyboard.press("Escape")
    await panel.wait_for(state="hidden")
    assert await page.evaluate("document.activeElement.textContent") == "对照原文"


async def test_a_report_that_cannot_be_opened_is_said_in_the_panel(open_page):
    """Removed, or out of reach: the panel says which, and the answer stays."""
    page = await open_page("/", ["404", "ERR_INTERNET_DISCONNECTED"], viewport=DESKTOP)
    turn = await ask(page, "受理了多少宗?")
    button = turn.get_by_role("button", name="对照原文")
    await page.route("**/documents/*", lambda route: route.fulfill(status=404))
    await button.click()
    await page.get_by_text("这份报告已被移除。").wait_for()
    await page.unroute("**/documents/*")
    await page.context.set_offline(True)
    await button.click()
    await page.locator("#panel").get_by_text("连接不上服务器").wait_for()

    assert await turn.locator(".answer").is_visible()


async def test_every_answer_has_a_page_of_its_own(open_page):
    """The link leads to question, answer and citations; each citation leads on to its marked words."""
    page = await open_page()
    turn = await ask(page, "有哪些纠纷?")
    await turn.get_by_role("link", name="本回答的链接").click()
    await page.locator(".single").wait_for()

    assert await page.get_by_role("heading", level=1).inner_text() == "有哪些纠纷?"
    assert await page.locator(".points li").count() == 5
    assert await page.locator(".card blockquote mark").count() == 5
    await page.get_by_role("link", name="在报告中查看").nth(4).click()
    await page.locator("article mark").wait_for()


@pytest.mark.parametrize("clipboard", ["modern", "old"])
async def test_quotes_and_links_are_copied(open_page, site, clipboard):
    """One press copies the quote with title, place and address, another the answer's link; also without https."""
    page = await open_page(permissions=["clipboard-read", "clipboard-write"])
    if clipboard == "old":
        await page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        await page.reload()
    turn = await ask(page, "受理了多少宗?")
    quote = await turn.locator("blockquote").inner_text()
    place = await turn.get_by_role("link", name="在报告中查看").get_attribute("href")
    link = await turn.get_by_role("link", name="本回答的链接").get_attribute("href")

    await turn.get_by_role("button", name="复制引文").click()
    await turn.get_by_role("button", name="已复制").wait_for()
    reference = "青山县人民政府，《青山县2021年工作报告》，2022-01-05，一、主要工作 › (一)热心服务群众，第 3 段"
    assert await pasted(page) == f"“{quote}”\n——{reference}\n{site}{place}"
    await turn.get_by_role("button", name="复制链接").click()
    await turn.get_by_role("button", name="已复制").nth(1).wait_for()
    assert await pasted(page) == f"{site}{link}"
    await page.get_by_role("status").filter(has_text="已复制").wait_for()


async def pasted(page):
    field = page.get_by_role("textbox")
    await field.fill("")
    await field.press("Control+V")
    return await field.input_value()


async def test_dark_and_large_type_are_remembered(open_page):
    """A switch holds on every page and after a reload; switching back follows the system again."""
    page = await open_page(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_role("button", name="深色").click()
    await page.get_by_role("button", name="大字").click()
    await page.goto("/documents")

    dark = await page.evaluate(paper)
    assert dark != light
    assert await page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert await page.locator(".switch").evaluate_all("all => all.map(one => one.ariaPressed)") == ["true", "true"]
    await page.get_by_role("button", name="深色").click()
    assert await page.evaluate(paper) == light
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(paper) == dark
    await page.get_by_role("button", name="深色").click()
    assert await page.evaluate(paper) == light


async def test_a_conversation_is_deleted_on_the_server(browser, build, serving):
    """Asked once more, the page has the server delete it, and is empty; a change of mind changes nothing."""
    app, service = build()
    with serving(app) as address:
        context = await browser.new_context(base_url=address, locale="zh-CN")
        page = await context.new_page()
        await page.goto("/")
        await ask(page, "受理了多少宗?")
        name = await page.evaluate("sessionStorage.getItem('wenbao.conversation')")
        await page.get_by_role("button", name="删除对话").click()
        await page.get_by_role("button", name="不删除").click()
        assert (service.forgotten, await focused(page)) == ([], "forget")
        await page.get_by_role("button", name="删除对话").click()
        await page.get_by_role("button", name="删除", exact=True).click()
        await page.get_by_role("status").filter(has_text="对话已删除。").wait_for()
        left = await page.evaluate("JSON.stringify(sessionStorage)")
        turns, at = await page.locator(".turn").count(), await focused(page)
        await context.close()

    assert (service.forgotten, turns, at) == ([name], 0, "question")
    assert name not in left
    assert "受理" not in left


async def test_a_conversation_that_could_not_be_deleted_stays(open_page):
    """The page says so rather than look empty while the server still has it."""
    page = await open_page("/", ["500"])
    await ask(page, "受理了多少宗?")
    await page.route("**/v1/conversations/*", lambda route: route.fulfill(status=500))
    await page.get_by_role("button", name="删除对话").click()
    await page.get_by_role("button", name="删除", exact=True).click()

    await page.get_by_role("alert").filter(has_text="对话没有删除成功").wait_for()
    assert await page.locator(".turn").count() == 1


async def test_a_question_whose_answer_did_not_come_is_not_lost(open_page):
    """Reloaded while waiting, the page still has the question, and asks it again when told to."""
    page = await open_page()
    await page.route("**/v1/ask", lambda route: None)
    await page.get_by_role("textbox").fill("受理了多少宗?")
    await page.keyboard.press("Enter")
    await page.locator(".pending").wait_for()
    await page.reload()
    await page.get_by_text("回答还没有到，页面就关闭或刷新了。").wait_for()
    await page.unroute("**/v1/ask")
    await page.get_by_role("button", name="再试一次").click()
    await page.locator(".answer").wait_for()
    await page.reload()

    assert await page.locator(".turn .answer strong").inner_text() == "4821宗"
    assert await page.locator(".turn").count() == 1


async def test_what_was_thought_of_an_answer_is_still_shown_after_a_reload(open_page):
    """The button stays pressed."""
    page = await open_page()
    turn = await ask(page, "受理了多少宗?")
    await turn.get_by_role("button", name="没帮助").click()
    await page.get_by_text("谢谢您的反馈。").wait_for()
    await page.reload()

    pressed = page.locator(".feedback button").evaluate_all("all => all.map(one => one.ariaPressed)")
    assert await pressed == ["false", "true"]


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (429, {"Retry-After": "17"}, "请等 17 秒再问"),
        (429, {}, "问得太快了，请稍等再问。"),
        (502, {}, "我们这边出了点问题"),
        (503, {}, "服务正在准备"),
    ],
)
async def test_a_refusal_is_said_in_plain_words(open_page, status, headers, words):
    """What the server cannot do now is told with what to do, the keyboard stays, and asking again works."""
    page = await open_page("/", [str(status)])
    await page.route("**/v1/ask", lambda route: route.fulfill(status=status, headers=headers))
    turn = await ask(page, "受理了多少宗?")
    assert words in await turn.inner_text()
    await page.unroute("**/v1/ask")
    await turn.get_by_role("button", name="再试一次").press("Enter")
    await turn.locator(".answer").wait_for()

    assert await focused(page) == "reply"


async def test_masked_personal_data_is_said(open_page):
    """The line of the reply that tells so stands above the answer, and again after a reload."""
    page = await open_page()

    async def with_notice(route):
        response = await route.fetch()
        await route.fulfill(response=response, json=await response.json() | {"notice": "号码已经遮盖。"})

    await page.route("**/v1/ask", with_notice)
    turn = await ask(page, "受理了多少宗?")
    assert await turn.locator(".notice").inner_text() == "号码已经遮盖。"
    await page.reload()
    assert await page.locator(".turn .notice").inner_text() == "号码已经遮盖。"


async def test_the_keyboard_is_never_lost(open_page):
    """Whatever is pressed, the keyboard is somewhere afterwards where one can go on."""
    page = await open_page("/", viewport=DESKTOP)
    await page.get_by_role("button", name="青山县2021年还存在哪些问题？").press("Enter")
    assert await focused(page) == "reply"
    await page.locator(".feedback").wait_for()
    assert await focused(page) == "reply"
    await page.get_by_role("textbox").fill("受理了多少宗?")
    await page.get_by_role("button", name="提问", exact=True).press("Enter")
    await page.locator(".turn").nth(1).locator(".feedback").wait_for()
    assert await page.evaluate("document.querySelectorAll('.reply')[1] === document.activeElement")
    await page.get_by_role("button", name="还存在哪些问题?").press("Enter")
    await page.locator(".turn").nth(2).locator(".feedback").wait_for()
    assert await focused(page) == "reply"
    await page.get_by_role("button", name="新对话").press("Enter")
    assert await focused(page) == "question"


async def test_a_printed_conversation_can_be_checked_without_a_screen(open_page, site):
    """On paper: questions, answers, all quotes numbered, with title, paragraph and whole address; nothing to press."""
    page = await open_page()
    turn = await ask(page, "有哪些纠纷?")
    link = await turn.get_by_role("link", name="本回答的链接").get_attribute("href")
    paper = await on_paper(page)

    for words in (
        "有哪些纠纷?",
        "邻里纠纷",
        "[5]青山县人民政府，《青山县2021年工作报告》，2022-01-05",
        "第6段",
        site + link,
    ):
        assert words in paper
    assert paper.count(f"{site}/documents/") == 5
    for words in ("对照原文", "有帮助", "新对话", "输入您的问题", "复制"):
        assert words not in paper


async def test_a_printed_answer_can_be_checked_too(open_page, site):
    """The page of an answer prints the same; at night too it is black on white."""
    page = await open_page(color_scheme="dark")
    turn = await ask(page, "受理了多少宗?")
    await turn.get_by_role("link", name="本回答的链接").click()
    await page.locator(".single").wait_for()
    paper = await on_paper(page)

    assert all(words in paper for words in ("4821宗", "《青山县2021年工作报告》", f"{site}/documents/", page.url))
    assert not any(words in paper for words in ("复制", "打印", "再问一个问题", "深色"))
    await page.emulate_media(media="print")
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


async def on_paper(page):
    """The text of the printed page, without the blanks that lines end with."""
    document = pdfium.PdfDocument(await page.pdf(print_background=False))
    text = "".join(one.get_textpage().get_text_bounded() for one in document)
    return "".join(text.split())


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_ground(open_page, scheme):
    """Every text has a contrast of at least 4.5 to 1, by day and by night."""
    page = await open_page("/", color_scheme=scheme)
    await ask(page, "受理了多少宗?")
    await ask(page, "天气如何?")

    assert await page.evaluate(FAINT_TEXTS) == []


FAINT_TEXTS = """
() => {
  const channels = (css) => css.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = channels(getComputedStyle(node).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !node.checkVisibility() || node.tagName === "SCRIPT") continue;
    const [a, b] = [light(channels(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push(`${node.className || node.tagName}: ${contrast.toFixed(2)}`);
  }
  return faint;
}
"""
