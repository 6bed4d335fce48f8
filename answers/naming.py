"""The name that words of a report give for who did something: of a person, or of a public body, company or the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

import rjieba

from wenbao.answers.figures import Span
from wenbao.answers.persons import persons_in

ASKS_FOR_BODY = re.compile(
    r"单位|部门|机构|公司|企业|哪一?[家级]|机关|科室"
    r"|\b(?:body|bodies|office|department|agency|company|firm|court|bureau|unit|organi[sz]ation)\b"
)
"""Questions for what a person is no answer to."""
ENDING = re.compile(
    r"(?:部门|委员会|办公室|政府|法院|检察院|学院|大学|研究院|医院|公司|集团|中心|银行|企业|协会|联合会|政协|人大|[党市区县省镇工纪监法]委|海关"
    r"|(?:合作|报|出版|旅行)社|[局办署厅院司所处室队站])$"
)
"""How the last word of the name of a body ends."""
KINDS_OF_NAMES = ("n", "j", "b", "l", "i", "a", "s", "vn")
"""The tags of words that the name of a body is made of; what is done (v) is in it only before such words as 委员会."""
BEHIND_VERB = re.compile("(?:委员会|办公室|中心|[局室办所院处队组])$")
BEFORE = re.compile("^(?:由|经|被|向|与|和|会同|委托|联合|组织)+(?=[\u4e00-\u9fff]{2})")
"""What comes before a name and may be cut as one word with it (由区 + 心桥)."""
NOT_IN_NAMES = ("委托", "组织", "联合", "施工")
"""What is done, though it is tagged like a part of a name."""
SHORTEST_BODY = 3
NOT_OF_NAMES = ("p", "c", "d", "u", "r", "m", "q", "f", "v")
"""The tags of single characters that no unknown name is made of."""
BEHIND_PERSON = "任在为获被率带作对向等主说曾已将出当赴到与和及是有讲代均的先再所兼荣夺入逐每"
"""Single characters that may stand behind the name of a person; any other belongs to it."""


def person_in(text: str, office: str | None = None) -> Span | None:
    """The one person whom (folded) words name, as the holder of an office where one is asked for; None where they name
    none, or several."""
    found = {one for start, end in persons_in(text) if (one := _whole_name(text, start, end))}
    if office is not None:
        found = {one for one in found if _holds(text, one, office)}
    return found.pop() if len(found) == 1 else None


def _holds(text: str, person: Span, office: str) -> bool:
    """Whether an office stands right before a person, or is what the person is said to be: 由县长李某某任组长."""
    before = re.compile(rf"(?<!副){office}[\s\u3000]*$").search(text, 0, person.start)
    return before is not None or bool(
        re.compile(rf"(?:[兼担]?任|为)[^,，。;；]{{0,14}}{office}").match(text, person.end)
    )


def _whole_name(text: str, start: int, end: int) -> Span | None:
    """The name of a person with its last character, where that was cut off; None where the words go on otherwise."""
    following = next(iter(rjieba.cut(text[end:], False)), "")
    if ENDING.search(text[start:end]) or (len(following) > 1 and ENDING.search(following)):
        return None
    cut = end - start == 2 and len(following) == 1 and following.isalnum() and following not in BEHIND_PERSON
    return Span(start, end + cut)


def body_in(text: str, question: str = "") -> Span | None:
    """The first body that (folded) words name by its whole name, but not the one that the question itself names; None
    where they name none."""
    for run in _runs(text):
        ends = [at for at, one in enumerate(run) if ENDING.search(text[one.start : one.end])]
        if ends:
            start, end = run[0].start, run[ends[-1]].end
            start += len(before[0]) if (before := BEFORE.match(text[start:end])) else 0
            is_whole = end - start >= SHORTEST_BODY or text[start:end].endswith("委")
            if is_whole and text[end - SHORTEST_BODY : end] not in question:
                return Span(start, end)
    return None


def _runs(text: str) -> Iterator[list[Span]]:
    """The words of a text that may make a name together, one row after the other."""
    words, position = [], 0
    for word, tag in rjieba.tag(text, False):
        words.append((Span(position, position + len(word)), word, tag))
        position += len(word)
    run: list[Span] = []
    for at, (span, word, tag) in enumerate(words):
        following = words[at + 1][1] if at + 1 < len(words) else ""
        ended = not run or ENDING.search(text[run[-1].start : run[-1].end]) is not None
        names = tag.startswith(KINDS_OF_NAMES) and word not in NOT_IN_NAMES
        names = names or (len(word) == 1 and word.isalnum() and not tag.startswith(NOT_OF_NAMES))
        names = names or (tag == "v" and bool(run) and BEHIND_VERB.search(following) is not None)
        names = names or (word in ("和", "与") and not ended)
        if names:
            run.append(span)
        elif run:
            yield run
            run = []
    if run:
        yield run
