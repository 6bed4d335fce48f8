"""Makes `lexicon.tsv` from the dictionary, the parallel texts, and the terms and synonyms that we wrote ourselves."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import permutations
from math import log
from pathlib import Path

import rjieba

from wenbao.index.lexicon import LONGEST_PHRASE, MOST_TARGETS, function_words
from wenbao.index.training import corpora
from wenbao.index.training.alignment import align
from wenbao.index.training.corpora import Entry, Pair
from wenbao.index.training.phrases import EnglishUnits

HERE = Path(__file__).parent
LEAST_OF_BEST = 0.25
"""What a word must have of the best one's weight to be kept."""
# In a group the first word is what people say, the others are what reports say, the nearest first.
FROM_FIRST, STEP = 0.95, 0.04
TO_FIRST = 0.7
BESIDE = 0.6
GLOSS_WEIGHT = 0.4
LEAST_SHARED = 0.6
# A character that stands less often as a word by itself is left out of the dictionary: 僦 is "to hire" only in name.
USUAL = 20

Table = dict[str, dict[str, float]]


def build(data: Path, output: Path) -> None:
    """Learn the lexicon from a data folder and write it to a file."""
    entries = corpora.dictionary(data)
    terms = read_terms()
    pairs = corpora.report_pairs(data) + corpora.everyday_pairs(data)
    frequency = word_frequency(data, pairs)
    entries = [entry for entry in entries if len(entry.word) > 1 or frequency[entry.word] >= USUAL]
    english = _english_units(entries, terms, pairs)
    learnt = _learnt(english, pairs, entries, terms)
    translations = _mixed(learnt, _glossed(english, entries, frequency), _written(english, terms))
    others = similar_words(entries, read_groups(), frequency)
    for first, *official in read_groups("colloquial"):
        _add(others, first, official)
    write(output, {**translations, **others})


def read_terms() -> list[tuple[str, str]]:
    """Our own terms, and names: Chinese, English. A line may have several of each, split by `;`."""
    paths = [*sorted(HERE.glob("*-zh-en.tsv")), *sorted((HERE / "written").glob("*.terms.tsv"))]
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [
        (chinese.strip(), english.strip().lower())
        for left, right in rows
        for chinese in left.split(";")
        for english in right.split(";")
    ]


def read_groups(kind: str = "") -> list[list[str]]:
    """Our own groups of words for the same thing, one group a line, what people say first, then what reports say.

    Those of kind "colloquial" hold in this direction only.
    """
    every = [HERE / "synonyms-zh.tsv", *sorted((HERE / "written").glob("*.synonyms.tsv"))]
    paths = [path for path in every if path.name.startswith("colloquial") == bool(kind)]
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    return [line.lower().split() for line in lines if line and not line.startswith("#")]


def word_frequency(data: Path, pairs: Iterable[Pair]) -> Counter[str]:
    """How often each Chinese word stands in the texts of the genre and in the parallel sentences."""
    texts = list(corpora.reports(data) + corpora.laws(data)[::8])
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(rjieba.cut("\n".join(text.paragraphs)))
    for pair in pairs:
        counts.update(rjieba.cut(pair.chinese))
    return counts


def similar_words(entries: list[Entry], groups: list[list[str]], frequency: Counter[str]) -> Table:
    """Words that we grouped, and words that share the rarer of their glosses."""
    shared: defaultdict[str, set[str]] = defaultdict(set)
    glosses: dict[str, int] = {}
    for entry in entries:
        if len(entry.word) >= 2 and frequency[entry.word] >= 3:
            glosses[entry.word] = max(len(entry.glosses), glosses.get(entry.word, 0))
            for gloss in entry.glosses:
                shared[gloss].add(entry.word)
    scores: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for words in shared.values():
        if 2 <= len(words) <= 5:
            for word, other in permutations(sorted(words), 2):
                scores[word][other] += 1 / (max(glosses[word], glosses[other]) * (len(words) - 1))
    table: Table = {
        word: {other: GLOSS_WEIGHT * min(1.0, score) for other, score in others.items() if score >= LEAST_SHARED}
        for word, others in scores.items()
    }
    for group in groups:
        for (place, word), (other_place, other) in permutations(enumerate(group), 2):
            weight = FROM_FIRST - STEP * (other_place - 1) if place == 0 else TO_FIRST if other_place == 0 else BESIDE
            others = table.setdefault(word, {})
            others[other] = max(weight, others.get(other, 0.0))
    return {word: others for word, others in table.items() if others}


def _add(table: Table, first: str, official: list[str]) -> None:
    others = table.setdefault(first, {})
    for place, word in enumerate(official):
        others[word] = max(FROM_FIRST - STEP * place, others.get(word, 0.0))


