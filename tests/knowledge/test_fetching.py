"""Fetching from the web: politely, from public addresses alone, and all pages of an article in one."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge import made_files
from tests.knowledge.website import Asked, Served, Site, website
from wenbao.config.errors import FetchFailed, InvalidDocument, InvalidRequest
from wenbao.config.settings import Settings
from wenbao.knowledge import fetching_addresses
from wenbao.knowledge.fetching import Fetcher
from wenbao.knowledge.fetching_addresses import addresses_of, is_public
from wenbao.knowledge.fetching_joining import joined
from wenbao.knowledge.fetching_links import further_page, read_sitemap, report_links, unpacked
from wenbao.knowledge.fetching_records import Fetched, Validators
from wenbao.knowledge.fetching_reports import fetch_report, reports_in
from wenbao.knowledge.parse import parse

MEGABYTE = 1024 * 1024
TITLE = "青山县2021年工作报告"
BODY = "".join(f"<p>　　第{number}项工作已经完成，受理来电{number * 37}宗，办结率98.6%。</p>" for number in range(1, 9))
ARTICLE = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{BODY}</body></html>"


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def settings(**options: object) -> Settings:
    usual = {"fetch_private": True, "fetch_delay": 0, "max_document_mb": 1}
    return Settings(_env_file=None, **(usual | options))


@pytest.fixture
def site() -> Iterator[Site]:
    with website() as site:
        yield site


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(clock: Clock) -> Iterator[Fetcher]:
    with fetcher_with(clock) as opened:
        yield opened


def fetcher_with(clock: Clock, **options: object) -> Fetcher:
    return Fetcher(settings(**options), sleep=clock.sleep, clock=lambda: clock.now)


def content(fetcher: Fetcher, url: str) -> bytes:
    page = fetcher.get(url)
    assert page is not None
    return page.content


def test_a_page_is_fetched_under_our_own_name(site: Site, clock: Clock) -> None:
    """The User-Agent says who asks and where to reach us; media type and encoding are passed on."""
    site.pages["/a.html"] = Served("<p>报告</p>".encode("gb18030"), media_type="text/html; charset=GBK")
    with fetcher_with(clock, public_url="https://wenbao.example") as fetcher:
        page = fetcher.get(site.url("/a.html"))
    assert page is not None
    assert ("text/html", "gbk", site.url("/a.html")) == (page.media_type, page.charset, page.url)
    assert site.asked[-1].headers["user-agent"].startswith("Wenbao/")
    assert "(+https://wenbao.example)" in site.asked[-1].headers["user-agent"]


def test_robots_txt_is_kept_to_and_read_once(site: Site, fetcher: Fetcher) -> None:
    """What a site forbids is not asked for, by its name for us or for everyone."""
    site.pages["/robots.txt"] = Served("User-agent: *\nDisallow: /no/\nAllow: /no/but/", media_type="text/plain")
    site.pages |= {"/yes": "a", "/no/a": "b", "/no/but/c": "c"}
    assert (b"a", b"c") == (content(fetcher, site.url("/yes")), content(fetcher, site.url("/no/but/c")))
    with pytest.raises(FetchFailed, match=r"robots\.txt"):
        fetcher.get(site.url("/no/a"))
    assert ["/robots.txt", "/yes", "/no/but/c"] == [one.path for one in site.asked]


def test_a_site_whose_robots_txt_is_out_of_order_is_left_alone(site: Site, fetcher: Fetcher) -> None:
    """RFC 9309: an error of the server forbids everything, a missing file nothing."""
    site.pages |= {"/robots.txt": Served(status=503), "/a": "a"}
    with pytest.raises(FetchFailed):
        fetcher.get(site.url("/a"))
    assert [] == site.paths()


def test_there_is_a_pause_between_two_requests_to_one_site(site: Site, clock: Clock) -> None:
    """Our own pause at least, and the longer one that robots.txt asks for."""
    site.pages |= {"/robots.txt": "User-agent: *\nCrawl-delay: 7", "/a": "a", "/b": "b"}
    with fetcher_with(clock, fetch_delay=2) as fetcher:
        fetcher.get(site.url("/a"))
        fetcher.get(site.url("/b"))
    assert [2.0, 7.0] == clock.slept


def test_a_site_that_asks_for_an_endless_pause_is_not_waited_for(site: Site, fetcher: Fetcher) -> None:
    """A day between two requests is not waited for; the person is told."""
    site.pages |= {"/robots.txt": "User-agent: *\nCrawl-delay: 86400", "/a": "a"}
    with pytest.raises(FetchFailed, match="86400 seconds"):
        fetcher.get(site.url("/a"))


def test_a_busy_site_is_asked_again_later(site: Site, fetcher: Fetcher, clock: Clock) -> None:
    """429 and 5xx are tried again, after what Retry-After says or twice as long each time."""
    answers = [Served(status=503), Served(status=429, headers={"Retry-After": "9"}), Served(status=500), Served("a")]
    site.pages["/a"] = lambda _: answers.pop(0)
    assert b"a" == content(fetcher, site.url("/a"))
    assert [1.0, 9.0, 4.0] == clock.slept


def test_a_site_that_stays_busy_is_given_up(site: Site, fetcher: Fetcher) -> None:
    """After four tries the person is told what the site answers."""
    site.pages["/a"] = Served(status=502)
    with pytest.raises(FetchFailed, match="502"):
        fetcher.get(site.url("/a"))
    assert ["/a"] * 4 == site.paths()


def test_a_site_that_asks_for_an_hour_gets_it(site: Site, fetcher: Fetcher, clock: Clock) -> None:
    """A long Retry-After, here as a date, ends the attempt at once."""
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.pages["/a"] = Served(status=429, headers={"Retry-After": later})
    with pytest.raises(FetchFailed, match="left alone"):
        fetcher.get(site.url("/a"))
    assert ([], ["/a"]) == (clock.slept, site.paths())


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_there_is_not_asked_for_again(site: Site, fetcher: Fetcher, status: int) -> None:
    """An answer that another try would not change is passed on with its number."""
    site.pages["/a"] = Served(status=status)
    with pytest.raises(FetchFailed, match=str(status)):
        fetcher.get(site.url("/a"))
    assert ["/a"] == site.paths()


def test_what_has_not_changed_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    """The validators of the first answer are shown at the second request, and 304 costs no content."""

    def page(asked: Asked) -> Served:
        fresh = asked.headers.get("if-none-match") == '"v1"' and "if-modified-since" in asked.headers
        headers = {"ETag": '"v1"', "Last-Modified": "Wed, 13 Jan 2021 08:00:00 GMT"}
        return Served(status=304, headers={"Content-Length": "0"}) if fresh else Served("a", headers=headers)

    site.pages["/a"] = page
    first = fetcher.get(site.url("/a"))
    assert first is not None
    assert fetcher.get(site.url("/a"), first.validators) is None


@pytest.mark.parametrize("declared", [True, False])
def test_a_page_over_the_limit_is_not_read_to_its_end(site: Site, fetcher: Fetcher, declared: bool) -> None:
    """The limit holds for what is declared and for what comes."""
    headers = {} if declared else {"Content-Length": "", "Connection": "close"}
    site.pages["/a"] = Served(b"a" * (3 * MEGABYTE), headers=headers)
    with pytest.raises(FetchFailed, match="WENBAO_MAX_DOCUMENT_MB"):
        fetcher.get(site.url("/a"))


def test_a_page_that_unpacks_to_more_than_the_limit_is_refused(site: Site, fetcher: Fetcher) -> None:
    """A little gzip can hold a lot: what counts is what comes out."""
    packed = gzip.compress(b"a" * (50 * MEGABYTE))
    site.pages["/a"] = Served(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchFailed, match="larger than 1 MB"):
        fetcher.get(site.url("/a"))
    assert len(packed) < MEGABYTE


def test_each_hop_of_a_redirection_is_checked(site: Site, fetcher: Fetcher) -> None:
    """A page that moved is found under its new address; one that leads to a forbidden place is not."""
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /no/"
    site.pages |= {
        "/old": Served(status=301, headers={"Location": "/new"}),
        "/new": "moved",
        "/out": Served(status=302, headers={"Location": "/no/a"}),
        "/file": Served(status=302, headers={"Location": "file:///etc/passwd"}),
        "/round": Served(status=302, headers={"Location": "/round"}),
    }
    page = fetcher.get(site.url("/old"))
    assert page is not None
    assert (site.url("/new"), b"moved") == (page.url, page.content)
    for path, reason in (("/out", r"robots\.txt"), ("/file", "http"), ("/round", "without end")):
        with pytest.raises(FetchFailed, match=reason):
            fetcher.get(site.url(path))


def test_a_redirection_to_a_private_address_is_refused(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public page must not be able to send us into the network that we stand in."""
    port = int(site.address.rpartition(":")[2])
    monkeypatch.setattr(fetching_addresses, "is_public", lambda address: address == "127.0.0.1")
    site.pages["/out"] = Served(status=302, headers={"Location": f"http://127.0.0.2:{port}/secret"})
    with fetcher_with(clock, fetch_private=False) as fetcher, pytest.raises(FetchFailed, match="private address"):
        fetcher.get(site.url("/out"))
    assert ["/out"] == site.paths()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_refused_however_they_are_written(site: Site, clock: Clock, host: str) -> None:
    """Without WENBAO_FETCH_PRIVATE nothing on this machine is asked."""
    port = site.address.rpartition(":")[2]
    with fetcher_with(clock, fetch_private=False) as fetcher, pytest.raises(FetchFailed):
        fetcher.get(f"http://{host}:{port}/a")
    assert [] == site.asked


