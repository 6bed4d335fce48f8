"""Conversations at /wechat, over a real server with the real service, as WeChat would have them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.api.wechat_platform import AES_KEY, RECEIVER, TOKEN, Platform, envelope, sealed, signed
from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.api.wechat_words import texts_in
from wenbao.config.errors import InvalidSettings, StorageFailed
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"
PUBLIC = "https://reports.example.org"
SAFE = {"wechat_token": TOKEN, "wechat_aes_key": AES_KEY, "wechat_app_id": RECEIVER}
ZH = texts_in("zh-Hans")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportService]:
    with ReportService.open(Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def connect(service: ReportService, serving: Any) -> Iterator[Any]:
    """Opens a server for some settings; gives a client."""
    open_ones: list[Any] = []

    def connected(reports: Any = service, **options: Any) -> httpx.Client:
        settings = Settings(_env_file=None, **({"public_url": PUBLIC} | options))
        server = serving(create_app(settings, reports))
        client = httpx.Client(base_url=server.__enter__(), timeout=30)
        open_ones.append((server, client))
        return client

    yield connected
    for server, client in open_ones:
        client.close()
        server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def clients(connect: Any) -> dict[bool, httpx.Client]:
    """A server in plain mode and one in safe mode."""
    return {False: connect(wechat_token=TOKEN), True: connect(**SAFE)}


@pytest.fixture(params=[False, True], ids=["plain", "safe"])
def wechat(clients: dict[bool, httpx.Client], request: pytest.FixtureRequest) -> Platform:
    """Each test is someone new, in either mode."""
    return Platform(clients[request.param], "/wechat", request.param)


@pytest.fixture
def safe(clients: dict[bool, httpx.Client]) -> Platform:
    return Platform(clients[True], "/wechat", True)


@pytest.fixture
def plain(clients: dict[bool, httpx.Client]) -> Platform:
    return Platform(clients[False], "/wechat", False)


class Counting:
    """The real service, with a count of the questions; it may be told to fail, or to wait."""

    def __init__(self, service: ReportService) -> None:
        self.asked: list[Any] = []
        self.failure: Exception | None = None
        self.may_go = threading.Event()
        self.may_go.set()
        self._service = service

    def ask(self, request: Any) -> Any:
        self.asked.append(request)
        self.may_go.wait(10)
        if self.failure:
            raise self.failure
        return self._service.ask(request)


@pytest.fixture
def counting(service: ReportService) -> Counting:
    return Counting(service)


def test_the_address_check_gets_its_echo(wechat: Platform) -> None:
    """WeChat's check of the address is plain in every mode."""
    stamp = {"timestamp": "1409659589", "nonce": "263014780", "signature": signed("1409659589", "263014780")}
    answer = wechat.client.get("/wechat", params={**stamp, "echostr": "5837397576500011341"})

    assert (200, "5837397576500011341") == (answer.status_code, answer.text)
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_address_check_by_a_stranger_gets_nothing(wechat: Platform) -> None:
    """Without the signature nothing is echoed."""
    answer = wechat.client.get("/wechat", params={"timestamp": "1", "nonce": "2", "signature": "3", "echostr": "echo"})

    assert 401 == answer.status_code
    assert "echo" not in answer.text


def test_a_question_is_answered_with_a_link_to_its_place(wechat: Platform) -> None:
    """The figure, the report's words, and a link that marks them."""
    reply = wechat.ask(QUESTION) or ""

    assert "3373次" in reply.split("\n")[0]
    assert "提供法律咨询3373次" in reply
    assert re.search(rf'<a href="{PUBLIC}/documents/\w+\?start=\d+&end=\d+#p\d+">《从化区2020年[^<]*》</a>', reply)


@pytest.mark.parametrize(
    ("public", "host", "links"),
    [
        (None, "reports.example.org", "http://reports.example.org"),
        (None, "reports.example.org:8080", "http://reports.example.org:8080"),
        (None, "192.0.2.7:8000", "http://192.0.2.7:8000"),
        (None, "127.0.0.1:8000", None),
        (None, "localhost", None),
        (None, "[::1]:8000", None),
        (PUBLIC, "other.example.org", PUBLIC),
        ("http://127.0.0.1:8000", "other.example.org", "http://127.0.0.1:8000"),
    ],
)
def test_links_lead_to_where_the_message_came(connect: Any, public: str | None, host: str, links: str | None) -> None:
    """The public address goes first; an address that is this computer's alone would lead nobody anywhere."""
    wechat = Platform(connect(wechat_token=TOKEN, public_url=public), "/wechat", False)
    wechat.client.headers["Host"] = host
    reply = wechat.ask(QUESTION) or ""

    assert "3373次" in reply
    assert ([links] if links else []) == re.findall('<a href="(.*?)/documents/', reply)


