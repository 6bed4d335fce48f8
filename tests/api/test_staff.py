"""The staff page over a real server: signing in, looking up, adding with a preview, undoing, and what people ask."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from importlib.resources import files

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.answers.samples import REPORTS, open_with
from tests.knowledge.made_files import partly_scanned_pdf
from wenbao.answers.model import AskRequest, Feedback
from wenbao.api import staff_sessions, staff_uploads
from wenbao.api.app import create_app
from wenbao.api.staff_chart import chart_of
from wenbao.config.errors import InvalidRequest
from wenbao.config.settings import Settings
from wenbao.knowledge.library import Library

KEY = "open sesame"
NEW = "碧水区2023年数字政府建设报告\n\n一、主要工作\n\n全区新增智能体检亭47座,服务居民2.6万人次。\n"
ADDRESSES = (
    "/staff",
    "/staff/documents",
    "/staff/upload",
    "/staff/questions",
    "/staff/feedback",
    "/staff/documents.csv",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory, serving):
    """The address of the real application with the real service over three reports, and the service."""
    folder = tmp_path_factory.mktemp("staff")
    with open_with(folder, REPORTS) as service:
        for question in ("2021年调解纠纷多少宗?", "火星上有多少居民?", "火星居民有多少"):
            last = service.ask(AskRequest(question))
        service.feedback(Feedback(last.id, False, "<i>不是我想问的</i>"))
        settings = Settings(_env_file=None, data_dir=folder, admin_key=KEY, max_document_mb=1)
        with serving(create_app(settings, service)) as address:
            yield address, service


@pytest.fixture
def service(made):
    return made[1]


@pytest.fixture
def visitor(made):
    """A browser that has not signed in."""
    with httpx.Client(base_url=made[0], timeout=30, headers={"Accept-Language": "zh-CN"}) as client:
        yield client


@pytest.fixture
def staff(visitor):
    """A browser that has."""
    assert 303 == sign_in(visitor).status_code
    return visitor


def token_of(page: httpx.Response) -> str:
    found: str = LexborHTMLParser(page.text).css_first("input[name=csrf]").attributes["value"]
    return found


def sign_in(client: httpx.Client, key: str = KEY, to: str = "/staff") -> httpx.Response:
    token = token_of(client.get("/staff/sign-in"))
    return client.post("/staff/sign-in", data={"csrf": token, "key": key, "to": to})


def post(client: httpx.Client, address: str, data: dict[str, str] | None = None, **more) -> httpx.Response:
    """Send a form as the page has it, with its token."""
    return client.post(address, data={"csrf": token_of(client.get("/staff"))} | (data or {}), **more)


def upload(client: httpx.Client, text: str, name: str = "new.txt") -> httpx.Response:
    return post(client, "/staff/upload", files={"file": (name, text.encode())})


def alert(page: httpx.Response) -> str:
    node = LexborHTMLParser(page.text).css_first("[role=alert]")
    return node.text() if node else ""


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_asked_to_sign_in(visitor, address):
    """And is brought back to where they wanted to go; nothing is shown."""
    told = visitor.get(f"{address}?q=x")
    assert 303 == told.status_code
    assert httpx.URL(told.headers["location"]).params["to"] == f"{address}?q=x"
    assert "" == told.text


@pytest.mark.parametrize("address", ["/staff/upload", "/staff/questions/forget", "/staff/documents/x/remove"])
def test_a_stranger_changes_nothing(visitor, service, address):
    """A form without a session leads to signing in."""
    before = service.documents()
    assert 303 == visitor.post(address, data={"csrf": "x"}).status_code
    assert before == service.documents()


def test_the_cookie_is_for_this_page_alone(visitor):
    """HttpOnly, SameSite=Strict, below /staff, for some hours; without Secure on plain http."""
    (cookie,) = [one for one in sign_in(visitor).headers.get_list("set-cookie") if one.startswith("wenbao_staff=")]
    words = {word.strip().lower() for word in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/staff", "max-age=28800"} <= words
    assert "secure" not in words


def test_the_cookie_is_secure_behind_https(build, serving):
    """Where the public address is https."""
    with serving(build(public_url="https://wenbao.example")[0]) as address, httpx.Client(base_url=address) as client:
        page = client.get("/staff/sign-in")
        form = (
            client.cookies.get("wenbao_staff_form")
            or re.search(r"wenbao_staff_form=([^;]+)", page.headers["set-cookie"])[1]
        )
        told = client.post(
            "/staff/sign-in", data={"csrf": token_of(page), "key": KEY}, headers={"Cookie": f"wenbao_staff_form={form}"}
        )
    assert "secure" in next(one for one in told.headers.get_list("set-cookie") if "wenbao_staff=" in one).lower()


def test_a_stored_key_opens_it_only_with_its_scope_and_until_it_is_revoked(build, serving):
    """A key for asking does not; one for adding does, and its session ends with it."""
    app, _ = build(admin_key=None)
    keys = app.state.access.keys
    asking, admin = keys.create("asker", ("ask",))[1], keys.create("clerk", ("admin",))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        assert 403 == sign_in(client, asking).status_code
        assert 303 == sign_in(client, admin[1]).status_code
        assert 200 == client.get("/staff").status_code
        keys.revoke(admin[0].id)
        assert 303 == client.get("/staff").status_code


def test_without_any_admin_key_the_page_says_how_to_make_one(build, serving):
    """Nobody can guess that from a form that refuses everything."""
    with serving(build(admin_key=None)[0]) as address:
        assert "wenbao key create" in httpx.get(f"{address}/staff/sign-in").text


def test_attempts_are_limited(build, serving):
    """After thirty wrong keys in a minute the right one is refused too, and it is said on the page."""
    with serving(build()[0]) as address, httpx.Client(base_url=address, headers={"Accept-Language": "en"}) as client:
        token = token_of(client.get("/staff/sign-in"))
        for _ in range(30):
            told = client.post("/staff/sign-in", data={"csrf": token, "key": "wrong"})
            assert (403, True) == (told.status_code, "does not open" in alert(told))
        last = client.post("/staff/sign-in", data={"csrf": token, "key": KEY})
    assert (429, True) == (last.status_code, 0 < int(last.headers["retry-after"]) <= 60)
    assert "Too many" in alert(last)


def test_signing_in_needs_a_form_of_ours(visitor):
    """So nobody can be signed in from another site."""
    visitor.get("/staff/sign-in")
    assert 403 == visitor.post("/staff/sign-in", data={"csrf": "made up", "key": KEY}).status_code
    assert 403 == httpx.post(visitor.base_url.join("/staff/sign-in"), data={"csrf": "", "key": KEY}).status_code
    assert 303 == visitor.get("/staff").status_code


@pytest.mark.parametrize("token", ["", "made up", "é"])
def test_a_form_without_its_token_changes_nothing(staff, service, token):
    """The cookie alone is not enough."""
    one = service.documents()[0].id
    told = staff.post(f"/staff/documents/{one}/remove", data={"csrf": token})
    assert (403, True) == (told.status_code, bool(alert(told)))
    assert one in {known.id for known in service.documents()}


def test_the_token_of_another_session_does_not_count(staff, made):
    """Each session has its own."""
    with httpx.Client(base_url=made[0]) as other:
        sign_in(other)
        token = token_of(other.get("/staff"))
    assert 403 == staff.post("/staff/sign-out", data={"csrf": token}).status_code


def test_signing_out_ends_the_session_for_good(staff):
    """A copy of the cookie opens nothing any more."""
    copy = staff.cookies["wenbao_staff"]
    assert 303 == post(staff, "/staff/sign-out").status_code
    told = httpx.get(staff.base_url.join("/staff"), headers={"Cookie": f"wenbao_staff={copy}"})
    assert 303 == told.status_code
    assert "over=1" in told.headers["location"]


def test_a_session_ends_in_time(visitor, monkeypatch):
    """Eight hours after signing in."""
    monkeypatch.setattr(staff_sessions, "SESSION_SECONDS", -1)
    token = token_of(visitor.get("/staff/sign-in"))
    told = visitor.post("/staff/sign-in", data={"csrf": token, "key": KEY})
    cookie = re.search(r"wenbao_staff=([^;]+)", " ".join(told.headers.get_list("set-cookie")))[1]
    assert 303 == httpx.get(visitor.base_url.join("/staff"), headers={"Cookie": f"wenbao_staff={cookie}"}).status_code


@pytest.mark.parametrize("cookie", ["x", "1.2.3", "9999999999.admin.abc.sig", "²³.a.b.c", "9999999999.admin.../../x.y"])
def test_a_made_up_cookie_opens_nothing(visitor, cookie):
    """Whatever it looks like."""
    told = httpx.get(visitor.base_url.join("/staff"), headers={b"Cookie": f"wenbao_staff={cookie}".encode()})
    assert 303 == told.status_code


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/staff",
        "//evil.example/staff",
        "/\\evil.example",
        "/staffing",
        "/staff/sign-in",
        "http://[",
        "/staff\n",
    ],
)
def test_signing_in_leads_nowhere_else(visitor, to):
    """An address that is none of the staff page is not followed."""
    assert "/staff" == sign_in(visitor, to=to).headers["location"]


def test_pages_of_staff_are_kept_nowhere(staff):
    """No cache has them, no search engine lists them, and they hold no inline script or style."""
    for address in ADDRESSES[:-1]:
        page = staff.get(address)
        tree = LexborHTMLParser(page.text)
        assert "no-store" == page.headers["cache-control"]
        assert "script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
        assert "noindex" == tree.css_first("meta[name=robots]").attributes["content"]
        assert not tree.css("style, [style], [onclick], script:not([src])")


def test_words_are_marked_and_counted_by_report(staff):
    """Passages that have all words, in whatever script; each report with how many."""
    tree = LexborHTMLParser(staff.get("/staff", params={"q": "糾紛 調解"}).text)

    assert tree.css("[data-hit]")
    assert {"纠纷", "调解", "调解纠纷"} >= {mark.text() for mark in tree.css("mark")}
    counts = [int(one.text()) for one in tree.css(".facets .count")]
    assert len(tree.css("[data-hit]")) == sum(counts)


def test_filters_narrow_what_is_found(staff, service):
    """By year, by place, by report; a filter that nothing meets leaves nothing."""

    def found(**filters):
        return len(LexborHTMLParser(staff.get("/staff", params={"q": "新增"} | filters).text).css(".hits [data-hit]"))

    hewan = next(one for one in service.documents() if one.place == "河湾市")
    assert 2 <= found(year="2019") < found()
    assert found(year="2019") == found(place="河湾市") == found(document=hewan.id)
    assert 0 == found(year="1999") == found(year="soon") == found(place="无此地") == found(document="none")


def test_a_quote_is_copied_with_its_citation(staff):
    """The passage to the letter, title, publisher, date, headings, paragraph, and an address that opens it."""
    told = (
        LexborHTMLParser(staff.get("/staff", params={"q": "学位"}).text)
        .css_first("[data-copy]")
        .attributes["data-copy"]
    )
    quote, citation, address = told.split("\n")

    assert "“全市新建小学7所，新增学位9450个。义务教育阶段在校学生12.3万人。”" == quote
    assert "——《河湾市2019年民生工作报告》，河湾市人民政府，2020-02-09，一、教育，第 4 段" == citation
    assert quote[1:-1] == LexborHTMLParser(staff.get(address).text).css_first("mark").text()


def test_near_passages_are_told_to_be_only_near(staff):
    """Where no passage has all words, it is said, and what is near is under a heading of its own."""
    page = staff.get("/staff", params={"q": "学位 火车站"})
    tree = LexborHTMLParser(page.text)

    assert "学位 火车站" in tree.css_first(".empty").text()
    assert tree.css("#near-title") and not tree.css("#hits-title")


def test_words_in_a_search_stay_text(staff):
    """Mark-up is shown, not obeyed."""
    page = staff.get("/staff", params={"q": "<img src=x onerror=alert(1)>"})
    assert not LexborHTMLParser(page.text).css("img")


def test_words_that_are_too_long_are_refused_on_the_page(staff):
    """With the words still in their field."""
    told = staff.get("/staff", params={"q": "长" * 501})
    assert (422, True) == (told.status_code, bool(alert(told)))


def test_what_was_found_is_a_table(staff):
    """A line for each passage that has all words."""
    rows = list(csv.DictReader(io.StringIO(staff.get("/staff/search.csv", params={"q": "学位"}).text.lstrip("\ufeff"))))
    assert ["河湾市2019年民生工作报告"] == [row["title"] for row in rows]


def test_a_report_is_kept_only_after_its_preview(staff, service):
    """First it is shown and found nowhere; then it is kept, with what was corrected, and the next question finds it."""
    before = len(service.documents())
    shown = upload(staff, NEW)
    waiting = shown.headers["location"]
    fields = {
        one.id: one.attributes.get("value") for one in LexborHTMLParser(staff.get(waiting).text).css(".stacked input")
    }
    assert (before, "碧水区", "2023") == (len(service.documents()), fields["place"], fields["year"])

    kept = post(
        staff,
        waiting,
        {"title": "碧水区数字政府报告", "place": "碧水区", "year": "2023", "publisher": "碧水区人民政府"},
    )
    name = httpx.URL(kept.headers["location"]).path.rpartition("/")[2]
    added = next(one for one in service.documents() if one.id == name)
    assert ("碧水区数字政府报告", "碧水区人民政府") == (added.title, added.publisher)
    assert "47座" == service.ask(AskRequest("碧水区新增了多少座智能体检亭?")).answer.value
    assert 422 == staff.get(waiting).status_code
    service.forget(name)


@pytest.mark.parametrize(
    ("language", "pages"), [("zh-CN", "第 2–3、5 页"), ("zh-HK", "第 2–3、5 頁"), ("en", "2–3, 5.")]
)
def test_pages_that_were_not_read_are_named_in_the_preview(staff, language, pages):
    """Nobody keeps a scanned report in the belief that questions find all of it."""
    sent = post(staff, "/staff/upload", files={"file": ("scanned.pdf", partly_scanned_pdf())})
    page = staff.get(sent.headers["location"], headers={"Accept-Language": language})
    notices = [one.text() for one in LexborHTMLParser(page.text).css(".notice")]

    assert 1 == len(notices)
    assert pages in notices[0]
    assert not LexborHTMLParser(staff.get(upload(staff, NEW).headers["location"]).text).css(".notice")


def test_every_kind_of_file_that_is_read_can_be_chosen(staff):
    """Pages that a browser saved as one file too; a form that did not offer them would hide them."""
    field = LexborHTMLParser(staff.get("/staff/upload").text).css_first("#file")
    offered = set(field.attributes["accept"].split(","))
    assert {".txt", ".md", ".html", ".htm", ".mhtml", ".mht", ".docx", ".pdf"} == offered


def test_a_discarded_file_is_gone(staff, service):
    """Nothing of it is left."""
    before = len(service.documents())
    waiting = upload(staff, NEW).headers["location"]
    post(staff, f"{waiting}/discard")
    assert (422, before) == (staff.get(waiting).status_code, len(service.documents()))


def test_a_file_waits_for_its_own_session_alone(staff, made):
    """Somebody else who has signed in does not get at it."""
    waiting = upload(staff, NEW).headers["location"]
    with httpx.Client(base_url=made[0]) as other:
        sign_in(other)
        assert 422 == other.get(waiting).status_code
    assert 200 == staff.get(waiting).status_code


def test_files_that_wait_are_few_and_not_for_long(tmp_path, monkeypatch):
    """The oldest of one session go first; after an hour all do."""
    uploads = staff_uploads.Uploads(tmp_path)
    tokens = [uploads.put("me", "a.txt", bytes([number]), None) for number in range(12)]
    left = [number for number, token in enumerate(tokens) if _is_there(uploads, token)]
    assert staff_uploads.MOST_OF_ONE == len(left)
    assert (11, b"\x0b") == (left[-1], uploads.get("me", tokens[-1]).content)
    monkeypatch.setattr(staff_uploads, "KEPT_SECONDS", -1)
    last = uploads.put("me", "a.txt", b"\n\n", "d1")
    assert [True] == [_is_there(uploads, token) for token in (*tokens, last) if _is_there(uploads, token)]
    assert ("a.txt", b"\n\n", "d1") == (
        uploads.get("me", last).name,
        uploads.get("me", last).content,
        uploads.get("me", last).replaces,
    )


def _is_there(uploads, token):
    try:
        return bool(uploads.get("me", token).name)
    except InvalidRequest:
        return False


@pytest.mark.parametrize(("text", "status"), [("", 422), ("\0\1\2", 422), ("长" * 400_000, 413)])
def test_a_file_that_cannot_be_taken_in_is_told_on_the_page(staff, text, status):
    """Empty, no text, too large."""
    told = upload(staff, text)
    assert (status, True) == (told.status_code, bool(alert(told)))


def test_no_file_is_told_on_the_page(staff):
    """The form was sent empty."""
    told = post(staff, "/staff/upload")
    assert (422, True) == (told.status_code, bool(alert(told)))


def test_a_refused_correction_keeps_nothing_and_loses_nothing(staff, service):
    """What was typed is still there, beside what is wrong with it."""
    before = len(service.documents())
    waiting = upload(staff, NEW).headers["location"]
    told = post(staff, waiting, {"title": "碧水区报告", "year": "20233", "place": "碧水区"})

    assert (422, before, True) == (told.status_code, len(service.documents()), bool(alert(told)))
    assert "碧水区报告" == LexborHTMLParser(told.text).css_first("#title").attributes["value"]


def test_a_new_version_is_shown_with_the_one_before(staff, service):
    """The preview says what it replaces; both versions are listed and the older one still opens."""
    old = next(one for one in service.documents() if one.place == "青螺區")
    changed = REPORTS["qingluo.txt"].replace("327天", "331天")
    shown = post(staff, "/staff/upload", {"replaces": old.id}, files={"file": ("again.txt", changed.encode())})
    page = staff.get(shown.headers["location"])
    assert old.title in LexborHTMLParser(page.text).css_first("fieldset").text()

    form = {
        one.attributes["name"]: one.attributes.get("value") or ""
        for one in LexborHTMLParser(page.text).css(".stacked input:not([value=''][type=radio])")
    }
    kept = staff.post(shown.headers["location"], data=form)
    tree = LexborHTMLParser(staff.get(kept.headers["location"]).text)
    assert ["2", "1"] == [row.text().split()[0] for row in tree.css("tbody th")]
    assert all(200 == staff.get(link.attributes["href"]).status_code for link in tree.css("tbody a"))
    assert "有更新的版本" in staff.get(f"/staff/documents/{old.id}").text


def test_what_is_known_of_a_report_is_corrected(staff, service):
    """The next answer has it; an emptied field is forgotten, and what is wrong is told."""
    one = next(one for one in service.documents() if one.place == "河湾市")
    fields = {"title": one.title, "place": "河湾市", "year": "2019", "published": "2020-02-09", "publisher": ""}
    assert 303 == post(staff, f"/staff/documents/{one.id}", fields).status_code
    assert service.document(one.id).metadata.publisher is None
    refused = post(staff, f"/staff/documents/{one.id}", fields | {"title": " "})
    assert (422, True, one.title) == (
        refused.status_code,
        bool(alert(refused)),
        service.document(one.id).metadata.title,
    )
    post(staff, f"/staff/documents/{one.id}", fields | {"publisher": one.publisher or ""})


def test_a_removal_can_be_undone(staff, service):
    """From the message after it, and from the report's own page."""
    one = next(one for one in service.documents() if one.place == "河湾市")
    for back in ("list", "page"):
        removed = post(staff, f"/staff/documents/{one.id}/remove")
        assert one.id not in {known.id for known in service.documents()}
        page = staff.get(removed.headers["location"] if back == "list" else f"/staff/documents/{one.id}")
        form = LexborHTMLParser(page.text).css_first("form[action$=restore]")
        assert 303 == staff.post(form.attributes["action"], data={"csrf": token_of(page)}).status_code
        assert one.id in {known.id for known in service.documents()}


