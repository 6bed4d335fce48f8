"""Who is signed in to the staff page: a signed cookie for some hours, and a token in each form that changes things."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from wenbao.api.access import Access
from wenbao.config.errors import StorageFailed

SESSION_COOKIE = "wenbao_staff"
FORM_COOKIE = "wenbao_staff_form"
SESSION_SECONDS = 8 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A person who has signed in, until `expiry` (seconds since 1970); `key` is the name of the key it was with."""

    id: str
    key: str
    expiry: int


class Sessions:
    """The signed-in, for all processes on one data folder.

    What a session is stands in its cookie, signed with a secret of the data folder. It ends when its time is over,
    when its key is changed or revoked, and when the person signs out, of which a file without content is kept.
    """

    def __init__(self, access: Access, folder: Path) -> None:
        self._access = access
        self._ended = folder / "ended"

    def begin(self, key: str) -> tuple[Session, str]:
        """A new session of somebody with this key, and the cookie for it."""
        session = Session(secrets.token_urlsafe(18), key, int(time.time()) + SESSION_SECONDS)
        return session, f"{_words(session)}.{self._signature(session)}"

    def of(self, cookie: str) -> Session | None:
        """The session of a cookie, None where it is not ours, or is over."""
        parts = cookie.split(".")
        if len(parts) != 4 or not (parts[0].isascii() and parts[0].isdigit()):
            return None
        session = Session(parts[2], parts[1], int(parts[0][:12]))
        if not hmac.compare_digest(parts[3].encode(), self._signature(session).encode()):
            return None
        is_over = session.expiry <= time.time() or (self._ended / session.id).exists()
        return None if is_over or not self._is_in_use(session.key) else session

    def end(self, session: Session) -> None:
        """End a session for good, whoever has a copy of its cookie. Raises StorageFailed."""
        try:
            self._ended.mkdir(parents=True, exist_ok=True)
            (self._ended / session.id).touch()
            for one in self._ended.iterdir():
                if one.stat().st_mtime < time.time() - SESSION_SECONDS:
                    one.unlink(missing_ok=True)
        except OSError as problem:
            raise StorageFailed(f"That you signed out cannot be noted in {self._ended}: {problem.strerror}.") from None

    def form_token(self, cookie: str) -> str:
        """What a form must bring along to be believed to come from a page of ours that was given to this cookie."""
        return hmac.new(self._secret(), b"form " + cookie.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, token: str, cookie: str) -> bool:
        """Whether it is the token for this cookie."""
        return bool(cookie) and hmac.compare_digest(token.encode(), self.form_token(cookie).encode())

    def _is_in_use(self, key: str) -> bool:
        if key == "admin":
            return self._access.admin_key is not None
        return any(one.id == key and one.opens("admin") for one in self._access.keys.all())

    def _signature(self, session: Session) -> str:
        """With the admin key in it where that was the key, so that another one ends the session."""
        own = self._access.admin_key if session.key == "admin" else None
        return hmac.new(self._secret() + (own or b""), _words(session).encode(), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        return self._access.keys.secret("staff")


def _words(session: Session) -> str:
    return f"{session.expiry}.{session.key}.{session.id}"
