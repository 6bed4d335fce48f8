"""The web application: the API below /v1, the pages for people, and the health and metrics of both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Security

from wenbao.answers.service import ReportService
from wenbao.api import (
    chat,
    dify,
    documents,
    mcp,
    operations,
    pages,
    problems,
    questions,
    reference,
    staff,
    wechat,
    wecom,
)
from wenbao.api.access import API_KEY, Access
from wenbao.api.edge import Edge
from wenbao.api.metrics import Metrics
from wenbao.config.settings import Settings

Extra = Callable[[FastAPI], AbstractAsyncContextManager[object]]

DESCRIPTION = (
    "Questions answered out of published government reports, in the reports' own words, with citations. "
    "Every error is application/problem+json (RFC 9457)."
)


def create_app(settings: Settings, service: ReportService, *extras: Extra) -> FastAPI:
    """The application that serves `service`. Each of `extras` is entered at start-up and left at shutdown.

    The service stays the caller's: it is not closed here.
    """
    app = FastAPI(
        title="问报 Wenbao",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan((mcp.running, *extras)),
    )
    app.state.settings = settings
    app.state.service = service
    app.state.access = Access.from_settings(settings)
    app.state.metrics = Metrics()
    app.add_middleware(Edge, metrics=app.state.metrics)
    problems.install(app)
    _include_routes(app, settings)
    reference.describe(app)
    return app


def _include_routes(app: FastAPI, settings: Settings) -> None:
    keyed = [Security(API_KEY)] if app.state.access.asks_for_keys() else []
    app.include_router(questions.router, dependencies=keyed)
    app.include_router(documents.router, dependencies=keyed)
    app.include_router(documents.admin)
    app.include_router(operations.router)
    app.include_router(reference.router)
    app.include_router(pages.router)
    app.include_router(dify.router)
    app.include_router(chat.router)
    staff.install(app, settings)
    mcp.install(app)
    wechat.install(app, settings)
    wecom.install(app, settings)
    app.mount("/static", pages.static_files(), name="static")


def _lifespan(extras: tuple[Extra, ...]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(app.state.access.close)
            for extra in extras:
                await stack.enter_async_context(extra(app))
            yield

    return lifespan