def test_a_follow_up_is_understood(wechat: Platform) -> None:
    """The turns of one person are one conversation; somebody else's are another."""
    wechat.ask(QUESTION)
    stranger = replace(wechat, person="oStranger")

    assert "1046" in (wechat.ask("那法治宣传呢？") or "")
    assert "1046" not in (stranger.ask("那呢？") or "")


def test_what_was_asked_is_forgotten_on_request(wechat: Platform) -> None:
    """删除记录 deletes one's questions and answers, what was to be read on, and the conversation."""
    wechat.ask(QUESTION)
    wechat.ask("2020年的工作报告主要有哪些工作？")

    assert ZH.forgotten.format(count=2) == wechat.ask("删除记录")
    assert ZH.nothing_more == wechat.ask("继续")
    assert ZH.forgotten.format(count=0) == wechat.ask("刪除記錄")


def test_what_the_reports_do_not_say_is_not_answered(wechat: Platform) -> None:
    """No figure and no quote, but a polite line."""
    reply = wechat.ask("2012年提供了多少次法律咨询？") or ""

    assert "2012年" in reply
    assert "原文" not in reply


def test_whoever_subscribes_is_welcomed(wechat: Platform) -> None:
    """A new follower is told how to ask."""
    assert ZH.welcome == wechat.read(wechat.deliver(wechat.event("subscribe")))


@pytest.mark.parametrize("name", ["unsubscribe", "VIEW", "LOCATION", "somethingnew"])
def test_other_events_are_met_with_silence(wechat: Platform, name: str) -> None:
    """They are acknowledged, so that WeChat does not repeat them."""
    answer = wechat.deliver(wechat.event(name))

    assert (200, "success") == (answer.status_code, answer.text)


@pytest.mark.parametrize(
    "kind, fields",
    [
        ("voice", {"MediaId": "1", "Format": "amr", "Recognition": "法律咨询"}),
        ("image", {"PicUrl": "http://x.example/1", "MediaId": "1"}),
        ("location", {"Location_X": "23.1", "Location_Y": "113.2"}),
        ("somethingnew", {}),
    ],
)
def test_what_is_no_text_is_politely_refused(wechat: Platform, kind: str, fields: dict[str, str]) -> None:
    """Voice, pictures and whatever else there may be get one line."""
    assert ZH.only_text == wechat.read(wechat.deliver(wechat.message(kind, **fields)))


def test_a_long_answer_is_read_on_request(wechat: Platform) -> None:
    """It comes in pieces that fit, whole at the end; then there is nothing more."""
    read = [wechat.ask("2020年的工作报告主要有哪些工作？") or ""]
    while read[-1].endswith(ZH.rest):
        read.append(wechat.ask("继续") or "")

    assert len(read) > 1
    assert all(re.search(rf"[。；！？…》\w]\n\n{re.escape(ZH.rest)}$", piece) for piece in read[:-1])
    assert ZH.nothing_more == wechat.ask("继续")


def test_a_question_that_cannot_be_asked_is_explained(wechat: Platform) -> None:
    """Too long or empty, the person hears why."""
    assert ZH.too_long.format(limit=500) == wechat.ask("问" * 501)
    assert ZH.empty == wechat.ask("  ")


def test_an_english_question_is_answered_in_english(wechat: Platform) -> None:
    """And whoever asked in English hears of refusals in English."""
    assert "paragraph" in (wechat.ask("How many legal consultations were provided in 2020?") or "")
    assert texts_in("en").only_text == wechat.read(wechat.deliver(wechat.message("voice")))


@pytest.mark.parametrize("sealing", [False, True], ids=["plain", "safe"])
def test_a_message_that_comes_again_is_answered_the_same(connect: Any, counting: Counting, sealing: bool) -> None:
    """A retry, under the same stamp or under a new one, is not asked again; nor is one while the first is at work."""
    wechat = Platform(connect(counting, **(SAFE if sealing else {"wechat_token": TOKEN})), "/wechat", sealing)
    packed = wechat.packed(message := wechat.text(QUESTION))
    counting.may_go.clear()
    replies: list[str | None] = []
    tries = [threading.Thread(target=lambda: replies.append(wechat.read(wechat.post(*packed)))) for _ in range(3)]
    for one in tries:
        one.start()
    counting.may_go.set()
    for one in tries:
        one.join()
    replies.append(wechat.read(wechat.deliver(message)))

    assert 1 == len(set(replies))
    assert "3373次" in (replies[0] or "")
    assert 1 == len(counting.asked)