def test_a_name_that_changes_its_address_gains_nothing(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was checked: the name is looked up once for each request, by us."""
    port = int(site.address.rpartition(":")[2])
    looked_up: list[str] = []

    def lookup(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("socket.getaddrinfo", _only_for("rebinding.example", lookup))
    site.pages["/a"] = "a"
    with fetcher_with(clock) as fetcher:
        assert b"a" == content(fetcher, f"http://rebinding.example:{port}/a")
    assert 2 == len(looked_up)  # for robots.txt and for the page; the connections themselves looked up no name
    assert f"rebinding.example:{port}" == site.asked[-1].headers["host"]


@pytest.mark.parametrize(("named", "is_fetched"), [("site.example", True), ("other.example", False)])
def test_a_secure_site_must_be_who_it_says(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, is_fetched: bool
) -> None:
    """The certificate is checked for the name that was asked for, though the connection goes to an address."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path, named)))
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with website(shown) as site, fetcher_with(clock) as fetcher:
        site.pages["/a"] = "a"
        port = int(site.address.rpartition(":")[2])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr("socket.getaddrinfo", _only_for("site.example", lambda *_, **__: found))
        if is_fetched:
            assert b"a" == content(fetcher, f"https://site.example:{port}/a")
        else:
            with pytest.raises(FetchFailed, match="certificate"):
                fetcher.get(f"https://site.example:{port}/a")


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name, signed by itself, with its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, bare = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, bare))
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    return folder / "certificate.pem"


