"""The commands `wenbao key`: keys for the API are made, listed and revoked, beside a running service too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from wenbao.api.keys import Key, Keys

app = typer.Typer(help="Make, list and revoke keys for the API.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, or what for")],
    scope: Annotated[
        Literal["ask", "admin"], typer.Option(help="What it opens: asking; or asking, adding and removing")
    ] = "ask",
    as_json: AsJson = False,
) -> None:
    """Make a key and print it; it is shown this once and kept only as a hash."""
    from wenbao.cli.printing import out, print_json

    with _keys() as keys:
        key, told = keys.create(name, (scope,))
    if as_json:
        print_json(_shown(key) | {"key": told})
        return
    print(told)
    out(f"Key {key.id} for {key.name} ({', '.join(key.scopes)}). Note it down: it is not shown again.", style="dim")


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys with their scopes, when each was made and last used; the keys themselves are not kept."""
    from wenbao.cli.printing import out, print_json, print_table

    with _keys() as keys:
        known = keys.all()
    if as_json:
        print_json([_shown(key) for key in known])
    elif not known:
        out("There are no keys. `wenbao key create NAME` makes one.")
    else:
        columns = ("id", "name", "scopes", "created", "last used")
        rows = [(one.id, one.name, ", ".join(one.scopes), _time(one.created), _time(one.used)) for one in known]
        print_table(columns, rows)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as `wenbao key list` prints it", metavar="ID")],
) -> None:
    """Revoke a key; a running service refuses it from the next request on."""
    from wenbao.cli.printing import out

    with _keys() as keys:
        revoked = keys.revoke(key)
    out(f"Revoked the key of {revoked.name}.")


@contextmanager
def _keys() -> Iterator[Keys]:
    from wenbao.api.keys import Keys
    from wenbao.config.logs import configure_logs
    from wenbao.config.settings import load_settings

    settings = load_settings()
    configure_logs(settings, "warning")
    with closing(Keys.of(settings)) as keys:
        yield keys


def _shown(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created": _time(key.created),
        "last_used": _time(key.used) or None,
    }


def _time(seconds: int | None) -> str:
    """A time in UTC to the minute, "" where there is none."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%MZ") if seconds is not None else ""
