"""Every citation of some twenty questions on the example report, opened in a real browser at its marked words."""

from __future__ import annotations

from itertools import cycle

import httpx
import pytest

from tests.api.browsing import CHROMIUM, DESKTOP, PHONE
from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
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
FEWEST = 20
"""So many citations at least, or the questions above have stopped being answered and the test shows nothing."""

# What is marked, whether its beginning is on the screen and under nothing else, and which paragraph the browser is at.
SEEN = """() => {
  const marks = [...document.querySelectorAll("mark")];
  const [first] = marks;
  const box = first.getClientRects()[0];
  const top = document.elementFromPoint(box.left + 2, box.top + box.height / 2);
  return {
    words: marks.map((mark) => mark.textContent).join("\\n"),
    inView: box.top >= 0 && box.bottom <= innerHeight && (top === first || first.contains(top)),
    paragraph: first.closest("[id^=p]")?.id,
    target: document.querySelector(":target")?.id,
  };
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory, serving):
    """The address of the real application with the real service and the reports in the box."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"))
    with ReportService.open(settings) as service, serving(create_app(settings, service)) as address:
        yield address


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; apt install chromium")
async def test_every_citation_opens_at_its_words(browser, house):
    """The quote is what is marked, to the letter; it begins on the screen; the paragraph is the one that is named.

    Every other citation is opened on a desk, the rest on a phone.
    """
    context = await browser.new_context(base_url=house, locale="zh-CN")
    page = await context.new_page()
    wrong = []
    for citation, size in zip(cited(house), cycle((DESKTOP, PHONE)), strict=False):
        await page.set_viewport_size(size)
        await page.goto(citation["url"], wait_until="load")
        seen = await page.evaluate(SEEN)
        wanted = {"words": citation["quote"], "inView": True, "paragraph": f"p{citation['paragraph']}"}
        wanted["target"] = wanted["paragraph"]
        if seen != wanted:
            wrong.append((citation["url"], seen))
    await context.close()

    assert wrong == []


def cited(address):
    """The citations of all answers and of the passages that are related to what was not found, each address once."""
    found = {}
    with httpx.Client(base_url=address, timeout=30) as client:
        for question in QUESTIONS:
            reply = client.post("/v1/ask", json={"question": question}).raise_for_status().json()
            found |= {one["url"]: one for one in (*reply["citations"], *reply["related"])}
    assert len(found) >= FEWEST
    return list(found.values())