def _only_for(name: str, lookup: object) -> object:
    real = socket.getaddrinfo

    def choose(host: object, *rest: object, **more: object) -> object:
        if host == name:
            return lookup(host, *rest, **more)  # type: ignore[operator]
        assert host == "127.0.0.1", f"{host} was looked up once more"
        return real(host, *rest, **more)  # type: ignore[arg-type]

    return choose


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_itself(address: ipaddress.IPv4Address) -> None:
    """Mapped, 6to4 and NAT64 addresses are as public as the IPv4 address that they stand for."""
    number = int(address)
    forms = [f"::ffff:{address}", str(ipaddress.IPv6Address((0x0064FF9B << 96) | number))]
    forms.append(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))))
    assert {is_public(str(address))} == {is_public(form) for form in forms}


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "169.254.169.254", "100.64.0.1", "fe80::1%eth0", "fd00::1", "224.0.0.1", "::"]
)
def test_no_address_that_is_not_of_the_internet_is_public(address: str) -> None:
    """Private, link-local, shared, multicast and unspecified addresses."""
    assert not is_public(address)


def test_a_public_address_beside_a_private_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a name with both, only the public address is ever connected to."""
    found = [(0, 0, 0, "", ("10.0.0.1", 80)), (0, 0, 0, "", ("8.8.8.8", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    assert ["8.8.8.8"] == addresses_of("both.example", 80, private=False)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"])
def test_link_local_addresses_are_no_sites_of_an_intranet(clock: Clock, host: str) -> None:
    """Where private addresses are allowed, a page still cannot send us where a cloud hands out its keys."""
    with fetcher_with(clock, fetch_private=True) as fetcher, pytest.raises(FetchFailed, match="no web site"):
        fetcher.get(f"http://{host}/latest")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.example/", "http://", "http://me:secret@a.example/", "http://a:b:c"]
)
def test_only_addresses_of_the_web_are_fetched(fetcher: Fetcher, url: str) -> None:
    """Anything else is refused before anything is asked, and a password is not repeated."""
    with pytest.raises(InvalidRequest) as told:
        fetcher.get(url)
    assert "secret" not in str(told.value)


def test_a_site_that_cannot_be_reached_is_told_of(fetcher: Fetcher) -> None:
    """Neither an unknown name nor a closed port ends in a traceback."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(FetchFailed, match="no connection"):
            fetcher.get(f"http://127.0.0.1:{port}/")
    with pytest.raises(FetchFailed, match="not found"):
        fetcher.get("http://no-such-host.invalid/")


