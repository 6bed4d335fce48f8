"""A Milvus server of its own on loopback: milvus-lite, over the real protocol."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

PATIENCE = 30


@dataclass(slots=True)
class MilvusServer:
    """A server over one folder, which can be stopped and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it takes connections."""
        command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1"]
        options = ["--data-dir", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, "milvus-lite has ended"
            assert monotonic() < end, "milvus-lite does not answer"
            Event().wait(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