def test_a_removal_for_good_must_be_meant(tmp_path, serving):
    """Where nothing can be brought back, a box must be ticked."""
    with open_with(tmp_path, {"hewan.txt": REPORTS["hewan.txt"]}) as service:
        settings = Settings(_env_file=None, data_dir=tmp_path, admin_key=KEY, removed_days=0)
        with serving(create_app(settings, service)) as address, httpx.Client(base_url=address) as client:
            sign_in(client)
            one = service.documents()[0].id
            assert LexborHTMLParser(client.get(f"/staff/documents/{one}").text).css("[name=sure][required]")
            assert 422 == post(client, f"/staff/documents/{one}/remove").status_code
            assert 1 == len(service.documents())


def test_an_empty_library_says_what_to_do(tmp_path, serving):
    """Every page has words for nothing to show."""
    Library(tmp_path / "library.sqlite3").close()
    with open_with(tmp_path, {}) as service:
        settings = Settings(_env_file=None, data_dir=tmp_path, admin_key=KEY)
        with serving(create_app(settings, service)) as address, httpx.Client(base_url=address) as client:
            sign_in(client)
            for page in ADDRESSES[:-1]:
                shown = client.get(page)
                assert (200, page != "/staff/upload") == (
                    shown.status_code,
                    bool(LexborHTMLParser(shown.text).css(".empty")),
                )


