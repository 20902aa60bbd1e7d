"""The demonstration press as a crawler meets it: over HTTP, and measured against its own truth."""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import pytest

from monitor.articles.boilerplate import load_page_rules
from monitor.articles.extract import extract_page
from monitor.articles.language import build_detector
from monitor.core.clock import SettableClock
from monitor.core.ids import PageUrl
from monitor.core.months import load_months
from monitor.core.shipped import config_dir
from monitor.core.urls import normalise
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.sources import load_sources
from monitor.crawl.types import ParsedFeed, Source
from monitor.demo.outlets import ROOM, Fault, Outlet
from monitor.demo.press import Press
from monitor.demo.schedule import DAYS, START, TODAY, PressItem
from monitor.register.load import load_register

NOTICE = ("Издание и все его новости выдуманы", "Выданне і ўсе яго навіны прыдуманыя")
WORD = re.compile(r"[^\W_]+")


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with Press() as press:
        yield press


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    places = load_register(config_dir()).places
    return {source.id: source for source in load_sources(ROOM, places)}


def outlet(press: Press, name: str) -> Outlet:
    return next(o for o in press.outlets if o.id == f"demo-{name}")


def get(press: Press, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    address, port = press.resolve(parts.hostname or "", 80)[0]
    connection = HTTPConnection(address, port, timeout=5)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", path, headers={"Host": parts.hostname or "", **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def page_of(press: Press, item: PressItem) -> tuple[str, bytes]:
    parts = urlsplit(item.url)
    answer = press.answer(parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""))
    assert answer.status == 200, item.url
    return answer.printed.content_type, answer.printed.body


def read_feed(press: Press, source: Source) -> ParsedFeed:
    feed = source.feeds[0]
    status, headers, body = get(press, feed.url)
    assert status == 200
    return FEED_TYPES[feed.kind](
        body,
        base_url=feed.url,
        content_type=headers["content-type"],
        zone=ZoneInfo(source.zone),
        now=press.clock(),
        rules=feed.rules,
        months=load_months(config_dir() / "languages"),
    )


def f1(found: str, wanted: str) -> float:
    one, other = Counter(WORD.findall(found.lower())), Counter(WORD.findall(wanted.lower()))
    return 2 * (one & other).total() / (one.total() + other.total())


def test_eighteen_outlets_print_six_hundred_stories_in_the_order_of_the_corpus(press: Press) -> None:
    originals = [item for item in press.truth() if not item.is_copy_of]
    reprints = [item for item in press.truth() if item.is_copy_of]
    assert len(press.outlets) == 20
    assert len({item.outlet for item in originals}) == 18
    assert len({item.corpus_id for item in originals}) == len(originals) >= 600
    assert 70 <= len(reprints) <= 90
    assert START <= min(i.published_at for i in originals) <= START + timedelta(hours=12)
    assert TODAY - timedelta(hours=12) <= max(i.published_at for i in originals) < TODAY
    assert len({item.url for item in press.truth()}) == len(press.truth())
    numbers = [item.number for item in originals]
    assert numbers == sorted(numbers)


def test_reprints_follow_their_original_within_a_day_and_come_in_all_kinds(press: Press) -> None:
    by_url = {item.url: item for item in press.truth()}
    ways = Counter(item.way for item in press.truth() if item.is_copy_of)
    assert set(ways) == {"marked", "marked_line", "unmarked", "cut", "marked_cut", "new_lead"}
    for item in press.truth():
        if item.is_copy_of:
            origin = by_url[item.is_copy_of]
            after = item.published_at - origin.published_at
            assert timedelta(hours=-1) < after < timedelta(hours=26)
            assert (item.corpus_id, item.outlet == origin.outlet) == (origin.corpus_id, False)
            assert (item.text == origin.text) is (item.way == "unmarked")


def test_no_daily_tick_overflows_a_feed_of_twenty(press: Press) -> None:
    for o in press.outlets:
        for day in range(DAYS):
            until = START + timedelta(days=day + 1)
            printed = [i for i in press.visible(o, until) if i.published_at > until - timedelta(days=1)]
            assert len(printed) < 20, (o.id, day)


