"""The errors that reach a person: each says where, why and what to do, and carries its exit code.

Expected endings of a fetch or a stage are values (see core.ledger), not exceptions.
"""

from dataclasses import dataclass
from pathlib import Path

# What reading a file meets that is gone, damaged, nested too deeply or of another shape than expected.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class MonitorError(Exception):
    """Root of all errors shown to a person without a traceback."""

    exit_code = 3


@dataclass(frozen=True)
class Problem:
    """One refused row or key."""

    where: str  # "config/register/agreements.jsonl:17" or a settings key
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class _ProblemsError(MonitorError):
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


class InputError(_ProblemsError):
    """A file or its rows are refused; nothing of it was loaded. Carries every problem found."""

    exit_code = 1

    @classmethod
    def at(cls, path: Path | str, line: int, reason: str) -> "InputError":
        """One problem at a line (1-based) of a file."""
        return cls([Problem(f"{path}:{line}", reason)])


class SettingsError(_ProblemsError):
    """Settings are missing, unknown or impossible; lists all of them at once."""

    exit_code = 2


class UsageError(MonitorError):
    """The call itself is off: unknown region, week or id."""

    exit_code = 2


class StorageError(MonitorError):
    """The database cannot be opened, written or is at another schema."""


class ModelError(MonitorError):
    """A classifier artefact is missing, corrupt or does not match its manifest."""


class OutsideError(MonitorError):
    """The outside world (network, SMTP, disk) refused."""
