"""How many questions one person may ask in a minute: a sliding window in memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

Verdict = Literal["admitted", "refused", "refused_again"]

_WINDOW_SECONDS = 60.0
_MANY_PEOPLE = 10_000


class QuestionLimit:
    """Admits so many questions a minute from each person; only the first refusal need be told."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._times: dict[str, deque[float]] = {}
        self._told: set[str] = set()

    def admit(self, person: str) -> Verdict:
        """Count one question from a person (a pseudonym), unless there were too many."""
        now = self._clock()
        self._forget(now)
        times = self._times.setdefault(person, deque())
        while times and times[0] <= now - _WINDOW_SECONDS:
            times.popleft()
        if len(times) < self._per_minute:
            times.append(now)
            self._told.discard(person)
            return "admitted"
        if person in self._told:
            return "refused_again"
        self._told.add(person)
        return "refused"

    def wait(self, person: str) -> float:
        """How many seconds until a question from this person would be admitted; 0: now."""
        times = self._times.get(person, ())
        return (
            max(0.0, times[-self._per_minute] + _WINDOW_SECONDS - self._clock())
            if len(times) >= self._per_minute
            else 0
        )

    def _forget(self, now: float) -> None:
        """Drop the people who were quiet for a minute, once there are many."""
        if len(self._times) < _MANY_PEOPLE:
            return
        self._times = {who: times for who, times in self._times.items() if times and times[-1] > now - _WINDOW_SECONDS}
        self._told &= self._times.keys()