@pytest.mark.parametrize("days", [3, 41, DAYS])
def test_every_feed_lists_the_last_twenty_stories_of_its_outlet(
    press: Press, sources: dict[str, Source], days: int
) -> None:
    press.set(START + timedelta(days=days))
    for o in press.outlets:
        if o.look.fault in (Fault.DEAD, Fault.TRAP):
            continue
        parsed = read_feed(press, sources[o.id])
        wanted = press.visible(o, press.clock())[:20]
        minute = {"second": 0, "microsecond": 0}
        assert [(e.url, e.title, e.published_at) for e in parsed.entries] == [
            (normalise(i.url), i.title, i.published_at.replace(**minute)) for i in wanted
        ]
        assert parsed.rejected == ()


def test_rss_and_atom_are_well_formed_for_a_common_reader(press: Press) -> None:
    press.set(TODAY)
    for name, version in (
        ("novy-bereg", "rss20"), ("pridneprovskaya-nov", "rss20"), ("goretski-kolokol", "rss20"),
        ("polesski-prichal", "atom10"), ("vestnik-u-bereziny", "rss20"), ("stepnoy-mayak", "rss20"),
    ):  # fmt: skip
        o = outlet(press, name)
        _, headers, body = get(press, o.feed_url)
        parsed = feedparser.parse(body, response_headers={"content-type": headers["content-type"]})
        assert (parsed.version, len(parsed.entries)) == (version, min(20, len(press.visible(o, TODAY))))
        assert "выдуманы" in parsed.feed.get("subtitle", "")


def test_every_page_and_front_page_says_in_two_languages_that_it_is_invented(press: Press) -> None:
    press.set(TODAY)
    encodings = {o.id: o.look.encoding for o in press.outlets}
    for item in press.truth():
        text = page_of(press, item)[1].decode(encodings[item.outlet])
        assert all(words in text for words in NOTICE), item.url
    for o in press.outlets:
        if o.look.fault is not Fault.DEAD:
            front = get(press, o.address("/"))[2].decode(o.look.encoding)
            assert all(words in front for words in NOTICE), o.id


def test_text_taken_from_each_layout_is_the_story_and_holds_no_teaser(
    press: Press, sources: dict[str, Source]
) -> None:
    press.set(TODAY)
    detect, rules = build_detector(), load_page_rules(config_dir() / "boilerplate.toml")
    months = load_months(config_dir() / "languages")
    titles = {o.id: [i.title for i in press.visible(o, TODAY)] for o in press.outlets}
    scores: dict[str, list[float]] = {}
    by_id = {o.id: o for o in press.outlets}
    for item in [item for one in press.outlets for item in press.visible(one, TODAY)[::9]]:
        o = by_id[item.outlet]
        content_type, body = page_of(press, item)
        found = extract_page(
            body, url=PageUrl(item.url), content_type=content_type, source_zone=o.zone.key,
            feed_title=item.title, feed_summary="", feed_text="", feed_published=item.published_at,
            now=TODAY, detect=detect, rules=rules, months=months, selectors=sources[o.id].page,
        )  # fmt: skip
        assert (found.title, found.lang, found.reason) == (item.title, item.lang, None)
        assert found.published_at in (None, item.published_at)
        assert not [t for t in titles[o.id] if t in found.text and t not in item.text]
        scores.setdefault(o.look.layout, []).append(f1(found.text, item.text))
    shown = {o.look.layout for o in press.outlets if o.look.fault not in (Fault.DEAD, Fault.TRAP)}
    assert set(scores) == shown
    assert len(shown) == 18
    assert {layout: sum(s) / len(s) >= 0.97 for layout, s in scores.items()} == dict.fromkeys(scores, True)


def test_windows_1251_is_windows_1251_and_one_header_lies(press: Press) -> None:
    press.set(TODAY)
    for name, declared in (("goretski-kolokol", "windows-1251"), ("stepnoy-mayak", None)):
        o = outlet(press, name)
        for url in (o.feed_url, press.visible(o, TODAY)[0].url):
            _, headers, body = get(press, url)
            with pytest.raises(UnicodeDecodeError):
                body.decode("utf-8")
            assert press.visible(o, TODAY)[0].title in body.decode("windows-1251")
            assert ("charset" in headers["content-type"]) is (declared is not None)
    _, headers, body = get(press, outlet(press, "shklovskie-vechera").feed_url)
    assert headers["content-type"].endswith("charset=windows-1251")
    assert "Шкловские вечера" in body.decode("utf-8")


