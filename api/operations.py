"""For those who run the service: /healthz, /readyz, /metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from wenbao.api.reference import problems
from wenbao.api.schemas import HealthShape
from wenbao.config.errors import IndexUnavailable

router = APIRouter(tags=["Operations"])


@router.get("/healthz")
async def healthz() -> HealthShape:
    """The process is alive."""
    return HealthShape(status="ok")


@router.get("/readyz", responses=problems(503))
def readyz(request: Request) -> HealthShape:
    """Questions can be answered now."""
    if not request.app.state.service.ready():
        raise IndexUnavailable("Not ready to answer yet; try again in a moment.")
    return HealthShape(status="ready")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Requests, latencies and answers, for Prometheus."""
    return Response(request.app.state.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")
