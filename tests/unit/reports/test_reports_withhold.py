"""What of restricted outlets stands in a report: no link, no host, no name."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.core.ids import ArticleId
from monitor.crawl.sources import Restricted
from monitor.gaps.types import State
from monitor.reports.facts import facts_json
from tests.make_reports import counts, facts_of, gap_row, mogilev_report, table


@pytest.mark.parametrize(
    "url",
    [
        "https://bad.example/story",
        "https://www.news.bad.example/story",
        "https://mirror.example/proxy?u=https%3A%2F%2Fbad.example%2F1",
        "https://bad-example.translate.example/story",
        "https://www-bad-example.translate.example/story",
        "https://m-bad-example.translate.example/story",
        "https://a-news-bad-example.translate.example/story",
        "https://very-bad-example.translate.example/story",
        "https://m-very--bad-example.translate.example/story",
        "http://BAD.example:8080/",
    ],
)
def test_a_restricted_host_is_not_linked_by_any_way_round(url: str) -> None:
    assert _proof_of(url, "Заголовок").url == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://notbad.example/1",
        "https://bad.examples/1",
        "https://a.example/bad",
        "https://not--bad-example.translate.example/1",  # not-bad.example
        "https://bad-example-org.translate.example/1",
    ],
)
def test_other_hosts_are_linked(url: str) -> None:
    assert _proof_of(url, "Заголовок").url == url


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://u:p@daily.example/", "ftp://a.b/c", "https://[::1"]
)
def test_what_is_no_plain_web_address_is_never_a_link(url: str) -> None:
    assert _proof_of(url, "Заголовок").is_named is False


def test_a_restricted_host_or_channel_is_cut_out_of_a_quoted_title() -> None:
    proof = _proof_of(
        "https://daily.example/1", "Пишет bad.example и t.me/badnews, @BadNews, но не notbad.example"
    )
    assert proof.title == "Пишет […] и […], […], но не notbad.example"


def test_an_outlet_restricted_by_its_title_is_named_nowhere() -> None:
    rule = Restricted(host="", title="приднепровская новь", channel="", since=date(2024, 1, 1), why="решение")
    text = facts_json(mogilev_report(restricted=(rule,)))
    assert "Приднепровская новь" not in text
    assert "daily.example" not in text


def _proof_of(url: str, title: str):  # type: ignore[no-untyped-def]  # a Proof
    rules = (
        Restricted(host="bad.example", title="", channel="", since=date(2024, 1, 1), why="решение"),
        Restricted(host="very-bad.example", title="", channel="", since=date(2024, 1, 1), why="решение"),
        Restricted(host="", title="", channel="@badnews", since=date(2024, 1, 1), why="решение"),
    )
    held = table([gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, first=1))])
    fact = replace(facts_of(held)[ArticleId(1)], url=url, title=title)
    return mogilev_report(held=held, articles={fact.id: fact}, restricted=rules).articles[0]
