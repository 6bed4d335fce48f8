"""Personal data is masked before a question is answered or kept, and the figures of reports are not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from wenbao.answers.model import AskRequest, Feedback
from wenbao.answers.privacy import MASK, mask, mask_question, notice
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidQuestion, UnknownAnswer
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询?"
ZERO_WIDTH, TAG, RIGHT_TO_LEFT = "\u200b", "\U000e0031", "\u202e"
PERSONAL = {
    "phone": [
        "13800138000", "138-0013-8000", "138 0013 8000", "+8613800138000", "+86 138 0013 8000",
        "86-13800138000", "0086 13800138000", "１３８００１３８０００", "一三八〇〇一三八〇〇〇",
        "138.0013.8000", "020-87934886", "(020)87934886", "（0755） 8793 4886", "010 6655 4433",
        "+86 20 8793 4886", "9123 4567", "91234567", "2345-6789", "+852 9123 4567", "00852-91234567",
        "852 9123 4567", "6612 3456", "+853 2888 1234", "0912-345-678", "0912345678", "02-2345-6789",
        "(02) 2345 6789", "+886 912 345 678", "+44 20 7946 0018",
    ],
    "identity": [
        "11010519491231002X", "11010519491231002x", "110105 19491231 002X", "440524188001010014",
        "１１０１０５１９４９１２３１００２Ｘ", "110105491231002", "A123456(3)", "a123456(3)", "A1234563",
        "A123456（3）", "AB987654(3)", "1234567(8)", "A123456789",
    ],
    "card": [
        "4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "6200000000000005",
        "6212 3456 7890 0000 003",
    ],
    "email": [
        "zhang.san@example.com", "a+b@mail.example.com.cn", "li@例子.中国", "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ",
    ],
}  # fmt: skip
FIGURES = [
    "3373次", "1398.72万元", "12345热线", "12348", "110", "穗府〔2020〕12号", "粤府函〔2021〕123456789号",
    "(2020)粤0117民初12345号", "2021-2025年", "2021-2025", "2021-01-13", "20210113", "2021.01.13-2021.12.31",
    "25801234元", "25801234人次", "98765432個", "12345678.90元", "25801234万元", "13800138000元",
    "13800138000.50元", "100,000,000元", "1 398 720 平方米", "98.6%", "25801234 yuan", "¥25801234",
    "RMB 25801234", "400-830-2020", "91440101MA5CUPX18A", "3.1415926535", "二〇二〇年", "第25801234号",
    "2019 2020 2021", "1.2.3.4.5.6.7.8", "第十三届", "2020年1月1日至2021年3月4日", "GB/T 2260-2007",
    "3000-5000", "3000-5000人", "2580 1234元", "@从化",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written"), [(kind, one) for kind, all_ in PERSONAL.items() for one in all_])
@pytest.mark.parametrize("around", ["{}", "我是{},2020年做了什么?", "{}在报告里吗", "call {} please", "请回复（{}）。"])
def test_personal_data_is_masked(kind, written, around):
    """However it is written and whatever stands around it, nothing of it is left and the rest stays."""
    masked = mask(around.format(written))

    assert around.format(MASK) == masked.text
    assert (kind,) == masked.kinds


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("around", ["{}", "报告里的{}是什么?", "2020年受理了{},对吗", "Is it {}?"])
def test_figures_dates_and_document_numbers_stay(figure, around):
    """What reports are made of is not taken for personal data."""
    assert around.format(figure) == mask(around.format(figure)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话87934886", "电话***"),
        ("tel: 8793 4886 ok", "tel: *** ok"),
        ("9627 6255家里", "***家里"),
        ("96276255回复我", "***回复我"),
        ("身份证110105194912310021", "身份证***"),
        ("ID A123456(9)", "ID ***"),
        ("银行卡号 123456789012", "银行卡号 ***"),
        ("热线电话4008302020", "热线电话4008302020"),
        ("接听电话1234567个", "接听电话1234567个"),
        ("电话91234567对吗", "电话***对吗"),
        ("電話91234567對嗎?", "電話***對嗎?"),
        ("手机号码:91234567对不对", "手机号码:***对不对"),
        ("我的电话是91234567对?", "我的电话是***对?"),
        ("电话91234567对", "电话***对"),
        ("91234567对吗", "***对吗"),
        ("tel 91234567 对吗", "tel *** 对吗"),
        ("电话87934886家里没人", "电话***家里没人"),
        ("电话87934886分机123", "电话***分机123"),
        ("电话91234567个人用", "电话***个人用"),
        ("发放手机91234567对", "发放手机91234567对"),
        ("发放老人手机91234567对,是哪年?", "发放老人手机91234567对,是哪年?"),
        ("发放手机91234567对吗", "发放手机***对吗"),
        ("发放手机91234567部给老人", "发放手机91234567部给老人"),
        ("接听电话1234567人次", "接听电话1234567人次"),
        ("固定电话1234567户", "固定电话1234567户"),
        ("电话费1234567元", "电话费1234567元"),
        ("手机1234万部", "手机1234万部"),
        ("微信2019-2021年发文多少", "微信2019-2021年发文多少"),
        ("登记结婚25801234对", "登记结婚25801234对"),
    ],
)
def test_a_word_before_says_what_a_number_is(text, expected):
    """Numbers that could be anything are masked where the person says what they are, figures even then not."""
    assert expected == mask(text).text


def test_several_in_one_run_are_all_masked():
    """Numbers with nothing but a space between them are told apart."""
    masked = mask("13800138000 11010519491231002X 4111111111111111 a@b.cn")

    assert "*** *** *** ***" == masked.text
    assert ("phone", "identity", "card", "email") == masked.kinds


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.sampled_from([11, 44, 51, 81, 83]))
def test_every_identity_number_is_masked_and_none_with_another_check(born, serial, province):
    """GB 11643: region, date of birth, serial, check character; another check character makes it another number."""
    body = f"{province}0105{born:%Y%m%d}{serial:03d}"
    check = mod_11_2.calc_check_digit(body)
    other = "0123456789"[(int(check) + 1) % 10 if check != "X" else 0]

    assert MASK == mask(body + check).text
    assert "identity" not in mask(body + other).kinds


@given(st.from_regex(r"62[0-9]{13,16}", fullmatch=True))
def test_every_bank_card_is_masked(body):
    """ISO/IEC 7812: 16 to 19 digits with a Luhn check digit."""
    assert MASK == mask(body + luhn.calc_check_digit(body)).text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", ".", " - "]))
def test_every_mobile_number_is_masked(number, between):
    """In threes and fours, with any sign between."""
    written = between.join((number[:3], number[3:7], number[7:]))
    assert f"打{MASK}找我" == mask(f"打{written}找我").text


@given(st.integers(0, 10**12), st.sampled_from(["元", "万元", "億元", "人次", "%", "平方公里", "吨"]))
def test_no_figure_with_a_unit_is_masked(number, unit):
    """A number that counts something is a figure, whatever number it is."""
    if 13_000_000_000 <= number < 20_000_000_000 and not unit.endswith("元"):
        return  # no report counts people by tens of thousands of millions: this is a mobile number
    assert f"共{number}{unit}" == mask(f"共{number}{unit}").text


@given(st.text("0123456789 -()+.@ax元年〔〕号电话", max_size=60))
def test_masking_is_done_once_and_for_all(text):
    """Masked text holds nothing more to mask, and is never longer."""
    masked = mask(text)
    assert masked.text == mask(masked.text).text
    assert len(masked.text) <= len(text)


ASKED = {
    "zh-Hans": "2020年提供了多少次法律咨询?",
    "yue": "2020年提供咗幾多次法律諮詢?",
    "en": "How many legal consultations were provided in 2020?",
}
INTRODUCED = [
    ("zh-Hans", "{} 电话13800138000"), ("zh-Hans", "{} 我的电话是13800138000"), ("zh-Hans", "{}我13800138000回复"),
    ("zh-Hans", "{}请联系我,手机号码:13800138000,谢谢!"), ("zh-Hans", "{}(联系方式:13800138000)"),
    ("zh-Hans", "我的手机号13800138000,{}"), ("zh-Hans", "13800138000是我的电话。{}"), ("zh-Hans", "13800138000,{}"),
    ("zh-Hans", "有结果请发到li@example.com,谢谢。{}"), ("zh-Hans", "{}我的邮箱是li@example.com"),
    ("zh-Hans", "身份证号11010519491231002X,{}"), ("zh-Hans", "{}证件号码为11010519491231002X,电话:13800138000。"),
    ("zh-Hans", "我的电话和身份证号是13800138000、11010519491231002X,{}"), ("zh-Hans", "银行卡号4111111111111111。{}"),
    ("zh-Hans", "我的电话是13800138000请问{}"), ("zh-Hans", "{} 微信同号13800138000"),
    ("yue", "{}打俾我91234567"), ("yue", "我嘅電話係91234567,{}"), ("yue", "{}唔該覆我 9123 4567"),
    ("yue", "{}搵我91234567,唔該"), ("yue", "我個電郵係li@example.com,{}"), ("yue", "{}身份證號碼:A123456(3)"),
    ("en", "{} my phone is 13800138000"), ("en", "{} Call me at +852 9123 4567, thanks!"), ("en", "{} (ID A123456(3))"),
    ("en", "My phone number is 13800138000 and my email is li@example.com. {}"), ("en", "{} Tel: 138 0013 8000."),
    ("en", "Please reply to li@example.com: {}"), ("en", "My card number is 4111 1111 1111 1111. {}"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "around"), INTRODUCED)
def test_words_that_only_introduce_a_number_are_not_looked_up(service, language, around):
    """The answer, its citations and its language are those of the question alone, and nothing else is left of it."""
    alone = service.ask(AskRequest(ASKED[language]))
    reply = service.ask(AskRequest(around.format(ASKED[language])))

    assert alone.answer
    assert (alone.answer, alone.citations, alone.language) == (reply.answer, reply.citations, reply.language)
    assert reply.notice
    assert set("问请") >= {char for char in mask_question(around.format("问?")).text if char.isalnum()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("法律援助电话是13800138000吗?", "法律援助电话是***吗?"),
        ("法律援助热线电话13800138000", "法律援助热线电话***"),
        ("电话13800138000是哪个单位的?", "电话***是哪个单位的?"),
        ("我区电话13800138000是多少", "我区电话***是多少"),
        ("What is the legal aid phone 13800138000 for?", "What is the legal aid phone *** for?"),
        ("电话13800138000,我们区做了什么?", "***,我们区做了什么?"),
        ("My phone is 13800138000, is this the legal aid hotline?", "***, is this the legal aid hotline?"),
        ("我叫张三,电话13800138000。做了什么?", "我叫张三,***。做了什么?"),
        ("我的电话是多少?", "我的电话是多少?"),
    ],
)
def test_words_that_are_part_of_the_question_stay(text, expected):
    """What is asked of a number stays, and so do questions without one."""
    assert expected == mask_question(text).text


PIECES = ["我", "的", "电话", "是", "my ", "phone ", "is ", "13800138000", "a@b.cn", ",", "?", " ", "多少", "请问"]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_whatever_is_introduced_the_same_is_masked(text):
    """What is left is never longer than without its introduction, and holds nothing more to mask."""
    masked = mask_question(text)
    assert mask(text).kinds == masked.kinds
    assert len(masked.text) <= len(mask(text).text)
    assert masked.text == mask_question(masked.text).text


def test_a_question_of_nothing_but_an_introduction_is_refused(service):
    """There is nothing to look for where a number and the words for it are all."""
    with pytest.raises(InvalidQuestion, match="personal data"):
        service.ask(AskRequest("我的电话是13800138000"))


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "yue", "en"])
def test_the_notice_names_what_was_masked(language):
    """In the person's language, with all that was found and nothing else."""
    both, one = notice(("phone", "email"), language), notice(("phone",), language)
    assert both and one
    assert len(one) < len(both)
    assert notice((), language) is None


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"))
    with ReportService.open(settings) as opened:
        yield opened


