"""Measures extraction as CMRC 2018 does: exact match and F1 of the answer to a question about its own passage.

Each question is answered over the one passage that it is about, on the way that every question takes: what comes is the
bare value where there is one, else the words of the answer, and nothing where it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from wenbao.answers.model import AskRequest, Filters
from wenbao.answers.service import ReportService
from wenbao.cli.passages import Asked, PassageSet, library_of
from wenbao.cli.shares import Share, mean, share
from wenbao.config.errors import InvalidQuestion, InvalidRequest
from wenbao.config.settings import Settings

IGNORED = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""What the sets' own script takes for punctuation and leaves out."""
_CHINESE = re.compile(r"[一-龥]")
_WORD = re.compile(r"\w+(?:[.,']\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Extracted:
    """A question with what was answered ("" where nothing was), and its two scores."""

    asked: Asked
    answer: str
    exact: bool
    f1: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was extracted for all questions of a set."""

    name: str
    extracted: tuple[Extracted, ...]

    @property
    def table(self) -> dict[str, Share]:
        """Exact match and F1 of all questions, the share that was answered, and both scores of those."""
        answered = [one for one in self.extracted if one.answer]
        shares = {
            "EM": share([one.exact for one in self.extracted]),
            "F1": mean([one.f1 for one in self.extracted]),
            "answered": share([bool(one.answer) for one in self.extracted]),
        }
        if not answered:
            return shares
        of_answered = share([one.exact for one in answered]), mean([one.f1 for one in answered])
        return shares | dict(zip(("EM of answered", "F1 of answered"), of_answered, strict=True))


def measure_extraction(questions: PassageSet, settings: Settings) -> Extraction:
    """Ask every question of its own passage. Raises InvalidRequest where no right answers are known."""
    if not all(one.answers for one in questions.asked):
        raise InvalidRequest(f"{questions.name} has questions without `answers`, which extraction is measured by.")
    with library_of(questions.passages, settings) as library:
        extracted = tuple(_extracted(library.service, one, library.documents[one.passage]) for one in questions.asked)
    return Extraction(questions.name, extracted)


def exact_match(answer: str, right: Sequence[str]) -> bool:
    """Whether it is one of the right answers, but for case and punctuation."""
    return any(_bare(answer) == _bare(one) for one in right)


def f1(answer: str, right: Sequence[str]) -> float:
    """The best F1 of the longest stretch of segments that it has in common with one of the right answers.

    Chinese counts by the character, the rest by the word. By the script of Cui et al. (EMNLP 2019), but without NLTK: a
    word is here letters and digits with the points, commas and apostrophes between them.
    """
    return max(_f1(segments(answer), segments(one)) for one in right)


def segments(text: str) -> list[str]:
    """Characters of Chinese, words of what is between them, without punctuation."""
    return list(_segments(_bare(text)))


def _f1(answer: list[str], right: list[str]) -> float:
    common = SequenceMatcher(None, answer, right, autojunk=False).find_longest_match().size
    return 2 * common / (len(answer) + len(right)) if common else 0.0


def _segments(bare: str) -> Iterator[str]:
    between = ""
    for char in bare:
        if _CHINESE.match(char):
            yield from _WORD.findall(between)
            yield char
            between = ""
        else:
            between += char
    yield from _WORD.findall(between)


def _bare(text: str) -> str:
    return "".join(char for char in text.lower().strip() if char not in IGNORED)


def _extracted(service: ReportService, asked: Asked, document: str) -> Extracted:
    answer = _answer(service, asked.text, document)
    return Extracted(asked, answer, exact_match(answer, asked.answers), f1(answer, asked.answers))


def _answer(service: ReportService, question: str, document: str) -> str:
    try:
        answer = service.ask(AskRequest(question, filters=Filters(document_id=document))).answer
    except InvalidQuestion:
        return ""
    return (answer.value or answer.text) if answer else ""