def test_reports_are_listed_and_narrowed(staff, service):
    """By any words of what is known; as a table too."""
    tree = LexborHTMLParser(staff.get("/staff/documents", params={"q": "河湾 2019"}).text)
    assert ["河湾市2019年民生工作报告"] == [one.text() for one in tree.css(".documents a")]
    rows = staff.get("/staff/documents.csv").text
    assert rows.startswith("\ufeffid,title")
    assert 1 + len(service.documents()) == len(rows.splitlines())
    assert LexborHTMLParser(staff.get("/staff/documents", params={"q": "无此报告"}).text).css(".empty")


def test_questions_are_grouped_drawn_and_deleted(staff, service):
    """Unanswered ones in groups, the rate as a drawing with a table, and a group deleted at a press."""
    page = staff.get("/staff/questions")
    tree = LexborHTMLParser(page.text)
    (group,) = [one for one in tree.css("section[aria-labelledby=unanswered] .card") if "火星" in one.text()]

    assert "问过 2 次" in group.text()
    assert len(tree.css("svg rect.all")) == 30
    assert tree.css("svg circle.rate") and tree.css(".chart tbody tr")
    fields = {one.attributes["name"]: one.attributes["value"] for one in group.css("input")}
    gone = staff.post("/staff/questions/forget", data=fields)
    assert (303, "2") == (gone.status_code, httpx.URL(gone.headers["location"]).params["forgotten"])
    assert "火星" not in staff.get("/staff/questions").text
    again = staff.post("/staff/questions/forget", data=fields)
    assert (404, True) == (again.status_code, bool(alert(again)))
    for question in ("火星上有多少居民?", "火星居民有多少"):
        service.ask(AskRequest(question))