def test_a_question_with_personal_data_is_answered_and_the_person_told(service):
    """The answer is that of the question without it."""
    reply = service.ask(AskRequest(f"{QUESTION} 回电13800138000"))
    assert reply.answer and "3373次" == reply.answer.value
    assert reply.notice and "电话号码" in reply.notice
    assert reply == service.reply(reply.id)


def test_a_question_without_it_has_no_notice(service):
    """Nobody is warned of figures."""
    assert service.ask(AskRequest(QUESTION)).notice is None


def test_a_question_of_nothing_else_is_refused(service):
    """There is nothing to look for, and nothing to keep."""
    with pytest.raises(InvalidQuestion, match="personal data") as problem:
        service.ask(AskRequest("13800138000"))
    assert "illegible" == problem.value.reason


def test_a_reply_that_is_not_kept_leaves_nothing(service):
    """It is the same answer, but nobody can open it, and neither its words nor a conversation are on disk."""
    reply = service.ask(AskRequest("土豆地雷提供了多少次法律咨询?", "unkept", kept=False))

    with pytest.raises(UnknownAnswer):
        service.reply(reply.id)
    assert service._journal.recall("unkept") is None
    assert "土豆地雷".encode() not in stored(service)


@pytest.mark.parametrize("hidden", [ZERO_WIDTH, TAG, RIGHT_TO_LEFT, "\u00ad", "\ufeff", "\u2066"])
def test_what_nobody_sees_hides_nothing(service, hidden):
    """Invisible characters are taken out before personal data is looked for, in comments too."""
    number = hidden.join("13800138000")
    reply = service.ask(AskRequest(f"{QUESTION}{hidden} {number}"))
    service.feedback(Feedback(reply.id, True, f"call {number}"))
    kept = service._journal.feedback(reply.id)

    assert reply.notice
    assert kept and "call ***" == kept.comment
    assert b"13800138000" not in stored(service)


