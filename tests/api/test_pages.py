"""The pages for people, as they come from the server."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from selectolax.lexbor import LexborHTMLParser

from wenbao.api.texts import accepted_language
from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import load_settings

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


async def _document_id(client):
    return (await client.get("/v1/documents")).json()["documents"][0]["id"]


async def test_a_citation_link_marks_its_words(client):
    """The address of a citation shows exactly the quoted words marked, in the paragraph that it names."""
    citation = (await client.post("/v1/ask", json={"question": "受理了多少宗?"})).json()["citations"][0]
    page = LexborHTMLParser((await client.get(citation["url"])).text)

    (mark,) = page.css("mark")
    assert citation["quote"] == mark.text()
    assert f"p{citation['paragraph']}" == mark.parent.id
    assert mark.id == "cited"


async def test_the_short_form_of_a_span_works_too(client):
    """`?a=start-end` marks the same words as `?start=&end=`."""
    name = await _document_id(client)
    long = LexborHTMLParser((await client.get(f"/documents/{name}?start=5&end=9")).text)
    short = LexborHTMLParser((await client.get(f"/documents/{name}?a=5-9")).text)

    assert short.css_first("mark").text() == "21年工"
    assert short.css_first("mark").text() == long.css_first("mark").text()


async def test_a_span_over_paragraphs_is_marked_in_each(client):
    """Words that run on into the next paragraph are marked there too; one mark alone is the target."""
    name = await _document_id(client)
    page = LexborHTMLParser((await client.get(f"/documents/{name}?start=8&end=16")).text)

    assert [mark.text() for mark in page.css("mark")] == ["工作报告", "一、主"]
    assert len(page.css("#cited")) == 1


@pytest.mark.parametrize("query", ["start=9&end=5", "start=a&end=b", "a=5", "start=0&end=999999999", "start=5", "a=--"])
async def test_a_span_that_makes_no_sense_is_ignored(client, query):
    """A broken link still shows the report."""
    response = await client.get(f"/documents/{await _document_id(client)}?{query}")

    assert response.status_code == 200
    assert "<mark" not in response.text


async def test_every_paragraph_has_its_anchor(client):
    """Paragraph 17 is at #p17, headings are headings, and there is one title."""
    page = LexborHTMLParser((await client.get(f"/documents/{await _document_id(client)}")).text)

    assert [f"p{number}" for number in range(1, 11)] == [node.id for node in page.css("article > [id]")]
    assert [node.tag for node in page.css("article > [id]")] == ["h1", "h2", "p", "p", "h3", "p", "h2", "p", "p", "p"]
    assert page.css_first("#p3 b").text() == "(一)热心服务群众"


async def test_the_contents_lead_to_the_headings(client):
    """Each heading is listed, with a link to where it stands."""
    page = LexborHTMLParser((await client.get(f"/documents/{await _document_id(client)}")).text)

    assert [(link.text(), link.attributes["href"]) for link in page.css(".contents a")] == [
        ("一、主要工作", "#p2"),
        ("(一)热心服务群众", "#p3"),
        ("(二)化解纠纷", "#p5"),
        ("二、存在问题", "#p7"),
    ]


async def test_the_words_of_a_report_are_never_markup(client):
    """Tags in a report are shown, not obeyed."""
    page = LexborHTMLParser((await client.get(f"/documents/{await _document_id(client)}")).text)

    assert page.css_first("#p4").text() == '编写<b onclick="alert(1)">办事指南</b>三册。'
    assert page.css("[onclick]") == []


async def test_the_imprint_names_the_publisher(client):
    """Publisher, place, year, date and source stand on the report's page."""
    imprint = LexborHTMLParser((await client.get(f"/documents/{await _document_id(client)}")).text).css_first(
        ".imprint"
    )

    assert all(
        word in imprint.text() for word in ("青山县人民政府", "2021", "2022-01-05", "https://example.org/report")
    )


async def test_the_list_shows_every_report(client):
    """/documents links each report."""
    page = LexborHTMLParser((await client.get("/documents")).text)

    assert [f"/documents/{await _document_id(client)}"] == [
        link.attributes["href"] for link in page.css(".documents a")
    ]