def paged(number: int, count: int, name: str = "art_1", more: str = "") -> str:
    """A page of an article over several pages, with title, imprint and pager on each."""
    lines = "".join(f"<p>第{number}页的第{line}段。全年完成投资{number * 10 + line}亿元。</p>" for line in range(1, 5))
    names = [f"{name}.html", *(f"{name}_{page}.html" for page in range(2, count + 1))]
    pager = "".join(f'<a href="{one}">{page}</a> ' for page, one in enumerate(names, 1) if page != number)
    following = f'<a href="{names[number]}">下一页</a>' if number < count else ""
    return (
        f"<html><head><title>{TITLE}</title><meta charset=gbk></head><body><ul><li><a href='/'>首页</a></li>"
        f"<li><a href='/list.html'>政府工作报告</a></li></ul><h1>{TITLE}</h1>"
        f"<div class=from>来源：青山县人民政府　发布时间：2022-01-05</div><div id=zoom>{lines}{more}"
        f"<div class=pages>{pager}{following}</div></div>"
        f"<p><a href='art_2.html'>下一篇：青山县2020年工作报告</a></p></body></html>"
    )


def test_an_article_over_several_pages_becomes_one_document(site: Site, fetcher: Fetcher) -> None:
    """All paragraphs in order, each once; title, imprint and pager of the further pages are not in it."""
    for number in (1, 2, 3):
        name = "/art_1.html" if number == 1 else f"/art_1_{number}.html"
        site.pages[name] = Served(paged(number, 3).encode("gb18030"))
    file = fetch_report(fetcher, site.url("/art_1.html"))
    assert file is not None
    document = parse(file.name, file.content)
    wanted = [
        f"第{page}页的第{line}段。全年完成投资{page * 10 + line}亿元。" for page in (1, 2, 3) for line in range(1, 5)
    ]
    assert ["青山县2021年工作报告", *wanted] == document.text.split("\n")
    assert ("青山县人民政府", "2022-01-05") == (document.metadata.publisher, document.metadata.published)
    assert [site.url(path) for path in ("/art_1.html", "/art_1_2.html", "/art_1_3.html")] == [
        page.url for page in file.origin.pages
    ]


