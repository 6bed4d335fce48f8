"""What people ask: their questions in groups, how many were answered and when, and what was thought of the answers.

Nobody is in it: the journal does not know who asked. What is older than it may be kept is not in it either.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from wenbao.answers.grouping import grouped
from wenbao.answers.journal import Entry

NO_QUESTION = "smalltalk"
"""The reason of what is no question, such as a greeting: it counts nowhere but among the reasons."""
DAYS_SHOWN_SINGLY = 31
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions there were, how many of them were answered, and for how many answers somebody said what."""

    asked: int = 0
    answered: int = 0
    helpful: int = 0
    unhelpful: int = 0

    @property
    def unanswered(self) -> int:
        return self.asked - self.answered

    @property
    def rate(self) -> float | None:
        """The share that was answered, None where nobody asked."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which a question was put; `last` is the day when it last was."""

    text: str
    counts: Counts
    last: date


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike, the most frequent wording first.

    `id` names just these questions: once one comes or goes, it is another. `languages` and `reasons` (why there was
    no answer) come with how often, the most frequent first.
    """

    id: str
    wordings: tuple[Wording, ...]
    counts: Counts
    languages: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    answer_ids: tuple[str, ...]

    @property
    def last(self) -> date:
        """The day of its newest question."""
        return max(one.last for one in self.wordings)


@dataclass(frozen=True, slots=True)
class Period:
    """What was asked from a day on: on this day, or in the week that begins with it."""

    start: date
    counts: Counts


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote about an answer, with the question."""

    answer_id: str
    day: date
    question: str
    answered: bool
    helpful: bool
    text: str


@dataclass(frozen=True, slots=True)
class Insights:
    """What was asked from one day to another (both included), in groups, by time, by language and by reason.

    `periods` are days, or weeks from Monday on where there are many; those without a question are in it too.
    """

    since: date
    until: date
    counts: Counts
    groups: tuple[Group, ...]
    periods: tuple[Period, ...]
    by_week: bool
    languages: tuple[tuple[str, Counts], ...]
    reasons: tuple[tuple[str, int], ...]
    comments: tuple[Comment, ...]

    @property
    def unanswered(self) -> tuple[Group, ...]:
        """The groups in which something was not answered, most of it first."""
        return _most(self.groups, lambda group: group.counts.unanswered)

    @property
    def unhelpful(self) -> tuple[Group, ...]:
        """The groups in which an answer was found unhelpful, most of it first."""
        return _most(self.groups, lambda group: group.counts.unhelpful)


def insights(entries: Sequence[Entry], since: date, until: date, zone: tzinfo | None = None) -> Insights:
    """What these questions tell, with the days of a time zone; that of this computer where none is given."""
    within = [one for one in entries if since <= _day(one, zone) <= until]
    questions = [one for one in within if one.reason != NO_QUESTION]
    by_week = (until - since).days >= DAYS_SHOWN_SINGLY
    return Insights(
        since=since,
        until=until,
        counts=_counts(questions),
        groups=_groups(questions, zone),
        periods=_periods(questions, since, until, by_week, zone),
        by_week=by_week,
        languages=_by_language(questions),
        reasons=_ranked(one.reason for one in within if one.reason),
        comments=_comments(within, zone),
    )


def _groups(entries: Sequence[Entry], zone: tzinfo | None) -> tuple[Group, ...]:
    """All groups, the most frequent first; the newer one before where both are as frequent."""
    by_text: dict[str, list[Entry]] = {}
    for one in entries:
        by_text.setdefault(" ".join(one.question.split()), []).append(one)
    asked = {text: len(same) for text, same in by_text.items()}
    groups = [_group({text: by_text[text] for text in texts}, zone) for texts in grouped(asked)]
    return tuple(sorted(groups, key=lambda group: (-group.counts.asked, -group.last.toordinal(), group.id)))


def _group(by_text: dict[str, list[Entry]], zone: tzinfo | None) -> Group:
    entries = [one for same in by_text.values() for one in same]
    ids = tuple(sorted(one.id for one in entries))
    wordings = (Wording(text, _counts(same), max(_day(one, zone) for one in same)) for text, same in by_text.items())
    return Group(
        id=hashlib.sha256(" ".join(ids).encode()).hexdigest()[:16],
        wordings=tuple(sorted(wordings, key=lambda one: (-one.counts.asked, one.text))),
        counts=_counts(entries),
        languages=_ranked(one.language for one in entries),
        reasons=_ranked(one.reason for one in entries if one.reason),
        answer_ids=ids,
    )


def _periods(
    entries: Sequence[Entry], since: date, until: date, by_week: bool, zone: tzinfo | None
) -> tuple[Period, ...]:
    step = _WEEK if by_week else timedelta(days=1)
    start = since - timedelta(days=since.weekday()) if by_week else since
    starts = [start + number * step for number in range((until - start) // step + 1)]
    found: dict[date, list[Entry]] = {one: [] for one in starts}
    for one in entries:
        found[starts[(_day(one, zone) - start) // step]].append(one)
    return tuple(Period(day, _counts(same)) for day, same in found.items())


def _by_language(entries: Sequence[Entry]) -> tuple[tuple[str, Counts], ...]:
    ranked = _ranked(one.language for one in entries)
    return tuple((name, _counts([one for one in entries if one.language == name])) for name, _ in ranked)


def _comments(entries: Sequence[Entry], zone: tzinfo | None) -> tuple[Comment, ...]:
    """What was written, the newest question first."""
    return tuple(
        Comment(one.id, _day(one, zone), one.question, one.status == "answered", bool(one.helpful), one.comment)
        for one in reversed(entries)
        if one.comment
    )


def _counts(entries: Sequence[Entry]) -> Counts:
    return Counts(
        asked=len(entries),
        answered=sum(one.status == "answered" for one in entries),
        helpful=sum(one.helpful is True for one in entries),
        unhelpful=sum(one.helpful is False for one in entries),
    )


def _most(groups: Sequence[Group], count: Callable[[Group], int]) -> tuple[Group, ...]:
    return tuple(sorted((one for one in groups if count(one)), key=count, reverse=True))


def _ranked(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0])))


def _day(entry: Entry, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(entry.asked_at, zone).date()
