"""The index in Milvus: the same answers as with the index on disk, for several processes, over crashes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from pydantic import SecretStr

from tests.answers.samples import HEKOU_2019, REPORTS, YUNLING_2021, quotes_are_verbatim
from tests.cli.conftest import Told, environment, run_process
from tests.cluster.conftest import settings_for
from tests.cluster.milvus_server import PATIENCE, MilvusServer
from tests.index.samples import make_static_model
from wenbao.answers.model import AskRequest, Filters, Reply
from wenbao.answers.service import ReportService
from wenbao.config.errors import IndexUnavailable, InvalidSettings
from wenbao.config.settings import Settings
from wenbao.index.milvus import MilvusIndex
from wenbao.index.milvus_collections import Collections
from wenbao.index.search import Query
from wenbao.index.store import index_at
from wenbao.knowledge.library import Library

TUNING = Path(__file__).parents[1] / "reports" / "tuning"
LECTURES = "云岭县2021年开展了多少场法治讲座？"


@pytest.fixture
def service(settings: Settings) -> Iterator[ReportService]:
    """A service over three made-up reports, without those in the box."""
    with _opened(settings, REPORTS) as service:
        yield service


def _opened(settings: Settings, reports: dict[str, str]) -> ReportService:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    Library(settings.data_dir / "library.sqlite3").close()
    service = ReportService.open(settings)
    for name, text in reports.items():
        service.keep(name, text.encode())
    service.catch_up()
    return service


def _figure(service: ReportService, question: str, filters: Filters = Filters()) -> str | None:  # noqa: B008 - frozen
    reply = service.ask(AskRequest(question, filters=filters))
    assert quotes_are_verbatim(service, reply)
    return reply.answer.value if reply.answer else None


def _is_back(service: ReportService) -> bool:
    try:
        service.search("法治")
    except IndexUnavailable:
        return False
    return True


def _said(reply: Reply) -> tuple[object, ...]:
    return reply.status, reply.answer, reply.confidence, reply.citations, reply.related


def _milvus(settings: Settings) -> MilvusIndex:
    index = index_at(settings)
    assert isinstance(index, MilvusIndex)
    return index


def _run(settings: Settings, *arguments: str) -> Told:
    uri = settings.milvus_uri or ""
    return run_process(settings.data_dir, *arguments, WENBAO_STORE="milvus", WENBAO_MILVUS_URI=uri)


def test_every_question_gets_the_same_reply_as_with_the_index_on_disk(tmp_path: Path, settings: Settings) -> None:
    """Status, answer, confidence, citations and related passages, for some of the questions on every sixth report."""
    chosen = sorted(TUNING.glob("*.txt"))[::6]
    reports = {path.name: path.read_text(encoding="utf-8") for path in chosen}
    asked = [
        line.split("\t")[2]
        for path in chosen
        for line in path.with_suffix(".tsv").read_text(encoding="utf-8").splitlines()[3::12]
        if line.count("\t") == 4
    ]
    on_disk = settings.model_copy(update={"store": "disk", "data_dir": tmp_path / "disk"})
    with _opened(settings, reports) as there, _opened(on_disk, reports) as here:
        differing = [
            question
            for question in asked
            if _said(there.ask(AskRequest(question))) != _said(here.ask(AskRequest(question)))
        ]
    assert len(asked) > 30
    assert [] == differing


def test_scores_are_those_of_the_index_on_disk(tmp_path: Path, settings: Settings) -> None:
    """Also where documents were added one by one to a first one: by then the mean lengths are a little old."""
    on_disk = settings.model_copy(update={"store": "disk", "data_dir": tmp_path / "disk"})
    with _opened(settings, REPORTS) as there, _opened(on_disk, REPORTS) as here:
        for question in ("法治讲座多少场次", "新建小学", "黑臭河涌", "number of legal aid cases 法律援助"):
            far, near = ([*one._index.search(Query.of(question), 20)] for one in (there, here))
            assert [hit.row for hit in near] == [hit.row for hit in far]
            assert [hit.score for hit in near] == pytest.approx([hit.score for hit in far], abs=0.02)
            assert [hit.sentence for hit in near] == [hit.sentence for hit in far]


def test_an_added_report_is_found_by_the_next_question_and_a_removed_one_is_not(service: ReportService) -> None:
    """The one is there as soon as `add` returns, the other gone as soon as `remove` does."""
    new = service.add("new.txt", YUNLING_2021.replace("云岭县", "白鹭县").replace("85场", "97场").encode())
    assert "97场次" == _figure(service, "白鹭县2021年开展了多少场法治讲座？")
    service.remove(new.document.id)
    assert _figure(service, "白鹭县2021年开展了多少场法治讲座？") is None
    assert "85场次" == _figure(service, LECTURES)
    assert [] == service.verify()


def test_what_was_added_and_removed_leaves_no_trace_in_the_scores(service: ReportService) -> None:
    """In how many entries a term stands goes up and comes down again."""
    before = service._index.search(Query.of("法治讲座 新建小学"), 20)
    new = service.add("new.txt", YUNLING_2021.replace("云岭县", "白鹭县").encode())
    assert before != service._index.search(Query.of("法治讲座 新建小学"), 20)
    service.remove(new.document.id)
    assert before == service._index.search(Query.of("法治讲座 新建小学"), 20)


def test_a_filter_holds_and_one_that_nothing_meets_finds_nothing(service: ReportService) -> None:
    """Nothing is nothing, not everything."""
    assert "7所" == _figure(service, "新建小学多少所？", Filters(place="河湾市"))
    assert _figure(service, "新建小学多少所？", Filters(year=2021)) is None
    rows = set(service._index.documents().values())
    assert [] == service._index.search(Query.of("新建小学"), 5, set())
    assert [] == service._index.search(Query.of("新建小学"), 5, {max(rows) + 1})


def test_any_text_can_be_searched_for(service: ReportService) -> None:
    """No sign is an error."""
    for text in ("", "?", "zzz", "😀", "\ud800", '"(:*^~', "咨" * 500):
        assert len(service._index.search(Query.of(text), 100)) <= 100


def test_two_processes_share_one_index(service: ReportService, settings: Settings) -> None:
    """What one adds the other finds, without building anything."""
    path = settings.data_dir / "new.txt"
    path.write_text(HEKOU_2019.replace("河湾市", "银杏市").replace("7所", "9所"), encoding="utf-8")
    build = service._index.generation.manifest.build  # type: ignore[union-attr]
    assert 0 == _run(settings, "add", str(path)).code
    assert "9所" == _figure(service, "银杏市2019年新建小学多少所？")
    told = _run(settings, "ask", "--json", LECTURES)
    assert "85场次" == told.json["answer"]["value"]
    assert 0 == _run(settings, "verify").code
    assert build == service._index.generation.manifest.build  # type: ignore[union-attr]


def test_a_reader_goes_on_while_the_index_is_built_anew(service: ReportService, settings: Settings) -> None:
    """It switches by itself, also where what it read from was dropped in the meantime."""
    with closing(Library(settings.data_dir / "library.sqlite3")) as library:
        for _ in range(3):
            _milvus(settings).build(library)
            assert "85场次" == _figure(service, LECTURES)
    with Collections(settings.milvus_uri or "", None)._talking():
        names = Collections(settings.milvus_uri or "", None)._client.list_collections()
    assert 11 == len(names)  # the state, and five of each of the last two builds


@pytest.mark.parametrize("where", ["write", "put_state"])
def test_a_write_that_was_broken_off_is_made_good(settings: Settings, where: str) -> None:
    """Killed between two collections, or before the mark goes: others go on answering, the next who writes mends it."""
    _opened(settings, REPORTS).close()
    path = settings.data_dir / "new.txt"
    path.write_text(HEKOU_2019.replace("河湾市", "银杏市").replace("7所", "9所"), encoding="utf-8")
    script = (
        "import os, sys\nfrom wenbao.index import milvus\n"
        f"original = milvus.Collections.{where}\ncalls = []\n"
        "def stopping(*a, **k):\n"
        "    calls.append(1)\n"
        "    if len(calls) > 1: os._exit(9)\n"
        "    return original(*a, **k)\n"
        f"milvus.Collections.{where} = stopping\n"
        "from wenbao.cli.main import main\nmain(['add', sys.argv[1]])\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env=environment(settings.data_dir, WENBAO_STORE="milvus", WENBAO_MILVUS_URI=settings.milvus_uri or ""),
        cwd=settings.data_dir,
        capture_output=True,
        check=False,
    )
    assert 9 == killed.returncode, killed.stderr
    assert "a change was broken off" in "".join(_milvus(settings).verify())
    with ReportService.open(settings) as service:
        assert "9所" == _figure(service, "银杏市2019年新建小学多少所？")
        assert [] == service.verify()


def test_a_server_that_comes_back_is_used_again(service: ReportService, milvus: MilvusServer) -> None:
    """While it is away the error says what to look at; afterwards nothing has to be started anew."""
    assert service.ready()
    milvus.stop()
    with pytest.raises(IndexUnavailable, match="WENBAO_MILVUS_URI"):
        service.ask(AskRequest(LECTURES))
    assert not service.ready()
    milvus.start()
    end = monotonic() + PATIENCE
    while not _is_back(service):  # gRPC waits a moment before it looks again
        assert monotonic() < end
        Event().wait(0.05)
    assert "85场次" == _figure(service, LECTURES)


def test_what_milvus_has_lost_is_told_and_mended(service: ReportService, settings: Settings) -> None:
    """`verify` counts, and a running service builds it anew by itself."""
    index = _milvus(settings)
    index.refresh()
    assert index.generation is not None
    index._collections.delete(index.generation.manifest.build, min(index.documents().values()))
    assert "vectors, not" in index.verify()[0]
    with closing(Library(settings.data_dir / "library.sqlite3")) as library:
        index.mend(library)
    assert [] == service.verify()
    assert "85场次" == _figure(service, LECTURES)


def test_another_model_is_switched_to_while_the_old_one_answers(tmp_path: Path, settings: Settings) -> None:
    """A process beside builds it anew, with the address and the password of the server."""
    model = tmp_path / "model"
    model.mkdir()
    old = settings.model_copy(update={"embedding_model": str(make_static_model(model))})
    _opened(old, REPORTS).close()
    with ReportService.open(settings.model_copy(update={"milvus_token": SecretStr("user:password")})) as service:
        before = service._index.generation
        assert "85场次" == _figure(service, LECTURES)
        service.keep_up()
        end = monotonic() + PATIENCE
        while _is_back(service) and service._index.generation is before:
            assert monotonic() < end
            Event().wait(0.05)
        assert "85场次" == _figure(service, LECTURES)
        assert [] == service.verify()


def test_two_data_folders_do_not_share_an_index(tmp_path: Path, service: ReportService, milvus: MilvusServer) -> None:
    """The rows of one library mean nothing in the other; `wenbao reindex` takes the place over on purpose."""
    other = settings_for(tmp_path / "other", milvus)
    told = _run_in(other, "ask", LECTURES)
    assert 2 == told.code
    assert "another data folder" in told.err
    assert "Traceback" not in told.err
    assert 0 == _run_in(other, "reindex").code
    with pytest.raises(IndexUnavailable, match="another data folder"):
        service.ask(AskRequest(LECTURES))


def _run_in(settings: Settings, *arguments: str) -> Told:
    settings.data_dir.mkdir(exist_ok=True)
    return _run(settings, *arguments)


def test_nobody_there_is_told_in_one_line(tmp_path: Path) -> None:
    """With the setting to look at, and soon."""
    told = run_process(tmp_path, "ask", LECTURES, WENBAO_STORE="milvus", WENBAO_MILVUS_URI="http://127.0.0.1:9")
    assert 2 == told.code
    assert "WENBAO_MILVUS_URI" in told.err
    assert "Traceback" not in told.err


def test_a_missing_package_or_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install or to set."""
    with pytest.raises(InvalidSettings, match="WENBAO_MILVUS_URI"):
        index_at(Settings(_env_file=None, data_dir=tmp_path, store="milvus"))
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(InvalidSettings, match="pip install"):
        index_at(Settings(_env_file=None, data_dir=tmp_path, store="milvus", milvus_uri="http://127.0.0.1:9"))
