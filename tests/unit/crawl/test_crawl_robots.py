"""robots.txt as RFC 9309 says, and manners towards hosts."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.ids import RawUrl
from monitor.core.ledger import Reason
from monitor.crawl.hosts import MAX_HOLD_S, Host, retry_after_s
from monitor.crawl.robots import rules_from
from monitor.crawl.types import Failed, Fetched, Outcome

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
URL = RawUrl("https://paper.example/robots.txt")


def body(text: bytes) -> Outcome:
    return Fetched(URL, URL, 200, {}, text, NOW)


def failed(reason: Reason) -> Outcome:
    return Failed(URL, reason, NOW)


@pytest.mark.parametrize(
    ("outcome", "path", "allowed"),
    [
        (body(b"User-agent: *\nDisallow: /a\nAllow: /a/b"), "/a/c", False),
        (body(b"User-agent: *\nDisallow: /a\nAllow: /a/b"), "/a/b/c", True),
        (body(b"User-agent: *\nDisallow: /*.pdf$"), "/x.pdf", False),
        (body(b"User-agent: coveragemonitor\nDisallow: /\n\nUser-agent: *\nDisallow:"), "/", False),
        (body(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /"), "/", False),
        (body(b"<html>no robots here</html>"), "/", True),
        (body(b"\xff\xfe\x00junk"), "/", True),
        (body(b""), "/", True),
        (failed(Reason.HTTP_4XX), "/", True),
        (failed(Reason.TOO_MANY_REDIRECTS), "/", True),
        (failed(Reason.RATE_LIMITED), "/", False),
        (failed(Reason.HTTP_5XX), "/", False),
        (failed(Reason.DNS), "/", False),
        (failed(Reason.TIMEOUT), "/", False),
        (failed(Reason.PRIVATE_ADDRESS), "/", False),
    ],
)
def test_rules_allow_what_the_standard_allows(outcome: Outcome, path: str, allowed: bool) -> None:
    assert rules_from(outcome, NOW).allows(f"https://paper.example{path}") is allowed


def test_rules_are_kept_for_a_day_and_trouble_for_half_an_hour() -> None:
    good, bad = rules_from(body(b""), NOW), rules_from(failed(Reason.DNS), NOW)
    ages = [timedelta(0), timedelta(minutes=29), timedelta(minutes=31), timedelta(hours=25)]
    assert [good.is_fresh(NOW + age) for age in ages] == [True, True, True, False]
    assert [bad.is_fresh(NOW + age) for age in ages] == [True, True, False, False]
    assert not good.is_fresh(NOW - timedelta(days=1))  # a clock that was set back


def test_the_sites_own_delay_is_read() -> None:
    assert rules_from(body(b"User-agent: *\nCrawl-delay: 2.5"), NOW).crawl_delay_s == 2.5
    assert rules_from(body(b""), NOW).crawl_delay_s is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 40, MAX_HOLD_S),
        ("Mon, 16 Nov 2026 06:05:00 GMT", 300.0),
        ("Mon, 16 Nov 2026 05:00:00 GMT", 0.0),
        ("Mon, 16 Nov 2026 06:05:00 -0000", 300.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_HOLD_S),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_a_longer_hold_is_not_shortened() -> None:
    host = Host()
    host.hold(NOW, 600)
    host.hold(NOW, 5)
    assert host.held_for_s(NOW + timedelta(seconds=100)) == 500.0
    assert not host.is_idle(NOW)
    assert host.is_idle(NOW + timedelta(seconds=601))


def test_an_unknown_line_does_not_end_a_group() -> None:
    text = "User-agent: CoverageMonitor\nClean-param: s /forum\nUser-agent: *\nDisallow: /\n"
    assert not rules_from(body(text.encode()), NOW).allows("http://paper.example/1")


def test_only_the_product_token_of_a_robots_group_counts() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: COVERAGEMONITOR/0.1 (newsroom)\nDisallow: /private\n"
    assert rules_from(body(text.encode()), NOW).allows("http://paper.example/1")
    assert not rules_from(body(text.encode()), NOW).allows("http://paper.example/private/1")
