"""The small parts: cutting text, placing the figure, counting questions, keeping what must last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.fake_reports import citation, reply
from wenbao.answers.limits import QuestionLimit
from wenbao.answers.model import Answer
from wenbao.bot.render import render_reply
from wenbao.bot.spans import Span, bold, link, marked, plain, split, to_html, utf16_length
from wenbao.bot.store import BotStore
from wenbao.bot.texts import texts_in
from wenbao.config.errors import StorageFailed


def test_html_is_escaped_and_closed() -> None:
    """Everything in the text is escaped, and marks are closed in order."""
    rich = plain("a<b>") + marked("blockquote expandable", plain("&") + bold("x")) + link("y", 'https://e.org/?"a&b')

    assert (
        to_html(rich)
        == 'a&lt;b&gt;<blockquote expandable>&amp;<b>x</b></blockquote><a href="https://e.org/?&quot;a&amp;b">y</a>'
    )


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    """Only http and https lead anywhere."""
    assert plain("y") == link("y", "javascript:alert(1)")


@pytest.mark.parametrize("limit", [7, 10, 33, 100])
@pytest.mark.parametrize("text", ["😀" * 60, "一句。" * 50, "段落一\n\n段落二\n" * 12, "no end here " * 20, "字" * 200])
def test_pieces_fit_and_lose_nothing(text: str, limit: int) -> None:
    """Whatever the text, its pieces are within the limit, and together they are the text."""
    pieces = ["".join(span.text for span in piece) for piece in split((Span(text, ("b",)),), limit)]

    assert max(map(utf16_length, pieces)) <= limit
    assert "".join(text.split()) == "".join("".join(pieces).split())


def test_a_cut_comes_after_a_sentence_with_its_closing_marks() -> None:
    """A closing quotation mark stays with its sentence."""
    pieces = split(plain("他说:“好。”然后就走了没有再来"), 10)

    assert pieces[0] == plain("他说:“好。”")


@pytest.mark.parametrize(
    "text, value, shown",
    [
        ("2020年办理3件,其中23件、3.5件另计。", "3件", "2020年办理<b>3件</b>,其中23件"),
        ("In 2020, 20 of 120 cases.", "20", "In 2020, <b>20</b> of"),
        ("共33,733次、33,73次。", "33,73", "共33,733次、<b>33,73</b>次"),
        ("三千余次。", "3000次", "<b>3000次</b>\n三千余次。"),
    ],
)
def test_the_figure_is_marked_where_it_stands_alone(text: str, value: str, shown: str) -> None:
    """A figure is never marked inside a longer one; where the text words it otherwise, it stands above."""
    rich = render_reply(reply(Answer(text, "figure", value)), texts_in("zh-Hans"), None)

    assert shown in to_html(rich)


def test_of_two_equal_figures_the_cited_one_is_marked() -> None:
    """The citation's highlight decides which of two equal figures is meant."""
    quote = "行政复议45件,行政诉讼45件。"
    cited = citation(quote, "诉讼45件")
    rich = render_reply(reply(Answer(quote, "figure", "45件"), cited), texts_in("zh-Hans"), None)

    assert to_html(rich).startswith("行政复议45件,行政诉讼<b>45件</b>。")


def test_the_limit_is_a_sliding_minute() -> None:
    """A person over the limit may ask again when the oldest question is a minute old."""
    now = [0.0]
    limit = QuestionLimit(2, clock=lambda: now[0])
    first = [limit.admit("a") for _ in range(4)]
    now[0] = 61

    assert first == ["admitted", "admitted", "refused", "refused_again"]
    assert [limit.admit("a"), limit.admit("b")] == ["admitted", "admitted"]


def test_the_store_keeps_languages_and_what_was_handled(tmp_path: Path) -> None:
    """What was written is there when the store is opened again."""
    store = BotStore(tmp_path / "bot.sqlite3")
    store.set_language("chat", "yue")
    assert store.first_time("update:1")
    store.close()

    again = BotStore(tmp_path / "bot.sqlite3")
    assert again.language("chat") == "yue"
    assert not again.first_time("update:1")
    again.set_language("chat", None)
    assert again.language("chat") is None
    again.close()


def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    """A file that is no database is named, with what to do about it."""
    (tmp_path / "bot.sqlite3").write_bytes(b"not a database at all" * 100)

    with pytest.raises(StorageFailed, match="delete it"):
        BotStore(tmp_path / "bot.sqlite3")
