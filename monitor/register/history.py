"""The life of an agreement: its steps from plan to end, and what is promised by which date. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.core.rows import Row
from monitor.register.types import Agreement, Event, Milestone, PartialDate, Status, Step, Target

# The oldest agreement of the register is of 1976; a year outside is a slip of the keyboard.
_YEARS = range(1900, 2101)
_EVENT_KEYS = ("step", "on", "until", "note")
_MILESTONE_KEYS = ("what", "by", "done")
_STEPS = {step.value: step for step in Step}
_RANK = {Step.PLANNED: 0, Step.DRAFT: 1, Step.SIGNED: 2, Step.IN_FORCE: 3, Step.EXPIRED: 4}
_SETS_A_TERM = (Step.SIGNED, Step.IN_FORCE, Step.AMENDED, Step.RENEWED)
# What a row may say of itself after its last step. Unknown fits all: the doubt may be younger than the steps.
_STATUS_AFTER = {
    Step.PLANNED: (Status.PLANNED,),
    Step.DRAFT: (Status.DRAFT, Status.PLANNED),
    Step.SIGNED: (Status.SIGNED,),
    Step.IN_FORCE: (Status.IN_FORCE,),
    Step.AMENDED: (Status.SIGNED, Status.IN_FORCE),
    Step.RENEWED: (Status.SIGNED, Status.IN_FORCE),
    Step.EXPIRED: (Status.EXPIRED,),
}
_STEP_OF = {Status.PLANNED: Step.PLANNED, Status.DRAFT: Step.DRAFT}


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something promised by a date: a target, a milestone, or the end of the term."""

    by: PartialDate
    kind: str  # target | milestone | term
    what: str
    done: PartialDate | None

    def is_open(self, today: date) -> bool:
        """Whether it lies ahead and is not known to be done."""
        return self.done is None and self.by.last_day() >= today


def told(agreement: Agreement) -> tuple[Event, ...]:
    """The steps of an agreement: those written down, else those that its status and dates imply."""
    if agreement.history:
        return agreement.history
    signed, until, status = agreement.signed, agreement.valid_until, agreement.status
    if status in _STEP_OF:
        return (Event(_STEP_OF[status], None, None, ""),)
    steps = []
    if signed is not None or status is not Status.UNKNOWN:
        steps.append(Event(Step.SIGNED, signed, until, ""))
    if status is Status.IN_FORCE:
        steps.append(Event(Step.IN_FORCE, None, None, ""))
    if status is Status.EXPIRED:
        steps.append(Event(Step.EXPIRED, until, None, ""))
    return tuple(steps)


def promises(agreement: Agreement) -> tuple[tuple[PartialDate, str], ...]:
    """What is promised by a date and not known to be done: metrics of targets, words of milestones."""
    targets = [(by, t.metric) for t in agreement.targets if (by := _date_of(t.by)) is not None]
    return (*targets, *((m.by, m.what) for m in agreement.milestones if m.done is None))


def deadlines(agreement: Agreement) -> tuple[Deadline, ...]:
    """Dated targets, milestones and the end of the term, earliest first."""
    found = [
        Deadline(by, "target", _promise(target), None)
        for target in agreement.targets
        if (by := _date_of(target.by)) is not None
    ]
    found += [Deadline(m.by, "milestone", m.what, m.done) for m in agreement.milestones]
    if agreement.valid_until is not None:
        found.append(Deadline(agreement.valid_until, "term", "end of the term", None))
    return tuple(sorted(found, key=lambda deadline: (deadline.by.last_day(), deadline.kind, deadline.what)))


def _date_of(text: str | None) -> PartialDate | None:
    """None for free text such as "annually", which cannot fall due."""
    try:
        return None if text is None else PartialDate.parse(text)
    except ValueError:
        return None


