"""Measures the answers on questions that nothing was tuned on: `python -m benchmarks.answers` prints the tables.

The made-up reports in `tests/reports/judging` and, where the data are at hand, the real work reports of 2014 and 2016;
each in a library of its own. `docs/evaluation.md` holds the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.learning import REPORTS, Report, judged_real_reports, open_service, reports_in
from wenbao.cli.evaluation import Verdict, evaluate, read_questions

KINDS = ("number", "several", "plan", "list", "what", "who", "when", "why", "keywords", "turn", "none")
LANGUAGES = {"zh": "Simplified", "zh-Hant": "Traditional", "yue": "Cantonese", "en": "English"}


def main() -> None:
    verdicts = {
        "made-up reports": list(ask([*reports_in(REPORTS / "judging")])),
        "real work reports": list(ask(judged_real_reports())),
    }
    for name, some in verdicts.items():
        if some:
            print(f"\n### {name.capitalize()}: {len(some)} questions\n")
            print_table("kind", KINDS, some, lambda verdict: verdict.question.kind)
            print_table("language", tuple(LANGUAGES), some, lambda verdict: verdict.question.language)
            print_totals(some)


def ask(reports: Sequence[Report]) -> Iterator[Verdict]:
    """Every question and conversation about the reports, each report in a library of its own."""
    for report in reports:
        with TemporaryDirectory(prefix="wenbao-") as folder, open_service(Path(folder), report) as service:
            conversations = REPORTS / "judging" / f"{Path(report.name).stem}-conversations.tsv"
            questions = [*report.questions, *(read_questions(conversations) if conversations.exists() else ())]
            text = service.document(service.documents()[0].id).text
            yield from evaluate(service, questions, [text]).verdicts


def print_table(column: str, names: Sequence[str], verdicts: Sequence[Verdict], of: Callable[[Verdict], str]) -> None:
    groups = defaultdict(list)
    for verdict in verdicts:
        groups[of(verdict)].append(verdict.met["correct"])
    print(f"| {column} | questions | correct |\n|---|---|---|")
    for name in names:
        if groups[name]:
            label = LANGUAGES.get(name, name)
            print(f"| {label} | {len(groups[name])} | {sum(groups[name]) / len(groups[name]):.1%} |")
    print()


def print_totals(verdicts: Sequence[Verdict]) -> None:
    def share(some: Sequence[bool]) -> str:
        return f"{sum(some) / len(some):.1%}" if some else "-"

    answerable = [one for one in verdicts if one.question.kind != "none"]
    given = [one for one in verdicts if one.reply.status == "answered"]
    print("| measure | |\n|---|---|")
    print(f"| correct of all | {share([one.met['correct'] for one in verdicts])} |")
    print(f"| correct of the answerable | {share([one.met['correct'] for one in answerable])} |")
    print(
        f"| refused of the unanswerable | {share([one.met['correct'] for one in verdicts if one not in answerable])} |"
    )
    print(f"| answered, and wrong, of all | {share([one in given and not one.met['correct'] for one in verdicts])} |")
    exact = [one.met["exact"] for one in verdicts if "exact" in one.met]
    print(f"| `value` exact of figure questions | {share(exact)} |")
    verbatim = [one.met["verbatim"] for one in given if "verbatim" in one.met]
    print(f"| quotes verbatim of the answered | {share(verbatim)} |")


if __name__ == "__main__":
    main()
