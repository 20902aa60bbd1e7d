"""What could not be delivered since yesterday, in a few lines for the operator. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.reports.catalogue import catalogue
from monitor.reports.plain import one_line
from monitor.reports.store import OutboxRow, OutboxState

SHOWN = 20  # mails named of each kind; the rest are counted
ERROR_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Failures:
    """Mails that did not go out as they should."""

    bounced: tuple[OutboxRow, ...]  # since the last digest
    held: tuple[OutboxRow, ...]  # all: they wait for the operator
    waiting: tuple[OutboxRow, ...]  # refused or not sent at least once, to be tried again

    @classmethod
    def of(cls, fresh: Sequence[OutboxRow], held: Sequence[OutboxRow]) -> "Failures":
        """From the mails that changed since the last digest and all that are held."""
        return cls(
            bounced=tuple(row for row in fresh if row.state is OutboxState.BOUNCED),
            held=tuple(held),
            waiting=tuple(row for row in fresh if row.state is OutboxState.QUEUED and row.last_error),
        )

    @property
    def is_none(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.bounced or self.held or self.waiting)


def digest(failures: Failures, *, lang: str, day: date) -> tuple[str, str]:
    """Subject and text of the operator's mail, in the language of the installation."""
    words = catalogue(lang)
    counts = {name: words.number(len(getattr(failures, name))) for name in ("bounced", "held", "waiting")}
    subject = words.say("digest.subject", day=words.day(day), **counts)
    lines = [words.say("digest.intro", day=words.day(day))]
    for name in ("held", "bounced", "waiting"):
        rows: tuple[OutboxRow, ...] = getattr(failures, name)
        if not rows:
            continue
        lines += ["", words.say(f"digest.{name}", n=words.number(len(rows)))]
        lines += [f"- {_line(row)}" for row in rows[:SHOWN]]
        if len(rows) > SHOWN:
            lines.append("- " + words.say("more", n=words.number(len(rows) - SHOWN)))
    return subject, "\n".join(lines) + "\n"


def _line(row: OutboxRow) -> str:
    return f"{row.id}  {row.email}  {row.report_id}  {one_line(row.last_error, ERROR_LIMIT)}"
