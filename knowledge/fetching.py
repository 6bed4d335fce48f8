"""Fetches pages and files from the web, politely and from public addresses alone.

Politely: robots.txt (RFC 9309) is kept to, there is a pause between two requests to the same site, what has not changed
is not sent again (RFC 9110, section 13), and a busy site is asked again later and not often.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpx
from protego import Protego
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from wenbao.config.errors import FetchFailed, InvalidRequest
from wenbao.config.settings import Settings
from wenbao.knowledge.fetching_addresses import addresses_of
from wenbao.knowledge.fetching_records import Validators

AGENT = "Wenbao"
_ATTEMPTS = 4
_HOPS = 8
_LONGEST_PAUSE = 120.0
_SECONDS_IN_ALL = 300.0
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_ROBOTS_BYTES = 512 * 1024  # RFC 9309, section 2.5: at least 500 KiB are to be read
_BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
_MOVED = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave: `url` is where it led to; `filename` what the server calls the file, if it says."""

    url: str
    content: bytes
    media_type: str
    charset: str | None
    filename: str | None
    validators: Validators


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    headers: httpx.Headers
    content: bytes


class _TryLater(Exception):
    """The site is busy or did not answer; `pause` is what it asks for, in seconds."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class Fetcher:
    """Fetches one address after the other, and remembers what each site asks of its visitors. Not for several threads.

    `sleep` and `clock` are how it waits, and what it counts the seconds by.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._largest = settings.max_document_mb * 1024 * 1024
        self._sleep = sleep
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._robots: dict[str, Protego] = {}
        # A connection is for one name: two sites may share an address, but not a certificate.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(
            headers={"User-Agent": _user_agent(settings), "Accept-Language": "zh,en;q=0.5"},
            timeout=_TIMEOUT,
            limits=limits,
            verify=_trusted(),
            trust_env=False,
        )

    def get(self, url: str, known: Validators | None = None) -> Page | None:
        """What stands at an address; None where it has not changed since `known`.

        Raises InvalidRequest where it is no address of the web, and FetchFailed with what is the matter.
        """
        place = parsed(url)
        headers = _conditions(known) if known is not None else {}
        for _ in range(_HOPS):
            self._check_allowed(place)
            response = self._asked(place, headers, self._largest)
            if response.status == httpx.codes.NOT_MODIFIED:
                return None
            if response.status not in _MOVED:
                return _page(place, response)
            place = _next_hop(place, response)
        raise FetchFailed(f"{url} leads from one address to the next without end.")

    def close(self) -> None:
        """Let go of the network. Calling it twice does no harm."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_allowed(self, place: httpx.URL) -> None:
        rules = self._rules(place)
        if not rules.can_fetch(str(place), AGENT):
            raise FetchFailed(f"{place} is not to be fetched by programs, its site says (robots.txt).")

    def _rules(self, place: httpx.URL) -> Protego:
        """What the site of an address asks for in its robots.txt, read once."""
        site = _site(place)
        if site not in self._robots:
            self._robots[site] = Protego.parse(self._robots_text(place))
        return self._robots[site]

    def _robots_text(self, place: httpx.URL) -> str:
        """RFC 9309, section 2.3.1: a site without the file allows everything, one that is out of order nothing."""
        robots = place.copy_with(raw_path=b"/robots.txt")
        for _ in range(_HOPS):
            response = self._asked(robots, {}, _ROBOTS_BYTES, cut=True)
            if response.status in _MOVED:
                robots = _next_hop(robots, response)
                continue
            if response.status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise FetchFailed(f"{robots} cannot be read now ({response.status}), so {place} is not fetched.")
            return response.content.decode("utf-8", "replace") if response.status == httpx.codes.OK else ""
        return ""

    def _asked(self, place: httpx.URL, headers: dict[str, str], limit: int, cut: bool = False) -> _Response:
        """The answer of one address, asked again where the site is busy. Raises FetchFailed."""
        tries = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception_type(_TryLater),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._asked_once, place, headers, limit, cut)
        except _TryLater as problem:
            raise FetchFailed(f"{place} cannot be fetched now: {problem}. Try again later.") from problem

    def _asked_once(self, place: httpx.URL, headers: dict[str, str], limit: int, cut: bool) -> _Response:
        self._wait_for_turn(place)
        addresses = addresses_of(place.raw_host.decode("ascii"), _port(place), self._settings.fetch_private)
        for number, address in enumerate(addresses, 1):
            try:
                return self._asked_at(address, place, headers, limit, cut)
            except httpx.ConnectError as problem:
                if number == len(addresses):
                    raise _TryLater(f"no connection ({problem})") from problem
            except httpx.TransportError as problem:
                raise _TryLater(f"{type(problem).__name__} {problem}".strip()) from problem
            except httpx.HTTPError as problem:
                raise FetchFailed(f"{place} cannot be fetched: {problem}.") from problem
        raise AssertionError(addresses)

    def _asked_at(self, address: str, place: httpx.URL, headers: dict[str, str], limit: int, cut: bool) -> _Response:
        """Ask the server at this very address for what it has under the name in `place`."""
        target = place.copy_with(host=address, fragment=None)
        named = {**headers, "Host": place.netloc.decode("ascii")}
        extensions = {"sni_hostname": place.raw_host.decode("ascii")} if place.scheme == "https" else {}
        with self._client.stream("GET", target, headers=named, extensions=extensions) as response:
            if response.status_code in _BUSY:
                raise _TryLater(f"it answers {response.status_code}", _asked_pause(response.headers))
            declared = response.headers.get("content-length", "")
            if not cut and declared.isdecimal() and int(declared) > limit:
                raise _too_large(place, limit)
            return _Response(response.status_code, response.headers, self._read(response, place, limit, cut))

    def _read(self, response: httpx.Response, place: httpx.URL, limit: int, cut: bool) -> bytes:
        content, until = bytearray(), self._clock() + _SECONDS_IN_ALL
        for piece in response.iter_bytes(64 * 1024):
            content += piece
            if len(content) > limit:
                if cut:
                    break
                raise _too_large(place, limit)
            if self._clock() > until:
                raise FetchFailed(f"{place} takes longer than {_SECONDS_IN_ALL:.0f} seconds to come.")
        return bytes(content[:limit])

    def _wait_for_turn(self, place: httpx.URL) -> None:
        """Wait until the site may be asked again: after our own pause, or the longer one that it asks for."""
        site, now = _site(place), self._clock()
        if now < (free_at := self._free_at.get(site, now)):
            self._sleep(free_at - now)
        self._free_at[site] = max(now, free_at) + self._delay(site)

    def _delay(self, site: str) -> float:
        rules = self._robots.get(site)
        asked = float((rules.crawl_delay(AGENT) or 0) if rules is not None else 0)
        rate = rules.request_rate(AGENT) if rules is not None else None
        if rate is not None and rate.requests:
            asked = max(asked, rate.seconds / rate.requests)
        if asked > _LONGEST_PAUSE:
            raise FetchFailed(f"{site} asks for {asked:.0f} seconds between two requests: too long to wait here.")
        return max(self._settings.fetch_delay, asked)


def parsed(url: str) -> httpx.URL:
    """An address of the web. Raises InvalidRequest for anything else, such as file: or one with a password in it."""
    try:
        place = httpx.URL(url.strip())
    except httpx.InvalidURL as problem:
        raise InvalidRequest(f"{url} is no address of a web page ({problem}).") from problem
    if place.scheme not in ("http", "https") or not place.host:
        raise InvalidRequest(f"{url} is no address of a web page: it must begin with http:// or https://.")
    if place.userinfo:
        raise InvalidRequest(f"The address of {place.host} holds a user name; such addresses are not fetched.")
    return place.copy_with(fragment=None)


def _next_hop(place: httpx.URL, response: _Response) -> httpx.URL:
    """Where a redirection leads to, which is checked as if it had been asked for."""
    try:
        return parsed(str(place.join(response.headers.get("location", ""))))
    except (InvalidRequest, httpx.InvalidURL) as problem:
        raise FetchFailed(f"{place} leads to an address that is not fetched: {problem}") from problem


def _page(place: httpx.URL, response: _Response) -> Page:
    if response.status != httpx.codes.OK:
        reason = httpx.codes.get_reason_phrase(response.status)
        raise FetchFailed(f"{place} cannot be fetched: the site answers {response.status} {reason}.".replace(" .", "."))
    said = Message()
    said["content-type"] = response.headers.get("content-type", "")
    said["content-disposition"] = response.headers.get("content-disposition", "")
    charset = said.get_content_charset()
    media_type = said.get_content_type() if response.headers.get("content-type") else ""
    etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
    validators = Validators(str(place), etag, modified)
    return Page(str(place), response.content, media_type, charset, said.get_filename(), validators)


def _conditions(known: Validators) -> dict[str, str]:
    said = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in said.items() if value is not None}


def _pause(state: RetryCallState) -> float:
    """How long to wait before the next try: what the site asks for, else twice as long each time."""
    problem = state.outcome.exception() if state.outcome is not None else None
    asked = problem.pause if isinstance(problem, _TryLater) else None
    return asked if asked is not None else float(2 ** (state.attempt_number - 1))


def _asked_pause(headers: httpx.Headers) -> float | None:
    """The seconds of Retry-After (RFC 9110, section 10.2.3). Raises FetchFailed where they are too many."""
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    try:
        seconds = float(said) if said.isdecimal() else (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    if seconds > _LONGEST_PAUSE:
        raise FetchFailed(f"The site asks to be left alone for {seconds:.0f} seconds. Try again later.")
    return max(0.0, seconds)


def _too_large(place: httpx.URL, limit: int) -> FetchFailed:
    return FetchFailed(f"{place} is larger than {limit // 1024 // 1024} MB (WENBAO_MAX_DOCUMENT_MB).")


def _site(place: httpx.URL) -> str:
    return f"{place.scheme}://{place.netloc.decode('ascii')}"


def _port(place: httpx.URL) -> int:
    return place.port or {"http": 80, "https": 443}[place.scheme]


def _trusted() -> ssl.SSLContext:
    """The certificates that Mozilla trusts and those that this machine does: an intranet may have its own."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _user_agent(settings: Settings) -> str:
    contact = f" (+{settings.public_url})" if settings.public_url else ""
    return f"{AGENT}/{version('wenbao')}{contact}"
