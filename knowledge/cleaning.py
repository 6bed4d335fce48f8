"""A page to its report: what stands around it (menus, buttons, footers) is left off, the body is not touched.

The parts of a page are told by where they stand: above the title, between title and body, after the last running text
or the signature; and by a line that begins other articles (猜你喜欢). In the body itself no line is ever dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wenbao.knowledge.dates import MONTH_AT_END, date_alone, find_dates, find_years
from wenbao.knowledge.documents import COLUMNS
from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.lines import Line, Reading, glued
from wenbao.knowledge.vocabulary import any_of, words

_LABELS = {
    name: any_of(words("labels", name), spaced=True) for name in ("publisher", "published", "written", "title", "other")
}
_ALL_LABELS = "|".join(_LABELS.values())
_LABEL = re.compile(rf"[\[【（(\s]*(?:{_ALL_LABELS})\s*(?:[:：]|$)")
_PAIR = re.compile(
    rf"(?:(?<=^)|(?<=[\s\u3000|｜\t\[【（(/\]】)）])|(?<=\d)|(?<=[\u4e00-\u9fff]))(?P<label>{_ALL_LABELS})\s*[:：][\s|｜]*"
    rf"(?P<value>.*?)(?=[\s\u3000|｜\]】)）]*(?:{_ALL_LABELS})\s*[:：]|[\]】|｜\t]|\s{{2,}}|\u3000|\s[\u4e00-\u9fff]{{2,6}}[:：]|$)"
)
_SPACED_LABEL = re.compile(rf"(?:^|(?<=\s))({_ALL_LABELS})[ \u3000]+")
_GENERAL_PAIRS = re.compile(
    r"(?:[\[【（(]?[\u4e00-\u9fff]{2,6}\s*[:：]\s*[^\s：。！？；]{0,40}[\]】）)]?[\s\u3000|｜]*){2,}"
)
_BUTTON = re.compile(any_of(words("page", "buttons")))
_EDGE = re.compile(any_of(words("page", "edges")))
_OTHERS = re.compile(rf"[\W_]*{any_of(words('page', 'others'))}[\W_]*")
_ENDED = re.compile(r"[\W_]*(?:END|The End|全文完)[\W_]*", re.IGNORECASE)
_FILLING = re.compile(r"[\s\d\W_]+")
_CRUMBS = re.compile(r"(?<=[\w\s\xa0])(?:[>＞»›→]|::|\s/\s|(?<=[首主][页頁])/)(?=[\s\xa0]*\w)")
_STOP = re.compile(r"[。！？；]|(?<=[a-z]{3})\.(?=\s|$)")
_FINAL = re.compile(r"[。！？；;!?…：:][”’」』）)》\"']*$")
_TITLE_END = re.compile(rf"{any_of(words('titles', 'endings'))}[》）)”\"]?(?:[（(][^）)]{{1,20}}[）)])?$")
_BODY_NAME = re.compile(rf"^[^\s，。：；]{{2,40}}{any_of(words('bodies', 'endings'))}(?:[（(][^）)]{{1,12}}[）)])?$")
_OFFICER = re.compile(
    rf"^(?:[^，。：；]{{0,24}}{any_of(words('bodies', 'officers'))})?[\s\u3000]*[\u4e00-\u9fff]{{1,4}}"
    r"(?:[\s\u3000][\u4e00-\u9fff]{1,3})?$"
)
_OFFICER_WORD = re.compile(any_of(words("bodies", "officers")))
_OFFICER_END = re.compile(any_of(words("bodies", "officers")) + "$")
_OFFICER_NAMED = re.compile(rf"{any_of(words('bodies', 'officers'))}[\s\u3000]+[\u4e00-\u9fff]{{1,4}}$")
_NO_TITLE = re.compile(r"^目\s*[录錄次]$|^(?:19|20)\d\d年\d{1,2}月\d{1,2}日|^[|•·●◆]|^[—–－-]|\t")
_MASTHEAD = re.compile(
    r"(?:文件|简报|簡報|[号號]|期|特急|加急|秘密|机密|件|政府令)(?:[（(][\d一二三四五六七八九十]{1,3}[）)])?$"
)
_DECREE = re.compile(r"(?:政府|委员会|委員會|[部局厅廳省市院])令$|第\d{1,4}[号號]$")
_SITE = re.compile(r"(?:政府网|门户网站|門戶網站|政务网|官网|官方网站|网站|網站|信息网)$")
_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|ofd|zip|rar|pptx?)\b", re.IGNORECASE)
_GREETING = re.compile(r"^.{2,40}[:：]$")
_ENDING_LINE = re.compile(
    r"^(?:[特专專]此|以上|现将|請|请).{0,16}(?:报告|報告|汇报|匯報|函复|审议|審議|批示|审阅|審閱)。?$|^(?:特此|专此)\S{0,6}。?$"
)
_SUBTITLE = re.compile(r"[—（(－]")
_IN_BRACKETS = r"[（(【\[](?:[^()（）【】\[\]]|[（(][^()（）]*[)）]){6,}[）)】\]]。?$"
_NOTE = re.compile(rf"{_IN_BRACKETS}|{any_of(words('page', 'notes'))}\s*[:：]")
_YEAR_FIRST = re.compile(r"[（(](?:(?:19|20)\d\d|二[〇○零一二三四五六七八九]{3})年?度?[）)][^（(]")
_ABOUT = re.compile("关于|關於")
_ABOUT_WHAT = re.compile(rf"的[^的]{{0,12}}?{_TITLE_END.pattern}")
_SUMMARY = re.compile(r"[\[【]?(?:内容概述|內容概述|内容摘要|內容摘要)")
_TITLE_PARTS = re.compile(r"\s*[_|｜]+\s*|\s+[-–—]+\s*|[-–—]+(?=[\u4e00-\u9fff]{2,20}$)")
_LEAST_NAME = 4
_LONG = 40
_LONGEST_TITLE = 80
_LONGEST_HEAD = 120


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart. `body` begins after the title; `closing` are the places in it of signature and date.

    `title_page` is the page that the title stands on, None where the file has no pages.
    """

    title: str
    above: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    body: tuple[Line, ...]
    closing: frozenset[int]
    title_page: int | None = None


