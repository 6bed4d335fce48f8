"""Writes what the documentation takes from the program, so that it can't go stale: `make docs`.

`.env.example` and `docs/cli.md` are made of the settings and the commands. In the other pages a fenced block after
`<!-- output: wenbao ask … -->` or `<!-- output: POST /v1/ask {…} -->` holds what that gives, asked of a library with
just the reports in the box.
"""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from structlog.testing import capture_logs

from wenbao.answers.service import ReportService
from wenbao.config.settings import Settings

PAGES = ("README.md", "README.zh-CN.md", "docs/api.md")
_BLOCK = re.compile(r"(<!-- output: (?P<what>.+?) -->\n```\w*\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
# What is another in each run (but not the ids of documents), with what is written in its place.
_PASSING = (
    (re.compile(r'"id": "(?![0-9a-f]{16}")[\w-]{16}"'), '"id": "kQ2fJx0aT9uVw3Lm"'),
    (re.compile(r'"request_id": "[0-9a-f]+"'), '"request_id": "a9a58d69b688cd54"'),
    (re.compile(r'"took_ms": [\d.e-]+'), '"took_ms": 8.1'),
    (re.compile(r'"confidence": [\d.e-]+'), '"confidence": 0.97'),
    (re.compile(r'"score": [\d.e-]+'), '"score": 0.61'),
)


def main() -> None:
    """Write all of it below the current folder."""
    for name, text in documentation(Path()).items():
        Path(name).write_text(text, encoding="utf-8")
        print(name)


def documentation(top: Path) -> dict[str, str]:
    """Each file that is written, with what should stand in it, in the repository at `top`."""
    with ExitStack() as stack:
        examples = stack.enter_context(_examples())
        pages = {name: examples.filled((top / name).read_text(encoding="utf-8")) for name in PAGES}
    return {".env.example": env_example(), "docs/cli.md": cli_reference(), **pages}


def env_example() -> str:
    """Every setting with its description and its default, commented out."""
    lines = [
        "# Every setting with its default; written by `make docs`.",
        "# Copy this file to .env and change what you need; the environment goes before .env.",
        "",
    ]
    for name, setting in Settings.model_fields.items():
        lines += [f"# {setting.description}{_choices(setting)}", f"#WENBAO_{name.upper()}={_default(setting)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def cli_reference() -> str:
    """What `--help` says of each command."""
    import typer.main
    from typer.cli import get_docs_for_click

    from wenbao.cli.main import app

    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="wenbao")
    text: str = get_docs_for_click(obj=command, ctx=context, name="wenbao", title="The command line")
    return f"{text.strip()}\n"


class _Examples:
    """Runs the examples of the pages against one service."""

    def __init__(self, settings: Settings, service: ReportService) -> None:
        self._settings = settings
        self._service = service

    def filled(self, page: str) -> str:
        """A page with each block holding what its command gives now."""
        return _BLOCK.sub(lambda block: f"{block[1]}{self._output(block['what']).strip()}\n", page)

    def _output(self, what: str) -> str:
        program, _, rest = what.partition(" ")
        return self._told(rest) if program == "wenbao" else self._sent(program, rest)

    def _told(self, arguments: str) -> str:
        from wenbao.answers.model import AskRequest
        from wenbao.cli.printing import print_reply

        _, question = shlex.split(arguments)
        with redirect_stdout(io.StringIO()) as written:
            print_reply(self._service.ask(AskRequest(question)))
        return f'$ make ask Q="{question}"\n{written.getvalue()}'

    def _sent(self, method: str, rest: str) -> str:
        from starlette.testclient import TestClient

        from wenbao.api.app import create_app

        path, _, body = rest.partition(" ")
        client = TestClient(
            create_app(self._settings, self._service), "http://127.0.0.1:8000", client=("127.0.0.1", 50_000)
        )
        reply = client.request(method, path, content=body or None, headers={"Content-Type": "application/json"})
        told = json.dumps(reply.json(), ensure_ascii=False, indent=2)
        for passing, example in _PASSING:
            told = passing.sub(example, told)
        return told


@contextmanager
def _examples() -> Iterator[_Examples]:
    with TemporaryDirectory() as folder, capture_logs():
        settings = Settings.model_construct(data_dir=Path(folder))  # the defaults, whatever the environment says
        with ReportService.open(settings) as service:
            yield _Examples(settings, service)


def _default(setting: FieldInfo) -> str:
    value: Any = setting.get_default()
    if value is None or value == () or isinstance(value, SecretStr):
        return ""
    return str(value)


def _choices(setting: FieldInfo) -> str:
    values = get_args(setting.annotation)
    return f" ({', '.join(values)})" if values and all(isinstance(value, str) for value in values) else ""


if __name__ == "__main__":
    main()
