"""What is wrong with a source, from its polls and days with items: classes of error, since when, how sure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.ids import SourceId
from monitor.core.ledger import Reason
from monitor.crawl.health import (
    Facts,
    FeedTrouble,
    TextShare,
    Trouble,
    error_class,
    standing,
    trouble_code,
    trouble_line,
    troubles,
)
from monitor.crawl.rhythm import Published
from monitor.crawl.types import Distrust, Poll

START = datetime(2026, 9, 7, 9, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
PAPER = SourceId("paper")
FEED = "https://paper.example/feed?key=secret"


def poll(day: float, reason: str = "ok", feed: str = FEED, in_use: bool = True) -> Poll:
    return Poll(feed, START + day * DAY, reason in ("ok", "not_modified"), False, None, reason, in_use)


def items(start: int, stop: int, n: int = 6) -> list[Published]:
    dates = [START + day * DAY for day in range(start, stop)]
    return [Published(at, at + timedelta(hours=6), n) for at in dates]


def judged(polls: list[Poll], published: list[Published], day: float, **facts: object) -> tuple[Trouble, ...]:
    return troubles(Facts(PAPER, polls, published, **facts), now=START + day * DAY)  # type: ignore[arg-type]


def test_a_source_that_answers_and_writes_is_well() -> None:
    assert judged([poll(0), poll(60)], items(0, 60), 60) == ()


def test_a_failing_feed_is_named_with_its_class_since_when_and_when_it_was_last_read() -> None:
    polls = [poll(0), poll(20, "timeout"), poll(22, "dns"), poll(30, "dns")]
    (found,) = judged(polls, items(0, 20), 31)
    assert found == Trouble(PAPER, FEED, "dns", START + 22 * DAY, "dns; last read 2026-09-07")
    line = "paper: dns since 2026-09-29 (dns; last read 2026-09-07) https://paper.example/feed?key=***"
    assert trouble_line(found, UTC) == line


def test_days_are_those_of_the_newsroom() -> None:
    """Ten in the evening UTC is tomorrow in Minsk; a step in volume has its day, wherever that begins."""
    minsk, late = ZoneInfo("Europe/Minsk"), timedelta(hours=13)
    polls = [replace(one, at=one.at + late) for one in (poll(0), poll(20, "dns"))]
    (found,) = troubles(Facts(PAPER, polls, items(0, 20)), now=START + 21 * DAY, zone=minsk)
    told = "paper: dns since 2026-09-28 (dns; last read 2026-09-08)"
    assert trouble_line(found, minsk).startswith(told)
    fewer = Facts(PAPER, [poll(0), poll(60)], items(0, 40) + items(40, 60, 1))
    for name in ("UTC", "Europe/Minsk", "America/New_York"):
        zone = ZoneInfo(name)
        (step,) = troubles(fewer, now=START + 60 * DAY, zone=zone)
        assert trouble_line(step, zone).startswith("paper: fewer items since 2026-10-17")


def test_reasons_of_one_class_are_one_trouble_from_the_first() -> None:
    polls = [poll(0), poll(5, "not_a_feed"), poll(6, "feed_broken"), poll(9, "feed_empty")]
    stands = standing(polls, items(0, 5), end=START + 10 * DAY)
    assert stands.failing == (FeedTrouble(FEED, "feed_empty", START + 5 * DAY, START),)
    assert (stands.failing[0].error_class, stands.all_fail, stands.silence) == ("parse", True, None)


def test_a_server_that_refuses_us_is_blocked_and_a_missing_page_is_not() -> None:
    codes = [trouble_code("http_4xx", status) for status in (401, 403, 404, 410, 451)]
    assert codes == ["blocked", "blocked", "http_4xx", "http_4xx", "blocked"]
    assert trouble_code("dns", None) == "dns"
    assert [error_class(code) for code in ("blocked", "http_4xx")] == ["blocked from here", "4xx"]


def test_every_reason_a_poll_can_end_with_has_a_class() -> None:
    for reason in Reason:
        assert error_class(reason.value)
    asked = {
        error_class(r) for r in ("dns", "tls", "timeout", "http_4xx", "http_5xx", "robots", "not_a_feed")
    }
    assert asked == {"dns", "tls", "timeout", "4xx", "5xx", "robots", "parse"}


def test_one_of_two_feeds_failing_leaves_the_silence_to_be_seen() -> None:
    polls = [poll(0), poll(0, feed="other"), poll(40, "http_5xx"), poll(50, feed="other")]
    found = judged(polls, items(0, 30), 50)
    assert [(t.what, t.feed_url, t.since) for t in found] == [
        ("http_5xx", FEED, START + 40 * DAY),
        ("silent", "", START + 29 * DAY + timedelta(hours=6)),
    ]


def test_a_feed_that_left_the_configuration_is_no_trouble() -> None:
    polls = [poll(0), poll(10, "dns", in_use=False), poll(11, feed="new"), poll(50, feed="new")]
    assert judged(polls, items(0, 50), 50) == ()


def test_a_change_of_volume_says_from_what_to_what() -> None:
    (found,) = judged([poll(0), poll(80)], items(0, 60, 20) + items(60, 80, 5), 80)
    assert (found.what, found.since.date()) == ("volume_down", (START + 60 * DAY).date())
    assert found.detail == "5.0 items a day after 20.0"
    (more,) = judged([poll(0), poll(80)], items(0, 60, 5) + items(60, 80, 20), 80)
    assert more.what == "volume_up"


def test_a_silent_or_failing_source_is_not_also_said_to_write_less() -> None:
    published = items(0, 60, 20)
    assert [t.what for t in judged([poll(0), poll(80)], published, 80)] == ["silent"]
    failing = [poll(0), poll(60, "dns"), poll(79, "dns")]
    assert [t.what for t in judged(failing, published, 80)] == ["dns"]


@pytest.mark.parametrize(
    ("pages", "without", "bad"),
    [
        (0, 0, False),
        (4, 4, True),
        (4, 2, False),
        (10, 5, False),
        (10, 6, True),
        (200, 76, True),
        (200, 60, False),
    ],
)
def test_pages_without_text_are_a_trouble_when_even_the_lower_end_is_high(
    pages: int, without: int, bad: bool
) -> None:
    assert TextShare(pages, without).is_bad is bad


@pytest.mark.parametrize(
    ("pages", "doubles", "many"),
    [(1, 0, False), (1, 1, False), (0, 3, False), (100, 100, False), (100, 200, False), (1, 39, True)],
)
def test_doubles_are_a_trouble_above_what_a_third_address_of_each_page_gives(
    pages: int, doubles: int, many: bool
) -> None:
    assert TextShare(pages, 0, doubles=doubles).is_doubled is many


def test_textless_pages_and_mistrusted_feeds_are_told() -> None:
    distrust = Distrust(FEED, START + 3 * DAY, START + 33 * DAY, "2 new items under the same ETag")
    texts = TextShare(20, 15)
    found = judged([poll(0), poll(10)], items(0, 10), 10, texts=texts, distrusted=[distrust])
    assert found == (
        Trouble(PAPER, "", "no_text", START - 18 * DAY, "15 of 20 pages of four weeks gave no text"),
        Trouble(PAPER, FEED, "distrusted", START + 3 * DAY, "2 new items under the same ETag"),
    )