def take_apart(reading: Reading, title: str = "") -> Page:
    """The title, body and closing of what was read; `title` is the title where somebody said it."""
    lines = [line for line in reading.lines if line.words]
    first, last = reading.article or (0, len(lines))
    first, last = max(first, _after_title(lines, reading.titles)), _with_signature(lines, last)
    hints = tuple(hint for hint in (title, *reading.titles, *_stated_titles(lines)) if hint)
    opening = _opening(lines[:last], first)
    found = _find_title(lines, opening, hints)
    start = found[1] if found else 0
    end = _end(lines[:last], start)
    head, rest = lines[start : max(start, opening)], lines[max(start, opening) : end]
    body = (
        *_of_report(_without_facts(head[: max(0, first - start)])),
        *_without_facts(head[max(0, first - start) :]),
        *rest,
    )
    sites = (part for said in reading.titles for part in _TITLE_PARTS.split(said)[1:])
    above = (*sites, *(line.words for line in lines[: found[0] if found else 0]))
    joined = _joined(lines[slice(*found)]) if found else ""
    facts = _facts([*(line.words for line in lines[: max(start, opening)]), *(line.words for line in lines[end:])])
    facts += tuple(("published", line.words) for line in head if _is_loose_fact(line.words) or _is_led(line.words))
    return Page(joined, above, facts, body, _closing(body), lines[found[0]].page if found else None)


def is_public_body(text: str) -> bool:
    """Whether a text is the name of a public body and nothing else."""
    return _BODY_NAME.match(text) is not None


def _after_title(lines: Sequence[Line], titles: Sequence[str]) -> int:
    """Where the text begins at the earliest: after the line that says the file's own title, and most of it follows."""
    if not titles:
        return 0
    names = {_squeezed(name) for said in titles for name in (said, _TITLE_PARTS.split(said)[0])}
    said = [
        index for index, line in enumerate(lines) if len(line.words) >= _LEAST_NAME and _squeezed(line.words) in names
    ]
    if not said:
        return 0
    running = [len(line.text) if _is_running(line) else 0 for line in lines]
    return next((index + 1 for index in reversed(said) if sum(running[index:]) * 2 >= sum(running) > 0), 0)


def _with_signature(lines: Sequence[Line], end: int) -> int:
    """The end of an article, with the signature and the date where they stand right after its container."""
    while end < len(lines) and not lines[end].link and _is_closing_line(lines[end].words):
        end += 1
    return end


def _is_closing_line(text: str) -> bool:
    return _is_signature(text) or _ENDING_LINE.match(text) is not None


