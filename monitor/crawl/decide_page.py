"""What fetching one page means: every ending becomes one PageIntent. Pure: no IO, no clock, no database."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.articles.selectors import NO_SELECTORS, PageSelectors
from monitor.articles.types import ArticleState, Extracted
from monitor.core.ids import ArticleId, PageUrl, SourceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.text import content_hash
from monitor.core.urls import normalise, twins
from monitor.core.workers import Unread
from monitor.crawl.types import Failed, Fetched

RETRY_STEPS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))  # so four attempts in all
_TEMPORARY = frozenset(
    {
        Reason.DNS, Reason.CONNECT, Reason.TLS, Reason.TIMEOUT,
        Reason.HTTP_5XX, Reason.RATE_LIMITED, Reason.CRASHED,
        # a site under repair answers 403, one whose feed is ahead of its pages 404; robots.txt is mended too
        Reason.HTTP_4XX, Reason.ROBOTS,
    }
)  # fmt: skip
_TAKEN_DOWN = frozenset({410, 451})  # statuses that are meant
_NO_PLACE = frozenset({Reason.PRIVATE_ADDRESS, Reason.BAD_URL})  # nobody could be led there
_DEFAULT_WAIT_S = 600.0
_FUTURE_SLACK = timedelta(days=1)
_READ_AGAIN = "read again"  # version in the ledger
_DOUBLE_OF = "the same page as article "  # what its line says of a double, before the other's number
_SPARE_LABELS = frozenset({"www", "m", "amp", "wap", "mobile", "lite"})


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """What an article was when its page was read last."""

    title: str
    text: str
    content_hash: str
    published_at: datetime | None
    n_revisions: int  # times it was asked for again


@dataclass(frozen=True, slots=True)
class ListedPage:
    """An article that is known from a feed and has no text yet, or one that is due once more."""

    id: ArticleId
    source_id: SourceId
    url: PageUrl
    title: str
    summary: str
    feed_text: str
    published_at: datetime | None
    published_from: str
    first_seen_at: datetime
    attempts: int
    zone: str  # of the source
    selectors: PageSelectors = NO_SELECTORS  # of the source
    before: ReadBefore | None = None  # given when the page was changed after we had read it


@dataclass(frozen=True, slots=True)
class PageIntent:
    """Everything that one fetch writes. `article` holds column values of the articles table."""

    page: ListedPage
    article: dict[str, object]
    ledger: tuple[LedgerEntry, ...]
    is_ready: bool
    older: ReadBefore | None = None  # the text that this one replaces, to be kept as a revision
    is_put_off: bool = False  # nobody was asked


def page_address(page: ListedPage, outcome: Fetched, canonical: PageUrl | None) -> PageUrl | None:
    """The article's own address: what the page names as canonical, else where the redirects ended.

    A canonical on another site or on the front page is not believed: both are common mistakes of templates.
    None: the article is gone, since its address leads to the front page now.
    """
    final = normalise(outcome.final_url) or page.url
    if _is_front(final) and not _is_front(page.url):
        return None
    if canonical and _site(canonical) == _site(final) and not (_is_front(canonical) and not _is_front(final)):
        return canonical
    return final


def has_moved(page: ListedPage, outcome: Fetched) -> bool:
    """True when a page's address led to another one, whatever its protocol."""
    final = normalise(outcome.final_url)
    return final is not None and final not in twins(page.url)


def decide_failed(page: ListedPage, outcome: Failed) -> PageIntent:
    """A page that did not come: tried again later if waiting may help, else dead with its reason."""
    # status None and "rate limited": the host's wish was respected without asking, so it is no attempt
    was_asked = outcome.was_asked and not (outcome.reason is Reason.RATE_LIMITED and outcome.status is None)
    attempts = page.attempts + (1 if was_asked else 0)
    entry = _entry(page, Stage.FETCH, Ending.FAILED, outcome.reason, outcome.at, outcome.detail)
    lasts = outcome.reason not in _TEMPORARY or outcome.status in _TAKEN_DOWN
    if lasts or attempts > len(RETRY_STEPS):
        return _dead(page, (entry,), attempts)
    step = RETRY_STEPS[attempts - 1] if was_asked else timedelta(seconds=_DEFAULT_WAIT_S)
    wait = max(step, timedelta(seconds=outcome.retry_after_s or 0.0))
    return replace(_later(page, (entry,), attempts, outcome.at + wait), is_put_off=not was_asked)


def decide_unread(page: ListedPage, outcome: Fetched, unread: Unread) -> PageIntent:
    """A page that came and could not be read in time or without a crash: tried again as if it had not come,
    since it may have been the machine's fault."""
    attempts = page.attempts + 1
    entries = (
        _entry(page, Stage.FETCH, Ending.DONE, Reason.OK, outcome.at),
        _entry(page, Stage.EXTRACT, Ending.FAILED, unread.reason, outcome.at, unread.detail),
    )
    if attempts > len(RETRY_STEPS):
        return _dead(page, entries, attempts)
    return _later(page, entries, attempts, outcome.at + RETRY_STEPS[attempts - 1])


