"""The index of a library: what it finds, and how it follows the library."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import pytest

from tests.index.samples import add_report, make_static_model, report
from wenbao.config.errors import IndexUnavailable
from wenbao.index import building
from wenbao.index.finding import find
from wenbao.index.search import Index, Query
from wenbao.index.static import StaticEncoder
from wenbao.knowledge.documents import Paragraph, Passage, Sentence
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse


def _search(index: Index, library: Library, question: str, documents: Collection[int] | None = None) -> list[str]:
    hits = index.search(Query.of(question), 10, documents)
    return [passage.text for passage in library.passages([hit.row for hit in hits])]


def _row(library: Library, number: int) -> int:
    identity = parse("report.txt", report(number)).id
    return next(document.row for document in library.documents() if document.id == identity)


def _counties(texts: list[str]) -> set[str]:
    return {number for number in "123456789" for text in texts if f"第{number}号县" in text or f"{number}37次" in text}


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("提供法律咨询137次", "137次"),
        ("二百三十七次法律諮詢", "237次"),
        ("完成投資３００亿元", "300亿元"),
        ("建了二十五个医院", "25个"),
    ],
)
def test_the_paragraph_that_answers_comes_first(index: Index, library: Library, question: str, right: str) -> None:
    """Over several reports, in either script and in any numerals."""
    assert right in _search(index, library, question)[0]


def test_a_hit_names_its_best_sentence(index: Index, library: Library) -> None:
    """The sentence is that of the paragraph that has the words of the question."""
    hit = index.search(Query.of("法律咨询237次"), 1)[0]
    passage = library.passages([hit.row])[0]
    sentence = next(one for one in passage.paragraph.sentences if one.number == hit.sentence)
    start = passage.paragraph.start
    assert passage.text[sentence.start - start : sentence.end - start] == "提供法律咨询237次。"


def test_hits_are_in_the_order_of_their_scores(index: Index) -> None:
    """Scores are from 0 to 1 and no paragraph comes twice."""
    hits = index.search(Query.of("新建学校"), 50)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= value <= 1 for hit in hits for value in (hit.score, hit.terms))
    assert len(hits) == len({hit.row for hit in hits})


@pytest.mark.parametrize("k", [0, 1, 3, 1000])
def test_no_more_hits_than_asked_for(index: Index, k: int) -> None:
    """`k` is the most; the best `k` are the same for any greater one."""
    hits = index.search(Query.of("法律咨询"), k)
    assert len(hits) <= k
    assert index.search(Query.of("法律咨询"), 1000)[: len(hits)] == hits


@pytest.mark.parametrize("question", ["", "?", "zzz", "😀", "\ud800", '"(:*^~', "咨" * 500])
def test_any_text_can_be_searched_for(index: Index, question: str) -> None:
    """No sign is an error."""
    index.search(Query.of(question), 5)


def test_only_the_given_documents_are_found(index: Index, library: Library) -> None:
    """A filter holds for terms and for vectors."""
    assert _counties(_search(index, library, "法律咨询", {_row(library, 2)})) == {"2"}
    assert _counties(_search(index, library, "法律咨询", {_row(library, 1), _row(library, 3)})) == {"1", "3"}


@pytest.mark.parametrize("documents", [set(), {999}])
def test_a_filter_that_nothing_meets_finds_nothing(index: Index, library: Library, documents: set[int]) -> None:
    """Nothing is nothing, not everything."""
    assert _search(index, library, "法律咨询", documents) == []


def test_words_with_less_weight_find_what_the_question_does_not_say(index: Index, library: Library) -> None:
    """A translation beside an English question finds the Chinese paragraph."""
    hits = index.search(Query.of("How many hospitals?", [("医院", 0.7), ("15个", 0.3)]), 1)
    assert "15个" in library.passages([hits[0].row])[0].text


def test_an_added_document_is_found_by_the_next_question(index: Index, library: Library) -> None:
    """And those from before still are."""
    add_report(library, 7)
    index.follow(library)
    assert "737次" in _search(index, library, "法律咨询737次")[0]
    assert "137次" in _search(index, library, "法律咨询137次")[0]


def test_a_removed_document_is_found_no_more(index: Index, library: Library) -> None:
    """Neither by its words nor by what is near, with or without a filter."""
    row = _row(library, 2)
    library.remove(parse("report.txt", report(2)).id)
    index.follow(library)
    assert _counties(_search(index, library, "法律咨询237次")) == {"1", "3"}
    assert _search(index, library, "法律咨询", {row}) == []


def test_passages_can_be_added_and_removed_by_themselves(index: Index, library: Library) -> None:
    """`add` and `remove` change the index by one document; adding it twice changes nothing."""
    identity = add_report(library, 8)
    passages = list(library.each_passage([identity]))
    for _ in range(2):
        index.add(passages, _row(library, 8), library.state())
    assert len(index.search(Query.of("法律咨询837次"), 50)) == len(
        {hit.row for hit in index.search(Query.of("县"), 50)}
    )
    assert "837次" in _search(index, library, "法律咨询837次")[0]
    index.remove(_row(library, 8), "without it")
    assert "8" not in _counties(_search(index, library, "法律咨询837次"))


def test_an_addition_writes_only_what_is_new(index: Index, library: Library) -> None:
    """The files of the generation before are the same files, under a second name."""
    before = index.generation
    add_report(library, 4)
    index.follow(library)
    after = index.generation
    assert before is not None
    assert after is not None
    chunk = next(iter(before.manifest.chunks))
    unchanged = [name for name in before.manifest.files if not name.endswith(".json")]
    assert f"{chunk}.faiss" in unchanged
    for name in unchanged:
        assert (before.folder / name).stat().st_ino == (after.folder / name).stat().st_ino


def test_an_index_grown_by_additions_finds_what_one_built_at_once_finds(
    tmp_path: Path, encoder: StaticEncoder, library: Library, index: Index
) -> None:
    """Twenty additions and some removals later, chunks merged on the way, the hits are those of a new index."""
    for number in range(10, 30):
        add_report(library, number)
        index.follow(library)
    for number in range(10, 30, 4):
        library.remove(parse("report.txt", report(number)).id)
        index.follow(library)
    fresh = Index(tmp_path / "fresh", encoder)
    fresh.follow(library)
    assert index.generation is not None
    assert len(index.generation.manifest.chunks) <= building.MOST_PARTS
    for question in ("法律咨询1137次", "完成投资2500亿元", "新建学校"):
        grown = index.search(Query.of(question), 5)
        assert [hit.row for hit in fresh.search(Query.of(question), 5)] == [hit.row for hit in grown]


def test_what_is_removed_leaves_the_disk_in_the_end(index: Index, library: Library) -> None:
    """When most of the vectors are of removed documents, tending writes them anew without them."""
    for number in (1, 2):
        library.remove(parse("report.txt", report(number)).id)
        index.follow(library)
    index.tend(library)
    assert index.generation is not None
    assert index.generation.manifest.removed == frozenset()
    assert {_row(library, 3)} == {row for chunk in index.generation.chunks for row in chunk.held}


def test_an_empty_library_has_an_index_that_finds_nothing(tmp_path: Path, encoder: StaticEncoder) -> None:
    """And the first document that comes is found."""
    library = Library(tmp_path / "empty.sqlite3")
    index = Index(tmp_path / "empty", encoder)
    index.follow(library)
    assert index.search(Query.of("法律咨询"), 5) == []
    add_report(library, 1)
    index.follow(library)
    assert "137次" in _search(index, library, "法律咨询137次")[0]


def test_the_last_document_can_be_removed(tmp_path: Path, encoder: StaticEncoder) -> None:
    """An index of nothing is an index."""
    library = Library(tmp_path / "one.sqlite3")
    index = Index(tmp_path / "one", encoder)
    identity = add_report(library, 1)
    index.follow(library)
    library.remove(identity)
    index.follow(library)
    assert index.search(Query.of("法律咨询"), 5) == []


def test_searching_before_anything_is_built_says_what_to_do(tmp_path: Path, encoder: StaticEncoder) -> None:
    """The message names the command."""
    with pytest.raises(IndexUnavailable, match="wenbao reindex"):
        Index(tmp_path / "none", encoder).search(Query.of("法律咨询"), 5)


def test_a_generation_of_another_model_is_searched_with_that_model_until_there_is_a_new_one(
    tmp_path: Path, library: Library, index: Index, encoder: StaticEncoder, other_encoder: StaticEncoder
) -> None:
    """Questions are encoded by the model that made the vectors; additions too; tending switches to the model wanted."""
    add_report(library, 4)
    changed = Index(tmp_path / "index", other_encoder)
    changed.follow(library)
    assert changed.generation is not None
    assert changed.generation.manifest.model == encoder.fingerprint
    assert changed.likeness("县", ["县报告"]) == index.likeness("县", ["县报告"])
    assert changed.likeness("县", ["县报告", "县"]) == [
        *index.likeness("县", ["县报告"]),
        *index.likeness("县", ["县"]),
    ]
    assert "another embedding model" in changed.verify()[0]
    assert changed.needs_tending(library)
    changed.tend(library)
    assert changed.generation.manifest.model == other_encoder.fingerprint
    assert changed.verify() == []
    for each in (changed, index):
        assert "437次" in _search(each, library, "法律咨询437次")[0]
    assert not changed.needs_tending(library)


def test_words_alone_answer_where_the_old_model_is_gone(
    tmp_path: Path, library: Library, other_encoder: StaticEncoder
) -> None:
    """Its vectors are left alone, a report that is added meanwhile is found, and tending embeds all of them."""
    (tmp_path / "old").mkdir()
    old = make_static_model(tmp_path / "old", seed=2)
    Index(tmp_path / "index", StaticEncoder(old)).follow(library)
    shutil.rmtree(old)
    add_report(library, 4)
    changed = Index(tmp_path / "index", other_encoder)
    changed.follow(library)
    hit = changed.search(Query.of("法律咨询437次"), 1)[0]
    assert ("437次" in library.passages([hit.row])[0].text, hit.dense) == (True, 0.0)
    changed.tend(library)
    hit = changed.search(Query.of("法律咨询437次"), 1)[0]
    assert ("437次" in library.passages([hit.row])[0].text, hit.dense > 0) == (True, True)


def test_headings_and_the_title_find_what_stands_below(tmp_path: Path, encoder: StaticEncoder) -> None:
    """A paragraph is found by words that only its heading has."""
    library = Library(tmp_path / "headings.sqlite3")
    text = "某县2020年工作报告\n一、生态环境\n全年平稳有序。\n二、社会民生\n全年平稳有序。\n".encode()
    library.add(parse("a.txt", text), "a.txt", text)
    index = Index(tmp_path / "headings", encoder)
    index.follow(library)
    for heading in ("生态环境", "社会民生"):
        passages = library.passages([hit.row for hit in index.search(Query.of(heading), 10)])
        first = next(passage for passage in passages if passage.text == "全年平稳有序。")
        assert heading in first.paragraph.section[-1]


def test_a_paragraph_without_sentences_is_found(tmp_path: Path, encoder: StaticEncoder, index: Index) -> None:
    """It is a hit without a best sentence."""
    whole = Passage(900, "bare", Paragraph(1, 0, 4, "text", (), ()), "绿道八里")
    index.add([whole], 90, "with a bare one")
    hit = index.search(Query.of("绿道八里"), 1)[0]
    assert (hit.row, hit.sentence) == (900, None)


def test_pruning_loses_no_hit(index: Index, encoder: StaticEncoder) -> None:
    """The first hits are the same whether few or all are asked for."""
    assert index.generation is not None
    for question in ("法律咨询", "新建学校1个", "2020年完成投资", "县"):
        query = Query.of(question)
        vector = encoder.encode_queries([query.dense])[0]
        few = find(index.generation, query, vector, 3)
        assert few == find(index.generation, query, vector, 500)[:3]


def test_long_paragraphs_and_many_sentences_are_indexed(index: Index, library: Library) -> None:
    """A paragraph of thousands of sentences is one hit."""
    text = "平稳有序。" * 3000 + "绿道共八里。"
    ends = [(5 * number, 5 * number + 5) for number in range(3000)] + [(15000, 15006)]
    sentences = tuple(Sentence(number, *both) for number, both in enumerate(ends, 1))
    index.add([Passage(901, "long", Paragraph(1, 0, len(text), "text", (), sentences), text)], 91, "long")
    hit = index.search(Query.of("绿道共八里"), 1)[0]
    assert (hit.row, hit.sentence) == (901, 3001)