def test_what_a_client_remembers_is_masked_too(service):
    """Earlier questions that a client sends along leave nothing behind either."""
    service.ask(AskRequest("那2019年呢?", history=(f"{QUESTION} 电话91234567",)))
    assert b"91234567" not in stored(service)


def test_a_conversation_is_deleted_by_its_id(service):
    """Its replies and their feedback are gone, those of others stay, and no trace is left in the files."""
    mine = [service.ask(AskRequest(f"豌豆射手{number}提供了多少次法律咨询?", "my own")) for number in range(3)]
    other = service.ask(AskRequest(QUESTION, "another"))
    service.feedback(Feedback(mine[0].id, False, "向日葵"))

    assert 3 == service.forget_conversation("my own")
    for reply in mine:
        with pytest.raises(UnknownAnswer):
            service.reply(reply.id)
    assert other == service.reply(other.id)
    assert "豌豆射手".encode() not in stored(service)
    assert "向日葵".encode() not in stored(service)
    assert 0 == service.forget_conversation("my own")


def test_a_forgotten_conversation_begins_anew(service):
    """A follow-up finds nothing to lean on."""
    service.ask(AskRequest(QUESTION, "leaning"))
    service.forget_conversation("leaning")
    assert service._journal.recall("leaning") is None


def test_an_answer_is_deleted_by_its_id(service):
    """And an id that is not known (any more) is told."""
    reply = service.ask(AskRequest("寒冰射手提供了多少次法律咨询?"))
    service.forget_answer(reply.id)

    assert "寒冰射手".encode() not in stored(service)
    with pytest.raises(UnknownAnswer):
        service.forget_answer(reply.id)


def test_nobody_can_tell_which_replies_are_of_one_conversation(service):
    """What is kept to find a conversation's replies is another for each of them."""
    for _ in range(5):
        service.ask(AskRequest(QUESTION, "linked?"))
    with service._journal._connection() as connection:
        marks = [row[0] for row in connection.execute("SELECT mark FROM conversation_marks")]
    assert len(marks) == len(set(marks))


def stored(service: ReportService) -> bytes:
    """All that lies on disk of questions and replies."""
    folder = service._settings.data_dir
    return b"".join(path.read_bytes() for path in folder.glob("journal*"))
