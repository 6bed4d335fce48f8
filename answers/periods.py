"""Which year a place in a report speaks of: the year that the report tells of, the one it plans, or one it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from wenbao.answers.named_years import NUMERAL_VALUES
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.reading import Reading, statement_at
from wenbao.answers.tables import column_year
from wenbao.config.language import language_data

EXPLICIT = re.compile(
    r"(?<![\d\-—~至])((?:19|20)\d{2})(?=年(?!代|以来[的最形]))|([一二][零一二三四五六七八九]{3})(?=年)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The year of a place in a report (None where nothing tells it), and whether the place speaks of plans."""

    year: int | None
    planned: bool


def wanted_years(question: Question, told: int | None) -> frozenset[int]:
    """The years that the question wants, given the year that the report tells of; empty where any year will do.

    Next year may be the second after it: some reports are given late in the year that follows.
    """
    if question.years:
        return frozenset(question.years)
    if question.year_word is None or told is None:
        return frozenset()
    years = {"told": (told,), "plan": (told + 1, told + 2), "before": (told - 1,), "either": (told, told + 1)}
    return frozenset(years[question.year_word])


def speaks_of_last_year(reading: Reading, position: int) -> bool:
    """Whether the headings, or the sentence before a position, say 上年度 of what they tell; 比上年 only compares."""
    sentence = reading.sentence_at(position)
    told = "|".join(word for word in language_data("questions")["year_words"]["told"] if not word.isascii())
    before = (reading.folded[sentence.start : position], *reading.topics)
    return any(re.search(rf"(?<![比较与和同])(?:{told})", words) for words in before)


@lru_cache(maxsize=20_000)
def period_at(reading: Reading, position: int, told: int | None) -> Period:
    """The period of a position: the year named before it in its sentence, else in the headings, else by section.

    What is intended in a part on what was done (计划招聘1410人) was intended in that year.
    """
    part = heading_class(reading.topics)
    clause = INTENT_OF_CLAUSE.search(reading.folded, reading.sentence_at(position).start, position) is not None
    planned = part == "plan" or clause or _is_intent(reading, position)
    if told is not None and YEAR_BEFORE.search(reading.folded, max(0, position - LONGEST_BEFORE), position):
        return Period(told if part == "plan" else told - 1, False)
    named = _named_year(reading, reading.sentence_at(position).start, position)
    if named is not None and told is not None and named > told and part != "plan":
        named = _named_year(reading, statement_at(reading, position).start, position)
    if named is not None:
        return Period(named, planned or (told is not None and named > told))
    if told is None or (clause and part is None):
        return Period(None, planned)
    return Period(told + 1 if planned and part not in ("done", "problem") else told, planned)


YEAR_BEFORE = re.compile(
    r"(?:上一?年(?:度|同期|末|底)?的?|[由从]上一?年(?:度|同期)?的?(?:增长|下降|上升)?"
    r"|(?<![比较与和同])上一?年(?:度|同期)?[^,，。;；、\d增减升降多少高低]{0,8}(?:为|是|有|达到?|仅|只))$"
)
LONGEST_BEFORE = 18
"""A figure right behind 上年的 is of the year before the one told of there: 由上年的48.6%提高到53.2%, 上年仅为72.4%."""


@lru_cache(maxsize=4096)
def heading_class(topics: tuple[str, ...]) -> SectionClass | None:
    """What kind of part the headings say it is, the innermost that says anything first; None where none does."""
    for topic in reversed(topics):
        found = topic_class(topic)
        if found:
            return found
    return None


@lru_cache(maxsize=4096)
def topic_class(topic: str) -> SectionClass | None:
    """What kind of part one (folded) heading announces.

    重点工作 and the like are of plans, where nothing says that they are done: 重点工作落实情况.
    """
    rest = _incidental().sub("", topic)
    found = next((name for name, pattern in _heading_patterns() if pattern.search(rest)), None)
    return "done" if found == "plan" and REACHED.search(topic) else found


