"""Addresses: one spelling, never an exception, nothing secret in a log."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.ids import PageUrl
from monitor.core.urls import normalise, redact, redact_text, twins, wire_url

SAME = {
    "https://gorkiv.by/novosti/zernograd/": [
        "HTTPS://Gorkiv.BY:443/novosti/zernograd/",
        "https://gorkiv.by/novosti/zernograd/?utm_source=rss&utm_medium=feed",
        "https://gorkiv.by/novosti/zernograd/?ysclid=lq1#comments",
        "https://gorkiv.by/novosti/./old/../zernograd/?amp=1",
        "https://gorkiv.by/novosti/zernograd/amp/",
        "https://gorkiv.by/novosti/zernograd/amp",
        " https://gorkiv.by/novosti/zernograd/print/\n",
    ],
    "http://vitvesti.by/a.html": ["http://vitvesti.by:80/a.html/amp", "http://vitvesti.by/a.html?amp"],
    "https://glusk.by/%D0%BE%D0%B1%D1%89%D0%B5/x": [
        "https://glusk.by/обще/x",
        "https://glusk.by/%d0%be%d0%b1%d1%89%d0%b5/%78",
    ],
    "https://xn--80ak6aa92e.xn--p1ai/": ["https://аррӏе.рф", "https://xn--80AK6aa92e.xn--p1ai"],
    "https://kleck.by/?p=17": ["https://kleck.by?p=17&fbclid=x", "https://kleck.by/?p=17&&_openstat=a"],
    "http://[2001:db8::1]:8080/x": ["http://[2001:0DB8:0::1]:8080/x"],
    "https://a.by/amp": ["https://a.by/amp#x"],
    "https://a.by/100%25": ["https://a.by/100%"],
    "https://a.by/news/": ["https://a.by/news/.", "https://a.by/news/today/.."],
}


@pytest.mark.parametrize(("wanted", "raw"), [(w, r) for w, many in SAME.items() for r in [w, *many]])
def test_spellings_of_one_page_become_one(wanted: str, raw: str) -> None:
    assert normalise(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (
            "HTTPS://Газета.БЕЛ:443/?utm_source=a&amp=1#x",
            "https://xn--80aahjj1e.xn--90ais/?utm_source=a&amp=1",
        ),
        ("https://a.by/news/1/amp/", "https://a.by/news/1/amp/"),  # the page that is asked, copy or not
        ("//b.by/общее", "https://b.by/%D0%BE%D0%B1%D1%89%D0%B5%D0%B5"),
        ("http://user:secret@a.by/", None),
    ],
)
def test_what_goes_over_the_wire_keeps_all_parameters(raw: str, wanted: str | None) -> None:
    assert wire_url(raw, "https://a.by/") == wanted


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a.by/x",
        "/only/a/path",
        "http://user:secret@a.by/",
        "http://good.by\\@127.0.0.1/",
        "http://a.by:99999/",
        "http://a..by/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://" + "a" * 300 + ".by/",
        "http://a.by/" + "x" * 2001,
        "http://a b.by:x/",
    ],
)
def test_what_is_no_page_address_is_none(raw: str) -> None:
    assert normalise(raw) is None


def test_relative_links_take_their_base() -> None:
    assert normalise("../b?x=1", "https://a.by/news/list/") == "https://a.by/news/b?x=1"
    assert normalise("//c.by/x", "https://a.by/") == "https://c.by/x"


def test_no_secret_reaches_a_log() -> None:
    url = "https://me:pw@a.by/feed?token=abc&format=feed&k&type=rss#frag"
    assert redact(url) == "https://a.by/feed?token=***&format=feed&***&type=rss"
    assert redact("http://[::1") == "(address that cannot be read)"
    assert (
        redact_text("no answer from https://a.by/f?key=1 at once")
        == "no answer from https://a.by/f?key=*** at once"
    )


urls = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}?{}#{}".format,
        st.sampled_from(["http", "https", "HTTP"]),
        st.text("abЖi.-:%[]@\\1x", max_size=12),
        st.text("/.%aA2fеё amprint?", max_size=20),
        st.text("&=ampu_tm1%еprint", max_size=16),
        st.text(max_size=4),
    ),
)


@settings(max_examples=600, deadline=None)
@given(urls, st.one_of(st.none(), urls))
def test_normalising_never_raises_and_is_stable(raw: str, base: str | None) -> None:
    once = normalise(raw, base)
    redact(raw)
    if once is not None:
        assert once.isascii()
        assert normalise(once) == once
        assert normalise(once, "https://other.by/x") == once


def test_an_address_knows_its_other_spellings() -> None:
    assert twins(PageUrl("https://paper.example/1?p=2")) == (
        "https://paper.example/1?p=2",
        "https://www.paper.example/1?p=2",
        "http://paper.example/1?p=2",
        "http://www.paper.example/1?p=2",
    )
    assert set(twins(PageUrl("http://www.paper.example/"))) == set(twins(PageUrl("https://paper.example/")))