def test_feedback_is_shown_as_text_and_deleted(staff, service):
    """With its question; the answer goes with it."""
    answer = service.ask(AskRequest("土星上有多少居民?")).id
    service.feedback(Feedback(answer, False, '=<script>alert("x")</script>'))
    tree = LexborHTMLParser(staff.get("/staff/feedback").text)
    (card,) = [one for one in tree.css(".card") if "土星" in one.text()]

    assert '=<script>alert("x")</script>' == card.css_first("blockquote").text()
    assert "\"'=<script>" in staff.get("/staff/insights/comments.csv").text
    assert 303 == post(staff, "/staff/feedback/forget", {"answer": answer}).status_code
    assert "土星" not in staff.get("/staff/feedback").text


@pytest.mark.parametrize("name", ["questions", "rate", "comments"])
def test_tables_are_downloads(staff, name):
    """CSV in UTF-8 with a byte order mark, under a name of its own."""
    told = staff.get(f"/staff/insights/{name}.csv?days=7")
    assert ("text/csv; charset=utf-8", "no-store") == (told.headers["content-type"], told.headers["cache-control"])
    assert f'filename="wenbao-{name}.csv"' in told.headers["content-disposition"]
    assert told.content.startswith(b"\xef\xbb\xbf")


def test_a_table_that_is_none_is_told(staff):
    """With a page, as a person sees it."""
    assert 404 == staff.get("/staff/insights/people.csv").status_code


def test_a_drawing_of_nothing_can_be_drawn():
    """No period, no bar, no line; the axis has its ticks all the same."""
    chart = chart_of(())
    assert ((), ()) == (chart.bars, chart.lines)
    assert ["0", "1", "2"] == [tick.text for tick in chart.counts]


def test_every_language_has_every_text():
    """The same keys, the same places to fill in."""
    texts = tomllib.loads(files("wenbao.config.language").joinpath("web.toml").read_text(encoding="utf-8"))["staff"]
    wanted = {key: set(re.findall(r"{\w+}", text)) for key, text in texts["zh-Hans"].items()}
    for language in ("zh-Hant", "en"):
        assert wanted == {key: set(re.findall(r"{\w+}", text)) for key, text in texts[language].items()}


@pytest.mark.parametrize(("language", "words"), [("zh-Hans", "查词"), ("zh-Hant", "查詞"), ("en", "Look up")])
def test_the_page_speaks_the_persons_language(staff, language, words):
    """Chosen by link, as on the other pages."""
    assert words == LexborHTMLParser(staff.get(f"/staff?lang={language}").text).css_first("h1").text()
