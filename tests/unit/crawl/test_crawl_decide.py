"""Every ending of a poll and of a page as one value, and when it is tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.articles.types import Extracted
from monitor.core.ids import ArticleId, PageUrl, RawUrl, SourceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.text import content_hash
from monitor.crawl import decide as deciding
from monitor.crawl.decide import body_fingerprint, is_unchanged
from monitor.crawl.decide_page import (
    ListedPage,
    decide_failed,
    decide_fetched,
    decide_gone,
    page_address,
)
from monitor.crawl.interval import PollPolicy
from monitor.crawl.revise import KnownPage
from monitor.crawl.types import (
    Entry,
    Failed,
    FeedSpec,
    FeedState,
    Fetched,
    NotModified,
    Outcome,
    ParsedFeed,
    PollIntent,
    Rejected,
)

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
FEED = RawUrl("https://paper.example/feed")
SPEC = FeedSpec(FEED, "rss")
POLICY = PollPolicy(timedelta(minutes=10), timedelta(hours=24), timedelta(days=30))
NEVER = FeedState(SourceId("paper"), FEED)
SEEN = replace(
    NEVER,
    etag='"old"',
    body_hash="0" * 64,
    failures=2,
    first_check_at=NOW - timedelta(days=9),
    last_ok_at=NOW - timedelta(days=1),
    last_new_at=NOW - timedelta(hours=8),
)
CAME = Fetched(FEED, FEED, 200, {"etag": 'W/"n"', "last-modified": "Mon"}, b"body", NOW)


def entry(n: int, age: timedelta | None = None) -> Entry:
    at = None if age is None else NOW - age
    return Entry(PageUrl(f"https://paper.example/{n}"), f"T{n}", at, "feed" if at else "")


def feed(*entries: Entry, **changes: object) -> ParsedFeed:
    return ParsedFeed("rss", entries, ("odd: 1",), (Rejected(Reason.ENTRY_WITHOUT_LINK, "x"),), **changes)  # type: ignore[arg-type]


def decide(
    outcome: Outcome,
    parsed: ParsedFeed | None,
    known: set[PageUrl],
    state: FeedState,
    spec: FeedSpec = SPEC,
    policy: PollPolicy = POLICY,
    *,
    whole: bool = True,
) -> PollIntent:
    """The decision, with pages of which nothing but the address matters."""
    pages = {url: KnownPage(ArticleId(1), SourceId("paper"), False, NOW) for url in known}
    return deciding.decide(outcome, parsed, pages, state, spec, policy, whole=whole)


def after(intent: PollIntent) -> timedelta:
    assert intent.state.next_check_at is not None
    return intent.state.next_check_at - NOW


def test_a_first_poll_takes_everything_and_is_no_overflow() -> None:
    entries = [entry(n, timedelta(hours=2 * n)) for n in range(5)]
    intent = decide(CAME, feed(*entries), set(), NEVER, SPEC, POLICY)
    assert intent == PollIntent(
        state=FeedState(
            source_id=SourceId("paper"),
            feed_url=FEED,
            etag='W/"n"',
            last_modified="Mon",
            body_hash=body_fingerprint(b"body", SPEC),
            next_check_at=NOW + timedelta(hours=2),
            failures=0,
            first_check_at=NOW,
            last_ok_at=NOW,
            last_new_at=NOW,
            rhythm_s=7200.0,
            asked_whole_at=NOW,
        ),
        ending=Ending.DONE,
        reason=Reason.OK,
        detail="",
        at=NOW,
        status=200,
        n_entries=5,
        new=tuple(entries),
        overflow=False,
        warnings=("odd: 1",),
        rejected=(Rejected(Reason.ENTRY_WITHOUT_LINK, "x"),),
    )


def test_known_pages_are_not_new() -> None:
    intent = decide(CAME, feed(entry(1), entry(2)), {entry(2).url}, SEEN, SPEC, POLICY)
    assert (intent.new, intent.n_entries, intent.state.last_new_at) == ((entry(1),), 2, NOW)


@pytest.mark.parametrize(
    ("state", "n", "known", "overflow"),
    [
        (SEEN, 3, 0, True),
        (SEEN, 3, 1, False),
        (SEEN, 2, 0, False),
        (NEVER, 20, 0, False),
        (replace(SEEN, last_ok_at=None), 20, 0, False),
    ],
)
def test_overflow_means_that_all_of_a_later_poll_is_new(
    state: FeedState, n: int, known: int, overflow: bool
) -> None:
    entries = [entry(k, timedelta(days=k)) for k in range(n)]
    intent = decide(CAME, feed(*entries), {e.url for e in entries[:known]}, state, SPEC, POLICY)
    assert (intent.overflow, intent.reason is Reason.OVERFLOW, intent.ending) == (
        overflow,
        overflow,
        Ending.DONE,
    )
    if overflow:
        assert after(intent) == POLICY.min_interval


@pytest.mark.parametrize("outcome", [NotModified(FEED, NOW), CAME], ids=["not modified", "same body"])
def test_an_unchanged_feed_is_well_and_keeps_what_we_know(outcome: NotModified | Fetched) -> None:
    intent = decide(outcome, None, set(), SEEN, SPEC, POLICY)
    assert (intent.ending, intent.reason, intent.new) == (Ending.DONE, Reason.NOT_MODIFIED, ())
    told = {"asked_whole_at": NOW} if isinstance(outcome, Fetched) else {"not_modified_at": NOW}
    wanted = replace(SEEN, failures=0, last_ok_at=NOW, next_check_at=NOW + timedelta(hours=2), **told)
    assert intent.state == wanted


def test_a_body_is_unchanged_only_if_it_is_read_in_the_same_way() -> None:
    state = replace(SEEN, body_hash=body_fingerprint(b"body", SPEC))
    assert is_unchanged(CAME, state, SPEC)
    assert not is_unchanged(CAME, state, FeedSpec(FEED, "html_list", "", {"item": "li"}))
    assert not is_unchanged(replace(CAME, body=b"other"), state, SPEC)
    assert not is_unchanged(NotModified(FEED, NOW), state, SPEC)


@pytest.mark.parametrize(
    ("idle", "gap", "wait"),
    [
        (timedelta(0), timedelta(minutes=1), timedelta(minutes=10)),
        (timedelta(0), timedelta(hours=3), timedelta(hours=3)),
        (timedelta(0), timedelta(days=9), timedelta(hours=24)),
        (timedelta(hours=20), timedelta(hours=3), timedelta(hours=5)),
    ],
)
def test_a_feed_is_asked_in_its_own_rhythm(idle: timedelta, gap: timedelta, wait: timedelta) -> None:
    entries = [entry(n, gap * n) for n in range(6)]
    state = replace(SEEN, last_new_at=NOW - idle)
    intent = decide(CAME, feed(*entries), {e.url for e in entries}, state, SPEC, POLICY)
    assert after(intent) == wait


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, timedelta(minutes=30)), (1, timedelta(hours=1)), (4, timedelta(hours=8)), (99, timedelta(days=30))],
)
def test_a_failing_feed_is_asked_ever_more_rarely_but_never_forgotten(failures: int, wait: timedelta) -> None:
    outcome = Failed(FEED, Reason.TIMEOUT, NOW, "late")
    intent = decide(outcome, None, set(), replace(SEEN, failures=failures), SPEC, POLICY)
    assert (intent.ending, intent.reason, intent.detail) == (Ending.FAILED, Reason.TIMEOUT, "late")
    assert intent.state == replace(SEEN, failures=failures + 1, next_check_at=NOW + wait)


def test_the_servers_wish_and_the_settings_cap_bound_the_wait() -> None:
    asks = Failed(FEED, Reason.RATE_LIMITED, NOW, "", 429, retry_after_s=7200.0)
    assert after(decide(asks, None, set(), NEVER, SPEC, POLICY)) == timedelta(hours=2)
    capped = replace(POLICY, max_backoff=timedelta(minutes=20))
    assert after(decide(asks, None, set(), NEVER, SPEC, capped)) == timedelta(minutes=20)


@pytest.mark.parametrize("reason", [Reason.PRIVATE_ADDRESS, Reason.BAD_URL, Reason.ROBOTS])
def test_what_an_hour_would_not_mend_waits_a_day(reason: Reason) -> None:
    assert after(decide(Failed(FEED, reason, NOW), None, set(), NEVER, SPEC, POLICY)) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("reason", "wait"),
    [
        (Reason.NOT_A_FEED, timedelta(days=4)),
        (Reason.FEED_BROKEN, timedelta(hours=2)),
        (Reason.FEED_EMPTY, timedelta(hours=2)),
    ],
)
def test_a_body_without_entries_fails_and_is_read_again_next_time(reason: Reason, wait: timedelta) -> None:
    intent = decide(CAME, feed(reason=reason, detail="why"), set(), SEEN, SPEC, POLICY)
    assert (intent.ending, intent.reason, intent.detail, intent.status) == (Ending.FAILED, reason, "why", 200)
    assert (intent.state.etag, intent.state.last_modified, intent.state.body_hash) == (None, None, None)
    assert (intent.warnings, after(intent)) == (("odd: 1",), wait)


def test_an_empty_feed_is_never_asked_less_than_daily() -> None:
    intent = decide(CAME, feed(reason=Reason.FEED_EMPTY), set(), replace(SEEN, failures=50), SPEC, POLICY)
    assert after(intent) == POLICY.max_interval


def test_a_feed_that_moved_says_so() -> None:
    moved = replace(CAME, final_url=RawUrl("https://new.example/feed?key=secret"))
    intent = decide(moved, feed(entry(1)), set(), SEEN, SPEC, POLICY)
    assert intent.warnings[0] == "moved: https://new.example/feed?key=***"


PAGE_URL = PageUrl("https://paper.example/news/1")
PAGE = ListedPage(
    id=ArticleId(7), source_id=SourceId("paper"), url=PAGE_URL, title="Заголовок ленты",
    summary="", feed_text="", published_at=NOW - timedelta(days=1), published_from="feed",
    first_seen_at=NOW - timedelta(hours=1), attempts=0, zone="Europe/Minsk",
)  # fmt: skip
ARRIVED = Fetched(RawUrl(PAGE_URL), RawUrl(PAGE_URL), 200, {}, b"<html>", NOW)
TEXT = Extracted(
    title="Заголовок", text="Текст.", author="А. Б.", published_at=NOW - timedelta(days=2),
    published_from="meta", lang="ru", canonical_url=None, quality=0.9, reason=None,
)  # fmt: skip


def line(stage: Stage, ending: Ending, reason: Reason, detail: str = "") -> LedgerEntry:
    item = PAGE_URL if stage is Stage.FETCH else "7"
    return LedgerEntry(stage, item, ending, reason, NOW, SourceId("paper"), detail)


def test_a_page_with_text_becomes_ready() -> None:
    intent = decide_fetched(PAGE, ARRIVED, TEXT, PageUrl("https://paper.example/canon"), None)
    assert intent.is_ready
    assert intent.article == {
        "state": "ready",
        "url": "https://paper.example/canon",
        "title": "Заголовок",
        "text": "Текст.",
        "author": "А. Б.",
        "lang": "ru",
        "published_at": NOW - timedelta(days=2),
        "published_from": "meta",
        "quality": 0.9,
        "content_hash": content_hash("Заголовок", "Текст."),
        "fetch_attempts": 1,
        "next_fetch_at": None,
    }
    done = Ending.DONE
    assert intent.ledger == (line(Stage.FETCH, done, Reason.OK), line(Stage.EXTRACT, done, Reason.OK))


@pytest.mark.parametrize(
    ("on_page", "in_feed", "wanted"),
    [
        (NOW - timedelta(days=2), NOW, (NOW - timedelta(days=2), "meta")),
        (None, NOW - timedelta(days=1), (NOW - timedelta(days=1), "feed")),
        (NOW + timedelta(days=2), NOW - timedelta(days=1), (NOW - timedelta(days=1), "feed")),
        (None, None, (PAGE.first_seen_at, "first_seen")),
    ],
)
def test_a_date_comes_from_the_page_then_the_feed_then_our_first_sight(
    on_page: datetime | None, in_feed: datetime | None, wanted: tuple[datetime, str]
) -> None:
    page = replace(PAGE, published_at=in_feed)
    intent = decide_fetched(page, ARRIVED, replace(TEXT, published_at=on_page), PAGE_URL, None)
    assert (intent.article["published_at"], intent.article["published_from"]) == wanted
    assert (intent.ledger[1].reason is Reason.NO_DATE) == (wanted[1] == "first_seen")


def test_a_page_without_text_is_dead_with_the_reason() -> None:
    intent = decide_fetched(PAGE, ARRIVED, replace(TEXT, text="", reason=Reason.NO_TEXT), PAGE_URL, None)
    assert (intent.is_ready, intent.article["state"], intent.article["lang"]) == (False, "dead", "ru")
    assert intent.ledger[1] == line(Stage.EXTRACT, Ending.FAILED, Reason.NO_TEXT)


def test_a_page_that_is_another_article_already_is_dead() -> None:
    intent = decide_fetched(PAGE, ARRIVED, TEXT, PAGE_URL, ArticleId(3))
    assert intent.article == {"state": "dead", "fetch_attempts": 1, "next_fetch_at": None}
    wanted = line(Stage.EXTRACT, Ending.SKIPPED, Reason.DUPLICATE_URL, "the same page as article 3")
    assert intent.ledger[1] == wanted


def test_temporary_trouble_is_tried_four_times_then_dead() -> None:
    waits = []
    for attempts in range(4):
        outcome = Failed(RawUrl(PAGE_URL), Reason.HTTP_5XX, NOW, "status 500", 500)
        intent = decide_failed(replace(PAGE, attempts=attempts), outcome)
        at = intent.article["next_fetch_at"]
        waits.append(at - NOW if isinstance(at, datetime) else at)
        assert intent.article["fetch_attempts"] == attempts + 1
        assert intent.ledger == (line(Stage.FETCH, Ending.FAILED, Reason.HTTP_5XX, "status 500"),)
    assert waits == [timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), None]


def test_a_host_that_was_not_asked_costs_no_attempt() -> None:
    held = Failed(RawUrl(PAGE_URL), Reason.RATE_LIMITED, NOW, "", None, retry_after_s=9000.0)
    intent = decide_failed(replace(PAGE, attempts=3), held)
    assert intent.article == {"fetch_attempts": 3, "next_fetch_at": NOW + timedelta(seconds=9000)}


@pytest.mark.parametrize(
    "reason",
    [
        Reason.PRIVATE_ADDRESS,
        Reason.TOO_LARGE,
        Reason.BAD_URL,
        Reason.BAD_ENCODING,
    ],
)
def test_lasting_trouble_is_dead_at_once(reason: Reason) -> None:
    assert decide_failed(PAGE, Failed(RawUrl(PAGE_URL), reason, NOW)).article["state"] == "dead"


@pytest.mark.parametrize(
    ("reason", "status", "is_over"),
    [
        (Reason.HTTP_4XX, 403, False),
        (Reason.HTTP_4XX, 404, False),
        (Reason.HTTP_4XX, 410, True),
        (Reason.HTTP_4XX, 451, True),
        (Reason.ROBOTS, None, False),
    ],
)
def test_a_refusal_is_asked_again_unless_the_page_was_taken_down(
    reason: Reason, status: int | None, is_over: bool
) -> None:
    intent = decide_failed(PAGE, Failed(RawUrl(PAGE_URL), reason, NOW, "", status))
    assert ("state" in intent.article) is is_over
    assert intent.article["next_fetch_at"] == (None if is_over else NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("final", "canonical", "wanted"),
    [
        ("https://paper.example/news/1", None, "https://paper.example/news/1"),
        ("https://paper.example/news/1/?utm_source=x", None, "https://paper.example/news/1/"),
        ("https://new.example/1", None, "https://new.example/1"),
        ("https://m.paper.example/1", "https://www.paper.example/one", "https://www.paper.example/one"),
        ("https://paper.example/1", "https://elsewhere.example/1", "https://paper.example/1"),
        ("https://paper.example/1", "https://paper.example/", "https://paper.example/1"),
        ("https://paper.example/", None, None),
        ("https://paper.example/?utm_source=x", "https://paper.example/1", None),
    ],
)
def test_the_address_of_an_article(final: str, canonical: str | None, wanted: str | None) -> None:
    outcome = replace(ARRIVED, final_url=RawUrl(final))
    assert page_address(PAGE, outcome, PageUrl(canonical) if canonical else None) == wanted


def test_an_address_that_leads_to_the_front_page_is_gone() -> None:
    intent = decide_gone(PAGE, ARRIVED)
    assert intent.article["state"] == "dead"
    assert intent.ledger[1] == line(
        Stage.EXTRACT, Ending.FAILED, Reason.NO_TEXT, "the address leads to the front page"
    )