def _promise(target: Target) -> str:
    number = f"{target.value:,.10g}" if isinstance(target.value, float) else target.value
    figure = " ".join(part for part in (number, target.unit) if part)
    return f"{target.metric}: {figure}" if figure else target.metric


# --- reading ---


def partial_date(row: Row, key: str) -> PartialDate | None:
    """The date under a key, None where there is none or after a noted problem."""
    text = row.optional_text(key)
    if not text:
        return None
    try:
        found = PartialDate.parse(text)
    except ValueError as error:
        row.note(f"{key}: {error}")
        return None
    if found.year not in _YEARS:
        row.note(f"{key}: the year {found.year} is not between {_YEARS[0]} and {_YEARS[-1]}")
        return None
    return found


def history_of_row(row: Row) -> tuple[Event, ...]:
    """The steps written in a row. An empty list is refused: without steps the key is left out."""
    if row.raw.get("history") == []:
        row.note("history is empty: leave it out")
    return tuple(_event(event) for event in row.tables("history"))


def milestones_of_row(row: Row) -> tuple[Milestone, ...]:
    """The milestones written in a row. An empty list is refused, as with the history."""
    if row.raw.get("milestones") == []:
        row.note("milestones is empty: leave it out")
    found = []
    for milestone in row.tables("milestones"):
        milestone.keys(_MILESTONE_KEYS)
        by = partial_date(milestone, "by")
        if milestone.raw.get("by") is None and "by" in milestone.raw:
            milestone.note("by is missing: a milestone has a date")
        what, done = milestone.text("what"), partial_date(milestone, "done")
        if by is not None:
            found.append(Milestone(what, by, done))
    return tuple(found)


def check_history(
    row: Row,
    history: Sequence[Event],
    *,
    status: Status,
    signed: PartialDate | None,
    valid_until: PartialDate | None,
) -> None:
    """Note where steps come in an impossible order, or contradict what the row says of itself."""
    if not history:
        return
    _check_order(row, history)
    last = history[-1].step
    if status is not Status.UNKNOWN and status not in _STATUS_AFTER[last]:
        row.note(f"status {status.value} contradicts the last step of its history, {last.value}")
    for event in history:
        if event.step is Step.SIGNED and event.on != signed:
            row.note(f"signed {signed} contradicts its history: signed {event.on}")
    terms = [event.until for event in history if event.until is not None]
    if terms and terms[-1] != valid_until:
        row.note(f"valid_until {valid_until} contradicts its history: until {terms[-1]}")


def _event(row: Row) -> Event:
    row.keys(_EVENT_KEYS)
    step = _STEPS.get(row.choice("step", _STEPS), Step.PLANNED)
    on, until = partial_date(row, "on"), partial_date(row, "until")
    if until is not None and step not in _SETS_A_TERM:
        row.note(f"until: {step.value} sets no term")
    if on is not None and until is not None and on.first_day() > until.last_day():
        row.note(f"{step.value} {on} after its own term {until}")
    return Event(step, on, until, row.text("note", allow_empty=True))


def _check_order(row: Row, history: Sequence[Event]) -> None:
    reached, latest = -1, None
    for n, event in enumerate(history, 1):
        label = f"history[{n}]: {event.step.value}"
        if event.step in (Step.AMENDED, Step.RENEWED):
            if reached < _RANK[Step.SIGNED]:
                row.note(f"{label} before it was signed")
            if reached == _RANK[Step.EXPIRED] and event.step is Step.AMENDED:
                row.note(f"{label} after it expired")
            reached = min(reached, _RANK[Step.IN_FORCE])  # renewed: it can expire once more
        elif _RANK[event.step] <= reached:
            row.note(f"{label} comes too late: steps are in the order {', '.join(_RANK)}")
        else:
            reached = _RANK[event.step]
        if event.on is not None:
            if latest is not None and event.on.last_day() < latest.first_day():
                row.note(f"{label} {event.on} is earlier than the step before it, {latest}")
            latest = event.on
