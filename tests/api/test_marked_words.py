"""Every citation of some twenty questions on the example report, opened in a real browser at its marked words.

And every link of every other face, for a few of them.
"""

from __future__ import annotations

import asyncio
import re
from itertools import cycle
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from openai import OpenAI

from tests.api.browsing import CHROMIUM, DESKTOP, PHONE
from tests.api.wechat_platform import TOKEN as WECHAT_TOKEN
from tests.api.wechat_platform import Platform
from tests.bot.bot_api import TOKEN, BotApi, Person, links
from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.bot.running import running
from wenbao.config.settings import Settings

QUESTIONS = (
    "2020年提供了多少次法律咨询?",
    "从化区2020年法治政府建设的主要工作有哪些?",
    "还存在哪些问题?",
    "下一步有什么工作安排?",
    "行政复议案件有多少宗?",
    "行政诉讼案件有多少件?",
    "行政机关负责人出庭应诉率是多少?",
    "调解了多少宗矛盾纠纷?",
    "调解成功率是多少?",
    "法律援助办理了多少件?",
    "制定了哪些规范性文件?",
    "合法性审查了多少份文件?",
    "政务服务事项有多少项可以网上办理?",
    "12345热线办理了多少件?",
    "开展了多少场普法宣传活动?",
    "行政处罚案件有多少宗?",
    "怎样推进行政执法三项制度?",
    "优化营商环境做了什么?",
    "政府信息公开做得怎么样?",
    "疫情防控方面做了哪些法治工作?",
    "村居法律顾问做了什么?",
    "今天天气怎么样?",
)
FEW = QUESTIONS[:3]
"""A figure and two lists, for the other faces."""
PUBLIC = "http://localhost:4711"
"""Where people are said to reach the pages; the test opens them where they are."""
FEWEST = 20
"""So many citations at least, or the questions above have stopped being answered and the test shows nothing."""

# What is marked, whether its beginning is on the screen and under nothing else, and which paragraph the browser is at.
SEEN = """() => {
  const marks = [...document.querySelectorAll("mark")];
  const [first] = marks;
  const box = first.getClientRects()[0];
  const top = document.elementFromPoint(box.left + 2, box.top + box.height / 2);
  return {
    words: marks.map((mark) => mark.textContent).join(""),
    inView: box.top >= 0 && box.bottom <= innerHeight && (top === first || first.contains(top)),
    paragraph: first.closest("[id^=p]")?.id,
    target: document.querySelector(":target")?.id,
  };
}"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return Settings(_env_file=None, data_dir=folder, public_url=PUBLIC, wechat_token=WECHAT_TOKEN, telegram_token=TOKEN)


@pytest.fixture(scope="module")
def service(settings):
    """The real service with the reports in the box."""
    with ReportService.open(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def house(settings, service, serving):
    """The address of the real application with that service."""
    with serving(create_app(settings, service)) as address:
        yield address


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; apt install chromium fonts-wqy-zenhei")
async def test_every_citation_opens_at_its_words(browser, house):
    """The quote is what is marked, to the letter; it begins on the screen; the paragraph is the one that is named.

    Every other citation is opened on a desk, the rest on a phone.
    """
    wanted = [(one["url"], {"words": one["quote"], "paragraph": f"p{one['paragraph']}"}) for one in cited(house)]
    assert [] == await opened_wrongly(browser, house, wanted)


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; apt install chromium fonts-wqy-zenhei")
async def test_every_link_of_the_other_faces_opens_at_its_words(browser, house, settings, service):
    """Dify, MCP, chat clients, WeChat and Telegram: what is marked is what the address says, in its paragraph."""
    faces = {
        "dify": await asyncio.to_thread(of_dify, house),
        "mcp": await of_mcp(house),
        "chat": await asyncio.to_thread(of_chat, house),
        "wechat": await asyncio.to_thread(of_wechat, house),
        "telegram": await of_telegram(settings, service),
    }
    assert [] == [name for name, found in faces.items() if not found]
    found = {url for urls in faces.values() for url in urls}
    assert {True} == {url.startswith(PUBLIC) for url in found}

    wanted = [(url, said_by(url, service)) for url in sorted(one.removeprefix(PUBLIC) for one in found)]
    assert [] == await opened_wrongly(browser, house, wanted)


async def opened_wrongly(browser, house, wanted):
    """The addresses that do not open as wanted, with what was seen there; the ends of paragraphs are no words."""
    context = await browser.new_context(base_url=house, locale="zh-CN")
    page = await context.new_page()
    wrong = []
    for (url, words), size in zip(wanted, cycle((DESKTOP, PHONE)), strict=False):
        await page.set_viewport_size(size)
        await page.goto(url, wait_until="load")
        seen = await page.evaluate(SEEN)
        marked = words["words"].replace("\n", "")
        if seen != {"words": marked, "inView": True, "paragraph": words["paragraph"], "target": words["paragraph"]}:
            wrong.append((url, seen))
    await context.close()
    return wrong


def said_by(url, service):
    """What an address promises: the words from `start` to `end` of its report, in the paragraph behind the #."""
    parts = urlsplit(url)
    asked = {name: int(value) for name, (value,) in parse_qs(parts.query).items()}
    text = service.document(parts.path.rpartition("/")[2]).text
    return {"words": text[asked["start"] : asked["end"]], "paragraph": parts.fragment}


