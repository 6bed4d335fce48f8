"""Makes `lexicon.tsv` from the dictionary, the parallel texts, and the terms and synonyms that we wrote ourselves."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import permutations
from math import log
from pathlib import Path

import rjieba

from wenbao.index.lexicon import LONGEST_PHRASE, function_words
from wenbao.index.training import corpora
from wenbao.index.training.alignment import align
from wenbao.index.training.corpora import Entry, Pair
from wenbao.index.training.phrases import EnglishUnits

HERE = Path(__file__).parent
MOST_TARGETS = 6
LEAST_WEIGHT = 0.04
GROUP_WEIGHTS = {2: 0.6, 3: 0.5}
GROUP_WEIGHT = 0.4
GLOSS_WEIGHT = 0.4
LEAST_SHARED = 0.6

Table = dict[str, dict[str, float]]


def build(data: Path, output: Path) -> None:
    """Learn the lexicon from a data folder and write it to a file."""
    entries = corpora.dictionary(data)
    terms = read_terms()
    pairs = corpora.report_pairs(data) + corpora.everyday_pairs(data)
    frequency = word_frequency(data, pairs)
    english = _english_units(entries, terms, pairs)
    learnt = _learnt(english, pairs, entries, terms)
    translations = _mixed(learnt, _glossed(english, entries, frequency), _written(english, terms))
    others = similar_words(entries, read_groups(), frequency)
    write(output, {**translations, **others})


def read_terms(path: Path = HERE / "terms-zh-en.tsv") -> list[tuple[str, str]]:
    """Our own terms: Chinese, English. A line may have several of each, split by `;`."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [
        (chinese.strip(), english.strip().lower())
        for left, right in rows
        for chinese in left.split(";")
        for english in right.split(";")
    ]


def read_groups(path: Path = HERE / "synonyms-zh.tsv") -> list[list[str]]:
    """Our own groups of words for the same thing, one group a line."""
    lines = path.read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def word_frequency(data: Path, pairs: Iterable[Pair]) -> Counter[str]:
    """How often each Chinese word stands in the texts of the genre and in the parallel sentences."""
    texts = [text for text in corpora.reports(data) + corpora.laws(data)[::8]]
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
    scores: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words in shared.values():
        if 2 <= len(words) <= 5:
            for word, other in permutations(sorted(words), 2):
                scores[word][other] += 1 / (max(glosses[word], glosses[other]) * (len(words) - 1))
    table: Table = {
        word: {other: GLOSS_WEIGHT * min(1.0, score) for other, score in others.items() if score >= LEAST_SHARED}
        for word, others in scores.items()
    }
    for group in groups:
        for word, other in permutations(group, 2):
            table.setdefault(word, {})[other] = GROUP_WEIGHTS.get(len(group), GROUP_WEIGHT)
    return {word: others for word, others in table.items() if others}


def write(output: Path, table: Table) -> None:
    """One key a line, sorted by bytes; weights in hundredths."""
    lines = []
    for key in sorted(table, key=str.encode):
        best = sorted(table[key].items(), key=lambda item: (-item[1], item[0]))[:MOST_TARGETS]
        words = " ".join(f"{word} {round(weight * 100)}" for word, weight in best if weight >= LEAST_WEIGHT)
        if words:
            lines.append(f"{key}\t{words}\n")
    output.write_text("".join(lines), "utf-8", newline="\n")


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
_GRAMMAR = frozenset("的 了 在 是 和 与 及 等 对 把 被 将 为 以 也 都 就 要 有 不 这 那 一 一个 我 你 他 她 它 我们 你们 他们 着 过 地 得 之 其 所 而 并 从 到 向 于 中 上 下 里".split())


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
            (trust, table[unit]) for trust, table in ((0.4, learnt), (0.4, glossed), (0.8, written)) if table.get(unit)
        ]
        total = sum(trust for trust, _ in sources)
        weights: Counter[str] = Counter()
        for trust, words in sources:
            whole = sum(words.values()) or 1.0
            for word, weight in words.items():
                weights[word] += trust / total * weight / whole
        if "" not in weights:
            mixed[unit] = dict(weights)
    return mixed
