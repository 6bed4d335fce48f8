"""Questions of the genre that we write ourselves: a figure of a clause is masked and asked for, in three languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

import rjieba

Weighted = Sequence[tuple[str, float]]

_FIGURE = re.compile(
    r"(?P<year>\d{4}年)?(?P<before>[\u4e00-\u9fff]{2,24}?)(?P<figure>\d[\d.,]*(?:万|亿|多|余)*)(?P<unit>[\u4e00-\u9fff]{1,2}|%)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_CHINESE = (
    "{before}多少{unit}?",
    "{before}了多少{unit}",
    "{before}几{unit}?",
    "请问{before}有多少{unit}?",
    "一共{before}多少{unit}",
    "{before}是多少?",
    "{before}的情况怎么样",
    "{before}做得如何",
    "有没有{before}?",
    "{before}的数量",
)
_CANTONESE = (
    "{before}幾多{unit}呀?",
    "{before}咗幾多{unit}?",
    "請問{before}有幾多{unit}?",
    "{before}係幾多?",
    "總共{before}幾{unit}?",
    "有冇{before}?",
    "{before}搞成點?",
    "佢哋{before}咗幾多{unit}呢",
)
_ENGLISH = (
    "How many {words} were there?",
    "How many {words}?",
    "How much {words}?",
    "What was the number of {words}?",
    "What was done about {words}?",
    "How many {words} did the government have?",
    "What does the report say about {words}?",
    "{words}",
    "By how much did {words} grow?",
    "When was {words}?",
)


def figure_questions(paragraph: str, random: Random) -> list[str]:
    """A Chinese and a Cantonese question for figures of a paragraph, each from a template chosen by chance."""
    asked = []
    for match in _FIGURE.finditer(paragraph):
        parts = {"before": match["before"], "unit": match["unit"]}
        template = random.choice(random.choice((_CHINESE, _CHINESE, _CANTONESE)))
        asked.append((match["year"] or "") + template.format(**parts))
    return asked


def chinese_question(clause: str, random: Random) -> str:
    """Any clause as something that a person may ask for."""
    template = random.choice(random.choice((_CHINESE, _CANTONESE)))
    return template.format(before=clause, unit=random.choice("个项件次人家名宗"))


def english_question(clause: str, english: Mapping[str, Weighted], random: Random) -> str | None:
    """A clause carried over word by word into an English question; None where too few of its words are known."""
    words = [word for word in rjieba.cut(clause) if _HAN.fullmatch(word)]
    known = [(options, word) for word in words if (options := english.get(word))]
    if len(known) < 2 or len(known) < len(words) * 0.6:
        return None
    chosen = [
        random.choices([word for word, _ in options], [weight for _, weight in options])[0] for options, _ in known
    ]
    return random.choice(_ENGLISH).format(words=" ".join(chosen))


def reversed_lexicon(path_lines: Sequence[str], most: int = 6) -> dict[str, list[tuple[str, float]]]:
    """English words for Chinese ones, from the lines of the lexicon."""
    table: dict[str, list[tuple[str, float]]] = {}
    for line in path_lines:
        key, _, rest = line.partition("\t")
        if not key.isascii():
            continue
        parts = rest.split(" ")
        for word, weight in zip(parts[::2], parts[1::2], strict=True):
            table.setdefault(word, []).append((key, float(weight) ** 2))
    return {word: sorted(options, key=lambda option: -option[1])[:most] for word, options in table.items()}
