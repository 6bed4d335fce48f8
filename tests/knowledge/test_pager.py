"""Articles over several pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from wenbao.knowledge.readers.pager import is_pager, next_page

FIXTURES = Path(__file__).parent / "fixtures"
URL = "https://www.example.gov.cn/zwgk/bg/t2021_88.html"


def _page(body: str) -> str:
    return f"<html><head><title>报告</title></head><body><p>正文。</p>{body}</body></html>"


@pytest.mark.parametrize(
    ("number", "following"),
    [(1, "t2021_88_1.html"), (2, "t2021_88_2.html"), (3, None)],
)
def test_each_page_of_an_article_leads_to_the_next(number: int, following: str | None) -> None:
    """The last page leads nowhere."""
    html = (FIXTURES / f"paged-{number}.html").read_text(encoding="utf-8")
    expected = f"https://www.example.gov.cn/zwgk/bg/{following}" if following else None
    assert expected == next_page(html, URL)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="t2021_88_1.html">下一页</a>',
        '<a href="t2021_88_1.html"> 下页&gt; </a>',
        '<a href="t2021_88_1.html" title="下一页"></a>',
        '<a rel="next" href="./t2021_88_1.html">2</a>',
        '<script>createPageHTML(2, 0, "t2021_88", "html");</script>',
        "<script>createPageHTML(2,0,'t2021_88','html')</script>",
        '<div>共2页 <span>1</span> <a href="t2021_88_1.html#top">2</a></div>',
        '<div>共2页 1 <a href="/zwgk/bg/t2021_88_1.html">[2]</a></div>',
        '<a href="t2021_88_1.html">Next page</a>',
    ],
)
def test_the_next_page_is_found_in_every_kind_of_pager(body: str) -> None:
    """Links, a script, and bare numbers behind the current one."""
    assert next_page(_page(body), URL) == "https://www.example.gov.cn/zwgk/bg/t2021_88_1.html"


@pytest.mark.parametrize(
    "body",
    [
        '<a href="t2021_89.html">下一篇</a>',
        '<a href="javascript:next()">下一页</a>',
        '<a href="https://other.example/2.html">下一页</a>',
        '<a href="#">下一页</a>',
        '<a href="http://[bad">下一页</a>',
        '<script>createPageHTML(1, 0, "t2021_88", "html");</script>',
        '<p>第1章 <a href="2.html">2</a> 见附件</p>',
        "",
    ],
)
def test_what_is_no_next_page_is_not_followed(body: str) -> None:
    """Neither the next article nor another host nor a script nor the page itself."""
    assert next_page(_page(body), URL) is None


@pytest.mark.parametrize(
    ("text", "pager"),
    [
        ("共3页 1 2 3 下一页", True),
        ("首页 上一页 1 2 3 ... 下一页 尾页", True),
        ("第1页/共12页 上页 下页 跳转到", True),
        ("上一頁 [1] [2] 下一頁", True),
        ("首页", False),
        ("第3页", False),
        ("全书共3页，下一页为附图。", False),
        ("2020", False),
    ],
)
def test_a_pager_is_told_from_text(text: str, pager: bool) -> None:
    """A pager has nothing but numbers and words for turning pages."""
    assert is_pager(text) is pager
