"""What people ask, for staff: questions grouped, the answer rate drawn over time, and what was thought of answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from wenbao.answers.exports import TABLE_NAMES, table_of
from wenbao.api.staff_chart import chart_of
from wenbao.api.staff_pages import HOME, StaffRoute, csv_file, error_page, service_of, staff_page

QUESTIONS = f"{HOME}/questions"
FEEDBACK = f"{HOME}/feedback"
WINDOWS = (7, 30, 90, 365)
GROUPS_SHOWN = 30
COMMENTS_SHOWN = 200

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=StaffRoute)


@router.get(QUESTIONS)
def questions(request: Request, days: str = "30", forgotten: str = "") -> Response:
    """The questions in groups, and how many were answered when."""
    window = _window(request, days)
    found = service_of(request).insights(_since(window))
    return staff_page(
        request,
        "staff_questions.html",
        found=found,
        chart=chart_of(found.periods),
        days=window,
        windows=_windows(request),
        shown=GROUPS_SHOWN,
        forgotten=forgotten if forgotten.isdecimal() else "",
        retention=request.app.state.settings.retention_days,
    )


@router.get(FEEDBACK)
def feedback(request: Request, days: str = "30", forgotten: str = "") -> Response:
    """What people thought of the answers, in numbers and words."""
    window = _window(request, days)
    found = service_of(request).insights(_since(window))
    return staff_page(
        request,
        "staff_feedback.html",
        found=found,
        comments=found.comments[:COMMENTS_SHOWN],
        days=window,
        windows=_windows(request),
        forgotten=forgotten,
    )


@router.get(f"{HOME}/insights/{{name}}.csv")
def download(request: Request, name: str, days: str = "30") -> Response:
    """One of the tables of what people ask."""
    wanted = next((one for one in TABLE_NAMES if one == name), None)
    if wanted is None:
        return error_page(request, "problem_other", 404)
    return csv_file(table_of(service_of(request).insights(_since(_window(request, days))), wanted), name)


@router.post(f"{QUESTIONS}/forget")
def forget_group(request: Request, group: Annotated[str, Form()] = "", days: Annotated[str, Form()] = "30") -> Response:
    """Delete a group of questions for good."""
    window = _window(request, days)
    count = service_of(request).forget_group(group, _since(window))
    return RedirectResponse(f"{QUESTIONS}?{urlencode({'days': window, 'forgotten': count})}", 303)


@router.post(f"{FEEDBACK}/forget")
def forget_answer(
    request: Request, answer: Annotated[str, Form()] = "", days: Annotated[str, Form()] = "30"
) -> Response:
    """Delete an answer with its question and its comment for good."""
    service_of(request).forget_answer(answer)
    return RedirectResponse(f"{FEEDBACK}?{urlencode({'days': _window(request, days), 'forgotten': 1})}", 303)


def _windows(request: Request) -> list[int]:
    """The numbers of days that can be looked at, up to those for which questions are kept."""
    kept = request.app.state.settings.retention_days
    return sorted({*(days for days in WINDOWS if days < kept), kept})


def _window(request: Request, days: str) -> int:
    windows = _windows(request)
    return next((one for one in windows if str(one) == days), min(windows, key=lambda one: abs(one - 30)))


def _since(days: int) -> date:
    return datetime.now().astimezone().date() - timedelta(days=days - 1)