@pytest.mark.parametrize("path", ["/documents/none", "/nowhere"])
async def test_a_lost_browser_sees_a_page(client, path):
    """A person gets a page where a program gets a problem."""
    page = await client.get(path, headers=BROWSER)

    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "没有找到这个页面" in page.text
    assert (await client.get(path)).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/documents", "/healthz"])
async def test_head_is_answered(app, client_of, path):
    """Those who only look whether a page is there get an answer."""
    async with client_of(app) as client:
        assert (await client.head(path)).status_code == (405 if path == "/healthz" else 200)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-Hans"),
        ("fr", "zh-Hans"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-CN,en;q=0.5", "zh-Hans"),
        ("fr;q=1, en;q=0.2, zh-Hant;q=0.7", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("en;q=x, zh", "zh-Hans"),
    ],
)
def test_the_browser_language_decides_at_first(header, language):
    """The best of the languages that a browser asks for is taken."""
    assert language == accepted_language(header)


async def test_a_chosen_language_is_remembered(client):
    """A language chosen by link holds on the following pages, against what the browser says."""
    chosen = await client.get("/?lang=zh-Hant", headers={"Accept-Language": "en"})
    later = await client.get("/documents", headers={"Accept-Language": "en"})

    assert all('<html lang="zh-Hant">' in page.text for page in (chosen, later))


async def test_the_language_links_keep_the_cited_words(client):
    """Changing the language on a report's page does not lose the marked words."""
    name = await _document_id(client)
    page = LexborHTMLParser((await client.get(f"/documents/{name}?start=5&end=9")).text)

    assert f"/documents/{name}?start=5&end=9&lang=en" == page.css_first(".languages a[lang=en]").attributes["href"]


def test_all_languages_say_the_same_things():
    """No text is missing in any language, and the same places are filled in."""
    data = tomllib.loads(files("wenbao.config.language").joinpath("web.toml").read_text("utf-8"))
    for part in ("page", "chat"):
        first, *others = data[part].values()
        for other in others:
            assert first.keys() == other.keys()
        for name, text in first.items():
            if isinstance(text, str):
                gaps = [set(re.findall(r"\{\w+\}", one[name])) for one in data[part].values()]
                assert all(gap == gaps[0] for gap in gaps), name


async def test_static_files_are_kept_for_good(client):
    """Pages name style and script with a version, and those may be cached for a year."""
    page = LexborHTMLParser((await client.get("/")).text)
    script = page.css_first("script[src]").attributes["src"]
    response = await client.get(script)

    assert re.search(r"\?v=[0-9a-f]{12}$", script)
    assert "immutable" in response.headers["cache-control"]
    assert "no-cache" in (await client.get("/")).headers["cache-control"]


async def test_pages_have_no_inline_script_or_style(client):
    """Everything that runs or looks comes from a file, as the content policy demands."""
    for path in ("/", "/documents", "/docs", f"/documents/{await _document_id(client)}"):
        page = LexborHTMLParser((await client.get(path)).text)
        assert page.css("style, [style], [onclick]") == []
        assert all("src" in node.attributes or "json" in node.attributes["type"] for node in page.css("script"))


async def _asked(client, question="受理了多少宗?"):
    return (await client.post("/v1/ask", json={"question": question})).json()


async def test_an_answer_has_a_page_with_all_that_belongs_to_it(client):
    """Question, value, quote, the words that matter, and a link to the place, as they were answered."""
    reply = await _asked(client)
    citation = reply["citations"][0]
    page = LexborHTMLParser((await client.get(f"/answers/{reply['id']}")).text)

    assert "受理了多少宗?" == page.css_first("h1").text()
    assert "4821宗" == page.css_first(".answer strong").text()
    assert citation["quote"] == page.css_first("blockquote").text()
    assert "4821宗" == page.css_first("blockquote mark").text()
    assert citation["url"] in [link.attributes["href"] for link in page.css(".card a")]
    assert "zh-Hans" == page.css_first(".answer").attributes["lang"]
    assert page.css_first("time, .small").text().endswith("2023-11-14")


async def test_a_list_and_a_not_found_have_their_pages_too(client):
    """Each point leads to its citation; where nothing was found, that is said, with what is near."""
    points = LexborHTMLParser((await client.get(f"/answers/{(await _asked(client, '有哪些纠纷?'))['id']}")).text)
    nothing = LexborHTMLParser((await client.get(f"/answers/{(await _asked(client, '天气如何?'))['id']}")).text)

    for link in points.css(".points a"):
        assert points.css_first(link.attributes["href"]) is not None
    assert "报告里没有提到。" == nothing.css_first(".lead").text()
    assert nothing.css(".answer") == []
    assert len(nothing.css(".related blockquote")) == 1


