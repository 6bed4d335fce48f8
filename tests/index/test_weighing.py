"""BM25 as sparse vectors: their inner product is what tantivy says."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenbao.index.terms import Entry, TermIndex, TermWriter, WeightedTerms, heading_text
from wenbao.index.tokens import tokens
from wenbao.index.weighing import Tally, entry_weights, query_weights, term_number

WORDS = ["法律咨询", "新建学校", "医院", "2020年", "137次", "投资", "legal", "advice", "，", "的"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=120).map("".join)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=12), question=TEXTS, heading=TEXTS)
def test_scores_and_ceilings_are_those_of_tantivy(texts: list[str], question: str, heading: str) -> None:
    """For entries of any length, with headings, and terms that count for less."""
    entries = [
        Entry(number << 16, number, tokens(text), heading_text([heading] if number % 2 else []))
        for number, text in enumerate(texts)
    ]
    wanted = WeightedTerms.of(question).with_more([WeightedTerms.of("医院 advice", 0.5)])
    tally = Tally()
    for entry in entries:
        tally.add(entry)
    query = query_weights(wanted, tally.entries, lambda kind, token: tally.terms[term_number(kind, token)])
    means = tally.mean_lengths()
    ours = {
        entry.unit: sum(query.get(number, 0) * weight for number, weight in entry_weights(entry, means).items())
        for entry in entries
    }
    with TemporaryDirectory() as folder:
        with TermWriter(Path(folder) / "terms", 15_000_000) as writer:
            for entry in entries:
                writer.add(entry)
        units, scores = TermIndex(Path(folder) / "terms").search(wanted, len(entries))
    assert dict(zip(units.tolist(), scores.tolist(), strict=True)) == pytest.approx(
        {unit: score for unit, score in ours.items() if score}, rel=1e-4
    )