def test_reading_on_again_gives_the_same_piece(wechat: Platform) -> None:
    """A retry of 继续 does not skip a piece."""
    wechat.ask("2020年的工作报告主要有哪些工作？")
    message = wechat.text("继续")

    assert wechat.read(wechat.deliver(message)) == wechat.read(wechat.deliver(message))


def test_events_are_told_apart_by_sender_time_and_name(safe: Platform) -> None:
    """Two events of one second that are not the same are both heard."""
    safe.deliver(safe.event("VIEW", created=7))

    assert ZH.welcome == safe.read(safe.deliver(safe.event("subscribe", created=7)))


@pytest.mark.parametrize("age", [-3600, -660, 660, 3600])
def test_an_old_message_is_refused(wechat: Platform, age: int) -> None:
    """What was overheard and is played back later is not answered, nor what comes from the future."""
    assert 401 == wechat.deliver(wechat.text(QUESTION), timestamp=str(int(time.time()) + age)).status_code


@pytest.mark.parametrize("timestamp", ["x", "-1", "9" * 5000])
def test_a_time_that_is_none_is_refused(wechat: Platform, timestamp: str) -> None:
    """Whatever stands in its place, it is no failure of ours."""
    assert 401 == wechat.deliver(wechat.text(QUESTION), timestamp=timestamp).status_code


def test_the_stamp_of_one_message_does_not_carry_another(wechat: Platform) -> None:
    """In plain mode the signature is not of the body, so a used one must not serve again."""
    now = str(int(time.time()))
    first = wechat.deliver(wechat.text(QUESTION), timestamp=now, nonce=f"of {wechat.person}")
    second = wechat.deliver(wechat.text("存在哪些问题？"), timestamp=now, nonce=f"of {wechat.person}")

    assert (200, 401) == (first.status_code, second.status_code)


@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature"])
def test_tampering_with_the_stamp_is_noticed(wechat: Platform, name: str) -> None:
    """A message whose stamp was changed is refused, and so is one without it."""
    stamp, body = wechat.packed(wechat.text(QUESTION))
    name = "msg_signature" if wechat.sealed and name == "signature" else name
    without = {key: value for key, value in stamp.items() if key != name}
    changed = {**stamp, name: f"1{stamp[name]}"}

    assert [401, 401] == [wechat.post(one, body).status_code for one in (without, changed)]


def test_tampering_with_a_sealed_message_is_noticed(safe: Platform) -> None:
    """Neither another message under the same signature nor one sealed for another app is read."""
    stamp, _ = safe.packed(safe.text(QUESTION))
    other = sealed(safe.text(QUESTION), "wx0000000000000000")
    for_other = {**stamp, "msg_signature": signed(stamp["timestamp"], stamp["nonce"], other)}

    assert 401 == safe.post(stamp, envelope(sealed(safe.text("存在哪些问题？")))).status_code
    assert 401 == safe.post(for_other, envelope(other)).status_code


def test_a_plain_message_is_refused_where_a_key_is_set(safe: Platform) -> None:
    """Nobody gets around the encryption by leaving it out."""
    answer = replace(safe, sealed=False).deliver(safe.text(QUESTION))

    assert 401 == answer.status_code
    assert "not encrypted" in answer.json()["detail"]


def test_in_compatible_mode_the_sealed_part_counts(safe: Platform) -> None:
    """A message that comes plain and sealed is answered by what is sealed, in a seal."""
    stamp, body = safe.packed(safe.text(QUESTION))
    both = body.replace(b"</xml>", safe.text("有几个足球场？").encode().removeprefix(b"<xml>"))

    assert "3373次" in (safe.read(safe.post(stamp, both)) or "")


def test_in_compatible_mode_without_a_key_the_plain_part_counts(safe: Platform, plain: Platform) -> None:
    """An account without a key here still works in that mode."""
    stamp, body = safe.packed(safe.text("有几个足球场？"))
    both = body.replace(b"</xml>", plain.text(QUESTION).encode().removeprefix(b"<xml>"))

    assert "3373次" in (plain.read(plain.post(stamp, both)) or "")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>&a;</MsgType></xml>'
DTD = '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml><MsgType>text</MsgType></xml>'