@pytest.mark.parametrize(
    "layout",
    [
        "HEAD<div id=zoom>BODY PAGER</div>FOOT",
        "<div class=x>HEAD<div class=y>BODY PAGER</div></div>FOOT",
        "<div class=x>HEAD BODY PAGER</div>FOOT",
        "<div class=x>HEAD BODY</div>PAGER FOOT",
        "HEAD BODY PAGER FOOT",
        "<table><tr><td>HEAD</td></tr><tr><td>BODY</td></tr></table>PAGER FOOT",
    ],
)
def test_pages_are_joined_in_any_layout(layout: str) -> None:
    """What stands around the text of each page comes once or not at all, every paragraph comes once, in order."""
    wanted = [f"第{page}页第{line}段，投资{page * 10 + line}亿元。" for page in (1, 2, 3) for line in (1, 2, 3)]
    pages = []
    for number in (1, 2, 3):
        body = "".join(f"<p>　　{line}</p>" for line in wanted[3 * number - 3 : 3 * number])
        head = f"<ul><li><a href=/>首页</a></li></ul><h1>{TITLE}</h1><p>发布时间：2022-01-05</p>"
        foot = "<p><a href=b.html>下一篇：其他报告</a></p><p>版权所有：青山县</p>"
        pager = f"<div><a href=a_1.html>上一页</a> {number} <a href=a_2.html>下一页</a></div>"
        page = layout.replace("HEAD", head).replace("BODY", body).replace("PAGER", pager).replace("FOOT", foot)
        pages.append(f"<html><body>{page}</body></html>")
    assert [TITLE, *wanted] == parse("a.html", joined(pages)).text.split("\n")


def test_an_article_is_asked_for_by_all_its_pages(site: Site, fetcher: Fetcher) -> None:
    """It is unchanged where every page is; a change on the last one has the whole article fetched anew."""
    changed: list[str] = []

    def serve(number: int) -> object:
        def page(asked: Asked) -> Served:
            tag = f'"{number}{"b" if changed and number == 2 else "a"}"'
            if asked.headers.get("if-none-match") == tag:
                return Served(status=304)
            return Served(
                paged(number, 2, more="<p>更正：投资为99亿元。</p>" if changed and number == 2 else ""),
                headers={"ETag": tag},
            )

        return page

    site.pages |= {"/art_1.html": serve(1), "/art_1_2.html": serve(2)}  # type: ignore[dict-item]
    first = fetch_report(fetcher, site.url("/art_1.html"))
    assert first is not None
    known = Fetched(first.origin, "some id")
    assert fetch_report(fetcher, site.url("/art_1.html"), known) is None
    changed.append("page 2")
    second = fetch_report(fetcher, site.url("/art_1.html"), known)
    assert second is not None
    assert "99亿元" in parse(second.name, second.content).text


@pytest.mark.parametrize(
    ("first", "here", "link", "is_next"),
    [
        ("/a/content_123.html", "/a/content_123.html", "content_123_2.html", True),
        ("/a/content_123.html", "/a/content_123.html", "content_123_1.html", True),
        ("/a/content_123.html", "/a/content_123_2.html", "content_123_3.html", True),
        ("/a/content_123.html", "/a/content_123.html", "content_124.html", False),
        ("/a/1.html", "/a/1.html", "1_2.html", True),
        ("/a/", "/a/", "index_2.html", True),
        ("/a/index.html", "/a/index_1.html", "index_2.html", True),
        ("/a/t_1.html", "/a/t_1.html", "t_2.html", True),
        ("/a/1.html", "/a/1.html", "/b/1_2.html", False),
        ("/a/1.html", "/a/1.html", "http://elsewhere.example/a/1_2.html", False),
        ("/show?id=5", "/show?id=5", "?id=5&page=2", True),
        ("/show?id=5", "/show?id=5", "?id=6&page=2", False),
        ("/show?id=5", "/show?id=5&page=2", "?id=5&page=1", False),
    ],
)
def test_only_what_is_named_like_a_further_page_is_one(first: str, here: str, link: str, is_next: bool) -> None:
    """The next article is never taken for the next page, whatever the words on the link."""
    site = "http://a.example"
    found = further_page(f'<a href="{link}">下一页</a>', site + here, site + first)
    assert is_next is (found is not None)