async def test_an_answer_page_is_for_those_who_have_its_link(client):
    """Search engines are told to keep away, and its address is not sent to other sites."""
    response = await client.get(f"/answers/{(await _asked(client))['id']}")

    assert "noindex" == response.headers["x-robots-tag"]
    assert "private, no-cache" == response.headers["cache-control"]
    assert "same-origin" == response.headers["referrer-policy"]


async def test_an_answer_that_is_no_longer_kept_says_so(client):
    """A person is told why there may be nothing; a program gets the problem of an unknown answer."""
    page = await client.get("/answers/none", headers=BROWSER)
    problem = await client.get("/answers/none")

    assert (404, 404) == (page.status_code, problem.status_code)
    assert "这个回答已不再保存" in page.text
    assert "urn:wenbao:problem:unknown-answer" == problem.json()["type"]


async def test_what_was_asked_is_never_markup(client):
    """A question with tags in it is shown to the letter on the answer's page."""
    page = LexborHTMLParser((await client.get(f"/answers/{(await _asked(client, '<b>宗</b>'))['id']}")).text)

    assert "<b>宗</b>" == page.css_first("h1").text()


async def test_only_the_embedded_chat_may_be_framed_and_only_by_the_sites_that_are_named(build, client_of):
    """The setting goes into the policy of /embed; every other page, and /embed without it, is for no frame."""
    sites = ("https://www.example.gov", "https://*.example.org:8443")
    async with client_of(build(widget_origins=sites)[0]) as client:
        embed, others = await client.get("/embed"), [await client.get(path) for path in ("/", "/documents", "/privacy")]
    async with client_of(build()[0]) as client:
        without = await client.get("/embed")

    assert embed.headers["content-security-policy"].endswith(f"frame-ancestors {' '.join(sites)}")
    assert "x-frame-options" not in embed.headers
    for page in (*others, without):
        assert page.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert {"DENY"} == {page.headers["x-frame-options"] for page in others}


@pytest.mark.parametrize(
    "origin", ["example.gov", "https://example.gov/path", "https://a b", "https://a; script-src *", "'self'", "*"]
)
def test_an_origin_that_is_none_is_refused(origin):
    """What is not a scheme, a host and a port never gets into the policy."""
    with pytest.raises(InvalidSettings, match="WENBAO_WIDGET_ORIGINS"):
        load_settings(_env_file=None, widget_origins=origin)


def test_origins_are_given_with_commas():
    """Blanks around them are no part of them."""
    settings = load_settings(_env_file=None, widget_origins="https://a.example, http://localhost:8080 ,")

    assert ("https://a.example", "http://localhost:8080") == settings.widget_origins


async def test_an_embedded_chat_asks_with_the_token_in_its_page(build, client_of):
    """Without key or cookie: the token of /embed opens asking, nothing else does, and no cookie is set."""
    async with client_of(build(api_keys=("one",))[0]) as client:
        page = await client.get("/embed?lang=en")
        token = LexborHTMLParser(page.text).css_first("#ask").attributes["data-token"]
        body = {"question": "受理了多少宗?"}
        statuses = [
            (await client.post("/v1/ask", json=body, headers=headers)).status_code
            for headers in ({"X-Wenbao-Page": token}, {"X-Wenbao-Page": f"{token}0"}, {})
        ]

    assert [200, 401, 401] == statuses
    assert "set-cookie" not in page.headers


async def test_the_widget_may_be_loaded_by_other_sites_and_is_looked_for_anew(client):
    """It has no version in its address, so it is kept for an hour; no other file may be loaded from elsewhere."""
    widget, style = await client.get("/static/widget.js"), await client.get("/static/wenbao.css?v=000000000000")

    assert "cross-origin" == widget.headers["cross-origin-resource-policy"]
    assert "same-origin" == style.headers["cross-origin-resource-policy"]
    assert ["public, max-age=3600"] * 2 == [one.headers["cache-control"] for one in (widget, style)]
