"""Reports over HTTP: listing, reading, adding, removing."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.knowledge.made_files import partly_scanned_pdf
from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.config.settings import Settings

NEW = {"file": ("新报告.txt", "绿水镇2023年报告\n一、工作\n新增绿道77宗。".encode(), "text/plain")}


async def test_documents_are_listed(client):
    """A listed report has what the contract names."""
    (document,) = (await client.get("/v1/documents")).json()["documents"]

    assert (
        document["title"],
        document["place"],
        document["year"],
        document["published"],
        document["paragraphs"],
    ) == ("青山县2021年工作报告", "青山县", 2021, "2022-01-05", 10)


async def test_a_document_is_shown_with_its_sections(client):
    """One report tells its headings and where they stand."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    document = (await client.get(f"/v1/documents/{known['id']}")).json()
    text = (await client.get(f"/v1/documents/{known['id']}/text")).text

    assert document["characters"] == len(text)
    assert [section["heading"] for section in document["sections"]] == [
        "一、主要工作",
        "(一)热心服务群众",
        "(二)化解纠纷",
        "二、存在问题",
    ]


async def test_the_text_is_plain_utf8(client):
    """The text comes to the letter, as text/plain."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    response = await client.get(f"/v1/documents/{known['id']}/text")

    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert "𠮷祥热线" in response.content.decode()


@pytest.mark.parametrize("path", ["/v1/documents/none", "/v1/documents/none/text"])
async def test_an_unknown_document_gets_404(client, path):
    """An id that nothing has is said to be unknown."""
    response = await client.get(path)

    assert (response.status_code, response.json()["type"]) == (404, "urn:wenbao:problem:unknown-document")


async def test_an_added_document_is_found_by_the_next_question(client, admin):
    """Adding answers 201 with the report, and the very next question is answered from it."""
    response = await client.post("/v1/documents", files=NEW, data={"place": "绿水镇", "year": "2023"}, headers=admin)
    document = response.json()
    found = await client.get("/v1/search", params={"q": "绿道", "place": "绿水镇"})

    assert response.status_code == 201
    assert f"/v1/documents/{document['id']}" == response.headers["location"]
    assert {"id", "title", "publisher", "place", "year", "published", "paragraphs"} <= set(document)
    assert [document["id"]] == [hit["document_id"] for hit in found.json()["hits"]]


async def test_adding_the_same_document_twice_answers_200(client, admin):
    """The second time nothing is made anew, and the body is the same."""
    first = await client.post("/v1/documents", files=NEW, headers=admin)
    second = await client.post("/v1/documents", files=NEW, headers=admin)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


async def test_what_the_sender_says_of_a_document_is_kept(client, admin):
    """Every field of the form reaches the document; empty ones count as not given."""
    said = {
        "title": "绿水镇报告",
        "publisher": "绿水镇政府",
        "place": "",
        "year": "",
        "published": "2024-02-01",
        "source_url": "https://example.org/a",
    }
    document = (await client.post("/v1/documents", files=NEW, data=said, headers=admin)).json()

    assert (
        document["title"],
        document["publisher"],
        document["place"],
        document["year"],
        document["published"],
        document["source_url"],
    ) == ("绿水镇报告", "绿水镇政府", None, None, "2024-02-01", "https://example.org/a")


@pytest.mark.parametrize(
    "said",
    [{"year": "soon"}, {"published": "last week"}, {"source_url": "javascript:alert(1)"}, {"title": "题" * 301}],
)
async def test_wrong_details_of_a_document_get_422(client, admin, said):
    """A link that could run a script, for one, is not taken in."""
    response = await client.post("/v1/documents", files=NEW, data=said, headers=admin)

    assert response.status_code == 422
    assert f"#/{next(iter(said))}" == response.json()["errors"][0]["pointer"]


async def test_a_file_that_cannot_be_read_gets_422(client, admin):
    """The service's reason for refusing a file is passed on."""
    response = await client.post("/v1/documents", files={"file": ("a.txt", b"")}, headers=admin)

    assert (response.status_code, response.json()["type"]) == (422, "urn:wenbao:problem:invalid-document")


async def test_a_missing_file_gets_422(client, admin):
    """A form without a file is told so."""
    response = await client.post("/v1/documents", data={"title": "a"}, headers=admin)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/file"


async def test_a_form_that_is_broken_gets_400(client, admin):
    """A multipart body that cannot be taken apart is a malformed request."""
    headers = admin | {"Content-Type": "multipart/form-data; boundary=x"}
    response = await client.post("/v1/documents", content=b"--y\r\nnonsense", headers=headers)

    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")


