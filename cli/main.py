"""The command line `wenbao`: one function for each command; what is heavy is imported only where it is used."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wenbao.cli import insights, keys
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

app.add_typer(keys.app, name="key")

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


Title = Annotated[str | None, typer.Option(help="The report's title")]
Publisher = Annotated[str | None, typer.Option(help="Who published it")]
AboutPlace = Annotated[str | None, typer.Option("--place", help="The place that it is about")]
AboutYear = Annotated[int | None, typer.Option("--year", min=1, max=9999, help="The year that it tells of")]
Published = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="When it was published (2021-01-13)")
]
SourceUrl = Annotated[str | None, typer.Option(help="Where it was fetched from")]
Report = Annotated[str, typer.Argument(help="The report's id, as `wenbao list` prints it", metavar="ID")]


class Field(StrEnum):
    """What `edit` can clear: all but the title, which every report has."""

    publisher = "publisher"
    place = "place"
    year = "year"
    published = "published"
    source_url = "source-url"


@app.command()
def add(
    context: typer.Context,
    sources: Annotated[
        list[str], typer.Argument(help="Report files, folders of them, and addresses", metavar="PATH_OR_URL...")
    ],
    title: Title = None,
    publisher: Publisher = None,
    place: AboutPlace = None,
    year: AboutYear = None,
    published: Published = None,
    source_url: SourceUrl = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Take in what the page at an address links to, on the same site")
    ] = False,
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many links of each list or sitemap at most")
    ] = 100,
    match: Annotated[str, typer.Option(help="Only links with these words on them or in their address")] = "",
    replaces: Annotated[
        str | None, typer.Option(metavar="ID", help="The report of which this is a new version; else it is found out")
    ] = None,
    separate: Annotated[bool, typer.Option("--separate", help="Not a new version of any report")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be understood, and keep nothing")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in reports: text, web pages, Markdown, Word, PDF with text; from files, folders and addresses.

    The address of a sitemap takes in what it names, that of a list page does with --follow. A changed report becomes
    a new version of the one that is there. Ends with exit code 1 where one could not be taken in, 2 where none could.
    """
    settings = _settings(context)
    from wenbao.cli import telling
    from wenbao.cli.adding import Adding, Options
    from wenbao.cli.opening import open_service
    from wenbao.knowledge.documents import Metadata

    if source_url and not source_url.startswith(("http://", "https://")):
        raise InvalidRequest("--source-url must begin with http:// or https://.")
    if separate and replaces:
        raise InvalidRequest("--separate or --replaces, not both.")
    metadata = Metadata(title or "", publisher, place, year, _day(published), source_url)
    chosen = Options(metadata, follow, limit, match, "" if separate else replaces, dry_run)
    with open_service(settings) as service, Adding(service, settings, chosen) as adding:
        wanted = adding.sources(sources)
        for problem in wanted.problems:
            telling.tell_problem(problem)
        tell = telling.outcomes_told_later if as_json else telling.tell_outcomes
        outcomes = [*wanted.problems, *tell(adding.outcomes(wanted.found), len(wanted.found))]
    if as_json:
        telling.print_outcomes(outcomes)
    elif len(outcomes) > 1:
        telling.tell_summary(outcomes)
    if wanted.others:
        telling.tell_others(wanted.others)
    if wanted.cut:
        _complain(f"there are more links than {limit}: --limit takes in more of them.")
    failed = sum(outcome.problem is not None for outcome in outcomes)
    if failed:
        raise typer.Exit(FAILED if failed == len(outcomes) else 1)