def decide_off(page: ListedPage, at: datetime) -> PageIntent:
    """A page that waits while its outlet is no longer read: ended, with the tries that it had left."""
    entry = _entry(page, Stage.FETCH, Ending.SKIPPED, Reason.SOURCE_OFF, at, "its outlet is switched off")
    return _dead(page, (entry,), page.attempts)


def decide_again(page: ListedPage, at: datetime) -> PageIntent:
    """A page that was given up and is to be asked for once more, with all its tries. The ledger says why
    it was given up until its next ending."""
    values: dict[str, object] = {
        "state": ArticleState.LISTED.value,
        "fetch_attempts": 0,
        "next_fetch_at": at,
    }
    return PageIntent(page, values, (), False)


def takes_feed_text(intent: PageIntent, outcome: Fetched | Failed) -> bool:
    """True when the text of a page's feed stands in for the page: it is given up, or robots.txt shuts it,
    which is seldom taken back within a day. What was taken down is not brought back by its feed."""
    page = intent.page
    if page.before is not None or not page.feed_text:
        return False
    if isinstance(outcome, Failed) and (outcome.status in _TAKEN_DOWN or outcome.reason in _NO_PLACE):
        return False
    return "state" in intent.article or (isinstance(outcome, Failed) and outcome.reason is Reason.ROBOTS)


def by_feed_text(given_up: PageIntent, read: PageIntent) -> PageIntent:
    """The story as its feed tells it, with why the page was not had. `read`: as if the feed were the page."""
    why = given_up.ledger[-1]
    told = f"the feed's text; the page: {why.reason.value}"
    ledger = tuple(replace(entry, detail=told) for entry in read.ledger if entry.stage is Stage.EXTRACT)
    fetched = tuple(entry for entry in given_up.ledger if entry.stage is Stage.FETCH)
    return replace(read, ledger=(*fetched, *ledger))


def decide_gone(page: ListedPage, outcome: Fetched) -> PageIntent:
    """The address leads to the front page: there is no article any more."""
    detail = "the address leads to the front page"
    entries = (
        _entry(page, Stage.FETCH, Ending.DONE, Reason.OK, outcome.at),
        _entry(page, Stage.EXTRACT, Ending.FAILED, Reason.NO_TEXT, outcome.at, detail),
    )
    return _dead(page, entries, page.attempts + 1)


def decide_fetched(
    page: ListedPage,
    outcome: Fetched,
    extracted: Extracted,
    address: PageUrl | None,
    taken_by: ArticleId | None,
) -> PageIntent:
    """A page that came: ready with its text, or dead because it has none or is another article already.

    `address`: its own, None where it keeps the one that it has. Without a text it takes none from another.
    """
    now = outcome.at
    fetched = _entry(page, Stage.FETCH, Ending.DONE, Reason.OK, now)
    attempts = page.attempts + 1
    if taken_by is not None:
        twin = told_double(page.id, page.source_id, of=taken_by, at=now)
        return _dead(page, (fetched, twin), attempts)
    published_at, published_from = _published(page, extracted, now)
    if extracted.reason is not None:
        failed = _entry(page, Stage.EXTRACT, Ending.FAILED, extracted.reason, now, extracted.note)
        intent = _dead(page, (fetched, failed), attempts)
        known = {"lang": extracted.lang, "quality": extracted.quality}
        return PageIntent(page, {**intent.article, **known}, intent.ledger, False)
    title = extracted.title or page.title
    values: dict[str, object] = {
        "state": ArticleState.READY.value,
        **({} if address is None else {"url": address}),
        "title": title,
        "text": extracted.text,
        "author": extracted.author,
        "lang": extracted.lang,
        "published_at": published_at,
        "published_from": published_from,
        "quality": extracted.quality,
        "content_hash": content_hash(title, extracted.text),
        "fetch_attempts": attempts,
        "next_fetch_at": None,
    }
    reason = Reason.NO_DATE if published_from == "first_seen" else Reason.OK
    read = _entry(page, Stage.EXTRACT, Ending.DONE, reason, now, extracted.note)
    return PageIntent(page, values, (fetched, read), True)


def told_double(article: ArticleId, source_id: SourceId, *, of: ArticleId, at: datetime) -> LedgerEntry:
    """The ledger's line of an article that is another one's page."""
    detail = f"{_DOUBLE_OF}{of}"
    return LedgerEntry(
        Stage.EXTRACT, str(article), Ending.SKIPPED, Reason.DUPLICATE_URL, at, source_id, detail
    )


def double_of(detail: str) -> ArticleId | None:
    """Of which article such a line says that its page is; None for a line of another kind."""
    number = detail.removeprefix(_DOUBLE_OF)
    return ArticleId(int(number)) if number != detail and number.isdigit() else None


