"""Kills processes and fills disks at many points, damages files, and prints what came of it as a table.

    python -m tests.faults.run [--points 40] [--only SCENARIO]

`--points` is how many operations of each scenario are tried in each way; 0 tries every one of them, for some hours.
Ends with exit code 1 where anything acknowledged was lost, an answer was wrong, or `wenbao verify` found a problem.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.damage import each_damage
from tests.faults.harness import Found, Worker, compiler, fault, faults, operations, prepared
from tests.faults.scenarios import SCENARIOS
from wenbao.config.logs import configure_logs
from wenbao.config.settings import load_settings

_SAID = {"kill": "kill -9 before it", "tear": "kill -9 in the middle of it", "full": "disk full from then on"}


@dataclass(slots=True)
class Line:
    """A line of the table: so many faults of a kind, and what came of them."""

    what: str
    how: str
    of: str
    found: list[Found] = field(default_factory=list)

    def __str__(self) -> str:
        lost, wrong = sum(one.lost for one in self.found), sum(one.wrong for one in self.found)
        troubled = sum(bool(one.problems) for one in self.found)
        return f"| {self.what} | {self.how} | {len(self.found)} of {self.of} | {lost} | {wrong} | {troubled} |"


def main() -> None:
    arguments = _arguments()
    if compiler() is None:
        sys.exit("A C compiler is needed (Debian: apt install gcc libc6-dev).")
    configure_logs(load_settings(), "error")
    print("| while | what happens | points | acknowledged and lost | wrong answers | other problems |")
    print("|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder, faults(Path(folder)) as worker:
        lines = list(_shown(_lines(worker, Path(folder), arguments.only or list(SCENARIOS), arguments.points)))
    count = sum(len(line.found) for line in lines)
    print(f"\n{count} faults, {sum(len(one.problems) for line in lines for one in line.found)} problems")
    if any(one.problems for line in lines for one in line.found):
        sys.exit(1)


def _lines(worker: Worker, folder: Path, scenarios: list[str], points: int) -> Iterator[Line]:
    for scenario in scenarios:
        base = prepared(folder, scenario)
        count = operations(worker, base, scenario)
        for mode, said in _SAID.items():
            line = Line(scenario, said, f"{count:,}")
            step = max(1, count // points) if points else 1
            for at in range(1, count + 1, step):
                line.found.append(fault(worker, base, scenario, mode, at))
            yield line
    if len(scenarios) == len(SCENARIOS):
        for what, found in each_damage(worker, folder, points):
            yield Line("at rest", what, f"{len(found):,}", found)


def _shown(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        print(line, flush=True)
        for one in line.found:
            if one.problems:
                print(f"{one.scenario}, {one.mode} at {one.at}: {'; '.join(one.problems)}", file=sys.stderr, flush=True)
        yield line


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=40, help="how many operations of each scenario; 0: all")
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="this scenario; may be given more than once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