def write(output: Path, table: Table) -> None:
    """One key a line, sorted by bytes; weights in hundredths."""
    lines = []
    for key in sorted(table, key=str.encode):
        best = sorted(table[key].items(), key=lambda item: (-item[1], item[0]))[:MOST_TARGETS]
        words = " ".join(f"{word} {round(weight * 100)}" for word, weight in best if _is_kept(weight, best[0][1]))
        if words:
            lines.append(f"{key}\t{words}\n")
    output.write_text("".join(lines), "utf-8", newline="\n")


def _is_kept(weight: float, best: float) -> bool:
    return weight >= LEAST_OF_BEST * best and round(weight * 100) > 0


def _english_units(entries: list[Entry], terms: list[tuple[str, str]], pairs: list[Pair]) -> EnglishUnits:
    glosses = [gloss for entry in entries for gloss in entry.glosses] + [english for _, english in terms]
    counts = Counter(word for pair in pairs for word in _WORD.findall(pair.english.lower()))
    words = [word for gloss in glosses for word in _WORD.findall(gloss) if " " not in gloss or counts[word] >= 3]
    english = EnglishUnits({gloss for gloss in glosses if _is_unit(gloss)} | set(words))
    english.learn_phrases([pair.english for pair in pairs])
    return english


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_HAN = re.compile(r"^[\u3400-\u9fff]+$")
# Chinese words that belong to grammar; learnt tables give them to almost any English word.
_GRAMMAR = frozenset("的了在是和与及等对把被将为以也都就要有不这那一我你他她它着过地得之其所而并从到向于中上下里") | {
    "一个",
    "我们",
    "你们",
    "他们",
}


def _is_unit(gloss: str) -> bool:
    words = gloss.split()
    if not 1 <= len(words) <= LONGEST_PHRASE or not all(_WORD.fullmatch(word) for word in words):
        return False
    return words[0] not in function_words() and words[-1] not in function_words()


def _learnt(english: EnglishUnits, pairs: list[Pair], entries: list[Entry], terms: list[tuple[str, str]]) -> Table:
    """What the parallel sentences and the glosses say, each sentence read with and without phrases."""
    texts = [(pair.english, rjieba.cut(pair.chinese)) for pair in pairs]
    texts += [(gloss, rjieba.cut(entry.word)) for entry in entries for gloss in entry.glosses]
    texts += [(gloss, rjieba.cut(chinese)) for chinese, gloss in terms]
    read = []
    for text, chinese in texts:
        words = [word for word in chinese if _HAN.match(word) and word not in _GRAMMAR]
        cut, phrased = english.words(text), english.units(text)
        read += [(units, words) for units in ([cut] if cut == phrased else [cut, phrased]) if units and words]
    forward, backward = align(read)
    return {
        unit: {
            word: (probability * backward.get(word, {}).get(unit, 0.0)) ** 0.5 for word, probability in words.items()
        }
        for unit, words in forward.items()
    }


def _glossed(english: EnglishUnits, entries: list[Entry], frequency: Counter[str]) -> Table:
    """What the dictionary says outright: a word counts by how usual it is and how early the gloss stands."""
    table: Table = {}
    for entry in entries:
        if not _HAN.match(entry.word):
            continue
        for place, gloss in enumerate(entry.glosses, start=1):
            if _is_unit(gloss):
                weight = log(1.5 + frequency[entry.word]) / place**0.5 * (1.0 if len(entry.word) > 1 else 0.6)
                words = table.setdefault(_key(english, gloss), {})
                words[entry.word] = max(words.get(entry.word, 0.0), weight)
    return table


def _written(english: EnglishUnits, terms: list[tuple[str, str]]) -> Table:
    table: Table = {}
    for chinese, gloss in terms:
        table.setdefault(_key(english, gloss), {})[chinese] = 1.0
    return table


def _key(english: EnglishUnits, unit: str) -> str:
    """A unit as it is looked up: its last word in base form."""
    head, _, last = unit.rpartition(" ")
    return f"{head} {english.base(last)}" if head else english.base(last)


def _mixed(learnt: Table, glossed: Table, written: Table) -> Table:
    """The three sources, those that know a unit sharing it by their trust."""
    mixed: Table = {}
    for unit in {*learnt, *glossed, *written}:
        sources = [
            (trust, table[unit]) for trust, table in ((0.8, learnt), (0.4, glossed), (1.6, written)) if table.get(unit)
        ]
        total = sum(trust for trust, _ in sources)
        weights: defaultdict[str, float] = defaultdict(float)
        for trust, words in sources:
            whole = sum(words.values()) or 1.0
            for word, weight in words.items():
                weights[word] += trust / total * weight / whole
        mixed[unit] = dict(weights)
    return mixed