def as_revision(intent: PageIntent, at: datetime) -> PageIntent:
    """What an intent means for an article that we have: another text, or that the old one stays.

    Identity, address and date of the article stay whatever the page says now; an answer that is no text
    (gone, failed, a double) takes nothing away. Asked once: what was not to be had is not tried again, what
    was not even asked for is. Intents of articles that were not read before are passed on.
    """
    before = intent.page.before
    if before is None:
        return intent
    number = before.n_revisions + 1
    asked: dict[str, object] = {"n_revisions": number, "next_fetch_at": None}
    ledger = tuple(replace(entry, version=f"revision {number}") for entry in intent.ledger)
    if intent.is_put_off:
        return replace(intent, article={"next_fetch_at": intent.article["next_fetch_at"]}, ledger=ledger)
    if not intent.is_ready or intent.article["content_hash"] == before.content_hash:
        same = tuple(_unchanged(entry) if intent.is_ready else entry for entry in ledger)
        return PageIntent(intent.page, asked, same, False)
    new = {key: intent.article[key] for key in ("title", "text", "author", "lang", "quality", "content_hash")}
    told = f"{len(before.text)} characters became {len(str(new['text']))}"
    ledger = tuple(_told(entry, told) if entry.stage is Stage.EXTRACT else entry for entry in ledger)
    values = {**new, **asked, "published_at": before.published_at or at}
    return PageIntent(intent.page, values, ledger, True, older=before)


def decide_reread(page: ListedPage, found: Extracted | None, at: datetime, *, left: str = "") -> PageIntent:
    """What it means for an article that the record which gave its text was read once more.

    `found` as `crawl.reread.news_of` gives it, None: the same again; `left`: why its text stays whatever was
    found. A reading without a text takes nothing away. Raises ValueError for an article without a text.
    """
    entry = replace(_entry(page, Stage.EXTRACT, Ending.DONE, Reason.NOT_MODIFIED, at), version=_READ_AGAIN)
    if left:
        return PageIntent(page, {}, (replace(entry, ending=Ending.SKIPPED, detail=left),), False)
    if found is None:
        return PageIntent(page, {}, (entry,), False)
    if found.reason is not None:
        failed = replace(entry, ending=Ending.FAILED, reason=found.reason, detail=found.note)
        return PageIntent(page, {}, (failed,), False)
    before = page.before
    if before is None:
        raise ValueError(f"article {page.id} has no text that could be replaced")
    read = replace(entry, reason=Reason.OK, detail=_moved(before, found))
    values: dict[str, object] = {
        "title": found.title,
        "text": found.text,
        "author": found.author,
        "lang": found.lang,
        "quality": found.quality,
        "content_hash": content_hash(found.title, found.text),
        "n_revisions": before.n_revisions + 1,
        "published_at": found.published_at or before.published_at or at,
    }
    if found.published_at is not None:
        values["published_from"] = found.published_from
    return PageIntent(page, values, (read,), True, older=before)


def _moved(before: ReadBefore, found: Extracted) -> str:
    """What has changed, for an operator."""
    moved = []
    if found.text != before.text:
        moved.append(f"{len(before.text)} characters became {len(found.text)}")
    if found.title != before.title:
        moved.append("another title")
    if found.published_at is not None:
        moved.append(f"dated {before.published_at} before")
    return "; ".join(moved)


def _unchanged(entry: LedgerEntry) -> LedgerEntry:
    return replace(entry, reason=Reason.NOT_MODIFIED) if entry.stage is Stage.EXTRACT else entry


def _told(entry: LedgerEntry, told: str) -> LedgerEntry:
    return replace(entry, reason=Reason.OK, detail=told)


def _published(page: ListedPage, extracted: Extracted, now: datetime) -> tuple[datetime, str]:
    """The page's date, else the feed's, else when we first saw it."""
    if extracted.published_at and extracted.published_at <= now + _FUTURE_SLACK:
        return extracted.published_at, extracted.published_from
    if page.published_at:
        return page.published_at, page.published_from
    return page.first_seen_at, "first_seen"


def _dead(page: ListedPage, entries: tuple[LedgerEntry, ...], attempts: int) -> PageIntent:
    values: dict[str, object] = {
        "state": ArticleState.DEAD.value,
        "fetch_attempts": attempts,
        "next_fetch_at": None,
    }
    return PageIntent(page, values, entries, False)


def _later(page: ListedPage, entries: tuple[LedgerEntry, ...], attempts: int, at: datetime) -> PageIntent:
    values: dict[str, object] = {"fetch_attempts": attempts, "next_fetch_at": at}
    return PageIntent(page, values, entries, False)


def _entry(
    page: ListedPage, stage: Stage, ending: Ending, reason: Reason, at: datetime, detail: str = ""
) -> LedgerEntry:
    item = page.url if stage is Stage.FETCH else str(page.id)
    return LedgerEntry(stage, item, ending, reason, at, page.source_id, detail)


def _is_front(url: PageUrl) -> bool:
    parts = urlsplit(url)
    return parts.path == "/" and not parts.query


def _site(url: PageUrl) -> str:
    labels = (urlsplit(url).hostname or "").split(".")
    while len(labels) > 2 and labels[0] in _SPARE_LABELS:
        labels = labels[1:]
    return ".".join(labels)