async def test_a_document_that_is_removed_is_gone(client, admin):
    """After removing, neither the list nor the page has it."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    response = await client.delete(f"/v1/documents/{known['id']}", headers=admin)

    assert (response.status_code, response.content) == (204, b"")
    assert (await client.get("/v1/documents")).json()["documents"] == []
    assert (await client.delete(f"/v1/documents/{known['id']}", headers=admin)).status_code == 404


async def test_a_removed_document_says_so_and_can_be_restored(client, admin):
    """Every address of it gets 404 with a problem of its own; after restoring all is as before."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    path = f"/v1/documents/{known['id']}"
    before = (await client.get(path)).json()
    await client.delete(path, headers=admin)
    problems = [(await client.get(path + end)).json() for end in ("", "/text", "/versions")]
    problems.append((await client.patch(path, json={"year": 2020}, headers=admin)).json())

    assert [(404, "urn:wenbao:problem:removed-document")] * 4 == [(one["status"], one["type"]) for one in problems]
    assert known == (await client.post(f"{path}/restore", headers=admin)).json()
    assert before == (await client.get(path)).json()


async def test_only_an_unknown_document_cannot_be_restored(client, admin):
    """What is there stays as it is."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]

    assert known == (await client.post(f"/v1/documents/{known['id']}/restore", headers=admin)).json()
    assert (await client.post("/v1/documents/none/restore", headers=admin)).status_code == 404


async def test_what_is_given_is_corrected_and_the_rest_stays(client, admin):
    """null clears a field, and so does nothing but blanks; an empty correction changes nothing."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    path = f"/v1/documents/{known['id']}"
    said = {"place": "某省青山县", "year": 2020, "publisher": None, "source_url": ""}
    response = await client.patch(path, json=said, headers=admin)

    assert response.status_code == 200
    assert known | {"place": "某省青山县", "year": 2020, "publisher": None, "source_url": None} == response.json()
    assert response.json() == (await client.patch(path, json={}, headers=admin)).json()
    assert (await client.get("/v1/documents")).json()["documents"] == [response.json()]