REACHED = re.compile(
    r"(?<!确保)(?:目标|任务|计划)[^,，]{0,6}(?:完成|实现|达成|落实|落地|兑现)(?!.{0,4}(?:情况)?的?(?:打算|安排|措施))"
)
"""年度目标任务全面完成 tells of what was done."""
FUTURE = (
    "将(?=会(?![前议后同])|[要于以在对从按是达新再抓把]|继续|进一步|全面|深入|持续|着力|着眼|重点|努力|严格|不断|加[快大强]|强化|坚持|围绕|聚焦|锚定"
    "|完成|完善|建成|建设|启动|开展|推[进动行出]|组[织建]|实[施现]|打造|举办|投[入资]|出台|修订|制定|安排|引进|改造|开工|落实|健全|做好"
    "|力争|争取|确保|进行|统筹|探索|成立|设立|迎来|超过|增加|减少|提[高升供]|采取|支持|培育|优化|深化|紧[盯扣]|积极|大力|切实|认真|主动"
    "|始终|牢牢|更加|依[法托]|有[序效望])"
)
"""将 in front of a verb or an adverb; in front of a thing it says what was done to it (将14支队伍整合为6支)."""
INTENT = re.compile(rf"(?:{FUTURE}|力争|预期目标|目标是|打算)[^;；]*$")
INTENT_OF_CLAUSE = re.compile(
    r"(?:确保|(?<!模)拟(?![议任公合出])(?=[^、,，;；]*$)|(?<!全年)(?<!累计)(?<!成功)(?<!积极)(?<![共已])争取(?![^,，;；]{0,12}(?:资金|项目|支持|补助|指标|政策|债))"
    r"|(?:^|[,，;；:：。]|全[市区县国省镇街]|我[市区县]|年|原)计划(?![书案内外总生投]))[^,，;；]*$"
)
"""These reach to the end of their clause: 计划招聘1410人,38652人报名."""


def _is_intent(reading: Reading, position: int) -> bool:
    return INTENT.search(reading.folded, reading.sentence_at(position).start, position) is not None


THIS_YEAR = re.compile(r"(?<![比较与和同到至])(今年|本年)|(?<![比较与和同到至])(去年|上年|明年|来年)|\d{4}年")


def says_this_year(reading: Reading, position: int) -> bool:
    """Whether the last year named before a position in its paragraph is 今年: the year told of, or the one planned."""
    last = None
    for match in THIS_YEAR.finditer(reading.folded, 0, position):
        last = match
    return last is not None and last.group(1) is not None


def _named_year(reading: Reading, begin: int, position: int) -> int | None:
    """The year named last before a position, from `begin` on, else in a heading."""
    column = reading.row.column_at(position) if reading.row else None
    if column is not None and (year := column_year(column)) is not None:
        return year
    in_sentence = _last_year(reading.folded, begin, position)
    if in_sentence is not None:
        return in_sentence
    return next((year for topic in reversed(reading.topics) if (year := _last_year(topic, 0, len(topic)))), None)


def _last_year(text: str, start: int, end: int) -> int | None:
    years = [match for match in EXPLICIT.finditer(text, start, min(end + 4, len(text))) if match.start() < end]
    years = [match for match in years if not _is_compared(text, match, end)]
    years = [match for match in years if text.rfind("《", 0, match.start()) <= text.rfind("》", 0, match.start())]
    if not years:
        return None
    digits = "".join(NUMERAL_VALUES.get(char, char) for char in years[-1].group())
    return int(digits)


OWN_YEAR = re.compile(r"年(?:底|末|初|同期)?的?")
"""Between a year and its own figure: 2018年的183件."""
SHARE_OF_YEAR = re.compile(r"(?:恢复[到至]|相当于|[是为])(?:19|20)\d{2}年(?:同期)?的?[\d.]+(?:%|倍|成)")


def _is_compared(text: str, year: re.Match[str], end: int) -> bool:
    """Whether a year is only compared with: 比2019年增长5%, and for the second figure 由2020年的262件增加到310件."""
    if SHARE_OF_YEAR.search(text, max(0, year.start() - 4), end + 12):
        return True
    if OWN_YEAR.fullmatch(text, year.end(), end):
        return False
    before = text[max(0, year.start() - 1) : year.start()]
    return before in tuple("比较与") or (before in tuple("由从") and bool(re.search(r"\d", text[year.end() + 1 : end])))


@cache
def _incidental() -> re.Pattern[str]:
    """Words of parts in a heading that names none: 补齐短板 is a measure, 困难群众 are people, 以更实举措 and
    问题导向 are ways."""
    problems = "|".join(map(re.escape, language_data("questions")["sections"]["problem"]["heading"]))
    return re.compile(
        rf"(?:补齐|破解|解决|化解|攻克|克服|突破|打通)[^,，。;；及和与]{{0,12}}?(?:{problems})"
        r"|更[^,，、]{1,4}举措|问题(?:导向|意识|为导向)|困难(?:群|职工|家庭|学生|儿童|残疾|人|户|老|党员|企业|救助|补助|帮扶|对象)"
    )


@cache
def _heading_patterns() -> tuple[tuple[SectionClass, re.Pattern[str]], ...]:
    sections = language_data("questions")["sections"]

    def of(*words: str) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, words)))

    done, plan = sections["done"]["heading"], sections["plan"]["heading"]
    perhaps = sections["plan"]["heading_unless_done"]
    return (
        ("problem", of(*sections["problem"]["heading"])),
        ("done", of(*sections["done"]["heading_of_plans_done"])),
        ("plan", of(*plan)),
        ("done", of(*done)),
        ("plan", of(*perhaps)),
    )