@app.command()
def edit(
    context: typer.Context,
    document: Report,
    title: Title = None,
    publisher: Publisher = None,
    place: AboutPlace = None,
    year: AboutYear = None,
    published: Published = None,
    source_url: SourceUrl = None,
    clear: Annotated[list[Field] | None, typer.Option(help="Forget what is known of this; may be repeated")] = None,
    as_json: AsJson = False,
) -> None:
    """Correct what is known of a report; the next answer has it."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import print_document, print_shape

    given = {"title": title, "publisher": publisher, "place": place, "year": year}
    given |= {"published": _day(published), "source_url": source_url}
    correction: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    cleared = {field.name: None for field in clear or ()}
    if both := set(correction) & set(cleared):
        raise InvalidRequest(f"Set {', '.join(sorted(both))} or clear it, not both.")
    if not correction and not cleared:
        raise InvalidRequest("Say what to correct: --title, --publisher, --place, --year, --published, --source-url.")
    with open_service(settings) as service:
        edited = service.edit(document, **correction, **cleared)
        if not as_json:
            print_document(service.document(document), service.version(document))
            return
    from wenbao.api.schemas import DocumentShape

    print_shape(DocumentShape.model_validate(edited))


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
    document: Report,
    as_json: AsJson = False,
    as_text: Annotated[bool, typer.Option("--text", help="Print the stored text alone")] = False,
    all_versions: Annotated[bool, typer.Option("--versions", help="List its versions, the newest first")] = False,
) -> None:
    """Show what is known of a report, and its headings."""
    settings = _settings(context)
    from dataclasses import asdict

    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import print_document, print_json, print_versions

    if as_json and as_text:
        raise InvalidRequest("--json or --text, not both: the JSON holds the text too.")
    with open_service(settings) as service:
        found, versions = service.document(document), service.versions(document)
    this = next(one for one in versions if one.id == document)
    if all_versions and as_json:
        print_json([asdict(one) for one in versions])
    elif all_versions:
        print_versions(versions)
    elif as_text:
        print(found.text)
    elif as_json:
        print_json({**asdict(found), "version": this.version, "replaced_by": this.replaced_by})
    else:
        print_document(found, this)


@app.command()
def remove(
    context: typer.Context,
    document: Report,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask whether it is meant")] = False,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="Delete it at once: `restore-document` cannot bring it back")
    ] = False,
) -> None:
    """Take a report out, with its older versions."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import out

    with open_service(settings) as service:
        title = document if for_good else service.document(document).metadata.title
        if not yes and not _is_meant(title):
            raise InvalidRequest("Nothing was removed.")
        remove_it = service.forget if for_good else service.remove
        remove_it(document)
    out(f"Removed {title}.")
    if settings.removed_days and not for_good:
        out(f"`wenbao restore-document {document}` brings it back within {settings.removed_days} days.")


@app.command("restore-document")
def restore_document(context: typer.Context, document: Report) -> None:
    """Bring a removed report back."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import out

    with open_service(settings) as service:
        title = service.restore(document).title
    out(f"{title} is back.")


@app.command()
def forget(
    context: typer.Context,
    answer: Annotated[str | None, typer.Option(help="The id of an answer", metavar="ID")] = None,
    conversation: Annotated[str | None, typer.Option(help="The id of a conversation", metavar="ID")] = None,
) -> None:
    """Delete an answer or a conversation, with the questions and what was thought of the answers."""
    settings = _settings(context)
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import out

    if (answer is None) == (conversation is None):
        raise InvalidRequest("Say what to forget: --answer ID or --conversation ID.")
    with open_service(settings) as service:
        if answer is not None:
            service.forget_answer(answer)
        count = 1 if conversation is None else service.forget_conversation(conversation)
    out(f"Deleted {count} {'answer' if count == 1 else 'answers'}.")


app.command()(insights.insights)


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
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The archive to write (.zip)", metavar="FILE")],
) -> None:
    """Write the library, the journal and the keys to an archive; a service may be running."""
    settings = _settings(context)
    from wenbao.cli import backup as keeping

    keeping.back_up(settings, file)


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An archive that `wenbao backup` wrote", metavar="FILE")],
    force: Annotated[bool, typer.Option("--force", help="Also where there is a library; the old one is kept")] = False,
) -> None:
    """Put a backup in the place of the library, the journal and the keys; a running service goes on with it."""
    settings = _settings(context)
    from wenbao.cli import backup as keeping

    keeping.restore(settings, file, force)


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
def mcp(context: typer.Context) -> None:
    """Serve the reports to an assistant over the Model Context Protocol (stdio); assistants start this themselves."""
    settings = _settings(context)
    from wenbao.cli.mcp import serve_mcp

    serve_mcp(settings)


@app.command()
def evaluate(
    context: typer.Context,
    questions: Annotated[
        list[Path] | None, typer.Argument(help="Files of questions, tab-separated", metavar="QUESTIONS.tsv")
    ] = None,
    report: Annotated[
        list[Path] | None, typer.Option(help="Ask a passing library of just this file; may be given more than once")
    ] = None,
    retrieval: Annotated[
        list[str] | None,
        typer.Option(help="Measure finding instead: cmrc2018-dev, drcd-dev, or a JSON Lines file", metavar="SET"),
    ] = None,
    extraction: Annotated[
        list[str] | None, typer.Option(help="Measure extraction instead, on sets of the same kinds", metavar="SET")
    ] = None,
    data: Annotated[Path, typer.Option(help="Folder of these sets")] = Path("../shared/data"),
    misses: Annotated[bool, typer.Option("--misses", help="Print each question that was missed")] = False,
    save: Annotated[Path | None, typer.Option(help="Keep everything in this file, question by question")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Say what became right and wrong since the run in this file")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the questions of a file and score the answers; or measure finding and extraction on known sets."""
    settings = _settings(context)
    if sum(map(bool, (questions, retrieval, extraction))) != 1 or (report and not questions):
        raise InvalidRequest("Name files of questions (with --report or without), or --retrieval, or --extraction.")
    from wenbao.cli import measuring

    telling = measuring.Telling(as_json, misses, save, compare)
    if not questions:
        measuring.measure_passages(settings, retrieval or (), extraction or (), data, telling)
    elif not measuring.measure_answers(settings, questions, report or (), telling):
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


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


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