@pytest.mark.parametrize(
    "said",
    [
        {"year": "soon"},
        {"year": True},
        {"year": 0},
        {"title": None},
        {"title": "  "},
        {"title": "题" * 301},
        {"published": "last week"},
        {"source_url": "javascript:alert(1)"},
        {"place": "\ud800"},
        {"id": "another"},
    ],
)
async def test_a_correction_that_cannot_be_gets_422(client, admin, said):
    """The problem points to the field."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    content = json.dumps(said).encode()
    headers = admin | {"Content-Type": "application/json"}
    response = await client.patch(f"/v1/documents/{known['id']}", content=content, headers=headers)

    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert f"#/{next(iter(said))}" == response.json()["errors"][0]["pointer"]
    assert [known] == (await client.get("/v1/documents")).json()["documents"]


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("POST", "/restore"), ("DELETE", "")])
async def test_correcting_and_restoring_need_the_admin_key(client, method, path):
    """So does looking at a file before it is added."""
    (known,) = (await client.get("/v1/documents")).json()["documents"]
    response = await client.request(method, f"/v1/documents/{known['id']}{path}", json={})

    assert response.status_code == 401
    assert (await client.post("/v1/documents/preview", files=NEW)).status_code == 401


async def test_a_preview_tells_what_would_be_understood(client, admin):
    """Nothing is kept."""
    response = await client.post("/v1/documents/preview", files=NEW, data={"place": "绿水镇"}, headers=admin)
    preview = response.json()

    assert (response.status_code, preview["known"], preview["replaces"]) == (200, False, None)
    assert ("绿水镇2023年报告", "绿水镇") == (preview["document"]["title"], preview["document"]["place"])
    assert ["一、工作"] == [section["heading"] for section in preview["sections"]]
    assert len((await client.get("/v1/documents")).json()["documents"]) == 1


def test_the_scanned_pages_of_a_pdf_are_told_of(real, admin):
    """Before it is added and when it is; of a file that was read whole none are."""
    scanned = {"file": ("scanned.pdf", partly_scanned_pdf(), "application/pdf")}
    preview, whole = (
        real.post("/v1/documents/preview", files=one, headers=admin).json() for one in (scanned, version(5021))
    )
    added = real.post("/v1/documents", files=scanned, headers=admin).json()

    assert ([2, 3, 5], [], [2, 3, 5]) == (preview["pages_unread"], whole["pages_unread"], added["pages_unread"])


def test_a_new_version_replaces_the_old_one_whose_citations_still_open(real, admin):
    """Search has the new figure at once; the old text, its page and its JSON are there and lead to the newer one."""
    first = real.post("/v1/documents", files=version(3021), headers=admin).json()
    cited = real.get("/v1/search", params={"q": "新增绿道"}).json()["hits"][0]
    second = real.post("/v1/documents", files=version(3022), headers=admin).json()
    found = real.get("/v1/search", params={"q": "新增绿道"}).json()["hits"][0]
    old = real.get(f"/v1/documents/{first['id']}")
    text = real.get(f"/v1/documents/{first['id']}/text")
    page = real.get(cited["url"])

    assert (2, first["id"]) == (second["version"], second["replaces"])
    assert ("3021" in cited["text"], "3022" in found["text"], second["id"]) == (True, True, found["document_id"])
    assert (1, second["id"]) == (old.json()["version"], old.json()["replaced_by"])
    assert cited["text"] == text.text[cited["start"] : cited["end"]]
    assert f'</v1/documents/{second["id"]}>; rel="latest-version"' == text.headers["link"] == old.headers["link"]
    assert (200, True) == (page.status_code, f'href="/documents/{second["id"]}"' in page.text)
    assert "link" not in real.get(f"/v1/documents/{second['id']}").headers
    assert [(2, None), (1, second["id"])] == [
        (one["version"], one["replaced_by"])
        for one in real.get(f"/v1/documents/{first['id']}/versions").json()["versions"]
    ]


def test_the_sender_may_say_what_is_replaced(real, admin):
    """`separate` makes a report of its own of what looks like a version, `replaces` a version of what does not."""
    one = real.post("/v1/documents", files=version(4021), data={"separate": "true"}, headers=admin).json()
    two = real.post("/v1/documents", files=version(4022), data={"separate": "true"}, headers=admin).json()
    three = real.post("/v1/documents", files=NEW, data={"replaces": one["id"]}, headers=admin).json()
    none = real.post("/v1/documents", files=version(4023), data={"replaces": "none"}, headers=admin)

    assert [None, None, one["id"]] == [each["replaces"] for each in (one, two, three)]
    assert (404, "urn:wenbao:problem:unknown-document") == (none.status_code, none.json()["type"])


def version(figure):
    """A version of one report."""
    text = f"碧水镇2023年绿道建设报告\n一、工作\n全镇新增绿道{figure}公里。\n碧水镇人民政府\n2024年1月5日\n"
    return {"file": ("绿道.txt", text.encode(), "text/plain")}


@pytest.fixture(scope="module")
def real(tmp_path_factory, serving):
    """A client of the real application with the real service."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"), admin_key="open sesame")
    with (
        ReportService.open(settings) as service,
        serving(create_app(settings, service)) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


async def test_a_file_just_too_large_gets_413(client, admin):
    """The limit is that of the file, to the byte."""
    largest = 1024 * 1024
    over = await client.post("/v1/documents", files={"file": ("a.txt", b"a" * (largest + 1))}, headers=admin)
    fits = await client.post("/v1/documents", files={"file": ("a.txt", b"a" * largest)}, headers=admin)

    assert (over.status_code, fits.status_code) == (413, 201)


async def test_an_endless_upload_is_cut_off_while_it_streams(client, admin):
    """A body without a declared length is read no further than the limit allows."""
    read = 0

    async def endless():
        nonlocal read
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        while True:
            read += 65_536
            yield b"a" * 65_536

    headers = admin | {"Content-Type": "multipart/form-data; boundary=x"}
    response = await client.post("/v1/documents", content=endless(), headers=headers)

    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")
    assert read < 1_300_000


def test_a_client_that_sends_far_too_much_still_gets_its_413(site, admin):
    """Over the wire the answer arrives although the body was never wanted."""
    response = httpx.post(f"{site}/v1/documents", files={"file": ("a.txt", b"a" * 5_000_000)}, headers=admin)

    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")


def test_a_stranger_is_turned_away_before_the_body(build, serving):
    """Without the key the answer is 401 although not a byte of the declared body has been sent."""
    with serving(build()[0]) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port), timeout=5) as wire:
            wire.sendall(
                b"POST /v1/documents HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            )
            answer = wire.recv(100)

    assert answer.startswith(b"HTTP/1.1 401 ")
