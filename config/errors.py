"""Every error that Wenbao raises on purpose; front ends translate them in one place.

WenbaoError
├── InvalidQuestion      the question cannot be asked: empty, too long, nothing legible in it
├── InvalidRequest       something else that was asked for cannot be: a wrong filter, a wrong option
├── InvalidDocument      a file that cannot be taken in: empty, broken, of an unknown format
├── UnknownDocument      no document has this id
│   └── RemovedDocument  it was removed; for a while it can be brought back
├── FetchFailed          an address cannot be fetched, or must not be
├── UnknownAnswer        no answer has this id (any more)
├── NotAuthorized        the key is missing or wrong
├── TooManyRequests      too many came in a minute; `retry_after` says when to come again
├── InvalidSettings      a setting cannot be used
├── ModelUnavailable     a model (embedding, reranking) cannot be loaded
├── IndexUnavailable     the index cannot be opened, and could not be rebuilt
└── StorageFailed        the disk is full, or the library cannot be read or written
"""

from __future__ import annotations


class WenbaoError(Exception):
    """An error with a message for the person who sees it: what happened, and what to do.

    `code` names the kind of error to programs (it ends the problem+json `type`); `status` is its HTTP status.
    """

    code = "error"
    status = 500


class InvalidQuestion(WenbaoError):
    """The question cannot be asked; `reason` is `empty`, `too_long` or `illegible`."""

    code = "invalid-question"
    status = 422

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class InvalidRequest(WenbaoError):
    code = "invalid-request"
    status = 422


class InvalidDocument(WenbaoError):
    code = "invalid-document"
    status = 422


class UnknownDocument(WenbaoError):
    code = "unknown-document"
    status = 404


class RemovedDocument(UnknownDocument):
    code = "removed-document"


class FetchFailed(WenbaoError):
    code = "fetch-failed"
    status = 502


class UnknownAnswer(WenbaoError):
    code = "unknown-answer"
    status = 404


class NotAuthorized(WenbaoError):
    code = "not-authorized"
    status = 401


class TooManyRequests(WenbaoError):
    """More came than may in a minute; `retry_after` is how many seconds to wait."""

    code = "too-many-requests"
    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InvalidSettings(WenbaoError):
    code = "invalid-settings"


class ModelUnavailable(WenbaoError):
    code = "model-unavailable"
    status = 503


class IndexUnavailable(WenbaoError):
    code = "index-unavailable"
    status = 503


class StorageFailed(WenbaoError):
    code = "storage-failed"
    status = 507
