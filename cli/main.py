"""The command line `wenbao`: one function for each command; what is heavy is imported only where it is used."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wenbao.config.errors import InvalidRequest, WenbaoError

if TYPE_CHECKING:
    from wenbao.answers.model import Filters
    from wenbao.config.settings import Settings

FAILED = 2
"""Exit code where what was asked for could not be done; the reason stands on standard error."""

app = typer.Typer(
    name="wenbao",
    help="问报 Wenbao: questions answered out of published reports, in the reports' own words, with citations.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Year = Annotated[int | None, typer.Option(min=1, max=9999, help="Only reports that tell of this year")]
Place = Annotated[str | None, typer.Option(help="Only reports of this place")]
DocumentId = Annotated[str | None, typer.Option("--document", help="Only the report with this id")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; an error becomes one line on standard error, never a traceback (unless --debug)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(given, prog_name="wenbao")
    except WenbaoError as problem:
        _complain(str(problem))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has had enough; Python must not complain about it at exit either.
        sys.stdout = None
        sys.exit(0)
    except Exception as problem:
        if "--debug" in given:
            raise
        _complain(f"Something went wrong that should not ({type(problem).__name__}). {_where_it_is_told(problem)}")
        sys.exit(1)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Log everything, and show tracebacks")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=lambda wanted: _print_version(wanted), is_eager=True, help="Print it")
    ] = False,
) -> None:
    """问报 Wenbao: questions answered out of published reports, in the reports' own words, with citations.

    Settings come from the environment and .env (prefix WENBAO_); .env.example lists them.
    """


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in Chinese or English")],
    year: Year = None,
    place: Place = None,
    document: DocumentId = None,
    language: Annotated[
        Literal["auto", "zh-Hans", "zh-Hant", "yue", "en"], typer.Option(help="Language of what is said around quotes")
    ] = "auto",
    conversation: Annotated[str | None, typer.Option(help="Questions under one name are one conversation")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question, with citations."""
    settings = _settings(context)
    from wenbao.answers.model import AskRequest
    from wenbao.cli.opening import open_service

    wanted = None if language == "auto" else language
    with open_service(settings) as service:
        reply = service.ask(AskRequest(question, conversation, wanted, _filters(year, place, document)))
    if as_json:
        from wenbao.api.schemas import ReplyShape
        from wenbao.cli.printing import print_shape

        print_shape(ReplyShape.model_validate(reply))
        return
    from wenbao.cli.printing import print_reply

    print_reply(reply)


@app.command()
def chat(context: typer.Context, year: Year = None, place: Place = None, document: DocumentId = None) -> None:
    """Ask one question after the other; follow-ups are understood."""
    settings = _settings(context)
    from wenbao.cli import chatting
    from wenbao.cli.opening import open_service

    with open_service(settings) as service:
        chatting.chat(service, _filters(year, place, document))


@app.command()
def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What to look for")],
    count: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages at most")] = 10,
    year: Year = None,
    place: Place = None,
    document: DocumentId = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages nearest to a text."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service

    with open_service(settings) as service:
        result = service.search(text, k=count, filters=_filters(year, place, document))
    if as_json:
        from wenbao.api.schemas import SearchShape
        from wenbao.cli.printing import print_shape

        print_shape(SearchShape.model_validate(result))
        return
    from wenbao.cli.printing import print_hits

    print_hits(result.hits)


@app.command()
def add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Report files, and folders of them", metavar="FILE...")],
    title: Annotated[str | None, typer.Option(help="The report's title; else it is read from the file")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it")] = None,
    place: Annotated[str | None, typer.Option(help="The place that it is about")] = None,
    year: Annotated[int | None, typer.Option(min=1, max=9999, help="The year that it tells of")] = None,
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="When it was published (2021-01-13)")
    ] = None,
    source_url: Annotated[str | None, typer.Option(help="Where it was fetched from")] = None,
    as_json: AsJson = False,
) -> None:
    """Take in reports: text, web pages, Markdown, Word, PDF with text.

    Ends with exit code 2 where a file could not be taken in; the others are.
    """
    settings = _settings(context)
    from wenbao.cli.adding import add_files, report_files
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import print_additions
    from wenbao.knowledge.documents import Metadata

    if source_url and not source_url.startswith(("http://", "https://")):
        raise InvalidRequest("--source-url must begin with http:// or https://.")
    day = published.date().isoformat() if published else None
    metadata = Metadata(title or "", publisher, place, year, day, source_url)
    paths = report_files(files)
    with open_service(settings) as service:
        outcomes = print_additions(add_files(service, settings, paths, metadata), len(paths), as_json)
    if any(outcome.problem for outcome in outcomes):
        raise typer.Exit(FAILED)


