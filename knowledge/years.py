"""Which year a report tells of: said in its title, or told by its text where the title names the year of delivery."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from wenbao.knowledge.dates import find_years
from wenbao.knowledge.vocabulary import any_of, words

_TELLS = re.compile(any_of(words("titles", "reports")))
_SPAN = re.compile(
    r"五年|十年|十[一二三四五六七八九]五|規劃|规划|纲要|綱要|(?:19|20)\d\d年?\s?[—–\-~～至到]+\s?(?:19|20)\d\d"
)
_RULES = re.compile(
    r"(?:法|法典|条例|條例|规定|規定|办法|辦法|[细細]则|规则|規則|解释|解答|批复|规范|准则|修正案|制度|标准|章程|公约)(?:[（(][^）)]*[）)])*$"
)
_NOTICES = re.compile(r"(?:通知|通报|意见|决定|決定|决议|決議|公告|函)(?:[（(][^）)]*[）)])*$")
_PART_OF_YEAR = re.compile(r"上半年|下半年|季度|半年|\d{1,2}月份?|[一二三四五六七八九十]月份?|年度")
_DELIVERY = re.compile(
    r"政府工作报告|政府工作報告|工作报告|工作報告|施政|[Ww]ork of the [Gg]overnment|WORK OF THE GOVERNMENT"
)
_PLAN = re.compile(any_of(words("plans", "headings")))
_PAST = re.compile(any_of(words("plans", "past")))
_DONE = re.compile(r"执行|執行|完成|决算|決算|总结|總結|回顾|落实")
_TITLES = re.compile(r"《[^》]{1,80}》|[（(][^）)]{0,20}(?:19|20)\d\d[^）)]{0,20}[）)]")
_COMPARED = re.compile(r"(?:比|较|較|同比|到|至|自|从|從|於|于|对|和|与)$")
_LAST_YEAR = re.compile(
    r"(?<![比较較])(?:去年|上年|过去一年|過去一年|过去的一年|過去的一年|一年来|一年來)|the past year|last year"
)
_THIS_YEAR = re.compile(r"今年以来|今年以來|今年上半年|本年度")
_FIGURE = re.compile(r"\d[\d,.]*|百分之|[０-９]+")
_DAY = re.compile(r"年\d{1,2}月\d{1,2}日")
_HEADING, _HEADING_WEIGHT = 24, 10
# A report of this month or later tells of its own year.
_LATE = 9
_SENTENCE = re.compile(r"[^。；;！？]+")


def find_year(title: str, delivered: str | None, passages: Sequence[tuple[tuple[str, ...], str]]) -> int | None:
    """The year told of, None where a text tells of no year (a law, a plan for five years).

    `delivered` is the date of publication; `passages` are the paragraphs with their heading paths.
    """
    named = list(dict.fromkeys(year for _, _, year in find_years(title)))
    if _SPAN.search(title) or _RULES.search(title) or (not named and not _TELLS.search(title)):
        return None
    if _NOTICES.search(title) and not (named and _TELLS.search(title)):
        return None
    when = int(delivered[:4]) if delivered else None
    if len(named) > 1:
        return _first_told(title, named)
    if named and (_PART_OF_YEAR.search(title) or (when is not None and when > named[0])):
        return named[0]
    if named and delivered and int(delivered[5:7]) >= _LATE:
        return named[0]
    base = when or (named[0] if named else None)
    weights = _weights(passages, base)
    if named and not _DELIVERY.search(title):
        weights[named[0]] += 10 + sum(weights.values()) // 2
    possible = {year: weight for year, weight in weights.items() if base is None or base - 2 <= year <= base}
    if not possible:
        return named[0] if named else None
    return max(possible, key=lambda year: (possible[year], year))


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
    return not (_COMPARED.search(sentence[max(0, start - 2) : start]) or _DAY.match(sentence, end))
