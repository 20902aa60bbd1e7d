"""The life of an agreement in dates: signing, terms and milestones from the register, stories, answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.gaps.answers import Answer
from monitor.register.types import Agreement
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.row_types import Proof, Row
from monitor.reports.types import Report
from monitor.web.drawings import Timeline, timeline
from monitor.web.words import page_words
from monitor.wiring import App

_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Life:
    """The picture of a year, and all that is dated in words, the oldest first."""

    drawn: Timeline | None
    told: str  # what the picture shows
    steps: tuple[tuple[str, str], ...]  # day as the register knows it, what happened


def life_of(app: App, report: Report, row: Row, said: Sequence[Answer]) -> Life:
    """The life of a row's agreements."""
    words, pages = catalogue(report.lang), page_words(report.lang)
    agreements = [app.register.agreements[member.id] for member in row.members]
    steps = [
        *_signed(row, pages),
        *(step for one in agreements for step in _dated(one, pages)),
        *_answered(app, said, pages),
    ]
    proofs = [proof for proof in report.articles if row.family in proof.families]
    first, last = report.from_on, report.to_on + _AHEAD
    stories = [_mark(proof, pages) for proof in proofs if proof.published_on]
    marks = [(day, kind, told) for day, kind, told in stories]
    marks += [(date.fromisoformat(day), "step", text) for day, text in steps if len(day) == len("2025-01-01")]
    is_shown = any(first <= day <= last for day, _, _ in marks)
    n = sum(kind == "story" for _, kind, _ in stories)
    return Life(
        drawn=timeline(marks, _ticks(first, last, words), first, last) if is_shown else None,
        told=pages.say(
            "life.alt",
            stories=pages.count("n.stories", n),
            copies=words.number(len(stories) - n),
            first=words.day(first),
            last=words.day(report.to_on),
        ),
        steps=tuple((words.partial_day(day), text) for day, text in sorted(dict.fromkeys(steps))),
    )


def _signed(row: Row, pages: Catalogue) -> Iterable[tuple[str, str]]:
    for member in row.members:
        if member.signed:
            yield member.signed, pages.say("life.signed", number=member.id)
        if member.valid_until:
            yield member.valid_until, pages.say("life.until", number=member.id)


def _dated(agreement: Agreement, pages: Catalogue) -> Iterable[tuple[str, str]]:
    for event in agreement.history:
        if event.on is not None and event.step.value != "signed":
            text = pages.say(f"life.{event.step.value}", number=agreement.id)
            yield str(event.on), text
    for milestone in agreement.milestones:
        key = "milestone" if milestone.done is None else "milestone_done"
        yield str(milestone.done or milestone.by), pages.say(f"life.{key}", what=milestone.what)


def _answered(app: App, said: Sequence[Answer], pages: Catalogue) -> Iterable[tuple[str, str]]:
    for one in said:
        day = one.at.astimezone(app.zone).date()
        yield day.isoformat(), pages.coded("life_answer", one.kind.value)


def _mark(proof: Proof, pages: Catalogue) -> tuple[date, str, str]:
    """A story; one of an outlet that may not be named says only that it is there."""
    assert proof.published_on is not None  # noqa: S101 - asked before
    told = proof.title or pages.say("answer.unnamed")
    return proof.published_on, "story" if proof.is_original else "copy", told


def _ticks(first: date, last: date, words: Catalogue) -> list[tuple[date, str]]:
    """The first days of months; every third one over half a year."""
    found = []
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first and ((last - first).days < 200 or day.month % 3 == 1):
            found.append((day, words.short_day(day)))
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found