@app.command("list")
def list_reports(context: typer.Context, as_json: AsJson = False) -> None:
    """List the reports, newest first."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service

    with open_service(settings) as service:
        documents = service.documents()
    if as_json:
        from wenbao.api.schemas import DocumentShape, DocumentsShape
        from wenbao.cli.printing import print_shape

        print_shape(DocumentsShape(documents=[DocumentShape.model_validate(one) for one in documents]))
        return
    from wenbao.cli.printing import print_documents

    print_documents(documents)


@app.command()
def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="The report's id, as `wenbao list` prints it", metavar="ID")],
    as_json: AsJson = False,
    as_text: Annotated[bool, typer.Option("--text", help="Print the stored text alone")] = False,
) -> None:
    """Show what is known of a report, and its headings."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import print_document, print_json

    if as_json and as_text:
        raise InvalidRequest("--json or --text, not both: the JSON holds the text too.")
    with open_service(settings) as service:
        found = service.document(document)
    if as_text:
        print(found.text)
    elif as_json:
        from dataclasses import asdict

        print_json(asdict(found))
    else:
        print_document(found)


@app.command()
def remove(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="The report's id, as `wenbao list` prints it", metavar="ID")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask whether it is meant")] = False,
) -> None:
    """Take a report out."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import out

    with open_service(settings) as service:
        title = service.document(document).metadata.title
        if not yes and not _is_meant(title):
            raise InvalidRequest("Nothing was removed.")
        service.remove(document)
    out(f"Removed {title}.")


@app.command()
def reindex(
    context: typer.Context,
    if_stale: Annotated[bool, typer.Option("--if-stale", help="Only what has changed since it was built")] = False,
) -> None:
    """Build the index anew out of the library."""
    settings = _settings(context)
    from wenbao.cli.opening import bring_up_to_date, rebuild
    from wenbao.cli.printing import out

    count = bring_up_to_date(settings) if if_stale else rebuild(settings)
    out(f"The index is up to date: {count} paragraphs.")


@app.command()
def verify(context: typer.Context) -> None:
    """Read everything on disk and tell what is wrong; exit code 1 where anything is."""
    settings = _settings(context)
    from wenbao.cli.opening import problems_on_disk
    from wenbao.cli.printing import out

    problems = problems_on_disk(settings)
    for problem in problems:
        out(problem)
    if problems:
        raise typer.Exit(1)
    out("All is well.")


@app.command()
def serve(context: typer.Context) -> None:
    """Serve the web chat and the API, and the Telegram bot where a token is set, until Ctrl-C."""
    settings = _settings(context, quiet=False)
    from wenbao.cli import serving

    serving.serve(settings)


@app.command()
def bot(context: typer.Context) -> None:
    """Run the Telegram bot alone, until Ctrl-C."""
    settings = _settings(context, quiet=False)
    from wenbao.cli import serving

    serving.serve_bot(settings)


@app.command()
def evaluate(
    context: typer.Context,
    questions: Annotated[list[Path], typer.Argument(help="Files of questions, tab-separated", metavar="QUESTIONS.tsv")],
    report: Annotated[
        list[Path] | None, typer.Option(help="Ask a passing library of just this file; may be given more than once")
    ] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Print each question that was missed")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the questions of a file and score the answers."""
    settings = _settings(context)
    from wenbao.cli import evaluation
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import print_evaluation, print_evaluation_json

    wanted = [question for path in questions for question in evaluation.read_questions(path)]
    if report:
        result = evaluation.evaluate_reports(settings, report, wanted)
    else:
        with open_service(settings) as service:
            result = evaluation.evaluate_library(service, wanted)
    if as_json:
        print_evaluation_json(result)
    else:
        print_evaluation(result, misses)
    if result.refused:
        raise typer.Exit(1)


def _settings(context: typer.Context, quiet: bool = True) -> Settings:
    """The settings, with logs set up: a command that answers and ends only logs what went wrong."""
    from wenbao.config.logs import configure_logs
    from wenbao.config.settings import load_settings

    settings = load_settings()
    debug = bool(context.parent and context.parent.params.get("debug"))
    configure_logs(settings, "debug" if debug else "warning" if quiet else None)
    return settings


def _filters(year: int | None, place: str | None, document: str | None) -> Filters:
    from wenbao.answers.model import Filters

    return Filters(year, place, document)


def _is_meant(title: str) -> bool:
    if not sys.stdin.isatty():
        raise InvalidRequest("Nobody is there to say whether it is meant: say --yes.")
    return typer.confirm(f"Remove {title}?")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"wenbao {version('wenbao')}")
        raise typer.Exit


def _complain(message: str) -> None:
    print(f"wenbao: {message}", file=sys.stderr)


def _where_it_is_told(problem: Exception) -> str:
    """Keep the traceback, with secrets made illegible, in a file of the data folder; says where."""
    import traceback

    from wenbao.config.logs import without_secrets
    from wenbao.config.settings import load_settings

    try:
        settings = load_settings()
        path = settings.data_dir / "errors.log"
        trace = without_secrets("".join(traceback.format_exception(problem)), settings)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{trace}\n")
    except (OSError, WenbaoError):
        return "`wenbao --debug …` shows where."
    return f"The details are in {path}; `wenbao --debug …` shows them at once."