def test_a_list_page_leads_to_its_articles_and_files(site: Site, fetcher: Fetcher) -> None:
    """Articles and attachments of the same site, page after page; menus, other sites and index pages are left alone."""
    links = (
        '<a href="/art/2021/art_7.html">青山县2021年工作报告</a><a href="files/2020.pdf">下载</a>'
        '<a href="http://elsewhere.example/art_9.html">别处的一份工作报告</a>'
        '<a href="/gk/index.html">政府信息公开目录</a><a href="/about.html">关于我们</a>'
        '<a href="javascript:void(0)">打印这一份报告</a><a href="/art/2021/art_7.html#a">同一份</a>'
    )
    site.pages["/list/"] = (
        f'<nav><a href="/menu_1.html">导航里的一个长标题</a></nav>{links}<a href="index_2.html">下一页</a>'
    )
    site.pages["/list/index_2.html"] = (
        '<a href="/art/2020/art_8.html">青山县2020年工作报告</a><a href="/a.html">关于</a><a href="/b.html">联系</a>'
    )
    found = reports_in(fetcher, site.url("/list/"), MEGABYTE)
    assert found is not None
    assert [site.url(path) for path in ("/art/2021/art_7.html", "/list/files/2020.pdf", "/art/2020/art_8.html")] == [
        link.url for link in found
    ]


def test_a_list_page_is_no_report(site: Site, fetcher: Fetcher) -> None:
    """It is not taken in as one; the message says what to do."""
    site.pages["/list/"] = "".join(
        f'<li><a href="/art_{number}.html">第{number}份工作报告的标题</a></li>' for number in range(9)
    )
    with pytest.raises(InvalidDocument, match="--follow"):
        fetch_report(fetcher, site.url("/list/"))


def test_a_sitemap_leads_to_sitemaps_and_pages(site: Site, fetcher: Fetcher) -> None:
    """An index, packed sitemaps, and addresses with an & that nobody escaped."""
    index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>" + "".join(
        f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/one.xml.gz", "/two.xml")
    )
    site.pages["/sitemap.xml"] = Served(f"<?xml version='1.0'?>{index}</sitemapindex>", media_type="application/xml")
    one = "<urlset><url><loc>http://a.example/1.html</loc><lastmod>2021-01-01</lastmod></url></urlset>"
    site.pages["/one.xml.gz"] = Served(gzip.compress(one.encode()), media_type="application/gzip")
    site.pages["/two.xml"] = "<urlset><url><loc> http://a.example/2?a=1&b=2 </loc></url><url></url></urlset>"
    found = reports_in(fetcher, site.url("/sitemap.xml"), MEGABYTE)
    assert found is not None
    urls = [link.url for link in found]
    assert "http://a.example/1.html" == urls[0]
    assert urls[1].startswith("http://a.example/2?a=1")


def test_a_sitemap_cannot_read_files_or_swell(tmp_path: Path) -> None:
    """Entities are not resolved, and an unpacked sitemap has the limit of any file."""
    (tmp_path / "secret").write_text("secret words", encoding="utf-8")
    evil = f"<!DOCTYPE a [<!ENTITY e SYSTEM 'file://{tmp_path}/secret'>]><urlset><url><loc>&e;</loc></url></urlset>"
    assert "secret words" not in str(read_sitemap(evil.encode(), "http://a.example/"))
    with pytest.raises(FetchFailed, match="1 MB"):
        unpacked(gzip.compress(b"<urlset>" + b" " * (9 * MEGABYTE)), MEGABYTE)