def of_dify(address):
    with httpx.Client(base_url=address, timeout=30) as client:
        replies = [client.post("/dify/retrieval", json={"knowledge_id": "all", "query": one}).json() for one in FEW]
    return [record["metadata"]["url"] for reply in replies for record in reply["records"]]


async def of_mcp(address):
    """Those of `search` and of `fetch`, and the citations of `ask`."""
    found = []
    async with Client(streamable_http_client(f"{address}/mcp")) as client:
        for question in FEW:
            hits = (await client.call_tool("search", {"query": question})).structured_content["results"]
            fetched = (await client.call_tool("fetch", {"id": hits[0]["id"]})).structured_content
            reply = (await client.call_tool("ask", {"question": question})).structured_content
            found += [one["url"] for one in (*hits, fetched, *reply["citations"])]
    return found


def of_chat(address):
    """Those of the annotations, which are those of the text."""
    client, found = OpenAI(base_url=f"{address}/v1", api_key="any"), []
    for question in FEW:
        asked = [{"role": "user", "content": question}]
        message = client.chat.completions.create(model="wenbao", messages=asked).choices[0].message
        noted = [one.url_citation.url for one in message.annotations]
        assert noted == re.findall(r"\]\(([^)]+)\)", message.content)
        found += noted
    return found


def of_wechat(address):
    """With what follows where a reply was cut."""
    with httpx.Client(base_url=address, timeout=30) as client:
        platform = Platform(client, "/wechat", sealed=False)
        told = [platform.ask(words) for question in FEW for words in (question, "继续")]
    return re.findall('<a href="([^"]+)">', "".join(told))


async def of_telegram(settings, service):
    """Those in the messages, without the ones to where a report was published."""
    api = BotApi()
    await api.start()
    try:
        own = settings.model_copy(update={"telegram_api_url": api.root})
        async with running(own, service):
            person = Person(api)
            told = [await person.ask(question) for question in FEW]
    finally:
        await api.stop()
    return [url for message in told for url in links(message) if url.startswith(PUBLIC)]


def cited(address):
    """The citations of all answers and of the passages that are related to what was not found, each address once."""
    found = {}
    with httpx.Client(base_url=address, timeout=30) as client:
        for question in QUESTIONS:
            reply = client.post("/v1/ask", json={"question": question}).raise_for_status().json()
            found |= {one["url"]: one for one in (*reply["citations"], *reply["related"])}
    assert len(found) >= FEWEST
    return list(found.values())
