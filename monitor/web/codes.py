"""Codes and set phrases of other rooms in the reader's words: jobs, counters, the log, outlets not read.

What has no words is shown as it is, so that nothing is lost; a test walks the closed lists for such gaps.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from monitor.core.audit_log import COMMAND_LINE, NOBODY, Action, Logged
from monitor.core.ids import TopicId
from monitor.gaps.answers import AnswerKind
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.review.looks import Queue
from monitor.web.texts import place_name, topic_title
from monitor.web.words import in_order, page_words
from monitor.wiring import App

_DASH = "–"
# as `Verdict.why_not` of crawl.sorting writes it
_CHECKED = re.compile(
    r"(?P<sort>dead|needs a rule or another address) at the check of (?P<day>\d{4}-\d\d-\d\d): "
    r"(?P<reason>\w+)"
)
# how the subjects of the log are written, by the key of their sentence in [subject]
_SUBJECTS: Mapping[Action, Mapping[str, str]] = {
    Action.USER_ADDED: {"person": r"(?P<name>.+): (?P<role>\w+)"},
    Action.USER_CHANGED: {
        "new_address": r"(?P<name>.+): address",
        "person": r"(?P<name>.+): (?P<role>\w+)",
    },
    Action.RESET_ASKED: {"unknown_address": r"unknown address"},
    Action.PROMOTE: {
        "run": r"(?P<stage>tag|link) (?P<version>\S+)",
        "archives": r"archives read again: (?P<n>\d+)",
    },
    Action.CORRECTION: {
        "corrected": r"(?P<article>\d+): (?P<correction>[a-z_]+)(?P<value> [\w-]+)?(?P<typed> \(.*\))?",
        "looked": rf"review (?P<queue>{'|'.join(Queue)}): article (?P<article>\d+), (?P<verdict>\w+)",
    },
    Action.ANSWER: {"answered": rf"(?P<family>\S+): (?P<answer>{'|'.join(AnswerKind)})"},
    Action.SUBSCRIBER: {
        "paused": r"(?P<number>\d+): paused until (?P<day>\d{4}-\d\d-\d\d)",
        "resumed": r"(?P<number>\d+): paused until -",
        "ended": r"(?P<number>\d+): ended",
        "asked": r"(?P<number>\d+): asked to confirm",
        "subscribed": r"(?P<number>\d+): (?P<region>\S+), (?P<lang>\w+)",
    },
    Action.SOURCES: {"sources": r"(?P<off>\d+) off: (?P<names_off>.*); (?P<on>\d+) on: (?P<names_on>.*)"},
    Action.REGISTER_EDIT: {
        "register": r"(?P<added>\d+) added, (?P<changed>\d+) changed, (?P<removed>\d+) removed: "
        r"(?P<version>.+)"
    },
    Action.AUDIT: {
        "audit": r"(?P<answered>\d+) answered, (?P<changed>\d+) changed, (?P<corrections>\d+) corrections "
        r"\((?P<name>.*)\)"
    },
}
_SAME_AS = {Action.DROP: Action.PROMOTE, Action.UNDONE: Action.CORRECTION}


def job_title(words: Catalogue, name: str) -> str:
    """What a job is called."""
    return words.coded("job", name)


def column_title(words: Catalogue, name: str) -> str:
    """What a column of the register is called."""
    return words.coded("column", name)


def counted(words: Catalogue, job: str, counts: Mapping[str, int]) -> str:
    """What a job has counted, the whole before its parts, without what came to nothing."""
    is_known = job in words.knows("job")
    table = f"counter.{job}" if is_known else "counter"
    known = in_order(words.lang, table) if is_known else ()
    told = (
        words.say("runs.counted", what=words.coded(table, name), n=words.number(counts[name]))
        for name in (*known, *sorted(counts.keys() - set(known)))
        if counts.get(name)
    )
    return words.say("separator").join(told)


def why_not_read(words: Catalogue, text: str) -> str:
    """Why an outlet is not read; what a person wrote in their own words stays so."""
    if checked := _CHECKED.fullmatch(text):
        return words.say(
            f"not_read_since.{'dead' if checked['sort'] == 'dead' else 'rule'}",
            day=words.day(date.fromisoformat(checked["day"])),
            reason=catalogue(words.lang).coded("trouble", checked["reason"]),
        )
    return words.coded("not_read", text) if text in words.knows("not_read") else text


def who_did(words: Catalogue, who: str) -> str:
    """The name in the log, or what stands there for nobody's."""
    return {COMMAND_LINE: words.say("log.command_line"), NOBODY: _DASH}.get(who, who)


def subject_of(app: App, row: Logged, lang: str) -> str:
    """What something in the log was done to."""
    words = page_words(lang)
    for key, pattern in _SUBJECTS.get(_SAME_AS.get(row.action, row.action), {}).items():
        if found := re.fullmatch(pattern, row.subject):
            said = {name: _said(app, words, name, value or "") for name, value in found.groupdict().items()}
            return words.say(f"subject.{key}", **said)
    return row.subject


def _said(app: App, words: Catalogue, name: str, value: str) -> str:
    """One part of a subject: a code in words, a day as people write it; all else as it is."""
    told: Mapping[str, Callable[[], str]] = {
        "role": lambda: words.coded("role", value),
        "stage": lambda: words.say(f"runs.stage_{value}"),
        "correction": lambda: words.coded("correction", value),
        "queue": lambda: words.say(f"review.{value}.title"),
        "verdict": lambda: words.coded("verdict", value),
        "answer": lambda: words.say(f"answer.{value}.offer"),
        "day": lambda: words.day(date.fromisoformat(value)),
        "region": lambda: place_name(app, value, words.lang) or value,
        "lang": lambda: words.coded("language", value),
        "value": lambda: _topic(app, words, value.strip()),
    }
    return told[name]() if name in told else _DASH if value == "-" else value


def _topic(app: App, words: Catalogue, value: str) -> str:
    held = app.register.topics.get(TopicId(value))
    return value if held is None else words.say("quoted", name=topic_title(held, words.lang))