def _of_report(lines: Sequence[Line]) -> list[Line]:
    """Of the lines between a title and the article's container those that belong to the report: subtitles."""
    return [line for line in lines if _SUBTITLE.match(line.words)]


def _joined(lines: Sequence[Line]) -> str:
    whole = ""
    for line in lines:
        whole = glued(whole, line.words)
    return whole


def _stated_titles(lines: Sequence[Line]) -> list[str]:
    """Titles in a table of facts above the text ("名称：…")."""
    return [value for kind, value in _facts([line.words for line in lines[:40]]) if kind == "title" and len(value) > 4]


def _facts(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What labels say: kind of label and value; a label alone on its line speaks of the next line."""
    found: list[tuple[str, str]] = []
    for index, text in enumerate(texts):
        if len(text) > 300 or not re.search("[:：\t]", text):
            found.extend(_spaced_facts(text))
            continue
        for match in _PAIR.finditer(text):
            value = _closed(match["value"].strip(" \u3000\t\xa0;；,，"), text[match.end() :])
            if not value and match.end() == len(text) and index + 1 < len(texts) and not _LABEL.match(texts[index + 1]):
                value = texts[index + 1]
            if value:
                found.append((_kind(match["label"]), value))
        if not _PAIR.search(text) and "\t" in text:
            found.extend(_row_facts(text.split("\t")))
    return tuple(found)


def _closed(value: str, following: str) -> str:
    """A value with the bracket that closes the one opened in it."""
    opened = re.search(r"[(（][^()（）]*$", value)
    return value + following[0] if opened and following[:1] in (")", "）") else value


def _row_facts(cells: Sequence[str]) -> list[tuple[str, str]]:
    """A row of a table of facts without colons."""
    pairs = zip(cells[::2], cells[1::2], strict=False)
    return [
        (_kind(label), value.strip())
        for label, value in pairs
        if _LABEL.fullmatch(label.strip()) and value.strip() and not _LABEL.fullmatch(value.strip())
    ]


def _spaced_facts(text: str) -> list[tuple[str, str]]:
    """A row of a table of facts whose cells only spaces part (发文机关 柳溪县审计局 成文日期 2023年7月1日)."""
    if len(text) > 300 or not _SPACED_LABEL.match(text):
        return []
    parts = _SPACED_LABEL.split(text)[1:]
    pairs = [
        (_kind(label), value.strip()) for label, value in zip(parts[::2], parts[1::2], strict=True) if value.strip()
    ]
    return pairs if len(pairs) > 1 or any(_is_sure(kind, value) for kind, value in pairs) else []


def _is_sure(kind: str, value: str) -> bool:
    """Whether a value is what its label promises."""
    if kind in ("published", "written"):
        return date_alone(value) is not None
    return (kind == "publisher" and is_public_body(value)) or (kind == "title" and _TITLE_END.search(value) is not None)


def _kind(label: str) -> str:
    return next(name for name, pattern in _LABELS.items() if re.fullmatch(pattern, label.strip(" :：[【（(")))


def _opening(lines: Sequence[Line], least: int) -> int:
    """Where the body begins: the first running text, greeting or numbered heading, from `least` on; after the line of
    facts if one stands in the head of the page."""
    first = next((index for index in range(least, len(lines)) if _opens_body(lines, index)), len(lines))
    total = sum(len(line.text) for line in lines)
    before = 0
    for index, line in enumerate(lines):
        if _is_dated_fact(line.words) and before * 3 < total:
            after = next((i for i in range(max(index + 1, least), len(lines)) if _opens_body(lines, i)), None)
            return max(first, after) if after is not None else first
        before += len(line.text)
    return first


def _is_dated_fact(text: str) -> bool:
    return len(text) < 200 and any(kind in ("published", "publisher") for kind, _ in _facts([text])) and _is_fact(text)


def _opens_body(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    text = line.words
    if line.link or _is_furniture(line) or _is_fact_line(line) or _is_note(text):
        return False
    if text.startswith("|") or (line.row and line.context):
        return True
    if _STOP.search(text) and (len(text) >= _LONG or _STOP.search(text[-2:])):
        return True
    if _GREETING.match(text) and not _LABEL.match(text) and not _PAIR.search(text):
        return True
    marker = find_marker(text)
    return marker is not None and marker.number <= 1 and not _CRUMBS.search(text)


def _is_note(text: str) -> bool:
    """Whether a line is a remark on the report and not of it: all of it in brackets, or an editor's."""
    return _NOTE.match(text) is not None


def _is_fact(text: str) -> bool:
    """Whether a line only says things about the text: labels with values, or a number of a document."""
    if len(text) <= 300 and _SUMMARY.match(text):
        return True
    if len(text) > 300 or _STOP.search(text):
        return False
    labelled = _LABEL.match(text) is not None or _GENERAL_PAIRS.fullmatch(text) is not None
    return labelled or bool(_row_facts(text.split("\t")) if "\t" in text else _spaced_facts(text))


def _is_fact_line(line: Line) -> bool:
    """The same of a line; a row of a table whose columns have names says things about what it lists."""
    columns = line.context[-1].split(COLUMNS) if line.row and line.context else []
    if len(columns) > 1 and len(_row_facts(columns)) * 2 < len(columns):
        return False
    return _is_fact(line.words)


def _names_columns(lines: Sequence[Line], index: int) -> bool:
    """Whether a row is the one that names the columns of the next."""
    following = lines[index + 1] if index + 1 < len(lines) else None
    own = lines[index].text.replace("\t", COLUMNS)
    return lines[index].row and following is not None and following.row and own in following.context


def _is_furniture(line: Line) -> bool:
    """Whether a line belongs to the page and not to the report: buttons, a trail of links, a footer."""
    text = line.words
    if len(text) > 300:
        return False
    if (len(text) <= _LONG or not line.indented) and _EDGE.search(text) and not find_marker(text):
        return True
    if len(text) > 120 or _STOP.search(text):
        return False
    crumbs = 0 if re.search("[<＜《]", text) else len(_CRUMBS.findall(text))
    return (crumbs > 0 and crumbs * 24 >= len(text)) or _is_buttons(text)


def _is_buttons(text: str) -> bool:
    """Whether hardly anything stands in a line but the words of buttons."""
    rest = _BUTTON.sub("", text)
    return len(rest) < len(text) and len(_FILLING.sub("", rest)) * 5 <= len(_FILLING.sub("", text))


def _find_title(lines: Sequence[Line], opening: int, hints: Sequence[str]) -> tuple[int, int] | None:
    """First and end of the lines of the title."""
    named = [part for hint in hints if _TITLE_END.search(part := _TITLE_PARTS.split(hint)[0])]
    stated = _stated(lines[: max(opening, 1) + 3], [*hints[:1], *named])
    if stated is not None:
        return stated
    scores = {index: _title_score(lines, index, opening, hints) for index in range(min(opening, len(lines)))}
    best = max(scores, key=lambda index: (scores[index], index), default=None)
    if best is None or scores[best] <= 0:
        return None
    first = best
    while first > 0 and _goes_before(lines, first, scores):
        first -= 1
    end = best + 1
    while end < min(opening, len(lines)) and _goes_after(lines, end):
        end += 1
    return first, _with_its_kind(lines[: max(opening, end)], first, end)


def _stated(lines: Sequence[Line], hints: Sequence[str]) -> tuple[int, int] | None:
    """The last lines in the head, one to three, that are the stated title letter for letter."""
    for hint in map(_squeezed, hints):
        for count in (1, 2, 3):
            for index in range(len(lines) - count, -1, -1):
                if hint and _squeezed(_joined(lines[index : index + count])) == hint:
                    return index, index + count
    return None


def _title_score(lines: Sequence[Line], index: int, opening: int, hints: Sequence[str]) -> float:
    """How much a line in the head looks like the title."""
    line, text = lines[index], lines[index].words
    if index + 1 < opening and _ends_title_word(text, lines[index + 1].words):
        text += lines[index + 1].words
    if _is_no_title(text) or _is_furniture(line):
        return -10
    between = [
        lines[i] for i in range(index + 1, opening) if not _is_fact(lines[i].words) and not _is_furniture(lines[i])
    ]
    score = 2 - 0.3 * min(len(between), 6) + 3 * (index == 0) * (not _is_page(lines[:opening]))
    score += 2 * bool(_TITLE_END.search(text)) + any(True for _ in find_years(text)) + 3 * (line.level in (0, 1))
    score += 3 * any(_squeezed(text) in _squeezed(hint) for hint in hints) + (not line.link) * 0.5
    score += sum(0.5 for other in lines[:opening] if other is not line and text in other.words)
    score -= (
        4 * (_is_officer(text) or _DECREE.search(text) is not None)
        + 1.5 * (is_public_body(text) and not _TITLE_END.search(text))
        + 4 * bool(_SITE.search(text))
    )
    return (
        score - 2 * bool(re.search(r"[〔\[]\d{4}[〕\]]|\d+号$", text)) - (len(text) < 6 and not _TITLE_END.search(text))
    )


def _is_no_title(text: str) -> bool:
    """Whether a line is surely no title: a subtitle, a date, a fact of the page, a speaker, running text."""
    if not 3 <= len(text) <= _LONGEST_HEAD or date_alone(text) or _is_fact(text):
        return True
    bracketed = text.startswith(("（", "(", "[", "【")) and not (_YEAR_FIRST.match(text) and _TITLE_END.search(text))
    return bracketed or any(pattern.search(text) for pattern in (_OFFICER_NAMED, _STOP, _NO_TITLE))


def _is_officer(text: str) -> bool:
    """A speaker's name: 县长 张三, 温家宝."""
    if len(text) <= 16 and _OFFICER_END.search(text):
        return True
    return _OFFICER.match(text) is not None and (_OFFICER_WORD.search(text) is not None or len(text) <= 4)


def _is_page(lines: Sequence[Line]) -> bool:
    """Whether lines show that this is a saved page and not a plain document."""
    return any(_is_furniture(line) or line.link or _is_fact(line.words) for line in lines)


def _goes_before(lines: Sequence[Line], first: int, scores: dict[int, float]) -> bool:
    """Whether the title began a line earlier."""
    above, below = lines[first - 1].words, lines[first].words
    if scores[first - 1] <= -5 or lines[first - 1].link or _SITE.search(above):
        return False
    if below.startswith(above):
        return False
    if re.match("[的和与與及暨、]", below) or re.search("[、的和与與及]$|关于$|關於$", above):
        return True
    if _TITLE_END.search(above) and not re.search("(?:情况|情況|草案|计划|計劃)$", above):
        return False
    if re.match("关于|關於", above) and not _TITLE_END.search(above):
        return True
    bodies = all(is_public_body(name) for name in re.split(r"[\s\u3000、]+", above))
    if bodies and re.match("关于|關於", below):
        return True
    # On a page, a name above the title may as well be the name of the site.
    page = any(scores[index] <= -5 and not _is_note(lines[index].words) for index in range(first))
    if page or _MASTHEAD.search(above) or _is_officer(above):
        return False
    return len(above) + len(below) <= _LONGEST_TITLE


def _goes_after(lines: Sequence[Line], end: int) -> bool:
    """Whether the title goes on in this line."""
    above, below = lines[end - 1].words, lines[end].words
    if _is_fact(below) or _is_furniture(lines[end]) or _STOP.search(below) or len(below) > 60 or date_alone(below):
        return False
    if re.match("[的和与與及暨、]", below) or _ends_title_word(above, below):
        return True
    return (
        not _TITLE_END.search(above) and _TITLE_END.search(below) is not None and not below.startswith(("—", "（", "("))
    )


def _with_its_kind(lines: Sequence[Line], first: int, end: int) -> int:
    """The end of a title that says what it is about (关于…), with the lines after it that say what it is (的报告)."""
    if not _ABOUT.search(lines[first].words) or _ABOUT_WHAT.search(_joined(lines[first:end])):
        return end
    for last in range(end + 1, min(end + 2, len(lines)) + 1):
        added = [line.words for line in lines[end:last]]
        if any(map(_is_aside, added)) or any(map(_is_furniture, lines[end:last])):
            return end
        if _ABOUT_WHAT.search(added[-1]) and len(_joined(lines[first:last])) <= 2 * _LONGEST_TITLE:
            return last
    return end


def _is_aside(text: str) -> bool:
    """Whether a line in the head is surely no part of a title."""
    aside = _is_fact(text) or _is_officer(text) or date_alone(text) or _STOP.search(text) or _SUBTITLE.match(text)
    return bool(aside) or is_public_body(text)


def _ends_title_word(above: str, below: str) -> bool:
    """Whether a line holds the rest of the word that a title ends in: 政府工作报 and 告."""
    end = _TITLE_END.search(above + below)
    return end is not None and end.start() <= len(above) < len(above + below) and _TITLE_END.search(above) is None


def _without_facts(head: Sequence[Line]) -> list[Line]:
    """What stands between title and body, without the lines that speak of the page."""
    kept: list[Line] = []
    for index, line in enumerate(head):
        if _names_columns(head, index):
            kept.append(line)
            continue
        value_of_label = index > 0 and re.search("[:：]$", head[index - 1].words) and _is_fact(head[index - 1].words)
        if not (
            _is_furniture(line) or _is_fact_line(line) or line.link or value_of_label or _is_loose_fact(line.words)
        ):
            kept.append(line)
    return kept


def _is_loose_fact(text: str) -> bool:
    """A date with a time of day, or a source and a date without labels: never part of a report's own heading."""
    found = list(find_dates(text))
    return bool(found) and len(text) < 60 and re.search(r"\d{1,2}:\d{2}", text) is not None


def _is_led(text: str) -> bool:
    """Whether a line of facts is led by a date without a label (2023年3月28日 来源：某局)."""
    return len(text) < 200 and next((start for start, _, _ in find_dates(text)), 1) == 0 and bool(_facts([text]))


def _before_others(lines: Sequence[Line], start: int) -> int:
    """Where a page begins to show other articles or what its readers say (猜你喜欢), most of its text being before."""
    begins = [index for index in range(start, len(lines)) if _OTHERS.fullmatch(lines[index].words)]
    if not begins or not _is_page(lines):
        return len(lines)
    running = [len(line.text) if _is_running(line) else 0 for line in lines]
    return next((at for at in begins if sum(running[start:at]) * 2 > sum(running[start:])), len(lines))


def _end(lines: Sequence[Line], start: int) -> int:
    """Where the body ends: at the first line of page furniture after all running text."""
    lines = lines[: _before_others(lines, start)]
    last = next((i for i in range(len(lines) - 1, start - 1, -1) if _is_running(lines[i])), start - 1)
    signed = max((i for i in range(max(start, last - 3), len(lines)) if _is_signature_date(lines, i)), default=last)
    indented = _mostly_indented(lines[start : last + 1])
    attached = False
    for index in range(last + 1, len(lines)):
        line = lines[index]
        attached = attached or (re.match("附[件表图录：:]", line.words) is not None and not _FILE.search(line.words))
        if _is_tail(line) or (index > signed > last and indented and not line.indented and not attached):
            return index
    return len(lines)


def _is_running(line: Line) -> bool:
    """Whether a line is body beyond doubt: it ends or holds a sentence."""
    text = line.words
    if line.row:
        return not (line.link or _is_furniture(line) or _is_fact_line(line))
    sentence = (_STOP.search(text) is not None and len(text) >= 6) or (
        len(text) > _LONG and _FINAL.search(text) is not None
    )
    return sentence and not (line.link or _is_furniture(line) or (len(text) < 60 and _is_fact(text)))


def _is_tail(line: Line) -> bool:
    text = line.words
    if date_alone(text) or is_public_body(text):
        return line.link
    return (
        line.link
        or _is_furniture(line)
        or _LABEL.match(text) is not None
        or (_FILE.search(text) is not None and not _STOP.search(text))
        or _ENDED.fullmatch(text) is not None
    )


def _is_signature_date(lines: Sequence[Line], index: int) -> bool:
    return not lines[index].link and date_alone(lines[index].words) is not None


def _mostly_indented(lines: Sequence[Line]) -> bool:
    running = [line.indented for line in lines if len(line.text) > _LONG and not line.link]
    return bool(running) and sum(running) * 5 >= len(running) * 4


def _closing(body: Sequence[Line]) -> frozenset[int]:
    """The signature and the date at the end, with the sentence that hands the report over."""
    last = next((i for i in range(len(body) - 1, -1, -1) if _is_report(body[i])), -1)
    signed = {index for index in range(last + 1, len(body)) if _is_signature(body[index].words)}
    first = min(signed, default=len(body))
    before = {i for i in range(last + 1, first) if _ENDING_LINE.match(body[i].words)}
    return frozenset(signed | before)


def _is_report(line: Line) -> bool:
    return _is_running(line) and not _ENDING_LINE.match(line.words)


def _is_signature(text: str) -> bool:
    if len(text) > 60 or find_marker(text) is not None:
        return False
    found = list(find_dates(text))
    without = (text[: found[0][0]] + text[found[0][1] :]) if found else MONTH_AT_END.sub("", text)
    signed = re.sub("(?:印发|印發)$", "", without.strip()).strip()
    return date_alone(text) is not None or not signed or is_public_body(signed)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
