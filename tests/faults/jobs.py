"""What the harness asks of the worker, and what it hears."""

from __future__ import annotations

from dataclasses import dataclass, field

MODES = {"count": 1, "kill": 2, "tear": 3, "full": 4}
"""What the shim does at an operation: only count; kill before it; kill in the middle of it; refuse it and all after."""

ENOUGH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Job:
    """Run a scenario in a folder with a fault at an operation; or check, or only ask about, what is there."""

    folder: str
    scenario: str = ""
    mode: str = "count"
    at: int = 0
    check: bool = False
    ask: bool = False
    acknowledged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the child ended (below 0: the signal), what it told, and how many operations it had done."""

    code: int
    told: list[str]
    count: int

    @property
    def problems(self) -> list[str]:
        """What is not as it should be, an unexpected end included."""
        found = [line.removeprefix("problem ") for line in self.told if line.startswith("problem ")]
        return found + ([f"ended with {self.code}"] if self.code not in (0, -9) else [])

    @property
    def acknowledged(self) -> list[str]:
        return [line for line in self.told if not line.startswith(("problem ", "refused "))]

    @property
    def refused(self) -> list[str]:
        """Errors that say what to do."""
        return [line.removeprefix("refused ") for line in self.told if line.startswith("refused ")]
