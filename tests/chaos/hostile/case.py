"""One hostile case as data: what the server does, where it must end, and what may have been asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from monitor.core.ledger import Ending, Reason, Stage
from tests.chaos.hostile.server import Answer, Asked

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
_DONE = frozenset({Reason.OK, Reason.NOT_MODIFIED, Reason.OVERFLOW, Reason.NO_DATE})
_SKIPPED = frozenset({Reason.DUPLICATE_URL, Reason.ENTRY_WITHOUT_LINK})
STORY = (
    "В Могилёве подписали соглашение о сотрудничестве с Тульской областью. "
    "Документ предусматривает обмен делегациями и поставки техники. "
    "Стороны договорились встречаться каждый год."
)


class Door(StrEnum):
    """Through which of the crawler's doors the answer comes."""

    FEED = "feed"
    ENTRY = "entry"  # an item of a feed
    PAGE = "page"


class Trap(NamedTuple):
    """Where nothing may be fetched: a port of this machine, and a file on it."""

    port: int
    file: str

    def at(self, host: str) -> str:
        """An address of the canary under one of its names."""
        return f"http://{host}:{self.port}/secret"


class Row(NamedTuple):
    """One line of the ledger."""

    stage: Stage
    ending: Ending
    reason: Reason
    item: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ended:
    """What a case came to."""

    row: Row | None  # the ledger's word on it
    rows: tuple[Row, ...]
    asked: tuple[Asked, ...]
    connected: frozenset[tuple[str, int]]  # by anything in this process
    resolved: tuple[str, ...]  # names that the system was asked for, past our own resolver
    text: str  # of the article, empty when there is none
    next_check_at: datetime | None
    seconds: float
    grown_mb: float


Answers = Callable[[Trap], Mapping[str, Answer]]


@dataclass(frozen=True, slots=True)
class Case:
    """A server and the ending that it must have. Units: seconds, megabytes."""

    name: str  # label of its host too
    does: str
    answers: Answers
    reason: Reason
    says: str = ""  # part of what the operator reads beside the reason
    door: Door = Door.FEED
    stage: Stage = Stage.FETCH  # of pages
    asked: tuple[str, ...] | None = None  # paths, in order; None: the usual ones
    kind: str = "rss"
    rules: Mapping[str, str] = field(default_factory=dict)
    url: str = ""  # of the feed, where it is not /feed of the case's host
    names: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)  # answers of the name server
    polls: int = 1
    deadline_s: float = 5.0
    within_s: float = 8.0
    memory_mb: float = 90.0
    is_slow: bool = False  # takes more processor time than a usual test run should
    check: Callable[[Ended], bool] | None = None

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    @property
    def feed_url(self) -> str:
        return self.url or f"http://{self.host}/feed"

    @property
    def at(self) -> Stage:
        return self.stage if self.door is Door.PAGE else Stage.POLL

    @property
    def ending(self) -> Ending:
        if self.reason in _DONE:
            return Ending.DONE
        return Ending.SKIPPED if self.reason in _SKIPPED else Ending.FAILED

    @property
    def paths(self) -> tuple[str, ...]:
        if self.asked is not None:
            return self.asked
        return ("/feed", "/robots.txt", "/page") if self.door is Door.PAGE else ("/feed",)


def rss(*items: str) -> bytes:
    """A sound feed of these items."""
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Газета</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def item(link: str, title: str = "Новость") -> str:
    """A dated item."""
    when = "Mon, 16 Nov 2026 05:00:00 GMT"
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{when}</pubDate></item>"


def page(inner: str, head: str = "") -> bytes:
    """A web page of an outlet."""
    return (
        f"<!doctype html><html><head><title>Газета</title>{head}</head>"
        f"<body><article><h1>Новость</h1>{inner}</article></body></html>"
    ).encode()