@pytest.mark.parametrize(
    "xml",
    [BOMB, OUTSIDE, DTD, "", "{}", "<xml>", "<xml/>", '<?xml version="1.0" encoding="x-none"?><xml/>', "<a>" * 9000],
    ids=["bomb", "outside", "dtd", "empty", "json", "open", "bare", "encoding", "deep"],
)
def test_xml_that_is_no_message_is_refused(wechat: Platform, xml: str) -> None:
    """Bombs, outside entities and nonsense are refused at once, in the envelope and inside it."""
    answer = wechat.deliver(xml)

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert "root:" not in answer.text


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, DTD, "", "<xml>"], ids=["bomb", "outside", "dtd", "empty", "open"])
def test_an_envelope_that_is_none_is_refused(safe: Platform, xml: str) -> None:
    """The envelope is read as carefully as what is in it."""
    assert 422 == safe.post({}, xml.encode()).status_code


def test_a_body_that_is_too_large_is_refused(wechat: Platform) -> None:
    """No message is longer than 64 KiB."""
    stamp, _ = wechat.packed("<xml/>")

    assert 413 == wechat.post(stamp, b"<xml>" + b" " * 70_000 + b"</xml>").status_code


def test_too_many_questions_are_refused_once(connect: Any) -> None:
    """Over the limit a person is told once, then met with silence; another person is answered."""
    wechat = Platform(connect(wechat_token=TOKEN, questions_per_minute=2), "/wechat", False)
    replies = [wechat.ask(QUESTION) for _ in range(5)]

    assert [ZH.too_many, None, None] == replies[2:]
    assert "3373次" in (replace(wechat, person="oOther").ask(QUESTION) or "")


@pytest.mark.parametrize(
    "failure, said", [(StorageFailed("The disk is full."), ZH.unavailable), (RuntimeError("nobody foresaw"), ZH.failed)]
)
def test_a_failure_is_told_politely(connect: Any, counting: Counting, failure: Exception, said: str) -> None:
    """The person hears of it, and nothing of the inside."""
    counting.failure = failure
    wechat = Platform(connect(counting, wechat_token=TOKEN), "/wechat", False)

    assert said == wechat.ask(QUESTION)


def test_no_id_of_wechats_is_passed_on_or_kept(connect: Any, counting: Counting, service: ReportService) -> None:
    """The conversation has a name from which nothing leads back to the person."""
    wechat = Platform(connect(counting, **SAFE), "/wechat", True, person="oSomebodyKnown")
    wechat.ask(QUESTION)
    folder = service._settings.data_dir
    written = b"".join(path.read_bytes() for path in folder.glob("journal.sqlite3*"))

    assert re.fullmatch("[0-9a-f]{32}", counting.asked[0].conversation_id)
    assert b"oSomebodyKnown" not in written


def test_without_its_settings_there_is_no_such_address(connect: Any) -> None:
    """Neither face is there unless it was set."""
    client = connect()

    assert [404] * 4 == [client.request(how, to).status_code for to in ("/wechat", "/wecom") for how in ("GET", "POST")]


@pytest.mark.parametrize(
    "options, named",
    [
        ({"wechat_aes_key": AES_KEY}, "WENBAO_WECHAT_TOKEN"),
        ({"wechat_app_id": RECEIVER}, "WENBAO_WECHAT_TOKEN"),
        ({"wechat_token": TOKEN, "wechat_aes_key": AES_KEY}, "WENBAO_WECHAT_APP_ID"),
        ({**SAFE, "wechat_aes_key": "short"}, "WENBAO_WECHAT_AES_KEY"),
        ({"wechat_token": "no spaces"}, "WENBAO_WECHAT_TOKEN"),
        ({"wecom_token": TOKEN}, "WENBAO_WECOM_AES_KEY"),
        ({"wecom_token": TOKEN, "wecom_aes_key": AES_KEY}, "WENBAO_WECOM_CORP_ID"),
        ({"wecom_corp_id": RECEIVER}, "WENBAO_WECOM_TOKEN"),
        ({"wecom_token": TOKEN, "wecom_aes_key": "short", "wecom_corp_id": RECEIVER}, "WENBAO_WECOM_AES_KEY"),
    ],
)
def test_half_of_the_settings_are_refused_at_the_start(
    service: ReportService, options: dict[str, str], named: str
) -> None:
    """The line names what is missing or wrong, and shows no secret."""
    with pytest.raises(InvalidSettings, match=named) as problem:
        create_app(Settings(_env_file=None, **options), service)

    assert AES_KEY not in str(problem.value)