def test_the_same_seed_and_instant_give_the_same_bytes_whatever_was_asked_before(press: Press) -> None:
    press.set(START + timedelta(days=33, hours=5))
    again = Press(clock=SettableClock(press.clock()))
    other = Press(seed=8, clock=SettableClock(press.clock()))
    targets = [(o.host, urlsplit(o.feed_url)) for o in press.outlets]
    asked = [(host, parts.path + (f"?{parts.query}" if parts.query else "")) for host, parts in targets]
    asked += [(urlsplit(i.url).hostname or "", urlsplit(i.url).path) for i in press.truth()[:300:25]]
    bodies = [press.answer(*target).printed.body for target in asked]
    assert [again.answer(*target).printed.body for target in asked] == bodies
    assert [other.answer(*target).printed.body for target in asked] != bodies


def test_the_silent_outlet_answers_with_what_it_had(press: Press, sources: dict[str, Source]) -> None:
    o = outlet(press, "vestnik-u-bereziny")
    press.set(START + timedelta(days=30))
    before = read_feed(press, sources[o.id]).entries
    press.set(TODAY)
    after = read_feed(press, sources[o.id]).entries
    assert [e.url for e in after] == [e.url for e in before]
    assert len(after) > 5


def test_the_broken_outlet_answers_500_for_ten_days_and_recovers(press: Press) -> None:
    o = outlet(press, "shklovskie-vechera")
    seen = []
    for day in range(DAYS):
        press.set(START + timedelta(days=day, hours=21))
        seen.append(press.answer(o.host, "/feed/").status)
    assert seen == [200] * 20 + [500] * 10 + [200] * 30


def test_the_dead_outlet_is_not_found_and_the_trap_leads_to_a_private_address(press: Press) -> None:
    press.set(TODAY)
    status, _, _ = get(press, outlet(press, "selskaya-iskra").feed_url)
    assert status == 404
    status, headers, _ = get(press, outlet(press, "utro-nad-sozhem").feed_url)
    assert (status, headers["location"]) == (302, "http://10.0.0.8/feed/")


def test_a_story_is_not_there_before_it_is_published(press: Press) -> None:
    item = press.truth()[400]
    press.set(item.published_at - timedelta(seconds=1))
    assert get(press, item.url)[0] == 404
    press.set(item.published_at)
    assert get(press, item.url)[0] == 200


def test_an_unchanged_feed_answers_304_to_who_has_it(press: Press) -> None:
    press.set(TODAY)
    url = outlet(press, "novy-bereg").feed_url
    _, headers, _ = get(press, url)
    status, _, body = get(press, url, **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")
    press.set(TODAY - timedelta(days=2))
    assert get(press, url, **{"If-None-Match": headers["etag"]})[0] == 200


def test_robots_are_told_and_only_the_presses_hosts_exist(press: Press) -> None:
    assert b"Disallow: /admin/" in get(press, "http://novy-bereg.example/robots.txt")[2]
    assert press.resolve("NOVY-BEREG.example", 80) == [("127.0.0.1", press.port)]
    with pytest.raises(socket.gaierror):
        press.resolve("belta.by", 443)
    assert press.answer("belta.by", "/").status == 421


def test_the_source_file_is_the_presses_own(press: Press, sources: dict[str, Source]) -> None:
    assert {s.id: s.feeds[0].url for s in sources.values()} == {o.id: o.feed_url for o in press.outlets}
    assert all(s.enabled and urlsplit(s.site).hostname.endswith(".example") for s in sources.values())  # type: ignore[union-attr]


def test_a_small_press_has_three_outlets_and_thirty_pages(tmp_path: Path) -> None:
    small = Press(outlets=3, items=30)
    items = small.truth()
    assert (len(small.outlets), len(items), len({i.outlet for i in items})) == (3, 30, 3)
    assert any(i.is_copy_of for i in items)
    assert {i.is_copy_of for i in items if i.is_copy_of} <= {i.url for i in items}
    with pytest.raises(OSError, match="missing"):
        Press(corpus=tmp_path / "missing.jsonl")
