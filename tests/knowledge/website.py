"""A small web site on loopback that does what a test tells it to, and remembers who asked for what."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = Callable[["Asked"], "Served"]


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Served:
    content: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "text/html"


@dataclass
class Site:
    """`pages` are by path: a string, what is served, or a function of the request."""

    pages: dict[str, Served | str | Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    address: str = ""

    def url(self, path: str) -> str:
        return self.address + path

    def paths(self) -> list[str]:
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    def serve(self, asked: Asked) -> Served:
        self.asked.append(asked)
        page = self.pages.get(asked.path, Served("nothing here", 404))
        served = page(asked) if callable(page) else page
        return Served(served) if isinstance(served, str) else served


@contextmanager
def website(secure: ssl.SSLContext | None = None) -> Iterator[Site]:
    """The site, over TLS where there is a certificate to show."""
    site = Site()

    class Serving(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served = site.serve(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            content = served.content.encode() if isinstance(served.content, str) else served.content
            self.send_response(served.status)
            headers = {"Content-Type": served.media_type, "Content-Length": str(len(content))} | served.headers
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serving)
    server.daemon_threads = True
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.address = f"{'https' if secure else 'http'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
