"""Reads a question: its language, what kind of answer it asks for, of what, of which year and place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import rjieba

from wenbao.answers.asks import ASK_ZH, Ask, asks_in
from wenbao.answers.figures import SMALL_NUMBERS_EN, SMALL_NUMERAL, small_number, unit_at
from wenbao.answers.model import Language
from wenbao.answers.named_years import YEAR_DIGITS, YEAR_WORDS, YearWord, year_word, years_named
from wenbao.answers.place_names import places_in
from wenbao.config.errors import InvalidQuestion
from wenbao.config.language import ask_words, language_data
from wenbao.index.folding import fold
from wenbao.index.lexicon import function_words, lexicon
from wenbao.index.sounds import is_spelt_name

QuestionKind = Literal[
    "number", "when", "why", "list", "who", "document", "how", "yes_no", "fact", "keywords", "about",
    "opinion", "prediction", "order", "smalltalk", "own_case",
]  # fmt: skip
SectionClass = Literal["plan", "problem", "done"]
PartOfSpeech = Literal["noun", "verb", "other", "adverb"]

OUTSIDE: frozenset[QuestionKind] = frozenset(("opinion", "prediction", "order", "smalltalk", "own_case"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question that says what it is about, from `start` to `end` of `plain`.

    `part` is its part of speech: nouns name things, verbs and the others can often be said in other ways.
    """

    text: str
    start: int
    end: int
    part: PartOfSpeech = "noun"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood.

    `text` is what the person wrote, cleaned; `plain` the same folded to simplified characters, lower case, with
    Cantonese words mapped and misspelt English ones mended (positions of `asks` and `words` are in it).
    """

    text: str
    plain: str
    language: Language
    kind: QuestionKind
    asks: tuple[Ask, ...]
    words: tuple[Word, ...]
    years: tuple[int, ...]
    year_word: YearWord | None
    places: tuple[str, ...]
    section: SectionClass | None
    point: int | None
    leans_on_last: bool

    @property
    def is_english(self) -> bool:
        return self.language == "en"


def read_question(text: str, longest: int = 500) -> Question:
    """Understand a question. Raises InvalidQuestion where it is empty, over `longest` characters or illegible."""
    clean = clean_text(text, longest)
    language = language_of(clean)
    plain = fold(clean).lower()
    plain = _respelt(clean, plain) if language == "en" else _written_chinese(plain)
    section = _section_class(plain, language)
    kind = _kind(plain, language)
    if kind == "about" and _has_other_subject(plain, language):
        kind = _kind(plain, language, skip="about")
    asks = asks_in(plain, language == "en") if kind == "number" else ()
    places, without_places = places_in(clean if language == "en" else plain, language)
    words = _words(without_places, language, asks, _named_part(kind, section), kind == "list")
    if kind == "fact" and not _asks_anything(plain, language):
        kind = "keywords"
    return Question(
        text=clean,
        plain=plain,
        language=language,
        kind=kind,
        asks=asks,
        words=words,
        years=years_named(plain),
        year_word=year_word(plain),
        places=places,
        section=section,
        point=_point(plain, language),
        leans_on_last=_leans_on_last(plain, language, kind, words, section),
    )


def clean_text(text: str, longest: int) -> str:
    """The text without control and invisible characters, white space squeezed. Raises InvalidQuestion."""
    if len(text) > longest:
        raise InvalidQuestion(f"The question has {len(text)} characters; {longest} are allowed.", "too_long")
    kept = visible_text(text)
    if not kept:
        raise InvalidQuestion("The question is empty.", "empty")
    if not any(char.isalnum() for char in kept):
        raise InvalidQuestion("There are no words in the question.", "illegible")
    return kept


def visible_text(text: str) -> str:
    """What is seen of a text: without control, tag and zero-width characters, white space squeezed, composed (NFC)."""
    kept = "".join(" " if _is_space(char) else char for char in text if _is_space(char) or not _is_invisible(char))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def language_of(text: str) -> Language:
    """The language of a text: English by its letters, Cantonese by its words, else the script of its characters."""
    han = sum("\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" for char in text)
    latin_words = len(re.findall(r"[A-Za-z]{2,}", text))
    if not han:
        return "en" if latin_words else "zh-Hans"
    if latin_words > han:
        return "en"
    plain = fold(text)
    if any(sign in plain for sign in _cantonese_signs()):
        return "yue"
    wide = _fold_width(text)
    traditional = (old for old, new in zip(wide, plain, strict=False) if old != new and "\u4e00" <= old <= "\u9fff")
    return "zh-Hant" if any(char not in BOTH_SCRIPTS for char in traditional) else "zh-Hans"


BOTH_SCRIPTS = "乾於徵菸薹著瞭藉麽蘋馀覆"
"""Characters that are written in simplified texts too, though they have another simplified form."""


def _is_space(char: str) -> bool:
    return char in "\t\n\r\u3000\u2028\u2029" or char == " " or unicodedata.category(char) == "Zs"


def _is_invisible(char: str) -> bool:
    invisible = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") or "\ufe00" <= char <= "\ufe0f"
    return invisible or char in "\u115f\u1160\u3164\uffa0\u2800"  # blank letters


def _fold_width(text: str) -> str:
    return "".join(wide if len(wide := unicodedata.normalize("NFKC", char)) == 1 else char for char in text).lower()


def _written_chinese(plain: str) -> str:
    """Cantonese words replaced by written Chinese ones, where the text shows signs of Cantonese."""
    if not any(sign in plain for sign in _cantonese_signs()):
        return plain
    words = _cantonese_words()
    text = _cantonese_pattern().sub(lambda match: words[match.group()], plain)
    return "".join(words.get(token, token) if len(token) == 1 else token for token in rjieba.cut(text, False))


@cache
def _cantonese_words() -> dict[str, str]:
    return {fold(word): written for word, written in language_data("cantonese")["words"].items()}


@cache
def _cantonese_signs() -> tuple[str, ...]:
    return tuple(fold(sign) for sign in language_data("cantonese")["signs"]["words"])


@cache
def _cantonese_pattern() -> re.Pattern[str]:
    """The words that are replaced wherever they stand, the longest first."""
    anywhere = fold(language_data("cantonese")["signs"]["characters"])
    words = (word for word in _cantonese_words() if len(word) > 1 or word in anywhere)
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


LEAST_RESPELT = 6
"""Shorter words are too like others for one to be taken for a misspelling."""


def _respelt(clean: str, plain: str) -> str:
    """English words that are no words replaced by those that they are meant for; names stay (Xinyidai, conghua)."""
    english = lexicon()

    def respelt(match: re.Match[str]) -> str:
        word = match.group()
        is_name = is_spelt_name(word) or (match.start() > 0 and clean[match.start()].isupper())
        return word if is_name or english.knows(word) else english.nearest(word) or word

    return re.sub(rf"(?<![a-z\d'-])[a-z]{{{LEAST_RESPELT},}}(?![a-z\d])", respelt, plain)


def _script(language: Language) -> str:
    return "en" if language == "en" else "zh"


@cache
def _kind_patterns(script: str) -> tuple[tuple[QuestionKind, re.Pattern[str]], ...]:
    kinds = language_data("questions")["kinds"]
    return tuple((kind, re.compile("|".join(f"(?:{p})" for p in kinds[script][kind]))) for kind in kinds["order"])


def _kind(plain: str, language: Language, skip: QuestionKind | None = None) -> QuestionKind:
    for kind, pattern in _kind_patterns(_script(language)):
        if kind != skip and pattern.search(_of_a_report(plain) if kind == "about" else plain):
            return kind
    return "keywords"


def _of_a_report(plain: str) -> str:
    """The question with 报告 and 发布 for other words that people say of a report and of its publication."""
    for word, others in language_data("questions")["about_synonyms"].items():
        plain = re.sub("|".join(map(re.escape, others)), word, plain)
    return plain


def _has_other_subject(plain: str, language: Language) -> bool:
    """Whether a question that speaks of a report is about something else than the report itself."""
    about = language_data("questions")["about_words"][_script(language)]
    _, without_places = places_in(plain, language)
    return any(word.text not in about for word in _words(without_places, language, (), None))


def _asks_anything(plain: str, language: Language) -> bool:
    return bool(dict(_kind_patterns(_script(language)))["fact"].search(plain)) or plain.endswith(("?", "？"))


def _section_class(plain: str, language: Language) -> SectionClass | None:
    sections = language_data("questions")["sections"]
    for name in ("problem", "plan", "done"):
        if language == "en":
            if re.search(r"\b(?:" + "|".join(sections[name]["english"]) + r")\b", plain):
                return name
        elif any(word in plain for word in sections[name]["question"]):
            return name
    return None


def _named_part(kind: QuestionKind, section: SectionClass | None) -> SectionClass | None:
    """The part of the report that words of a question only name; problems that are counted (几个问题) are things."""
    if kind == "number":
        return "plan" if section == "plan" else None
    return section if kind in ("list", "how", "fact") else None


def _words(
    plain: str, language: Language, asks: tuple[Ask, ...], section: SectionClass | None, listed: bool = False
) -> tuple[Word, ...]:
    """The words that say what the question is about: no question words, units asked for, years, places."""
    if language == "en":
        own = [match.span() for match in OWN_PLACE.finditer(plain)]
        dropped_in_english = _dropped_in_english(section, listed)
        return tuple(
            Word(match.group(), match.start(), match.end(), "verb" if _is_english_verb(match.group()) else "noun")
            for match in re.finditer(r"[a-z]+\d+(?:\.\d+)?|[a-z]+|\d+(?:[.,]\d+)*%?", plain)
            if len(match.group()) > 1
            and match.group() not in dropped_in_english
            and not any(start <= match.start() < end for start, end in own)
            and not YEAR_DIGITS.fullmatch(match.group())
        )
    masked = _mask(plain, asks, section)
    words: list[Word] = []
    position, denied = 0, False
    dropped = ask_words("zh") | (ask_words("zh_list") if listed else frozenset())
    for token, tag in rjieba.tag(masked, False):
        if (
            token.strip()
            and token not in dropped
            and not (tag == "m" and token[0] in "一每")
            and (tag == "eng" or tag[:1] not in FUNCTION_WORDS or _is_verb(masked, position, token, tag, denied))
            and not (len(token) == 1 and masked[:position][-1:].isdigit() and unit_at(masked, position))
            and any(char.isalnum() for char in token)
        ):
            before = position - 1 if denied else position
            words.append(Word(masked[before : position + len(token)], before, position + len(token), _part(token, tag)))
        denied = token in DENIALS
        position += len(token)
    return tuple(words)


def _is_verb(masked: str, position: int, token: str, tag: str, denied: bool) -> bool:
    """Whether what is tagged as a preposition is a verb: 没通过的, 通过了."""
    is_done = masked[position + len(token) :][:1] in ("了", "的")
    return tag == "p" and len(token) > 1 and (denied or is_done)


def _is_english_verb(word: str) -> bool:
    return word.endswith("ed") or word in language_data("questions")["verbs"]["en"]


_CITY = r"(?:the|this|our|whole|entire) (?:city|town|township|province|region|municipality|prefecture)\b"
OWN_PLACE = re.compile(
    rf"\b(?:do|does|did|has|have|had|will|would|can) {_CITY}"
    rf"|\b{_CITY}(?='s |[?.,!]|$| (?:has|have|had|is|was|did|does|do|in|last|this|by|for|to|and|with|at|during)\b)"
)
"""The place that a report is about, as English questions speak of it: the city, but not the city museum."""
DENIALS = ("不", "未", "没", "无", "非")
"""In front of a word they make another one of it: 不合格."""
FUNCTION_WORDS = ("r", "u", "y", "e", "o", "c", "p")
"""Pronouns, particles, interjections, conjunctions and prepositions."""


def _part(token: str, tag: str) -> PartOfSpeech:
    """Nouns, names, numbers and words in letters name things; verbal nouns (vn) and words that tell kinds (b: 女, 民办)
    do, too."""
    if tag == "vn" or tag[:1] in tuple("nimjlxeb") or token.isascii():
        return "noun"
    return "verb" if tag[:1] in ("v", "p") else "adverb" if tag[:1] in ("d", "f") else "other"


def _dropped_in_english(section: SectionClass | None, listed: bool) -> frozenset[str]:
    named = frozenset(language_data("questions")["sections"][section]["english"]) if section else frozenset()
    return function_words() | ask_words("en") | (ask_words("en_list") | named if listed else frozenset())


def _mask(plain: str, asks: tuple[Ask, ...], section: SectionClass | None) -> str:
    masked = plain
    for ask in asks:
        match = ASK_ZH.match(masked, ask.at)
        if match:
            end = (
                match.end()
                + (match.group() == "多")
                + len(ask.unit)
                + (1 if masked[match.end() : match.end() + 1] in tuple("万亿千百") and ask.unit else 0)
            )
            masked = masked[: ask.at] + " " * (end - ask.at) + masked[end:]
    drop = [YEAR_WORDS, *language_data("questions")["ask_words"]["zh_phrases"]]
    if section:
        drop += [re.escape(word) for word in language_data("questions")["sections"][section]["question"]]
    return re.sub("|".join(drop), lambda match: " " * len(match.group()), masked)


_ORDINALS_EN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
POINTS_EN = {"one": 1} | SMALL_NUMBERS_EN | {word: number for number, word in enumerate(_ORDINALS_EN, 1)}
POINT = re.compile(rf"(?:第(?:{SMALL_NUMERAL.pattern}|\d{{1,2}})|(?:最后|头)一)[点条项样件招个]?")


def asks_for_more(question: Question) -> bool:
    """Whether a question asks for the next point of a list: 还有吗, what else?"""
    pattern = language_data("questions")["follow"][f"more_{_script(question.language)}"]
    return re.search(pattern, question.plain) is not None


def asks_within(question: Question) -> bool:
    """Whether a question asks for one thing of a point, not for the point itself (最后一点要再建几个示范村)."""
    own = (word for word in question.words if not POINT.match(word.text))
    return question.kind in ("number", "when", "who", "document") and any(own)


def listing(question: Question) -> Question | None:
    """The question for the whole list, of a question for one point that says which list it means (今年民生实事第五件是
    什么); None where it does not."""
    match = None if question.is_english else POINT.search(question.plain)
    if match is None:
        return None
    whole = read_question(f"{question.plain[: match.start()]}哪些{question.plain[match.end() :]}")
    return whole if whole.kind == "list" and (whole.words or whole.section) else None


def _point(plain: str, language: Language) -> int | None:
    """The number of the point that the question wants unfolded (展开第二点), None where it does not."""
    follow = language_data("questions")["follow"]
    for pattern in follow[f"open_{_script(language)}"]:
        match = re.search(pattern, plain)
        numbers = [group for group in match.groups() if group] if match else []
        for number in numbers:
            if number.isdigit():
                return int(number)
            if number in ("last", "最后"):
                return -1
            if number == "头":
                return 1
            if SMALL_NUMERAL.fullmatch(number):
                return small_number(number)
            if number in POINTS_EN:
                return POINTS_EN[number]
    return None


def _leans_on_last(
    plain: str, language: Language, kind: QuestionKind, words: tuple[Word, ...], section: SectionClass | None
) -> bool:
    """Whether a question leaves out what it is about; 还有哪些短板 names a part of the report and does not, 明年呢 only
    says of which year it wants the same."""
    patterns = language_data("questions")["follow"][_script(language)]
    if not words:
        return section is None or (section == "plan" and kind in ("keywords", "number"))
    return any(re.search(pattern, plain) for pattern in patterns)


def with_spelling(question: Question, plain: str) -> Question:
    """The question with other characters in the places of some of its `plain` text."""
    listed = question.kind == "list"
    section = _named_part(question.kind, question.section)
    _, without_places = places_in(plain, question.language)
    return replace(
        question, plain=plain, words=_words(without_places, question.language, question.asks, section, listed)
    )
