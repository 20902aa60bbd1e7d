"""config/audit.toml: how many texts are audited a week, how answers are written, how long they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.articles.audit_types import STRATA
from monitor.core.errors import InputError, Problem
from monitor.core.rows import Row, read_toml

FILE = "audit.toml"
_WORDS = ("yes", "no", "none")
_LIMITS = ("holds_weeks", "halves_every_weeks")


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """Everything of the file."""

    sizes: Mapping[str, int]  # stratum -> texts a week
    yes: frozenset[str]
    no: frozenset[str]
    none: frozenset[str]
    holds_weeks: int  # answers count in full for so long after the last audited week
    halves_every_weeks: int  # and lose half of their weight with each of these after it


def load_audit_plan(path: Path) -> AuditPlan:
    """The plan. Errors: InputError with every problem of the file."""
    problems: list[Problem] = []
    read = read_toml(path, problems)
    top = Row({} if read is None else read[0], str(path), problems)
    if read is not None:
        top.keys(("plan", "words", "estimate"))
    plan, words, estimate = (top.table(name) for name in ("plan", "words", "estimate"))
    if read is not None:
        plan.keys(STRATA)
        words.keys(_WORDS)
        estimate.keys(_LIMITS)
    sizes = {name: plan.whole(name, least=0) for name in STRATA}
    yes, no, none = (frozenset(word.casefold() for word in words.texts(name)) for name in _WORDS)
    if yes & no:
        words.note(f"{', '.join(sorted(yes & no))} cannot mean both yes and no")
    holds, halves = (estimate.whole(name, least=1) for name in _LIMITS)
    if problems:
        raise InputError(problems)
    return AuditPlan(sizes, yes, no, none, holds, halves)
