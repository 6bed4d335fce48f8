"""What a question expects of its answer beside words and unit: names, a sum, a cause; and whether a place has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import rjieba

from wenbao.answers.figures import SMALL_NUMBERS_EN, SMALL_NUMERAL, Span, figures, small_number
from wenbao.answers.place_names import place_mentions
from wenbao.answers.reading import Reading, clause_at
from wenbao.config.language import language_data

NAMES_ASKED = re.compile(
    r"叫(?:什么|啥)|(?:人|领导|干部|员)(?:是|叫)谁|(?:什么|啥)名[字称]?|名[字称](?:是|叫)|(?:是|有)哪(?:几|些|\d|[一二两三四五六七八九十])"
    r"|哪(?:几|\d{1,3}|[一二两三四五六七八九十]{1,2})(?:个|家|名|位|所|条|件|处|间|座)|是哪(?:个|家|位|里)"
    r"|\bwhat (?:is|are|was|were) the names?\b|\bname the\b|\bcalled\b"
)
SUM_ASKED = re.compile(
    r"加起来|加上|加在一|加一[块起]|合起来|合在一|相加|两[者项类家](?:一共|总共|合计|共)"
    r"|[和与跟加](?:[^,，。;；?？]{1,8}?)(?:两|三|这些)[个家项类者种](?:部门|单位)?(?:一共|总共|合计|共)"
    r"|[和与跟加][^,，。;；?？]{1,10}?(?:合计|总计|总共|一共)(?:是|有|为|达到?)?(?:多少|几)"
    r"|\b(?:added up|put together|combined|taken together)\b"
)
REST_ASKED = re.compile(
    r"剩|余下|其余|还(?:有|差|欠|没|未)|尚(?:未|有)|没[^,，。;；?？]{0,5}完|\b(?:left|remain\w*|rest|still|outstanding|pending)\b"
)
WITHIN = re.compile(
    r"(?<![公区县市镇村省乡])里面?(?!程)|[之当其]中|(?<=[\u4e00-\u9fff])中(?=[^,，心小学]{1,8}(?:多少|几|占))"
)
REST = re.compile(r"其余|剩余|余下|剩下|尚|还有|仍|另有|还剩|未(?!来|成年)|欠")
SUMMED = re.compile(r"合计|共|总|累计|两项|[^、和及与][、和及与]")
CAUSE = re.compile(
    r"由于|因为|系(?!统|列|数)|主要是|在于|制约|不高的|因(?!此|地|素|而|时|人|势|材)|限于|受.{1,20}影响|鉴于|源于|导致|原因|为了|所致|造成|缘于|使得"
    r"|受制|受限|得益于|吸取|取决于|以(?:防|便|免|缓解|满足)|解决.{1,12}(?:问题|不足|困难)"
    r"|与[^,，。;；]{2,24}有关|症结|根源|根子|归因|出于|根据[^,，。;；]{0,16}(?:结论|结果|意见|反映)"
)
EFFECT = re.compile("导致|造成|使得|引发|引起")
"""Before an effect: what stands behind it is no cause of what stands before it."""


CAUSE_ALONE = re.compile(
    r"^(?:其?(?:主要|根本)?原因|这(?:既?与|是|主要)|主要(?:是|由于|因)|究其|根[源子]|症结)"
    r"|(?:是|为)(?:症结|主因|根源|(?:主要|根本)?原因)(?:所在)?[。.]?$|有关[。.]?$"
)


def cause_behind(reading: Reading, statement: Span) -> Span | None:
    """The sentence right behind a statement that only gives its cause, where the statement gives none itself: 平台建设
    滞后。标准不一是症结所在."""
    sentence = reading.sentence_at(statement.start)
    if CAUSE.search(reading.folded, statement.start, statement.end) or sentence.end != statement.end:
        return None
    behind = next((one for one in reading.sentences if one.start >= sentence.end), None)
    return behind if behind and CAUSE_ALONE.search(reading.folded[behind.start : behind.end]) else None


def asks_for_names(plain: str) -> bool:
    """Whether a question asks what something is called, or which ones the things are that it counts."""
    return NAMES_ASKED.search(plain) is not None


WHICH = re.compile(
    r"哪|[都有是]谁|谁[?？]?$|叫(?:什么|啥)|(?:[都各]|分别|具体)(?:是|有|在)?些?(?:什么|啥)|什么名"
    r"|\b(?:which|who|what kinds?|what types?|names?)\b"
)


@lru_cache(maxsize=1024)
def counted_things(plain: str) -> frozenset[str]:
    """The counts, in digits, of things that a question asks to be named: 4 in 这4家企业叫什么, 5 in which 5 plants."""
    if not WHICH.search(plain):
        return frozenset()
    in_digits = (one for one in figures(plain) if plain[one.start].isdigit() and one.group in THINGS)
    counts = {_counted(plain[one.start : one.end]) for one in in_digits}
    counts |= {str(small_number(found.group(1))) for found in WHICH_OF.finditer(plain)}
    counts |= {str(SMALL_NUMBERS_EN.get(word, word)) for word in COUNTED_EN.findall(plain)}
    return frozenset(one for one in counts if one.isdigit() and 1 < int(one) < FEW)


THINGS = ("case", "person", "household", "document", "thing", "occasion")
FEW = 400
"""Nobody asks for the names of more things."""
COUNTED_EN = re.compile(
    rf"\b({'|'.join(SMALL_NUMBERS_EN)}|\d{{1,3}}) (?!years?|months?|weeks?|days?|hours?|minutes?|percent|points?"
    r"|[mb]illion|thousand|hundred|yuan|square|k?m\b|kilomet|tons?|tonnes?|hectares?|mu\b)[a-z]"
)


def asks_for_sum(plain: str) -> bool:
    """Whether a question asks what several things come to together."""
    return SUM_ASKED.search(plain) is not None


def asks_for_rest(plain: str) -> bool:
    """Whether a question asks for what is left, or not done yet."""
    return REST_ASKED.search(plain) is not None


MOST_ASKED = re.compile(
    r"最(?![后近新终初低])|第一(?![次批季轮产步个件条点项时])|排头|冠军|垫底|倒数"
    r"|\b(?:most|fewest|least|highest|lowest|largest|biggest|smallest|longest|best|worst|top|ranked? first)\b"
)
MOST = re.compile("最|第一|首位|居首|榜首|之首|领先|冠|末位|[1１]位")


def asks_for_most(plain: str) -> bool:
    """Whether a question asks what is most, or first, of several."""
    return MOST_ASKED.search(plain) is not None and not re.search(r"\bat (?:most|least)\b", plain)


RANKING_ASKED = re.compile(
    r"最(?:[多少大小快慢好差狠严]|高(?!人民|法院|检))|\b(?:most|fewest|highest|lowest|largest|biggest|smallest|best|worst)\b"
)


def asks_which_is_most(plain: str) -> bool:
    """Whether a question asks which of several is most by a measure: 最多的是哪家; 最迟 and 第一家 are no measures."""
    return RANKING_ASKED.search(plain) is not None and asks_for_most(plain)


def says_most(reading: Reading, position: int) -> bool:
    """Whether the sentence of a position says of anything that it is most or first."""
    sentence = reading.sentence_at(position)
    return MOST.search(reading.folded, sentence.start, sentence.end) is not None


def whole_end(plain: str) -> int:
    """Where the words end that name the whole of which a part is asked for: 律师里 in 律师里女律师有几名; else 0."""
    found = WITHIN.search(plain)
    return found.end() if found else 0


def has_names(plain: str, reading: Reading, position: int) -> bool:
    """Whether the sentence of a position names what a question asks the names of.

    Where the question counts the things (哪两家, 4家企业叫什么), they must be named beside that count, where it stands.
    """
    sentence = reading.sentence_at(position)
    counts = counted_things(plain)
    inside = [one for one in reading.figures if sentence.start <= one.start < sentence.end]
    counted = [one for one in inside if _counted(reading.folded[one.start : one.end]) in counts]
    if counted:
        return any(_named_beside(reading, Span(one.start, one.end)) for one in counted)
    if not asks_for_names(plain):
        return True
    words = reading.folded[sentence.start : sentence.end]
    return _holds_names(words) and not _is_anonymous(plain, words)


KIND_QUOTED = re.compile("[“「《][^”」》]*[”」》][^,，]{0,4}$")
INTRODUCED = re.compile(
    r"[^,，。;；]{0,12}(?:[:：]|[(（](?=[^)）]{5,})|[,，]?(?:分别|包括|即|其中[^,，。;；\d]{2,}、))|[^,，。;；]{0,8}[,，](?:是|为)"
)
ROW_OF_NAMES = re.compile("[《“「、和与及]")
CALLED = re.compile(r"([\u4e00-\u9fff]{2})(?:叫|的名)")
ANONYMOUS = r"(?:一|某)[\u4e00-\u9fff]{0,8}"


def _is_anonymous(plain: str, words: str) -> bool:
    """Whether what a question asks the name of stands in a sentence as 一家 or 某 (某街道出纳, 一食品厂)."""
    called = CALLED.search(plain)
    return called is not None and re.search(ANONYMOUS + called.group(1), words) is not None


WHICH_OF = re.compile(rf"[哪那这的有]({SMALL_NUMERAL.pattern})[\u4e00-\u9fff]")


def _counted(figure: str) -> str:
    """The number of a figure, in digits."""
    in_words = SMALL_NUMERAL.match(figure)
    return str(small_number(in_words.group())) if in_words else re.sub(r"\D", "", figure)


def _named_beside(reading: Reading, figure: Span) -> bool:
    """Whether names stand right before a count (甲镇、乙镇2个镇), or are introduced behind it (2个镇:甲镇、乙镇).

    What stands in front of 的 or of another count, and a term that only says what is counted (“法治乡镇”4个), are no
    names of the things.
    """
    clause = clause_at(reading, figure.start, figure.end)
    begin = max([clause.start, *(one.end for one in reading.figures if clause.start < one.end <= figure.start)])
    before = reading.folded[begin : figure.start].rpartition("的")[2].strip("、和与及")
    if "、" not in before:
        before = KIND_QUOTED.sub("", before)
    return INTRODUCED.match(reading.folded, figure.end) is not None or ROW_OF_NAMES.search(before) is not None


@lru_cache(maxsize=2048)
def _holds_names(text: str) -> bool:
    """Whether a (folded) text has names: in 《》 or quotation marks, in letters, in a row, of a person or a place."""
    if re.search(r"[《“「、]|[a-z]{2}", text) or next(place_mentions(text), None):
        return True
    return any(tag[:2] in ("nr", "ns", "nt", "nz") and len(word) > 1 for word, tag in rjieba.tag(text))


@cache
def _contrasts() -> tuple[re.Pattern[str], Mapping[str, frozenset[str]]]:
    """Every word of the sets of different things, the longest first, and for each the others of its sets."""
    others: dict[str, frozenset[str]] = {}
    for words in language_data("contrasts")["sets"]:
        for word in words:
            others[word] = others.get(word, frozenset()) | (frozenset(words) - {word})
    return re.compile("|".join(sorted(map(re.escape, others), key=len, reverse=True))), others


@lru_cache(maxsize=4096)
def distinct_words(text: str) -> frozenset[str]:
    """The words of a (folded) text that stand for one thing beside others: 一审, 城镇, 支出."""
    pattern, _ = _contrasts()
    return frozenset(match.group() for match in pattern.finditer(text))


def is_contrary(asked: Sequence[frozenset[str]], said: frozenset[str]) -> bool:
    """Whether words say another thing than one that is asked for, and not that one: 一审 for 二审.

    Each of the things asked for comes with other words for the same.
    """
    _, others = _contrasts()
    every = frozenset[str]().union(*asked)
    return any(
        not one & said and frozenset[str]().union(*(others[word] for word in one)) & said - every for one in asked
    )


def is_summed(reading: Reading, start: int) -> bool:
    """Whether the words of a figure's own before it, in its clause, say that it is a sum, or name several things."""
    clause = clause_at(reading, start, start + 1)
    begin = max([clause.start, *(one.end for one in reading.figures if clause.start < one.end <= start)])
    return SUMMED.search(reading.folded[begin:start].lstrip(")）、")) is not None


def is_of_rest(reading: Reading, start: int, end: int) -> bool:
    """Whether the clause of a place speaks of what is left, before it or in it."""
    clause = clause_at(reading, start, end)
    return REST.search(reading.folded, clause.start, end) is not None


def has_cause(reading: Reading, start: int, end: int, met: Sequence[Span]) -> bool:
    """Whether a clause, or the one before or behind it in its sentence, or a sentence that [start, end) reaches into,
    gives a cause; what only has an effect (坍塌造成3人死亡) gives one where words of the question (`met`) stand behind
    that."""
    sentence = reading.sentence_at(start)
    clause = clause_at(reading, start, end)
    left = clause_at(reading, clause.start - 2, clause.start - 1) if clause.start - 2 > sentence.start else clause
    right = clause_at(reading, clause.end + 1, clause.end + 2) if clause.end + 2 < sentence.end else clause
    return any(
        not EFFECT.match(found.group()) or any(found.end() <= span.start < right.end for span in met)
        for found in CAUSE.finditer(reading.folded, left.start, max(right.end, end))
    )
