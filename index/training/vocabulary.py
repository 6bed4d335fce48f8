"""The tokenizer: Chinese words and characters, English words and parts of words, digits one by one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from math import log

import rjieba
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Sequence
from tokenizers.pre_tokenizers import Split
from tokenizers.trainers import UnigramTrainer

from wenbao.index.lexicon import forms
from wenbao.index.training.charsmap import folding_normalizer

UNKNOWN = "[UNK]"
LONGEST_WORD = 3
LONGEST_PIECE = 12
_HAN = re.compile(r"[\u3400-\u9fff]+")
_ENGLISH = re.compile(r"[a-z]+")


def make_tokenizer(chinese: Iterable[str], english: Iterable[str], pieces: int) -> Tokenizer:
    """A tokenizer of at most so many pieces, a third of them English, the commonest of each."""
    words = _english_pieces(english, pieces // 3)
    digits = dict.fromkeys("0123456789%", -4.0)
    han = _chinese_pieces(chinese, pieces - len(words) - len(digits) - 1)
    scores = {**han, **words, **digits}
    tokenizer = Tokenizer(
        Unigram([(UNKNOWN, -30.0), *((piece, round(score, 2)) for piece, score in scores.items())], 0)
    )
    tokenizer.normalizer = Sequence([NFKC(), Lowercase(), folding_normalizer()])
    tokenizer.pre_tokenizer = Split(Regex(r"\p{Han}+|[a-z]+|[0-9%]|\p{L}+"), "removed", invert=True)
    return tokenizer


def _chinese_pieces(texts: Iterable[str], size: int) -> dict[str, float]:
    """Every character that stands at least twice, then the commonest words of up to three characters."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(word for word in rjieba.cut(text) if _HAN.fullmatch(word))
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    total = sum(words.values())
    single = {character: count for character, count in characters.items() if count >= 2}
    longer = {word: count for word, count in words.items() if 2 <= len(word) <= LONGEST_WORD}
    best = sorted(longer, key=lambda word: (-longer[word], word))[: size - len(single)]
    scores = {word: log(longer[word] / total) for word in best}
    # A character counts as a word of its own: not as a part of words, or words would be cut to characters.
    return {**{character: log((words[character] + 0.5) / total) for character in sorted(single)}, **scores}


def _english_pieces(texts: Iterable[str], size: int) -> dict[str, float]:
    """Common words in base form, then parts for the rest: "consultations" is cut into "consultation" and "s"."""
    counts = Counter(word for text in texts for word in _ENGLISH.findall(text.lower()))
    total = sum(counts.values())
    bases = {
        word: count for word, count in counts.items() if len(word) <= LONGEST_PIECE and not _has_base(word, counts)
    }
    best = sorted(bases, key=lambda word: (-bases[word], word))[: size * 4 // 5]
    words = {word: log(bases[word] / total) for word in best}
    parts = _parts(counts, size - len(words))
    return {**{part: score - 4.0 for part, score in parts.items() if part not in words}, **words}


def _has_base(word: str, counts: Counter[str]) -> bool:
    """Whether the word is one of our endings behind another common word."""
    candidates = list(forms(word))[1:]
    return any(word.startswith(base) and counts[base] * 3 >= counts[word] for base in candidates if len(base) >= 3)


def _parts(counts: Counter[str], size: int) -> dict[str, float]:
    """Parts of English words, as sentencepiece learns them."""
    learner = Tokenizer(Unigram())
    trainer = UnigramTrainer(vocab_size=max(size, 60), show_progress=False, unk_token=UNKNOWN, special_tokens=[UNKNOWN])
    words = (word for word, count in sorted(counts.items()) for _ in range(min(count, 20)))
    learner.train_from_iterator(words, trainer)
    scores: dict[str, float] = dict(json.loads(learner.to_str())["model"]["vocab"])
    return {part: scores[part] for part in sorted(scores) if part != UNKNOWN}
