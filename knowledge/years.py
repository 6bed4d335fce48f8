"""Which year a report tells of: said in its title, or told by its text where the title names the year of delivery."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from wenbao.knowledge.dates import find_years
from wenbao.knowledge.vocabulary import any_of, words

_TELLS = re.compile(any_of(words("titles", "reports")))
_SPAN = re.compile(
    r"五年|十年|十[一二三四五六七八九]五|(?:規劃|规划|纲要|綱要)(?:[（(][^）)]*[）)])*$|(?:19|20)\d\d年?\s?[—–\-~～至到]+\s?(?:19|20)\d\d"
)
_RULES = re.compile(
    r"(?:法|法典|条例|條例|规定|規定|办法|辦法|[细細]则|规则|規則|解释|解答|批复|规范|准则|修正案|制度|标准|章程|公约)(?:[（(][^）)]*[）)])*$"
)
_NOTICES = re.compile(r"(?:通知|通报|意见|决定|決定|决议|決議|公告|函)(?:[（(][^）)]*[）)])*$")
_PART_OF_YEAR = re.compile(r"上半年|下半年|季度|半年|\d{1,2}月份?|[一二三四五六七八九十]月份?|年度")
_PARTS = re.compile(r"上半年|下半年|季度|半年")
_LAST_PART = re.compile(r"(?<!上)下半年|(?<![一二三前])四季度")
_ONE_YEAR = re.compile(
    r"(?P<first>(?:19|20)\d\d)年?\s?[—–\-~～至到/]+\s?(?P<second>(?:19|20)\d\d)(?:学年|學年|年度|財政年度|财政年度)"
)
_NAMED = re.compile(r"《[^》]*》")
_COMING = re.compile(any_of(words("plans", "coming")))
_ANNOUNCED = re.compile(
    r"(?:现将|現將|现就|現就)(?P<what>[^。！？]{2,80}?)(?:汇报|匯報|报告|報告|总结|總結|公布|通报|通報|说明|說明)如下"
    r"|(?:报告|報告|汇报|匯報)(?P<named>[^。，,：:]{0,20}?(?:(?:19|20)\d\d|[〇○零一二三四五六七八九]{4})年[^。，,：:]{2,60}?(?:情况|情況|工作))"
)
_DELIVERY = re.compile(
    r"政府工作报告|政府工作報告|工作报告|工作報告|施政|[Ww]ork of the [Gg]overnment|WORK OF THE GOVERNMENT"
)
_GOVERNMENT = re.compile(
    r"(?:^|人民|[区區县縣市省州旗盟镇鎮乡鄉年])政府工作(?:报告|報告)"
    r"|[Ww]ork of the [Gg]overnment|WORK OF THE GOVERNMENT"
)
_PLAN = re.compile(any_of(words("plans", "headings")))
_PAST = re.compile(any_of(words("plans", "past")))
_DONE = re.compile(r"执行|執行|完成|决算|決算|总结|總結|回顾|落实")
_TITLES = re.compile(r"《[^》]{1,80}》|[（(][^）)]{0,20}(?:19|20)\d\d[^）)]{0,20}[）)]")
_COMPARED = re.compile(r"(?:比|较|較|同比|到|至|自|从|從|於|于|对|和|与)$")
_LAST_YEAR = re.compile(
    r"(?<![比较較与與])(?:去年|上年)(?!同期|同月|同季|[底末]|年[底末]|\d{1,2}月)|过去一年|過去一年|过去的一年|過去的一年"
    r"|一年来|一年來|[Tt]he past year|[Ll]ast year"
)
_THIS_YEAR = re.compile(r"今年以来|今年以來|今年上半年|本年度")
_FIGURE = re.compile(r"\d[\d,.]*|百分之|[０-９]+")
_DAY = re.compile(r"年\s?\d{1,2}月\s?\d{0,2}\s?[日号號]")
_DAY_BEFORE = re.compile(r"\b(?:[A-Z][a-z]{2,8}\.? \d{1,2},?|\d{1,2} [A-Z][a-z]{2,8}\.?,?) $")
_HEADING, _HEADING_WEIGHT = 24, 10
# A report of this month or later tells of its own year.
_LATE = 9
# A report of this month or earlier on the last part of a year tells of the year before.
_EARLY = 3
# So many paragraphs say at the most what a text without a title tells of.
_OPENING = 6
_SENTENCE = re.compile(r"[^。；;！？]+")


def find_year(
    title: str, delivered: str | None, passages: Sequence[tuple[tuple[str, ...], str]], issued: int | None = None
) -> int | None:
    """The year told of, None where a text tells of no year (a law, a plan for five years).

    `delivered` is the date of publication, `issued` the year of the document's number; `passages` are the paragraphs
    with their heading paths. A text without a title is told by what it announces (现将2021年度工作情况报告如下).
    """
    subject = _subject(title or _announced(passages))
    if one := _ONE_YEAR.search(subject):
        return int(one["first"]) if int(one["second"]) == int(one["first"]) + 1 else None
    named = list(dict.fromkeys(year for _, _, year in find_years(subject)))
    if not _tells_of_a_year(subject, bool(named)):
        return None
    if len(named) > 1:
        return _first_told(subject, named)
    if named:
        return _named_year(subject, named[0], delivered, passages)
    return _unnamed_year(subject, delivered, passages, issued)


def _subject(title: str) -> str:
    """A title without the names of other texts in it, where it tells of a year without them or they span years."""
    without = _NAMED.sub("", title)
    spans = any(_SPAN.search(name[1:-1]) for name in _NAMED.findall(title))
    return without if without and (spans or next(find_years(without), None)) else title


def _announced(passages: Sequence[tuple[tuple[str, ...], str]]) -> str:
    """What a text without a title says that it tells of, else its first heading, else the year that it begins with."""
    opening = [text for _, text in passages[:_OPENING]]
    for text in opening:
        if match := _ANNOUNCED.search(text):
            return f"{match['what'] or match['named']}情况"
    if opening and len(opening[0]) <= _HEADING and _TELLS.search(opening[0]):
        return opening[0]
    first = next((text[:end] for text in opening[:1] for start, end, _ in find_years(text) if start == 0), None)
    return f"{first}年情况" if first and not _COMING.search(opening[0]) else ""


def _tells_of_a_year(subject: str, named: bool) -> bool:
    tells = _TELLS.search(subject) is not None
    if _SPAN.search(subject) or _RULES.search(subject) or not (named or tells):
        return False
    return not _NOTICES.search(subject) or (named and tells)


def _named_year(
    subject: str, named: int, delivered: str | None, passages: Sequence[tuple[tuple[str, ...], str]]
) -> int | None:
    """The year in the title, or the one before it where the title names the year of delivery (2023年政府工作报告)."""
    when = int(delivered[:4]) if delivered else None
    to_congress = _GOVERNMENT.search(subject) is not None
    if _PART_OF_YEAR.search(subject) or (when is not None and when > named and not to_congress):
        return named
    if delivered is not None and when == named and int(delivered[5:7]) >= _LATE:
        return named
    weights = _weights(passages, named)
    if not _DELIVERY.search(subject):
        weights[named] += 10 + sum(weights.values()) // 2
    return _weightiest(weights, range(named - 1, named + 1), named)


def _unnamed_year(
    subject: str, delivered: str | None, passages: Sequence[tuple[tuple[str, ...], str]], issued: int | None
) -> int | None:
    """The year told most of, in the years before the delivery, or before the year that the text plans for."""
    when = int(delivered[:4]) if delivered else issued
    if when is not None and _PARTS.search(subject):
        early = delivered is not None and int(delivered[5:7]) <= _EARLY
        return when - 1 if early and _LAST_PART.search(subject) else when
    base = when or _planned(passages)
    weights = _weights(passages, base)
    if base is None:
        return _weightiest(weights, list(weights), None)
    return _weightiest(weights, range(base - (1 if _DELIVERY.search(subject) else 2), base + 1), None)


def _weightiest(weights: Counter[int], possible: Sequence[int], otherwise: int | None) -> int | None:
    """Of the possible years that are told of the weightiest, and of two such the later."""
    told = [year for year in possible if weights[year] > 0]
    return max(told, key=lambda year: (weights[year], year), default=otherwise)


def _planned(passages: Sequence[tuple[tuple[str, ...], str]]) -> int | None:
    """The year that a heading of plans names (二、2022年工作打算)."""
    plans = [text for _, text in passages if len(text) <= _HEADING and _PLAN.search(text) and not _PAST.search(text)]
    return next((year for text in plans for _, _, year in find_years(text)), None)


def _first_told(title: str, named: list[int]) -> int:
    """Of two years in a title the one that is told of, not planned: 2020年…执行情况和2021年…计划."""
    done = _DONE.search(title)
    before = [year for start, _, year in find_years(title) if done is not None and start < done.start()]
    return before[-1] if before else min(named)


def _weights(passages: Sequence[tuple[tuple[str, ...], str]], base: int | None) -> Counter[int]:
    """How much is told of each year: sentences that name it, the more the more figures they hold."""
    weights: Counter[int] = Counter()
    for path, text in passages:
        if any(
            _PLAN.search(step) and not _PAST.search(step) for step in (*path, text if len(text) <= _HEADING else "")
        ):
            continue
        if len(text) <= _HEADING and _PAST.search(text):
            weights.update({year: _HEADING_WEIGHT for _, _, year in find_years(text)})
        for sentence in _SENTENCE.findall(_TITLES.sub("", text)):
            _weigh(weights, sentence, base)
    return weights


def _weigh(weights: Counter[int], sentence: str, base: int | None) -> None:
    if _COMING.search(sentence):
        return
    figures = min(5, len(_FIGURE.findall(sentence)))
    told = {year for start, end, year in find_years(sentence) if _is_told(sentence, start, end)}
    for year in told:
        weights[year] += 1 + figures
    if base is not None and _LAST_YEAR.search(sentence):
        weights[base - 1] += 2 + figures
    if base is not None and _THIS_YEAR.search(sentence):
        weights[base] += 2 + figures


def _is_told(sentence: str, start: int, end: int) -> bool:
    """Whether a year is told of: not compared with, and not part of a date."""
    before = sentence[max(0, start - 20) : start]
    return not (_COMPARED.search(before) or _DAY.match(sentence, end) or _DAY_BEFORE.search(before))
