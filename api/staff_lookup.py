"""Looking words up for staff: passages with their words marked, counted by report, each with a quote to copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from wenbao.answers.exports import hits_table
from wenbao.answers.marking import Marks, marks
from wenbao.answers.model import DocumentSummary, Filters, SearchHit
from wenbao.api.addresses import address_of
from wenbao.api.staff_pages import HOME, StaffRoute, csv_file, problem_text, service_of, staff_page, year_of
from wenbao.config.errors import InvalidQuestion, InvalidRequest

MOST_HITS = 100
NEAR_SHOWN = 10

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=StaffRoute)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage laid out: its pieces, each with whether it is marked, and its report (None if just removed)."""

    hit: SearchHit
    pieces: tuple[tuple[str, bool], ...]
    document: DocumentSummary | None
    url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """How many hits a report has, and the address of the same search in it alone."""

    title: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Results:
    """The passages that have all words; those that are only near, where none has; and how many there are by report."""

    hits: tuple[Found, ...] = ()
    near: tuple[Found, ...] = ()
    facets: tuple[Facet, ...] = ()
    is_cut: bool = False


@router.get(HOME)
def look_up(request: Request, q: str = "", year: str = "", place: str = "", document: str = "") -> Response:
    """The form for looking words up, with what was found."""
    documents = service_of(request).documents()
    context = {"q": q, "year": year, "place": place, "document": document}
    status, problem, results = 200, "", Results()
    if q.strip():
        try:
            results = _results(request, context, documents)
        except (InvalidQuestion, InvalidRequest) as error:
            status, problem = error.status, problem_text(request, error)
    return staff_page(
        request,
        "staff_lookup.html",
        status=status,
        problem=problem,
        results=results,
        places=sorted({one.place for one in documents if one.place}),
        years=sorted({one.year for one in documents if one.year}, reverse=True),
        only=next((one for one in documents if one.id == document), None),
        any_documents=bool(documents),
        most=MOST_HITS,
        table=f"{HOME}/search.csv?{urlencode(context)}",
        everywhere=f"{HOME}?{urlencode({**context, 'document': ''})}",
        **context,
    )


@router.get(f"{HOME}/search.csv")
def download(request: Request, q: str = "", year: str = "", place: str = "", document: str = "") -> Response:
    """What was found, as a table."""
    hits = _search(request, {"q": q, "year": year, "place": place, "document": document})
    return csv_file(hits_table(hit for hit, found in hits if found.has_all), "search")


def _search(request: Request, wanted: dict[str, str]) -> list[tuple[SearchHit, Marks]]:
    filters = Filters(year_of(wanted["year"]), wanted["place"].strip() or None, wanted["document"] or None)
    result = service_of(request).search(wanted["q"], k=MOST_HITS, filters=filters)
    return [(hit, marks(wanted["q"], hit.text)) for hit in result.hits]


def _results(request: Request, wanted: dict[str, str], documents: Sequence[DocumentSummary]) -> Results:
    found = _search(request, wanted)
    by_id = {one.id: one for one in documents}
    address = address_of(request, request.app.state.settings)
    laid_out = [
        (Found(hit, _pieces(hit.text, marked), by_id.get(hit.document_id), address + hit.url), marked)
        for hit, marked in found
    ]
    hits = tuple(one for one, marked in laid_out if marked.has_all)
    near = () if hits else tuple(one for one, _ in laid_out[:NEAR_SHOWN])
    return Results(hits, near, _facets(hits, wanted), len(found) == MOST_HITS)


def _facets(hits: Sequence[Found], wanted: dict[str, str]) -> tuple[Facet, ...]:
    """The reports, the one with the most hits first."""
    titles = {one.hit.document_id: one.hit.title for one in hits}
    counts = Counter(one.hit.document_id for one in hits)
    return tuple(
        Facet(titles[name], count, f"{HOME}?{urlencode({**wanted, 'document': name})}")
        for name, count in counts.most_common()
    )


def _pieces(text: str, found: Marks) -> tuple[tuple[str, bool], ...]:
    edges = sorted({0, len(text), *(edge for span in found.spans for edge in span)})
    starts = {start for start, _ in found.spans}
    return tuple((text[start:end], start in starts) for start, end in pairwise(edges))
