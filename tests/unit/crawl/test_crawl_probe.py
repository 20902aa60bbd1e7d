"""One look at a feed or a site: what it gives, how sources are sorted by it, and where feeds are found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.clock import SettableClock
from monitor.core.ids import RawUrl
from monitor.core.ledger import Reason
from monitor.crawl.candidates import Candidate, named_by_page, named_by_robots
from monitor.crawl.discover import discover_feeds
from monitor.crawl.feeds.detect import feed_kind
from monitor.crawl.probe import Asked, Probe, asked_by_address, probe_feeds, probe_surely
from monitor.crawl.sorting import Sort, decision_key, is_our_outage, sort_feed, sort_source
from monitor.crawl.types import Failed, FeedSpec, Fetched, FetchKind, FetchRequest, Outcome
from tests.crawl_world import NOW, FakeFetch, rss, source

MINSK = ZoneInfo("Europe/Minsk")
HOME = "http://kraj.example/"


@pytest.fixture
def fetch() -> FakeFetch:
    return FakeFetch(SettableClock(NOW))


def probe(fetch: FakeFetch, *urls: str) -> list[Probe]:
    return list(probe_feeds([asked_by_address(u, MINSK) for u in urls], fetch_many=fetch, months={}))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\n <rss version='2.0'/>", "rss"),
        (b"<?xml version='1.0'?><!-- x --><feed/>", "rss"),
        (b'\xef\xbb\xbf {"items": []}', "json"),
        (b"[]", "json"),
        (b"<urlset/>", "sitemap"),
        (b"<sm:sitemapindex xmlns:sm='x'/>", "sitemap"),
        (b"\x1f\x8bdamaged", "sitemap"),
        (b"<!doctype html><html><div class='tgme_widget_message'>", "telegram"),
        (b"<!doctype html><html>", "rss"),
        (b"", "rss"),
    ],
)
def test_the_kind_of_a_body_is_found_by_its_content(body: bytes, kind: str) -> None:
    assert feed_kind(body, "text/plain") == kind


def test_a_probe_tells_what_each_address_gives_in_their_order(fetch: FakeFetch) -> None:
    page = b"<html><body>404</body></html>"
    fetch.answers |= {HOME + "feed": rss(HOME + "1"), HOME + "page": page, HOME + "empty": rss()}
    told = [(p.reason, p.kind, p.spec.kind, len(p.entries), p.is_feed) for p in probe(
        fetch, HOME + "page", HOME + "feed", HOME + "gone", HOME + "empty")]  # fmt: skip
    assert told == [
        (Reason.NOT_A_FEED, "", "rss", 0, False),
        (Reason.OK, "rss", "rss", 1, True),
        (Reason.DNS, "", "", 0, False),
        (Reason.FEED_EMPTY, "rss", "rss", 0, True),
    ]


def test_a_name_that_nobody_knows_is_asked_again_before_it_is_believed(fetch: FakeFetch) -> None:
    urls = [HOME + "a", HOME + "b", HOME + "c"]
    fetch.answers |= {HOME + "b": rss(HOME + "1")}
    asked = [asked_by_address(url, MINSK) for url in urls]

    def first_in_the_dark(requests: Sequence[FetchRequest]) -> list[Outcome]:
        outcomes = fetch(requests)
        fetch.answers[HOME + "a"] = rss(HOME + "2")
        return outcomes

    found = probe_surely(asked, fetch_many=first_in_the_dark, months={})
    assert [p.reason for p in found] == [Reason.OK, Reason.OK, Reason.DNS]
    assert [p.spec.url for p in found] == urls
    assert [request.url for request in fetch.asked] == [*urls, urls[0], urls[2]]


def test_a_channels_page_is_asked_as_a_page_for_people(fetch: FakeFetch) -> None:
    probe(fetch, "https://t.me/s/kraj", HOME + "feed")
    assert [r.kind for r in fetch.asked] == [FetchKind.LIST, FetchKind.FEED]


def test_a_listed_feed_is_read_by_its_own_rules(fetch: FakeFetch) -> None:
    spec = FeedSpec(HOME + "news", "html_list", rules={"item": "li", "link": "a"})
    fetch.answers[spec.url] = b"<ul><li><a href='/1'>A</a></li></ul>"
    (found,) = probe_feeds([Asked(spec, MINSK)], fetch_many=fetch, months={})
    assert ([e.url for e in found.entries], found.kind) == ([HOME + "1"], "html_list")


def given(reason: Reason, kind: str = "rss", status: int | None = 200) -> Probe:
    return Probe(FeedSpec(HOME, kind), "", (), (), (), reason, "why", status)


@pytest.mark.parametrize(
    ("answer", "sort"),
    [
        (given(Reason.OK), Sort.WORKS),
        (given(Reason.FEED_EMPTY), Sort.WORKS),
        (given(Reason.FEED_EMPTY, "html_list"), Sort.NEEDS_RULE),
        (given(Reason.NOT_A_FEED), Sort.NEEDS_RULE),
        (given(Reason.ROBOTS), Sort.NEEDS_RULE),
        (given(Reason.HTTP_4XX, status=404), Sort.DEAD),
        (given(Reason.HTTP_4XX, status=403), Sort.UNREACHABLE),
        (given(Reason.DNS), Sort.DEAD),
        (given(Reason.TIMEOUT), Sort.UNREACHABLE),
        (given(Reason.HTTP_5XX, status=503), Sort.UNREACHABLE),
    ],
)
def test_an_answer_sorts_its_source(answer: Probe, sort: Sort) -> None:
    assert sort_feed(answer) is sort


def test_a_source_is_as_good_as_its_best_feed() -> None:
    paper = source("kraj", HOME + "a", HOME + "b")
    verdict = sort_source(paper, [given(Reason.DNS), given(Reason.TIMEOUT)], NOW)
    assert (verdict.sort, verdict.reason, verdict.why_not) == (Sort.UNREACHABLE, Reason.TIMEOUT, "")
    verdict = sort_source(paper, [given(Reason.DNS), given(Reason.HTTP_4XX, status=410)], NOW)
    assert verdict.why_not == "dead at the check of 2026-11-16: dns"
    without = sort_source(replace(paper, feeds=()), [], NOW)
    assert (without.sort, without.detail) == (Sort.NEEDS_RULE, "no feed address")


def test_nothing_is_concluded_when_hardly_anything_answers() -> None:
    paper = source("kraj")
    bad, good = (sort_source(paper, [given(r)], NOW) for r in (Reason.DNS, Reason.OK))
    without = sort_source(replace(paper, feeds=()), [], NOW)
    assert is_our_outage([bad] * 10)
    assert is_our_outage([good] + [bad] * 10)
    assert not is_our_outage([good] + [bad] * 9 + [without] * 50)


def test_a_verdict_is_about_what_a_person_decided_and_not_about_notes() -> None:
    paper = source("kraj")
    same = replace(paper, notes="new", feeds=(replace(paper.feeds[0], evidence="probed"),))
    assert decision_key(paper) == decision_key(same)
    assert decision_key(paper) != decision_key(replace(paper, feeds=(FeedSpec(HOME + "rss", "rss"),)))
    assert decision_key(paper) != decision_key(replace(paper, enabled=False, why_not="merged"))


PAGE = """<!doctype html><html><head><base href="http://kraj.example/ru/">
<link rel="alternate" type="application/rss+xml" href="feed/"><link rel="alternate" hreflang="be" href="/be/">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="ALTERNATE stylesheet" type="application/atom+xml" href="http://[bad"></head>
<body><a href="https://t.me/share/url?url=x">поделиться</a><a href="https://t.me/kraj_by">мы в Телеграме</a>
<a href="https://t.me/kraj_by?boost">ещё</a><a href="https://t.me/+AbCd">закрытый</a></body></html>"""


def fetched(body: bytes, url: str = HOME) -> Fetched:
    return Fetched(RawUrl(url), RawUrl(url), 200, {"content-type": "text/html"}, body, NOW)


def test_a_page_names_its_feeds_and_channels() -> None:
    assert named_by_page(fetched(PAGE.encode())) == [
        Candidate("http://kraj.example/ru/feed/", "page"),
        Candidate("http://kraj.example/feed.json", "page"),
        Candidate("https://t.me/s/kraj_by", "channel"),
    ]


def test_robots_names_sitemaps_relative_and_absolute_once() -> None:
    body = b"User-agent: *\nSitemap: /a.xml\n sitemap : http://kraj.example/a.xml\r\nSITEMAP:ftp://x/y\n"
    assert named_by_robots(body, HOME) == [Candidate("http://kraj.example/a.xml", "robots.txt")]


def test_discovery_tries_what_is_named_and_leaves_the_common_paths_when_that_is_enough(
    fetch: FakeFetch,
) -> None:
    fetch.answers |= {
        HOME: PAGE.encode(),
        HOME + "robots.txt": b"Sitemap: http://kraj.example/s.xml",
        HOME + "ru/feed/": rss(HOME + "1"),
        HOME + "s.xml": b"<urlset><url><loc>http://kraj.example/2</loc></url></urlset>",
    }
    found = discover_feeds(HOME, fetch_many=fetch, months={}, zone=MINSK)
    assert [(one.candidate.how, one.probe.spec.kind) for one in found.feeds] == [
        ("page", "rss"),
        ("robots.txt", "sitemap"),
    ]
    assert [r.url for r in fetch.asked][2:] == [one.candidate.url for one in found.tried]
    assert len(found.tried) == 4


def test_discovery_goes_to_the_common_paths_where_a_page_names_nothing(fetch: FakeFetch) -> None:
    fetch.answers |= {HOME: b"<html><body>x</body></html>", HOME + "?feed=rss2": rss(HOME + "1")}
    found = discover_feeds(HOME, fetch_many=fetch, months={}, zone=MINSK)
    assert [one.candidate for one in found.feeds] == [Candidate(HOME + "?feed=rss2", "common path")]


def test_discovery_of_a_feeds_own_address_proposes_it(fetch: FakeFetch) -> None:
    fetch.answers[HOME + "feed"] = rss(HOME + "1")
    found = discover_feeds(HOME + "feed", fetch_many=fetch, months={}, zone=MINSK)
    assert found.feeds[0].candidate == Candidate(HOME + "feed", "given")


def test_discovery_stops_at_a_host_that_does_not_exist_and_goes_on_where_the_page_is_shut(
    fetch: FakeFetch,
) -> None:
    found = discover_feeds(HOME, fetch_many=fetch, months={}, zone=MINSK)
    assert (found.home and found.home.reason, found.tried, len(fetch.asked)) == (Reason.DNS, (), 1)
    fetch.answers |= {
        HOME: Failed(RawUrl(HOME), Reason.HTTP_4XX, NOW, "status 403", 403),
        HOME + "feed/": rss(HOME + "1"),
    }
    found = discover_feeds(HOME, fetch_many=fetch, months={}, zone=MINSK)
    assert [one.candidate.url for one in found.feeds] == [HOME + "feed/"]


def test_the_newest_entry_dates_a_probe(fetch: FakeFetch) -> None:
    fetch.answers[HOME] = rss(HOME + "1", HOME + "2")
    assert probe(fetch, HOME)[0].newest_at == datetime(2026, 11, 15, 8, tzinfo=UTC)