@pytest.mark.parametrize(
    ("path", "media_type", "headers", "name"),
    [
        ("/a/report.html", "text/html; charset=utf-8", {}, "report.html"),
        ("/a/", "text/html", {}, "a.html"),
        ("/show?id=5", "text/html", {}, "show.html"),
        ("/down/2021.docx", "application/octet-stream", {}, "2021.docx"),
        (
            "/down?id=3",
            "application/pdf",
            {"Content-Disposition": "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf"},
            "报告.pdf",
        ),
        ("/down?id=4", "application/octet-stream", {"Content-Disposition": 'attachment; filename="a.txt"'}, "a.txt"),
    ],
)
def test_a_file_is_named_for_its_reader(
    site: Site, fetcher: Fetcher, path: str, media_type: str, headers: dict[str, str], name: str
) -> None:
    """What the server says it is decides; else the name that it has."""
    site.pages[path] = Served(ARTICLE, media_type=media_type, headers=headers)
    file = fetch_report(fetcher, site.url(path))
    assert file is not None
    assert name == file.name


@pytest.mark.parametrize("media_type", ["application/octet-stream", "application/msword", ""])
def test_a_download_without_a_name_is_known_by_its_content(site: Site, fetcher: Fetcher, media_type: str) -> None:
    """Servers call a .docx an old Word file, or nothing at all."""
    content, expected = made_files.numbered_word()
    site.pages["/down?id=3"] = Served(content, media_type=media_type)
    file = fetch_report(fetcher, site.url("/down?id=3"))
    assert file is not None
    assert "down.docx" == file.name
    assert "\n".join(expected) == parse(file.name, file.content).text


def test_what_no_reader_reads_is_refused(site: Site, fetcher: Fetcher) -> None:
    """A picture, for one."""
    site.pages["/a.png"] = Served(b"\x89PNG", media_type="image/png")
    with pytest.raises(InvalidDocument, match="image/png"):
        fetch_report(fetcher, site.url("/a.png"))


def test_an_encoding_that_only_the_server_knows_reaches_the_reader(site: Site, fetcher: Fetcher) -> None:
    """Where the page says nothing of its encoding, what the server says is kept with it."""
    site.pages["/a.html"] = Served(ARTICLE.encode("gb18030"), media_type="text/html; charset=gb2312")
    file = fetch_report(fetcher, site.url("/a.html"))
    assert file is not None
    assert "第1项工作已经完成" in parse(file.name, file.content).text
    assert "青山县" in file.content.decode("utf-8-sig")


def test_a_page_without_validators_is_fetched_again(site: Site, fetcher: Fetcher) -> None:
    """There is nothing to ask with, so it is compared by its content."""
    site.pages["/a.html"] = ARTICLE
    first = fetch_report(fetcher, site.url("/a.html"))
    assert first is not None
    assert (Validators(site.url("/a.html")),) == first.origin.pages
    assert fetch_report(fetcher, site.url("/a.html"), Fetched(first.origin, "id")) is not None


@given(st.lists(st.from_regex(r"[a-z0-9_./?=&%-]{0,20}", fullmatch=True), max_size=8))
def test_any_links_are_read_without_an_error(hrefs: list[str]) -> None:
    """Whatever stands in a page, only whole addresses of the same site come out of it."""
    markup = "".join(f'<a href="{href}">一份工作报告的标题</a>' for href in hrefs)
    for link in report_links(markup, "http://a.example/list/"):
        assert link.url.startswith("http://a.example/")
    further_page(markup, "http://a.example/list/", "http://a.example/list/")
