"""What is counted: requests, how long they took, and what became of the questions."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from wenbao.answers.model import Reply

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("wenbao_requests", "Requests answered", ["route", "status"], registry=self._registry)
        self._seconds = Histogram(
            "wenbao_request_seconds", "Time to answer a request", ["route"], buckets=SECONDS, registry=self._registry
        )
        self._answers = Counter(
            "wenbao_answers", "Questions asked", ["status", "language", "kind"], registry=self._registry
        )

    def request(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def reply(self, reply: Reply) -> None:
        kind = reply.answer.kind if reply.answer else "none"
        self._answers.labels(reply.status, reply.language, kind).inc()

    def exposition(self) -> bytes:
        """All of it in the text format of Prometheus."""
        return generate_latest(self._registry)
